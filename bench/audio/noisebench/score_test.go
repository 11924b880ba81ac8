package noisebench //nolint:testpackage // the arithmetic of the scores is no API

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media/noise"
)

func white(seed uint64, samples int, dBFS float64) []int16 {
	rnd, pcm := rand.New(rand.NewPCG(seed, 1)), make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(math.Round(rnd.NormFloat64() * 32768 * math.Pow(10, dBFS/20)))
	}
	return pcm
}

func TestLevelsAreComparedSecondBySecond(t *testing.T) {
	a := append(white(1, 8000, -40), white(2, 12000, -40)...)
	b := append(white(3, 8000, -40), white(4, 12000, -43)...)
	got := levelErrors(a, b, 8000)
	if len(got) != 2 || got[0] > 0.3 || math.Abs(got[1]-3) > 0.3 {
		t.Errorf("errors %.2f dB, want 0 and 3 of two whole seconds", got)
	}
}

func TestTheSpectralDistanceIsTheMeanOverThirdOctaves(t *testing.T) {
	a := white(1, 80000, -40)
	if d := spectralDistance(a, white(2, 80000, -40), 8000, lowestBand); d > 0.5 {
		t.Errorf("two pieces of one noise are %.2f dB apart", d)
	}
	if d := spectralDistance(a, white(2, 80000, -46), 8000, lowestBand); math.Abs(d-6) > 0.3 {
		t.Errorf("6 dB softer is %.2f dB apart", d)
	}
	low := make([]int16, len(a)) // a first-order low-pass, whose gain is known
	y := 0.0
	for i, s := range a {
		y = 0.5*float64(s) + 0.5*y
		low[i] = int16(math.Round(y))
	}
	gain := func(hertz float64) float64 {
		s, c := math.Sincos(2 * math.Pi * hertz / 8000)
		return -20 * math.Log10(0.5/math.Hypot(1-0.5*c, 0.5*s))
	}
	var want float64
	for band := lowestOnLine; band <= highestBand; band++ {
		want += gain(1000*math.Exp2(float64(band)/3)) / float64(highestBand-lowestOnLine+1)
	}
	if d := spectralDistance(a, low, 8000, lowestOnLine); math.Abs(d-want) > 0.3 {
		t.Errorf("a low-pass is %.2f dB apart, want %.2f", d, want)
	}
}

func TestAStepIsWhatTheNoiseMadeDiffersFromTheLinesOwn(t *testing.T) {
	real := white(1, 160*60, -40)
	p := passage{pcm: append(white(2, 160*20, -40), append(white(3, 160*20, -45), white(4, 160*20, -40)...)...)}
	for i := range 60 {
		send := noise.SendSpeech
		if i >= 20 && i < 40 {
			send = noise.SendNothing
		}
		p.sends = append(p.sends, send)
	}
	got := steps(p, real, 8000)
	if len(got) != 2 || math.Abs(got[0]-5) > 0.6 || math.Abs(got[1]-5) > 0.6 {
		t.Errorf("steps of %.2f dB, want 5 at the beginning and 5 at the end", got)
	}
	if own := natural(p, real, 8000); len(own) != 2 || max(own[0], own[1]) > 0.6 {
		t.Errorf("the noise changes by %.2f dB itself", own)
	}
	p.sends[25] = noise.SendSpeech // noise of less than 200 ms does not count on either side
	if got := steps(p, real, 8000); len(got) != 2 {
		t.Errorf("%d steps, want that behind the first 14 frames of noise and that at their end", len(got))
	}
}

func TestFewFramesOfOpusWithinNoiseDescribeIt(t *testing.T) {
	var p passage
	if err := p.readSizes("40 40 40 0 0 0 30 30 0 0 40 40 40 40 40 1234"); err != nil {
		t.Fatal(err)
	}
	if p.cost != 1234 || len(p.sends) != 15 || p.sends[6] != noise.SendNoise || p.sends[0] != noise.SendSpeech || p.sends[14] != noise.SendSpeech {
		t.Errorf("%+v", p)
	}
	if n, bytes := p.perSecond(60 * time.Millisecond); math.Abs(n-7/0.24) > 0.01 || math.Abs(bytes-260/0.24) > 0.01 {
		t.Errorf("%.2f frames and %.0f bytes a second", n, bytes)
	}
	if err := p.readSizes("40 x 3"); err == nil {
		t.Error("a size that is no number was taken")
	}
}
