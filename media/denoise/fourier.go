package denoise

import (
	"math"
	"math/bits"
	"sync"
)

// point is a complex number. The built-in complex64 is multiplied in double
// precision, which costs more.
type point struct{ re, im float32 }

func (p point) plus(q point) point  { return point{p.re + q.re, p.im + q.im} }
func (p point) minus(q point) point { return point{p.re - q.re, p.im - q.im} }
func (p point) times(q point) point { return point{p.re*q.re - p.im*q.im, p.re*q.im + p.im*q.re} }
func (p point) conjugate() point    { return point{p.re, -p.im} }
func (p point) square() float32     { return p.re*p.re + p.im*p.im }

// turns is what the transforms of one length need. A real frame is transformed
// as half as many complex points.
type turns struct {
	frame  int
	window []float32 // both ways: its square, shifted by a step, adds up to one
	unit   []point   // the roots of unity of half a frame
	split  []point   // those of a frame, which part even from odd samples
	place  []uint8   // the bits of an index, reversed
}

// table holds what is computed once and then read by all suppressors.
type table struct {
	turns  [2]turns // of 8000 and 16000 samples per second
	curves curves
}

var shared = sync.OnceValue(func() *table { //nolint:gochecknoglobals // a read-only table
	return &table{turns: [2]turns{newTurns(maxFrame / 2), newTurns(maxFrame)}, curves: newCurves()}
})

func newTurns(frame int) turns {
	half := frame / 2
	t := turns{frame: frame, window: make([]float32, frame), place: make([]uint8, half)}
	ramp := frame * 3 / 8
	for i := range t.window {
		edge := min(i, frame-1-i)
		t.window[i] = 1
		if edge < ramp {
			t.window[i] = float32(math.Sin(math.Pi / 2 * (float64(edge) + 0.5) / float64(ramp)))
		}
	}
	for k := range half {
		t.unit = append(t.unit, unit(-float64(k)/float64(half)))
		t.split = append(t.split, unit(-float64(k)/float64(frame)))
		t.place[k] = uint8(bits.Reverse32(uint32(k)) >> (32 - bits.Len(uint(half-1))))
	}
	return t
}

func unit(turns float64) point {
	s, c := math.Sincos(2 * math.Pi * turns)
	return point{float32(c), float32(s)}
}

// forward puts the transform of the windowed line into z: even samples are the
// real parts of its points, odd ones the imaginary parts.
func (t *turns) forward(z []point, line []float32) {
	for i, at := range t.place {
		w, x := t.window[2*i:2*i+2], line[2*i:2*i+2]
		z[at] = point{x[0] * w[0], x[1] * w[1]}
	}
	t.transform(z)
}

// backward puts the windowed samples back into line, from the conjugate of what
// forward has left.
func (t *turns) backward(line []float32, z []point) {
	for i, at := range t.place {
		if j := int(at); j > i {
			z[i], z[j] = z[j], z[i]
		}
	}
	t.transform(z)
	scale := 1 / float32(len(z))
	for i, p := range z {
		line[2*i] = p.re * scale * t.window[2*i]
		line[2*i+1] = -p.im * scale * t.window[2*i+1]
	}
}

// transform makes the passes of radix 2 over points in reversed order; the first
// two, which turn by quarters only, are one.
func (t *turns) transform(z []point) {
	for i := 0; i+4 <= len(z); i += 4 {
		q := (*[4]point)(z[i:])
		a, b := q[0].plus(q[1]), q[0].minus(q[1])
		c, d := q[2].plus(q[3]), q[2].minus(q[3])
		d = point{d.im, -d.re}
		q[0], q[1], q[2], q[3] = a.plus(c), b.plus(d), a.minus(c), b.minus(d)
	}
	for size := 4; size < len(z); size *= 2 {
		stride := len(z) / (2 * size)
		for from := 0; from < len(z); from += 2 * size {
			low, high := z[from:from+size], z[from+size:from+2*size]
			high = high[:len(low)]
			for i, at := 0, 0; i < len(low); i, at = i+1, at+stride {
				turned := high[i].times(t.unit[at])
				low[i], high[i] = low[i].plus(turned), low[i].minus(turned)
			}
		}
	}
}

// bin returns the real signal's bin k and its mirror image, half of either, from
// two points of the transform.
func (t *turns) bin(p, q point, k int) (even, odd point) {
	q = q.conjugate()
	even = p.plus(q)
	d := p.minus(q)
	return even, point{d.im, -d.re}.times(t.split[k])
}

// join is bin's way back: it returns the conjugates of both points of two bins
// that are multiplied by gains.
func (t *turns) join(low, high point, gainLow, gainHigh float32, k int) (p, q point) {
	low = point{low.re * gainLow, low.im * gainLow}
	high = point{high.re * gainHigh, -high.im * gainHigh}
	even, odd := low.plus(high), low.minus(high).times(t.split[k].conjugate())
	turned := point{-odd.im, odd.re}
	return even.plus(turned).conjugate(), even.minus(turned)
}
