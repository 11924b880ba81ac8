package codecbench

import (
	"errors"
	"io"
	"math"
	"math/cmplx"
	"os"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
)

// TestTheExperimentRuns runs it short, where its references and test sets are.
func TestTheExperimentRuns(t *testing.T) {
	for _, header := range []string{"speex/speex_resampler.h", "soxr.h", "spandsp/dtmf.h", "opus/opus.h"} {
		if _, err := os.Stat("/usr/include/" + header); err != nil {
			t.Skipf("%s is not installed", header)
		}
	}
	sets, err := corpus.Open("../../../bin/corpus")
	if errors.Is(err, corpus.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	section, err := New().Run(t.Context(), &lab.Lab{
		Corpus: sets, Dir: t.TempDir(), Source: "..", Seed: 1, Short: true, Progress: io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(section.Rows) < 20 || len(section.Tables) != 4 {
		t.Errorf("%d rows and %d tables", len(section.Rows), len(section.Tables))
	}
	names := map[string]bool{}
	for _, row := range section.Rows {
		t.Log(row.Line())
		if names[row.Name] || math.IsNaN(row.Ours) || math.IsInf(row.Ours, 0) {
			t.Errorf("bad row: %+v", row)
		}
		names[row.Name] = true
	}
}

func TestAFitFindsAToneAndLeavesTheRest(t *testing.T) {
	x := make([]float64, 4000)
	for i := range x {
		at := 2 * math.Pi * float64(i) / 8000
		x[i] = 100*math.Sin(1000*at+0.5) + 3*math.Sin(1700*at)
	}
	got := remove(x, 8000, 1000)
	if math.Abs(cmplx.Abs(got)-100) > 0.1 || math.Abs(cmplx.Phase(got)-0.5) > 0.01 {
		t.Errorf("the tone is %.3f at %.4f, want 100 at 0.5", cmplx.Abs(got), cmplx.Phase(got))
	}
	if left := cmplx.Abs(remove(x, 8000, 1700)); math.Abs(left-3) > 0.1 {
		t.Errorf("the rest is %.3f, want 3", left)
	}
}

// TestAKnownFilterIsJudgedAsItIs judges sound that was made at the to rate,
// with a delay, a gain and an image that are known.
func TestAKnownFilterIsJudgedAsItIs(t *testing.T) {
	p := pair{8000, 16000}
	tones := probe(p)
	const late, gain, image = 0.004, 0.99, 0.001 // s, times, times
	n := int(segment * float64(p.to))
	var out []int16
	for k, tn := range tones {
		for i := range n {
			at := float64(k*n+i)/float64(p.to) - late
			f := tn.hertz[0]
			g := 1.0
			if k == 3 {
				g = gain
			}
			v := g * loud * math.Sin(2*math.Pi*f*at)
			if k == 5 {
				v += image * loud * math.Sin(2*math.Pi*(8000-f)*at)
			}
			out = append(out, int16(math.Round(v)))
		}
	}
	f := judge(p, out, 1)
	if math.Abs(f.delay-5) > 0.01 {
		t.Errorf("the delay is %.3f ms, want 4 and 1 that is held back", f.delay)
	}
	if want := -decibels(gain); math.Abs(f.ripple-want) > 0.005 {
		t.Errorf("the ripple is %.4f dB, want %.4f", f.ripple, want)
	}
	if math.Abs(f.rejection-60) > 0.2 {
		t.Errorf("the rejection is %.1f dB, want 60", f.rejection)
	}
}

func TestDifferencesCountWhatIsMissingToo(t *testing.T) {
	for _, c := range []struct {
		a, b []int
		want int
	}{{nil, nil, 0}, {[]int{1, 2}, []int{1, 2}, 0}, {[]int{1, 2, 3}, []int{1, 5}, 2}, {nil, []int{1}, 1}} {
		if got := differences(c.a, c.b); got != c.want {
			t.Errorf("%v and %v differ in %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
