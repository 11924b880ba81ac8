package noise

import "math"

// Band is a range of frequencies, in hertz, and the mean square that a noise
// has within it, as a part of full scale.
type Band struct {
	Low, High float64
	Power     float64
}

// FromBands describes the noise of a line, of rate samples per second, from its
// power in bands, which ascend and don't overlap. Below the first band and
// above the last one the noise is taken to be as dense as within them, down to
// zero and up to half the rate; the level is that of all of it. Its cost is some
// microseconds: it is for the times at which a description is needed. Bands
// without any power that is a number give silence.
func FromBands(rate int, bands []Band) Description {
	var r autocorrelation
	total := 0.0
	for i, b := range bands {
		low, high := b.Low, b.High
		if !(b.Power > 0 && high > low) {
			continue
		}
		total += b.Power
		density := b.Power / (high - low)
		if i == 0 {
			low = 0
		}
		if i == len(bands)-1 {
			high = float64(rate) / 2
		}
		// The autocorrelation of a spectrum is its cosine transform; that of a
		// flat band is the difference of two sines.
		r[0] += density * (high - low)
		for lag := 1; lag <= MaxOrder; lag++ {
			turn := 2 * math.Pi * float64(lag) / float64(rate)
			r[lag] += density * (math.Sin(turn*high) - math.Sin(turn*low)) / turn
		}
	}
	if !(total > 0) || math.IsInf(total, 1) || rate <= 0 {
		return Silence()
	}
	d := Description{Level: level(r[0]), Order: MaxOrder}
	r[0] *= 1 + whiteFloor
	d.Reflection, _ = durbin(&r)
	return d
}
