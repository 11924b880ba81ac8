package denoise

import "math"

const (
	// memory is the part of the last step's speech in the a-priori ratio.
	memory = 0.96
	// rarest is the lowest a-priori ratio, -18 dB, and floor the lowest gain, -14
	// dB.
	rarest = 0.016
	floor  = 0.2
	// following is the part of the newest step in the noise.
	following = 0.2
	// By minimum statistics (Martin 2001) the noise is held between two
	// multiples of the least smoothed power in this block of steps and the one
	// before, 2.5 to 5 s: above, it takes no vowels for its own, and below, it
	// isn't lost for good when it becomes louder.
	smoothing   = 0.2
	block       = 250
	under, over = 0.3, 4
	// opening is how many steps of a stream are taken for noise.
	opening = 6
	// quietest is the noise that is assumed at the least in a bin, in squares of
	// sample values: 16-bit samples alone have as much.
	quietest = 1
)

// bins is what is known of each bin.
type bins struct {
	steps   int // of the block in progress
	heard   int // all steps, up to opening
	noise   [maxBins]float32
	inverse [maxBins]float32 // of the noise
	spoken  [maxBins]float32 // power of the speech in the last step
	smooth  [maxBins]float32
	least   [maxBins]float32 // of the smooth power in this block
	past    [maxBins]float32 // in the last block
}

// restart forgets the speech.
func (b *bins) restart() { clear(b.spoken[:]) }

// suppress weakens what is noise in the transform of a frame, and leaves the
// conjugate of the result for the way back.
func (b *bins) suppress(z []point, t *turns) {
	half := len(z)
	curves := &shared().curves
	// The bins at both ends are real, and come from the first point.
	first, last := z[0].re+z[0].im, z[0].re-z[0].im
	first *= b.gain(0, first*first, curves)
	last *= b.gain(half, last*last, curves)
	z[0] = point{(first + last) / 2, -(first - last) / 2}
	for k := 1; k <= half/2; k++ {
		even, odd := t.bin(z[k], z[half-k], k)
		low, high := even.plus(odd), even.minus(odd).conjugate()
		gainLow := b.gain(k, low.square()/4, curves)
		gainHigh := gainLow
		if k < half-k {
			gainHigh = b.gain(half-k, high.square()/4, curves)
		}
		z[k], z[half-k] = t.join(low, high, gainLow/4, gainHigh/4, k)
	}
	b.heard = min(b.heard+1, opening)
	if b.steps++; b.steps == block {
		b.steps = 0
		b.past, b.least = b.least, b.smooth
	}
}

// gain returns what bin k, of a power, is to be multiplied by.
func (b *bins) gain(k int, power float32, curves *curves) float32 {
	b.follow(k, power, curves)
	noise := larger(b.noise[k], quietest)
	inverse := 1 / noise
	b.inverse[k] = inverse
	speech := larger(memory*b.spoken[k]+(1-memory)*max(power-noise, 0), rarest*noise)
	wiener := speech / (noise + speech)
	gain := smaller(wiener*curves.logMMSE.at(wiener*power*inverse), 1)
	b.spoken[k] = gain * gain * power
	return larger(gain, floor)
}

// larger and smaller are max and min of numbers that are not negative. They
// compare bits, which have the same order: in noise each comes out either way,
// so that a branch would be foreseen badly.
func larger(a, b float32) float32 {
	return math.Float32frombits(max(math.Float32bits(a), math.Float32bits(b)))
}

func smaller(a, b float32) float32 {
	return math.Float32frombits(min(math.Float32bits(a), math.Float32bits(b)))
}

// follow learns the noise in bin k from the power.
func (b *bins) follow(k int, power float32, curves *curves) {
	if b.heard < opening {
		mean := b.smooth[k] + (power-b.smooth[k])/float32(b.heard+1)
		b.noise[k], b.smooth[k], b.least[k], b.past[k] = mean, mean, mean, mean
		return
	}
	smooth := b.smooth[k] + smoothing*(power-b.smooth[k])
	b.smooth[k] = smooth
	b.least[k] = smaller(b.least[k], smooth)
	least := smaller(b.least[k], b.past[k])
	noise := b.noise[k]
	noise += following * (1 - curves.speech.at(power*b.inverse[k])) * (power - noise)
	b.noise[k] = larger(smaller(noise, over*least), under*least)
}
