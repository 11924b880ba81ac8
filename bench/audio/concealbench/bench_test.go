package concealbench

import (
	"math"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/score"
)

func TestLossesHaveTheirShareAndBursts(t *testing.T) {
	for _, kind := range losses() {
		frames, bursts := 0, 0
		const n = 200_000
		gaps(kind.lost(n, 7), func(from, to int) {
			frames += to - from
			bursts++
		})
		share, burst := float64(frames)/n, float64(frames)/float64(bursts)
		if math.Abs(share/kind.share-1) > 0.05 || math.Abs(burst/kind.burst-1) > 0.05 {
			t.Errorf("%s: %.3f lost in bursts of %.2f, want %.3f and %.2f", kind.name, share, burst, kind.share, kind.burst)
		}
	}
}

func TestLossSparesBothEnds(t *testing.T) {
	lost := loss{"all", 0.99, 1000}.lost(100, 1)
	for i := range sureFrames {
		if lost[i] || lost[99-i] {
			t.Errorf("frame %d or %d is lost", i, 99-i)
		}
	}
}

func tone(hertz, amplitude float64, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/rate)))
	}
	return out
}

func TestABandHasTheLevelOfItsTone(t *testing.T) {
	s := newSpectrum()
	for band := range bands {
		hertz := 250*float64(band) + 375
		got := s.levels(tone(hertz, 3276.8, window))
		if want := -20 - 3.01; math.Abs(got[band]-want) > 0.5 {
			t.Errorf("%.0f Hz: %.1f dBFS in its band, want %.1f", hertz, got[band], want)
		}
	}
}

func TestTheSpectralErrorIsThatOfTheLostFrames(t *testing.T) {
	s, pcm := newSpectrum(), tone(1000, 8000, 20*frame)
	half := make([]int16, len(pcm))
	for i, x := range pcm {
		half[i] = x / 2
	}
	lost := make([]bool, 20)
	if m := s.wrong(pcm, half, lost); m.n != 0 {
		t.Errorf("%d frames count, want none", m.n)
	}
	lost[5], lost[9] = true, true
	// Two bands share a tone at their edge, by 6 dB; the others are silence.
	m := s.wrong(pcm, half, lost)
	if want := 6.02 * math.Sqrt(2.0/bands); m.n != 2 || m.value() < want || m.value() > want+2 {
		t.Errorf("%.2f dB over %d frames, want about %.2f over 2", m.value(), m.n, want)
	}
}

func TestAStepIsTheDifferenceInChange(t *testing.T) {
	pcm := tone(1000, 8000, 10*frame)
	lost := make([]bool, 10)
	lost[4] = true
	made := append([]int16(nil), pcm...)
	for i := 4 * frame; i < 5*frame; i++ {
		made[i] /= 2
	}
	got := steps(pcm, made, lost)
	if len(got) != 2 || math.Abs(got[0]-6) > 0.1 || math.Abs(got[1]-6) > 0.1 {
		t.Errorf("steps %v, want 6 dB twice", got)
	}
	if got := steps(pcm, pcm, lost); quantile(got, 1) != 0 {
		t.Errorf("steps %v in undamaged sound", got)
	}
}

func TestTheExperimentRuns(t *testing.T) {
	sets, err := corpus.Open("../../../bin/corpus")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	l := &lab.Lab{
		Corpus: sets, Scorer: score.New(t.Context(), "..", "../../../bin/audio/venv").With(score.NameESTOI),
		Dir: dir, Source: "..", Seed: 1, Short: true, Progress: t.Output(),
	}
	if _, err = buildReferences(t.Context(), l); err != nil {
		t.Skip(err)
	}
	began := time.Now()
	s, err := New().Run(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("took %v", time.Since(began))
	for _, row := range s.Rows {
		if math.IsNaN(row.Ours) {
			t.Errorf("%s has no figure", row.Name)
		}
		t.Log(row.Line())
	}
	if len(s.Plots) != 1 || len(s.Plots[0].Series) != 6 {
		t.Errorf("plots %+v", s.Plots)
	}
}
