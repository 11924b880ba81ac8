// Package score says how well speech came through: ESTOI, computed here, and
// PESQ and ViSQOL where they are installed.
package score

import (
	"errors"
	"math"
	"math/cmplx"

	"github.com/talkpath/talkpath/codec/resample"
)

// The numbers of ESTOI (Jensen and Taal, "An algorithm for predicting the
// intelligibility of speech masked by modulated noise maskers", IEEE TASLP
// 24(11), 2016).
const (
	estoiRate    = 10_000
	estoiFrame   = 256 // samples, half of them new
	estoiFFT     = 512
	estoiBands   = 15  // thirds of an octave
	estoiLowest  = 150 // Hz, the middle of the first
	estoiSegment = 30  // frames, 384 ms
	estoiRange   = 40  // dB below the loudest frame at which the reference is silent
)

// ErrShort reports speech that is too short to be scored: less than 384 ms of
// it isn't silence.
var ErrShort = errors.New("too little speech to score")

// ESTOI returns the extended short-time objective intelligibility of deg, from
// about 0 to 1, against ref, which is the same speech undisturbed and in step
// with it. The longer one is cut.
func ESTOI(ref, deg []int16, rate int) (float64, error) {
	n := min(len(ref), len(deg))
	x, err := atTenKilohertz(ref[:n], rate)
	if err != nil {
		return 0, err
	}
	y, err := atTenKilohertz(deg[:n], rate)
	if err != nil {
		return 0, err
	}
	x, y = withoutSilence(x, y)
	a, b := bandEnvelopes(x), bandEnvelopes(y)
	if len(a) < estoiSegment {
		return 0, ErrShort
	}
	sum := 0.0
	for m := estoiSegment; m <= len(a); m++ {
		sum += alike(a[m-estoiSegment:m], b[m-estoiSegment:m])
	}
	return sum / float64(len(a)-estoiSegment+1), nil
}

func atTenKilohertz(pcm []int16, rate int) ([]float64, error) {
	if rate != estoiRate {
		r, err := resample.New(rate, estoiRate)
		if err != nil {
			return nil, err
		}
		pcm = r.Resample(nil, pcm)
	}
	out := make([]float64, len(pcm))
	for i, s := range pcm {
		out[i] = float64(s) / 32768
	}
	return out, nil
}

// hann returns the window without its zeros at the ends.
func hann() (w [estoiFrame]float64) {
	for i := range w {
		w[i] = (1 - math.Cos(2*math.Pi*float64(i+1)/(estoiFrame+1))) / 2
	}
	return w
}

// withoutSilence takes the frames out of both in which x is silent, and puts
// the others together again.
func withoutSilence(x, y []float64) (a, b []float64) {
	const hop = estoiFrame / 2
	w := hann()
	var levels []float64
	loudest := math.Inf(-1)
	for at := 0; at+estoiFrame <= len(x); at += hop {
		power := 0.0
		for i, v := range x[at : at+estoiFrame] {
			power += v * v * w[i] * w[i]
		}
		levels = append(levels, 10*math.Log10(power+1e-30))
		loudest = max(loudest, levels[len(levels)-1])
	}
	for i, level := range levels {
		if level <= loudest-estoiRange {
			continue
		}
		a, b = overlapAdd(a, x[i*hop:], &w), overlapAdd(b, y[i*hop:], &w)
	}
	return a, b
}

// overlapAdd adds a windowed frame to dst, half of it over dst's end.
func overlapAdd(dst, frame []float64, w *[estoiFrame]float64) []float64 {
	const hop = estoiFrame / 2
	if len(dst) == 0 {
		dst = make([]float64, hop)
	}
	end := len(dst)
	dst = append(dst, make([]float64, hop)...)
	for i := range w {
		dst[end-hop+i] += frame[i] * w[i]
	}
	return dst
}

// bandEnvelopes returns the amplitude in each band for each frame.
func bandEnvelopes(x []float64) (out [][estoiBands]float64) {
	w, edges := hann(), bandEdges()
	z := make([]complex128, estoiFFT)
	for at := 0; at+estoiFrame <= len(x); at += estoiFrame / 2 {
		clear(z)
		for i := range w {
			z[i] = complex(x[at+i]*w[i], 0)
		}
		fourier(z)
		var bands [estoiBands]float64
		for b := range bands {
			sum := 0.0
			for _, bin := range z[edges[b][0]:edges[b][1]] {
				sum += real(bin)*real(bin) + imag(bin)*imag(bin)
			}
			bands[b] = math.Sqrt(sum)
		}
		out = append(out, bands)
	}
	return out
}

// bandEdges returns the first bin of each band and the one behind its last,
// each edge the bin nearest to it.
func bandEdges() (edges [estoiBands][2]int) {
	bin := func(hz float64) int { return int(math.Round(hz * estoiFFT / estoiRate)) }
	for b := range edges {
		middle := estoiLowest * math.Pow(2, float64(b)/3)
		edges[b] = [2]int{bin(middle * math.Pow(2, -1.0/6)), bin(middle * math.Pow(2, 1.0/6))}
	}
	return edges
}

// alike returns the mean correlation of two segments whose bands, and then
// frames, have been brought to zero mean and a norm of one.
func alike(x, y [][estoiBands]float64) float64 {
	a, b := normalized(x), normalized(y)
	sum := 0.0
	for m := range a {
		for j := range a[m] {
			sum += a[m][j] * b[m][j]
		}
	}
	return sum / estoiSegment
}

func normalized(x [][estoiBands]float64) (out [estoiSegment][estoiBands]float64) {
	for j := range estoiBands {
		var row [estoiSegment]float64
		for m := range row {
			row[m] = x[m][j]
		}
		normalize(row[:])
		for m := range row {
			out[m][j] = row[m]
		}
	}
	for m := range out {
		normalize(out[m][:])
	}
	return out
}

func normalize(v []float64) {
	mean := 0.0
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	norm := 0.0
	for i := range v {
		v[i] -= mean
		norm += v[i] * v[i]
	}
	norm = math.Sqrt(norm) + 1e-12
	for i := range v {
		v[i] /= norm
	}
}

// fourier transforms z, whose length is a power of two, in place.
func fourier(z []complex128) {
	n := len(z)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			z[i], z[j] = z[j], z[i]
		}
	}
	for size := 2; size <= n; size *= 2 {
		turn := cmplx.Rect(1, -2*math.Pi/float64(size))
		for at := 0; at < n; at += size {
			w := complex(1, 0)
			for i := at; i < at+size/2; i++ {
				t := w * z[i+size/2]
				z[i], z[i+size/2] = z[i]+t, z[i]-t
				w *= turn
			}
		}
	}
}
