package corpus

import (
	"math"

	"github.com/zaf/g711"
)

// Mix adds noise, repeated as need be, to speech so that the speech's active
// level lies snr decibels above the noise's mean level. It clips where the sum
// is too loud.
func Mix(speech Talk, noise []int16, snr float64) []int16 {
	out := append([]int16(nil), speech.PCM...)
	if len(noise) == 0 {
		return out
	}
	gain := math.Pow(10, (speech.Level-snr)/20) / math.Sqrt(max(meanSquare(noise), 1e-12))
	for i := range out {
		out[i] = clip(float64(out[i]) + gain*float64(noise[i%len(noise)]))
	}
	return out
}

// At returns pcm brought to a mean level in dBFS.
func At(pcm []int16, dBFS float64) []int16 {
	gain := math.Pow(10, dBFS/20) / math.Sqrt(max(meanSquare(pcm), 1e-12))
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = clip(gain * float64(s))
	}
	return out
}

// Line sends pcm over a telephone line: a band of 250 to 3500 Hz (each edge a
// Butterworth filter of the fourth order) and mu-law there and back. The delay
// is that of the filters, below 1 ms within the band.
func Line(pcm []int16, rate int) []int16 {
	filters := []biquad{
		newBiquad(250/float64(rate), 0.5412, true), newBiquad(250/float64(rate), 1.3066, true),
		newBiquad(3500/float64(rate), 0.5412, false), newBiquad(3500/float64(rate), 1.3066, false),
	}
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		x := float64(s)
		for f := range filters {
			x = filters[f].next(x)
		}
		out[i] = g711.DecodeUlawFrame(g711.EncodeUlawFrame(clip(x)))
	}
	return out
}

// biquad is a filter of the second order.
type biquad struct{ b0, b1, b2, a1, a2, x1, x2, y1, y2 float64 }

// newBiquad returns a high-pass or low-pass by the bilinear transform; corner
// is a part of the rate.
func newBiquad(corner, quality float64, high bool) biquad {
	k := math.Tan(math.Pi * corner)
	norm := 1 / (1 + k/quality + k*k)
	b := biquad{a1: 2 * (k*k - 1) * norm, a2: (1 - k/quality + k*k) * norm}
	if high {
		b.b0, b.b1, b.b2 = norm, -2*norm, norm
		return b
	}
	b.b0, b.b1, b.b2 = k*k*norm, 2*k*k*norm, k*k*norm
	return b
}

func (b *biquad) next(x float64) float64 {
	y := b.b0*x + b.b1*b.x1 + b.b2*b.x2 - b.a1*b.y1 - b.a2*b.y2
	b.x2, b.x1, b.y2, b.y1 = b.x1, x, b.y1, y
	return y
}
