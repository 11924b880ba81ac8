package vad

import "math"

// highPass is a Butterworth filter of the second order at 180 Hz, for samples
// of the base rate.
type highPass struct {
	gain, a1, a2   float64
	x1, x2, y1, y2 float64 // the last two samples in and out
}

func newHighPass() highPass {
	k, norm := prototype(180.0/base, math.Sqrt2/2)
	return highPass{
		gain: norm / 32768,
		a1:   2 * (k*k - 1) * norm, a2: (1 - k*math.Sqrt2 + k*k) * norm,
	}
}

// pass filters src, samples on the scale of int16, into dst, where full scale
// is 1. dst is at least as long. Of an unchanging src nothing passes exactly.
func pass[S int16 | float64](q *highPass, dst []float32, src []S) {
	dst = dst[:len(src)]
	gain, a1, a2 := q.gain, q.a1, q.a2
	x1, x2, y1, y2 := q.x1, q.x2, q.y1, q.y2
	for i, s := range src {
		x := float64(s)
		// Only the last term waits for the sample before.
		y := (gain*(x-2*x1+x2) - a2*y2) - a1*y1
		dst[i] = float32(y)
		x2, x1, y2, y1 = x1, x, y1, y
	}
	q.x1, q.x2, q.y1, q.y2 = x1, x2, y1, y2
}

// lowPass is a Butterworth filter of the fourth order at 3400 Hz, in two
// halves, that keeps every so many samples.
type lowPass struct {
	factor int // input samples for each one that is kept
	phase  int // since the last one kept
	halves [2]struct{ gain, a1, a2 float64 }
	// The last two samples in, between the halves, and out.
	x1, x2, m1, m2, y1, y2 float64
}

func newLowPass(rate int) lowPass {
	q := lowPass{factor: rate / base}
	for i, quality := range [2]float64{0.5412, 1.3066} {
		k, norm := prototype(3400/float64(rate), quality)
		h := &q.halves[i]
		h.gain, h.a1, h.a2 = k*k*norm, 2*(k*k-1)*norm, (1-k/quality+k*k)*norm
	}
	return q
}

// pass filters src into dst and returns how many samples it has kept.
func (q *lowPass) pass(dst *[hop]float64, src []int16) (n int) {
	f, g := q.halves[0], q.halves[1]
	x1, x2, m1, m2, y1, y2 := q.x1, q.x2, q.m1, q.m2, q.y1, q.y2
	for _, s := range src {
		x := float64(s)
		m := (f.gain*(x+2*x1+x2) - f.a2*m2) - f.a1*m1
		y := (g.gain*(m+2*m1+m2) - g.a2*y2) - g.a1*y1
		x2, x1, m2, m1, y2, y1 = x1, x, m1, m, y1, y
		if q.phase++; q.phase == q.factor {
			q.phase = 0
			dst[n] = y
			n++
		}
	}
	q.x1, q.x2, q.m1, q.m2, q.y1, q.y2 = x1, x2, m1, m2, y1, y2
	return n
}

// prototype returns the warped corner and the common divisor of a bilinear
// transform; the corner is a part of the sample rate.
func prototype(corner, quality float64) (k, norm float64) {
	k = math.Tan(math.Pi * corner)
	return k, 1 / (1 + k/quality + k*k)
}

// skip lets n samples by that change nothing, and returns how many are kept.
func (q *lowPass) skip(n int) int {
	n += q.phase
	q.phase = n % q.factor
	return n / q.factor
}
