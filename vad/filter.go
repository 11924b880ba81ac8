package vad

import "math"

// highPass is a Butterworth filter of the second order at 180 Hz that brings
// samples from the scale of int16 to that whose full scale is 1.
type highPass struct {
	gain, a1, a2   float64
	x1, x2, y1, y2 float64 // the last two samples in and out
}

func newHighPass(rate int) highPass {
	k, norm := prototype(180/float64(rate), math.Sqrt2/2)
	return highPass{
		gain: norm / 32768,
		a1:   2 * (k*k - 1) * norm, a2: (1 - k*math.Sqrt2 + k*k) * norm,
	}
}

// pass filters src into dst, which is at least as long. Of an unchanging src
// nothing comes out.
//
// Of each pair of samples the second does not wait for the first: what that one
// comes out as is put in as its own formula.
func (q *highPass) pass(dst []float32, src []int16) {
	dst = dst[:len(src)]
	gain, a1, a2 := q.gain, q.a1, q.a2
	b1, b2 := a1*a1-a2, a1*a2
	x1, x2, y1, y2 := int(q.x1), int(q.x2), q.y1, q.y2
	for len(src) > 1 {
		s, t := int(src[0]), int(src[1])
		in, next := gain*float64(s-2*x1+x2), gain*float64(t-2*s+x1)
		x2, x1 = s, t
		y2, y1 = in-(a2*y2+a1*y1), (next-a1*in)+(b2*y2+b1*y1)
		dst[0], dst[1] = float32(y2), float32(y1)
		dst, src = dst[2:], src[2:]
	}
	if len(src) > 0 {
		s := int(src[0])
		y := gain*float64(s-2*x1+x2) - (a2*y2 + a1*y1)
		dst[0] = float32(y)
		x2, x1, y2, y1 = x1, s, y1, y
	}
	q.x1, q.x2, q.y1, q.y2 = float64(x1), float64(x2), y1, y2
}

// lowPass is a Butterworth filter of the fourth order at 3400 Hz, in two
// halves, before every so many samples are kept.
type lowPass struct {
	factor int // input samples for each one that is kept
	phase  int // since the last one kept
	halves [2]struct{ gain, a1, a2 float64 }
	// The last two samples in, and between the halves. Those that come out are
	// the last ones into the high-pass.
	x1, x2, m1, m2 float64
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

// pass filters src through both filters into dst and returns how many samples
// it has kept. In one loop, the recursion of one filter runs while that of
// another waits.
func (q *lowPass) pass(high *highPass, dst []float32, src []int16) (n int) {
	f, g, h := q.halves[0], q.halves[1], *high
	x1, x2, m1, m2, l1, l2, y1, y2 := q.x1, q.x2, q.m1, q.m2, h.x1, h.x2, h.y1, h.y2
	wait := q.factor - q.phase
	for _, s := range src {
		x := float64(s)
		m := (f.gain*(x+2*x1+x2) - f.a2*m2) - f.a1*m1
		l := (g.gain*(m+2*m1+m2) - g.a2*l2) - g.a1*l1
		y := (h.gain*(l-2*l1+l2) - h.a2*y2) - h.a1*y1
		x2, x1, m2, m1, l2, l1, y2, y1 = x1, x, m1, m, l1, l, y1, y
		if wait--; wait == 0 {
			wait = q.factor
			dst[n] = float32(y)
			n++
		}
	}
	q.phase = q.factor - wait
	q.x1, q.x2, q.m1, q.m2 = x1, x2, m1, m2
	high.x1, high.x2, high.y1, high.y2 = l1, l2, y1, y2
	return n
}

// skip lets n samples by that change nothing, and returns how many are kept.
func (q *lowPass) skip(n int) int {
	n += q.phase
	q.phase = n % q.factor
	return n / q.factor
}

// prototype returns the warped corner and the common divisor of a bilinear
// transform; the corner is a part of the sample rate.
func prototype(corner, quality float64) (k, norm float64) {
	k = math.Tan(math.Pi * corner)
	return k, 1 / (1 + k/quality + k*k)
}
