package vad

import "math"

// bands is the number of bands from 160 to 3400 Hz, narrow at the low end as
// in hearing.
const bands = 13

const (
	// half is the length of the transform: even samples are the real part, odd
	// ones the imaginary part.
	half    = frame / 2
	quarter = half / 4
	// lowest is the first bin of the first band.
	lowest = 3
	// hannEnergy is the sum of the squares of the window.
	hannEnergy = 0.375 * frame
)

// point is a complex number. The built-in complex64 is multiplied in double
// precision, which costs more.
type point struct{ re, im float32 }

func (p point) plus(q point) point  { return point{p.re + q.re, p.im + q.im} }
func (p point) minus(q point) point { return point{p.re - q.re, p.im - q.im} }
func (p point) times(q point) point { return point{p.re*q.re - p.im*q.im, p.re*q.im + p.im*q.re} }
func (p point) clockwise() point    { return point{p.im, -p.re} } // by a quarter turn
func (p point) conjugate() point    { return point{p.re, -p.im} }
func (p point) square() float32     { return p.re*p.re + p.im*p.im }

func unit(turns float64) (p point) {
	s, c := math.Sincos(2 * math.Pi * turns)
	return point{float32(c), float32(s)}
}

// fourier measures the power in each band of a frame.
type fourier struct {
	edges  [bands + 1]uint8  // of the bands, in bins of 62.5 Hz
	window [frame]float32    // Hann's, scaled so that squares are band powers
	turns  [quarter][3]point // the twiddles of the first pass; every fourth, of the second
	split  [half/2 + 1]point // the twiddles that part even from odd samples
	place  [half]uint8       // where the transform leaves each bin
}

func newFourier() fourier {
	f := fourier{edges: [bands + 1]uint8{lowest, 5, 7, 9, 11, 14, 17, 20, 24, 29, 34, 40, 47, 55}}
	// Half of the amplitude goes to each half of the spectrum, and half again
	// is what split leaves out.
	scale := math.Sqrt(2.0/(frame*hannEnergy)) / 2
	for i := range f.window {
		f.window[i] = float32(scale * (1 - math.Cos(2*math.Pi*(float64(i)+0.5)/frame)) / 2)
	}
	for n := range f.turns {
		for r := range f.turns[n] {
			f.turns[n][r] = unit(-float64(n*(r+1)) / half)
		}
	}
	for k := range f.split {
		f.split[k] = unit(-float64(k) / frame)
	}
	for k := range f.place { // the three digits to base four, reversed
		f.place[k] = uint8(k&3<<4 | k&12 | k>>4)
	}
	return f
}

// measure writes to dst the mean square of line within each band, and to power
// that of each bin, which share it out among themselves.
func (f *fourier) measure(line *[frame]float32, power *[half]float32, dst *[bands]float32) {
	var z [half]point
	f.first(line, &z)
	for i := 0; i < half; i += quarter {
		f.rest((*[quarter]point)(z[i:]))
	}
	f.powers(&z, power)
	for b := range dst {
		var sum float32
		for _, p := range power[f.edges[b]&(half-1) : f.edges[b+1]&(half-1)] {
			sum += p
		}
		dst[b] = sum
	}
}

// first applies the window and makes the first of three passes of radix 4,
// decimating in frequency.
func (f *fourier) first(line *[frame]float32, z *[half]point) {
	in := func(n int) point {
		return point{line[2*n&(frame-1)] * f.window[2*n&(frame-1)], line[(2*n+1)&(frame-1)] * f.window[(2*n+1)&(frame-1)]}
	}
	for n := range f.turns {
		turn := &f.turns[n]
		a, b, c, d := in(n), in(n+quarter), in(n+2*quarter), in(n+3*quarter)
		sum, difference := a.plus(c), a.minus(c)
		odd, turned := b.plus(d), b.minus(d).clockwise()
		z[n] = sum.plus(odd)
		z[n+quarter] = difference.plus(turned).times(turn[0])
		z[n+2*quarter] = sum.minus(odd).times(turn[1])
		z[n+3*quarter] = difference.minus(turned).times(turn[2])
	}
}

// rest makes the other two passes over a quarter of the points.
func (f *fourier) rest(z *[quarter]point) {
	for n := range 4 {
		turn := &f.turns[4*n]
		a, b, c, d := z[n], z[n+4], z[n+8], z[n+12]
		sum, difference := a.plus(c), a.minus(c)
		odd, turned := b.plus(d), b.minus(d).clockwise()
		z[n] = sum.plus(odd)
		z[n+4] = difference.plus(turned).times(turn[0])
		z[n+8] = sum.minus(odd).times(turn[1])
		z[n+12] = difference.minus(turned).times(turn[2])
	}
	for n := 0; n < quarter; n += 4 {
		q := (*[4]point)(z[n:])
		a, b, c, d := q[0], q[1], q[2], q[3]
		sum, difference := a.plus(c), a.minus(c)
		odd, turned := b.plus(d), b.minus(d).clockwise()
		q[0], q[1] = sum.plus(odd), difference.plus(turned)
		q[2], q[3] = sum.minus(odd), difference.minus(turned)
	}
}

// powers gives the power in each bin of the real signal, from the lowest that
// counts to its mirror image.
func (f *fourier) powers(z *[half]point, power *[half]float32) {
	for k := lowest; k < half/2; k++ {
		p, q := z[f.place[k]&(half-1)], z[f.place[half-k]&(half-1)].conjugate()
		even := p.plus(q)
		odd := p.minus(q).clockwise().times(f.split[k])
		power[k] = even.plus(odd).square()
		power[half-k] = even.minus(odd).square()
	}
	power[half/2] = 4 * z[f.place[half/2]&(half-1)].square()
}
