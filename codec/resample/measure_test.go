package resample_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"testing"

	"github.com/talkpath/talkpath/codec/resample"
)

// pair is a from and a to rate.
type pair struct{ from, to int }

// pairs are the rate pairs that the program meets: telephones, recognizers and
// voices.
var pairs = []pair{
	{8000, 16000},
	{8000, 24000},
	{8000, 48000},
	{16000, 8000},
	{16000, 24000},
	{16000, 48000},
	{24000, 8000},
	{24000, 16000},
	{24000, 48000},
	{48000, 8000},
	{48000, 16000},
	{48000, 24000},
	{22050, 8000},
	{22050, 16000},
	{22050, 24000},
	{8000, 22050},
	{44100, 8000},
}

func (p pair) low() float64 { return float64(min(p.from, p.to)) }

func open(t testing.TB, p pair) *resample.Resampler {
	t.Helper()
	r, err := resample.New(p.from, p.to)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// seconds of sound in each measurement; the first settle of them are left out
// so that the filter is full.
const (
	seconds = 0.5
	settle  = 0.02
)

// tones returns the sum of sines at the frequencies, each at the amplitude,
// rounded to samples without dither.
func tones(rate int, amplitude float64, freqs ...float64) []int16 {
	pcm := make([]int16, int(seconds*float64(rate)))
	for i := range pcm {
		sum := 0.0
		for _, f := range freqs {
			sum += amplitude * math.Sin(2*math.Pi*f*float64(i)/float64(rate))
		}
		pcm[i] = int16(math.Round(sum))
	}
	return pcm
}

// run resamples pcm and returns all but the beginning, as numbers.
func run(t testing.TB, p pair, pcm []int16) []float64 {
	t.Helper()
	out := open(t, p).Resample(nil, pcm)
	out = out[int(settle*float64(p.to)):]
	x := make([]float64, len(out))
	for i, v := range out {
		x[i] = float64(v)
	}
	return x
}

// remove fits a sine of freq to x by least squares, takes it out of x, and
// returns its complex amplitude: a sine begun at x[0] has the angle zero.
func remove(x []float64, rate int, freq float64) complex128 {
	step := cmplx.Rect(1, 2*math.Pi*freq/float64(rate))
	var cc, ss, cs, xc, xs float64
	w := complex(1, 0)
	for _, v := range x {
		c, s := real(w), imag(w)
		cc, ss, cs, xc, xs = cc+c*c, ss+s*s, cs+c*s, xc+v*c, xs+v*s
		w *= step
	}
	det := cc*ss - cs*cs
	if det < 1e-3*float64(len(x)) { // at 0 Hz or half the rate there is no sine
		return 0
	}
	a, b := (xc*ss-xs*cs)/det, (xs*cc-xc*cs)/det
	w = 1
	for i := range x {
		x[i] -= a*real(w) + b*imag(w)
		w *= step
	}
	return complex(b, a)
}

// rms returns the root mean square of x.
func rms(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(x)))
}

// decibels returns an amplitude ratio in dB.
func decibels(ratio float64) float64 { return 20 * math.Log10(ratio) }

// fold returns where a tone of freq appears at rate.
func fold(freq float64, rate int) float64 {
	r := float64(rate)
	freq = math.Mod(freq, r)
	return min(freq, r-freq)
}

// sweep returns n frequencies from low to high that no rate here divides.
func sweep(low, high float64, n int) []float64 {
	freqs := make([]float64, n)
	for i := range freqs {
		freqs[i] = low + (high-low)*float64(i)/float64(n-1) + math.Sqrt2/10*float64(1-2*i/(n-1))
	}
	return freqs
}

// name returns the pair as a subtest's name.
func (p pair) name() string { return fmt.Sprintf("%dto%d", p.from, p.to) }
