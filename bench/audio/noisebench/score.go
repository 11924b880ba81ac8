package noisebench

import (
	"math"
	"math/cmplx"
	"slices"
	"time"

	"github.com/talkpath/talkpath/media"
)

const (
	// block is over which levels are compared.
	block = time.Second
	// window is the length of a spectrum, a power of two.
	window = 2048
	// The third octaves that are compared, counted from the one around 1 kHz: from
	// 100 Hz to 3150 Hz, and from 200 Hz for what came over a line, which carries
	// nothing below.
	lowestBand, lowestOnLine, highestBand = -10, -7, 5
	// audible is how far below the strongest band one may lie and still count.
	audible = 40
)

// level returns the RMS of pcm in dBFS.
func level(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(max(sum/max(float64(len(pcm)), 1)/32768/32768, 1e-13))
}

// levelErrors returns how far the levels of a and b, which are of equal length,
// are apart in each block, in dB.
func levelErrors(a, b []int16, rate int) (apart []float64) {
	n := media.PCMSamples(block, rate)
	for ; len(a) >= n; a, b = a[n:], b[n:] {
		apart = append(apart, math.Abs(level(a[:n])-level(b[:n])))
	}
	return apart
}

// spectralDistance returns by how many dB the third octaves of b differ from
// those of a, on the mean of those that count in a, from the one of number
// lowest on.
func spectralDistance(a, b []int16, rate, lowest int) float64 {
	of, other := thirdOctaves(a, rate)[lowest-lowestBand:], thirdOctaves(b, rate)[lowest-lowestBand:]
	strongest := slices.Max(of)
	sum, n := 0.0, 0.0
	for i, x := range of {
		if x > strongest-audible {
			sum += math.Abs(x - other[i])
			n++
		}
	}
	return sum / n
}

// thirdOctaves returns the level in each third octave in dB.
func thirdOctaves(pcm []int16, rate int) []float64 {
	power := make([]float64, window/2)
	line := make([]complex128, window)
	for ; len(pcm) >= window; pcm = pcm[window/2:] {
		for i, s := range pcm[:window] {
			hann := (1 - math.Cos(2*math.Pi*(float64(i)+0.5)/window)) / 2
			line[i] = complex(hann*float64(s), 0)
		}
		transform(line)
		for i := range power {
			power[i] += real(line[i])*real(line[i]) + imag(line[i])*imag(line[i])
		}
	}
	out := make([]float64, 0, highestBand-lowestBand+1)
	for band := lowestBand; band <= highestBand; band++ {
		low, high := 1000*math.Exp2((float64(band)-0.5)/3), 1000*math.Exp2((float64(band)+0.5)/3)
		sum := 1e-3
		for i, p := range power {
			if hertz := float64(i) * float64(rate) / window; hertz >= low && hertz < high {
				sum += p
			}
		}
		out = append(out, 10*math.Log10(sum))
	}
	return out
}

// transform is the discrete Fourier transform in place, of a length that is a
// power of two.
func transform(x []complex128) {
	n := len(x)
	if n == 1 {
		return
	}
	even, odd := make([]complex128, n/2), make([]complex128, n/2)
	for i := range even {
		even[i], odd[i] = x[2*i], x[2*i+1]
	}
	transform(even)
	transform(odd)
	for i := range even {
		turned := odd[i] * cmplx.Rect(1, -2*math.Pi*float64(i)/float64(n))
		x[i], x[i+n/2] = even[i]+turned, even[i]-turned
	}
}

// beside is over how much sound on either side of a transition the level is
// taken.
const beside = 200 * time.Millisecond

// steps returns by how many dB the level of the noise changes at each
// transition of p between sound that was sent and sound that was made. real is
// the noise without the speech. Noise that was made for less than beside is
// left out.
func steps(p passage, real []int16, rate int) (apart []float64) {
	size, reach := media.PCMSamples(frame, rate), int(beside/frame)
	for i := 1; i < len(p.sends); i++ {
		if p.quiet(i) == p.quiet(i-1) {
			continue
		}
		made, sent := i, i-reach // frames where the two sides begin
		if p.quiet(i - 1) {
			made, sent = i-reach, i
		}
		if min(made, sent) < 0 || max(made, sent)+reach > len(p.sends) || !p.allQuiet(made, made+reach) {
			continue
		}
		apart = append(apart, math.Abs(level(p.pcm[made*size:(made+reach)*size])-level(real[sent*size:(sent+reach)*size])))
	}
	return apart
}

// natural returns what steps would return if the noise itself were there in
// the place of the noise that was made: how much its level changes by itself.
func natural(p passage, real []int16, rate int) []float64 {
	p.pcm = real
	return steps(p, real, rate)
}

func (p passage) allQuiet(from, to int) bool {
	for i := from; i < to; i++ {
		if !p.quiet(i) {
			return false
		}
	}
	return true
}

// quantile returns the value below which the part q of x lies.
func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(x))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
