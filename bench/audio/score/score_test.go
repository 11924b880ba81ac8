package score_test

import (
	"errors"
	"math"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/score"
)

// chirps is a sound with the syllables and harmonics of speech, at 10 kHz.
func chirps(n int) []int16 {
	out := make([]int16, n)
	phase := 0.0
	for i := range out {
		at := float64(i) / 10000
		phase += 2 * math.Pi * (120 + 30*math.Sin(2*math.Pi*0.7*at)) / 10000
		syllable := math.Pow(math.Sin(2*math.Pi*2*at), 2)
		x := 0.0
		for h := 1; h <= 20; h++ {
			x += math.Sin(float64(h)*phase) / float64(h) * (1 + math.Cos(2*math.Pi*1.3*at*float64(h)))
		}
		out[i] = int16(4000 * syllable * x)
	}
	return out
}

// rough adds a noise that is the same in every language, and takes pieces out.
func rough(pcm []int16, gain int, hole func(i int) bool) []int16 {
	out := make([]int16, len(pcm))
	state := uint32(12345)
	for i, s := range pcm {
		state = state*1664525 + 1013904223
		noise := (int(state>>16) - 32768) * gain / 1000
		if !hole(i) {
			out[i] = int16(max(-32768, min(32767, int(s)+noise)))
		}
	}
	return out
}

func never(int) bool { return false }

// The values are those of the Python package pystoi 0.4.1 for these samples.
func TestESTOIAgreesWithAnotherImplementation(t *testing.T) {
	ref := chirps(40000)
	cases := map[string]struct {
		deg  []int16
		want float64
	}{
		"the same":   {ref, 1},
		"some noise": {rough(ref, 30, never), 0.7055684},
		"much noise": {rough(ref, 200, never), 0.3030237},
		"holes":      {rough(ref, 0, func(i int) bool { return i/200%10 == 3 }), 0.7948758},
	}
	for name, c := range cases {
		got, err := score.ESTOI(ref, c.deg, 10000)
		if err != nil || math.Abs(got-c.want) > 0.001 {
			t.Errorf("%s: %.4f, %v, want %.4f", name, got, err, c.want)
		}
	}
}

func TestTooLittleSpeechHasNoScore(t *testing.T) {
	for name, pcm := range map[string][]int16{"nothing": nil, "100 ms": chirps(1000), "silence": make([]int16, 300)} {
		if _, err := score.ESTOI(pcm, pcm, 10000); !errors.Is(err, score.ErrShort) {
			t.Errorf("%s: got %v, want ErrShort", name, err)
		}
	}
}

func TestWithoutAnythingInstalledESTOIIsLeft(t *testing.T) {
	s := score.New(t.Context(), t.TempDir(), t.TempDir())
	if got := s.Names(); len(got) != 1 || got[0] != score.NameESTOI {
		t.Errorf("scores %v, want ESTOI alone", got)
	}
	ref := chirps(20000)
	got, err := s.Score(t.Context(), []score.Pair{{Ref: ref, Deg: ref, Rate: 10000}, {Rate: 10000}})
	if err != nil || len(got) != 2 || got[0][score.NameESTOI] < 0.999 || !math.IsNaN(got[1][score.NameESTOI]) {
		t.Errorf("scored %v, %v", got, err)
	}
}

func TestInstalledScoresTellGoodFromBad(t *testing.T) {
	s := score.New(t.Context(), "..", "../../../bin/audio/venv").With(score.NamePESQ)
	if !s.Has(score.NamePESQ) {
		t.Skip("PESQ is not installed (make bench-setup)")
	}
	ref := chirps(32000)
	bad := rough(ref, 100, func(i int) bool { return i/160%5 == 0 })
	got, err := s.Score(t.Context(), []score.Pair{{Ref: ref, Deg: ref, Rate: 8000}, {Ref: ref, Deg: bad, Rate: 8000}})
	if err != nil || got[0][score.NamePESQ] < 4 || got[1][score.NamePESQ] > 3 {
		t.Errorf("scored %v, %v", got, err)
	}
}
