package vad

import (
	"math"
	"math/bits"
)

// bands is the number of bands from 190 to 3400 Hz, narrow at the low end as
// in hearing. edge gives them in bins of 62.5 Hz.
const bands = 13

func edge(i int) int { return [bands + 1]int{3, 5, 7, 9, 11, 14, 17, 20, 24, 29, 34, 40, 47, 55}[i] }

// fourier measures the power in each band of a frame.
type fourier struct {
	hann       [frame]float64
	cos, sin   [frame / 2]float64
	re, im     [frame]float64
	reversed   [frame]uint8
	normalized float64
}

func newFourier() fourier {
	var f fourier
	var energy float64
	for i := range f.hann {
		f.hann[i] = (1 - math.Cos(2*math.Pi*(float64(i)+0.5)/frame)) / 2
		energy += f.hann[i] * f.hann[i]
		f.reversed[i] = bits.Reverse8(uint8(i)) >> 1 // seven bits
	}
	for i := range f.cos {
		f.sin[i], f.cos[i] = math.Sincos(-2 * math.Pi * float64(i) / frame)
	}
	f.normalized = 2 / (frame * energy) // both halves of the spectrum
	return f
}

// bands writes to dst the mean square of line within each band.
func (f *fourier) bands(line *[frame]float64, dst *[bands]float64) {
	for i, x := range line {
		j := f.reversed[i]
		f.re[j], f.im[j] = x*f.hann[i], 0
	}
	f.transform()
	for b := range dst {
		var sum float64
		for k := edge(b); k < edge(b+1); k++ {
			sum += f.re[k]*f.re[k] + f.im[k]*f.im[k]
		}
		dst[b] = sum * f.normalized
	}
}

// transform is a radix-2 transform in place, of input in bit-reversed order.
func (f *fourier) transform() {
	for half, stride := 1, frame/2; half < frame; half, stride = half*2, stride/2 {
		for start := 0; start < frame; start += 2 * half {
			for k := range half {
				c, s := f.cos[k*stride], f.sin[k*stride]
				i, j := start+k, start+k+half
				re, im := f.re[j]*c-f.im[j]*s, f.re[j]*s+f.im[j]*c
				f.re[j], f.im[j] = f.re[i]-re, f.im[i]-im
				f.re[i], f.im[i] = f.re[i]+re, f.im[i]+im
			}
		}
	}
}
