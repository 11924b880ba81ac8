package noise

import "math"

// autocorrelation holds the mean product of a sound with itself, by how many
// samples the two are apart.
type autocorrelation [MaxOrder + 1]float64

// coefficients are those of A(z) = 1 + a1/z + a2/z² ..., the 1 left out.
type coefficients [MaxOrder]float64

// faintest is the least part of a noise's power that is left when all that
// can be predicted is taken away, -50 dB. A filter beyond would ring for
// seconds, and be none in finite precision.
const faintest = 1e-5

// durbin returns the reflection coefficients of the all-pole filter that gives
// white noise the autocorrelation r, and the part of the power that the filter
// does not explain, by the recursion of Levinson and Durbin. Where r is none of
// a real sound, or next to all is explained, the coefficients from there on are
// zero.
func durbin(r *autocorrelation) (k coefficients, left float64) {
	if !(r[0] > 0) {
		return k, 1
	}
	var a coefficients
	left = 1
	for m := range MaxOrder {
		sum := r[m+1]
		for j := range m {
			sum += a[j] * r[m-j]
		}
		reflected := -sum / (left * r[0])
		rest := left * (1 - reflected*reflected)
		if !(rest >= faintest) || !(math.Abs(reflected) < 1) {
			break
		}
		k[m], left = reflected, rest
		a.raise(m, reflected)
	}
	return k, left
}

// raise makes the filter of order m one of order m+1 by the reflection
// coefficient k.
func (a *coefficients) raise(m int, k float64) {
	for i, j := 0, m-1; i <= j; i, j = i+1, j-1 {
		a[i], a[j] = a[i]+k*a[j], a[j]+k*a[i]
	}
	a[m] = k
}

// direct returns the coefficients of A, and the gain of 1/A that gives white
// noise of a power of one a power of one.
func direct(k *coefficients) (a coefficients, gain float64) {
	gain = 1
	for m, reflected := range k {
		a.raise(m, reflected)
		gain *= 1 - reflected*reflected
	}
	return a, math.Sqrt(gain)
}

// tamed returns the coefficients of d up to the first that would make a filter
// which is none, or rings for long.
func (d Description) tamed() (k coefficients) {
	left := 1.0
	for i, reflected := range d.Reflection[:d.order()] {
		if left *= 1 - reflected*reflected; !(left >= faintest) || !(math.Abs(reflected) < 1) {
			break
		}
		k[i] = reflected
	}
	return k
}

// residue returns the part of a noise's power, whose autocorrelation is r,
// that is left behind A. It is least for the filter of that very noise.
func (a *coefficients) residue(r *autocorrelation) float64 {
	var own autocorrelation // of A itself
	for lag := range own {
		if lag > 0 {
			own[lag] = a[lag-1]
		} else {
			own[lag] = 1
		}
		for i := 0; i+lag < MaxOrder; i++ {
			own[lag] += a[i] * a[i+lag]
		}
	}
	sum := own[0] * r[0]
	for lag := 1; lag <= MaxOrder; lag++ {
		sum += 2 * own[lag] * r[lag]
	}
	return sum / r[0]
}
