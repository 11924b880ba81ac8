package codecbench

import (
	"math"
	"math/cmplx"
)

const (
	// segment is how long each tone of a signal sounds, in seconds, and from
	// and to is what of it is looked at: away from its ends, where others are
	// heard through the filter.
	segment = 0.3
	from    = 0.12
	to      = 0.28
)

// tone is the sum of sines of equal amplitudes that sounds in one segment.
type tone struct {
	amplitude float64
	hertz     []float64
}

// signal returns the tones one after another.
func signal(rate int, tones []tone) []int16 {
	n := int(segment * float64(rate))
	pcm := make([]int16, 0, n*len(tones))
	for k, tn := range tones {
		for i := range n {
			at, sum := float64(k*n+i)/float64(rate), 0.0
			for _, f := range tn.hertz {
				sum += tn.amplitude * math.Sin(2*math.Pi*math.Mod(f*at, 1))
			}
			pcm = append(pcm, int16(math.Round(sum)))
		}
	}
	return pcm
}

// middle returns what is looked at of segment k, and when it begins.
func middle(pcm []int16, rate, k int) (x []float64, begin float64) {
	at := int(math.Round((segment*float64(k) + from) * float64(rate)))
	end := int(math.Round((segment*float64(k) + to) * float64(rate)))
	x = make([]float64, 0, end-at)
	for _, v := range pcm[min(at, len(pcm)):min(end, len(pcm))] {
		x = append(x, float64(v))
	}
	return x, float64(at) / float64(rate)
}

// remove fits a sine of hertz to x by least squares, takes it out of x, and
// returns its complex amplitude: a sine that begins at x[0] has the angle zero.
func remove(x []float64, rate int, hertz float64) complex128 {
	step := cmplx.Rect(1, 2*math.Pi*hertz/float64(rate))
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

// fold returns where a tone appears at rate.
func fold(hertz float64, rate int) float64 {
	r := float64(rate)
	hertz = math.Mod(hertz, r)
	return min(hertz, r-hertz)
}

// sweep returns n frequencies from low to high that no rate here divides.
func sweep(low, high float64, n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = low + (high-low)*float64(i)/float64(n-1) + math.Sqrt2/10*float64(1-2*(i/(n-1)))
	}
	return all
}

func decibels(ratio float64) float64 { return 20 * math.Log10(ratio) }
