package vadbench

import (
	"math"
	"slices"
	"testing"
)

func TestTheAreaIsTheShareOfPairsInTheRightOrder(t *testing.T) {
	cases := map[string]struct {
		all  []judged
		want float64
	}{
		"perfect":  {[]judged{{3, true}, {2, true}, {1, false}, {0, false}}, 1},
		"reversed": {[]judged{{0, true}, {1, false}}, 0},
		"alike":    {[]judged{{1, true}, {1, false}, {1, true}, {1, false}}, 0.5},
		"mixed":    {[]judged{{4, true}, {3, false}, {2, true}, {1, false}}, 0.75},
	}
	for name, c := range cases {
		if got := newCurve(c.all).area(); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: area %v, want %v", name, got, c.want)
		}
	}
}

func TestTheCurveIsReadBetweenItsPoints(t *testing.T) {
	c := curve{{0, 0}, {0, 0.5}, {0.1, 0.9}, {1, 1}}
	for fpr, want := range map[float64]float64{0.05: 0.7, 0.1: 0.9, 0.55: 0.95, 1: 1} {
		if got := c.at(fpr); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %v: %v, want %v", fpr, got, want)
		}
	}
}

func TestTheHullLeavesOutPointsThatMixturesBeat(t *testing.T) {
	got := hull([]point{{0.5, 0.6}, {0.2, 0.8}, {0.6, 0.95}})
	if want := (curve{{0, 0}, {0.2, 0.8}, {0.6, 0.95}, {1, 1}}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestEdgesAreCountedFromTheTruth(t *testing.T) {
	bits := func(s string) (b []bool) {
		for _, c := range s {
			b = append(b, c == '1')
		}
		return b
	}
	cases := map[string]struct {
		speech, said   string
		onset, release []float64
	}{
		"late at both ends":            {"00111110000", "00001111100", []float64{30}, []float64{30}},
		"at once":                      {"0011100", "0011100", []float64{10}, []float64{10}},
		"over before the end":          {"0011100", "0011000", []float64{10}, []float64{0}},
		"spoke before":                 {"0011100", "0111100", nil, []float64{10}},
		"never noticed":                {"0011100", "0000000", []float64{missed}, []float64{0}},
		"no end before the next":       {"01100110", "01111110", []float64{10}, []float64{10}},
		"noticed in the next spurt":    {"0110011", "0000001", []float64{missed, 20}, []float64{0}},
		"said to the end of the sound": {"01100", "01111", []float64{10}, nil},
		"two spurts":                   {"010010", "010010", []float64{10, 10}, []float64{10, 10}},
	}
	for name, c := range cases {
		var e edges
		e.add(bits(c.speech), bits(c.said))
		if !slices.Equal(e.onset, c.onset) || !slices.Equal(e.release, c.release) {
			t.Errorf("%s: onsets %v, releases %v, want %v and %v", name, e.onset, e.release, c.onset, c.release)
		}
	}
}
