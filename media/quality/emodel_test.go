package quality_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/quality"
)

func TestTheEModelRatesAsItsRecommendationsSay(t *testing.T) {
	cases := map[string]struct {
		line quality.Line
		want float64
	}{
		"the defaults of G.107":           {quality.Line{}, 93.2},
		"a delay of 100 ms costs nothing": {quality.Line{Delay: 100 * time.Millisecond}, 93.2},
		// 25{(1+1)^(1/6) - 3(1+3^-6)^(1/6) + 2} by hand
		"200 ms":                      {quality.Line{Delay: 200 * time.Millisecond}, 93.2 - 3.04},
		"1 % at random, concealed":    {quality.Line{Loss: 0.01, Robustness: 25.1}, 93.2 - 95/26.1},
		"1 % at random, silent":       {quality.Line{Loss: 0.01, Robustness: 4.3}, 93.2 - 95/5.3},
		"1 % in runs of four, silent": {quality.Line{Loss: 0.01, Burst: 4, Robustness: 4.3}, 93.2 - 95/4.55},
		"a codec with Ie 11 (G.729A)": {quality.Line{Codec: 11}, 82.2},
		"everything lost, and slowly": {quality.Line{Loss: 1, Robustness: 4.3, Delay: time.Second}, 0},
	}
	for name, c := range cases {
		if got := c.line.Rating(); math.Abs(got-c.want) > 0.1 {
			t.Errorf("%s: R is %.2f, want %.2f", name, got, c.want)
		}
	}
}

func TestAnOpinionFollowsFromARating(t *testing.T) {
	for r, want := range map[float64]float64{-5: 1, 0: 1, 50: 2.58, 60: 3.1, 70: 3.6, 80: 4.03, 90: 4.34, 93.2: 4.41, 100: 4.5, 120: 4.5} {
		if got := quality.MOS(r); math.Abs(got-want) > 0.01 {
			t.Errorf("R %.1f is MOS %.3f, want %.2f", r, got, want)
		}
	}
}

func TestNothingBadMakesALineBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := quality.Line{
			Delay:      time.Duration(rapid.IntRange(0, 2000).Draw(t, "delay")) * time.Millisecond,
			Loss:       rapid.Float64Range(0, 1).Draw(t, "loss"),
			Burst:      rapid.Float64Range(1, 20).Draw(t, "burst"),
			Robustness: rapid.Float64Range(1, 40).Draw(t, "robustness"),
			Noise:      rapid.Float64Range(-80, -30).Draw(t, "noise"),
			Level:      rapid.Float64Range(-30, 0).Draw(t, "level"),
		}
		worse := l
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			worse.Delay += 50 * time.Millisecond
		case 1:
			worse.Loss = min(1, l.Loss+0.01)
		case 2:
			worse.Burst++
		case 3:
			worse.Noise += 3
		case 4:
			worse.Level -= 3
		}
		a, b := l.Rating(), worse.Rating()
		if math.IsNaN(a) || a < 0 || a > 100 || b > a+1e-9 {
			t.Fatalf("%+v rates %v, %+v rates %v", l, a, worse, b)
		}
	})
}
