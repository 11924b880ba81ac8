package resample

import "math"

const (
	// reach is how many samples of the lower rate the filter looks to each
	// side: 24 at 8 kHz is 3 ms, and enough for about 109 dB over the
	// transition band.
	reach = 24
	// transition is the width from the pass band's edge to the stop band's,
	// as a part of the lower rate: 0.425 to 0.575.
	transition = 0.15
)

// halfLength returns how many taps lie on each side of the filter's middle.
// Taps lie up times as dense as the input. The outermost would stand on a zero
// of the sinc and are left out.
func halfLength(up, down int) int {
	if up == down {
		return 0 // equal rates: a single tap that copies
	}
	return reach*max(up, down) - 1
}

// prototype returns the low-pass filter for the ratio up/down, 2*halfLength+1
// taps with linear phase. Each of its up phases has a gain of exactly 1 at 0
// Hz. Its middle is at half the lower rate, so that each max(up, down)-th tap
// to either side of the middle is exactly zero.
func prototype(up, down int) []float64 {
	half, spacing := halfLength(up, down), max(up, down)
	taps := make([]float64, 2*half+1)
	beta := kaiserBeta(half, spacing)
	for i := range taps {
		taps[i] = sinc(i-half, spacing) * kaiser(i-half, half, beta)
	}
	for phase := range up {
		sum := 0.0
		for i := phase; i < len(taps); i += up {
			sum += taps[i]
		}
		for i := phase; i < len(taps); i += up {
			taps[i] /= sum
		}
	}
	return taps
}

// sinc returns sin(pi x)/(pi x) for x = n/spacing, exactly zero at its zeros.
func sinc(n, spacing int) float64 {
	switch {
	case n == 0:
		return 1
	case n%spacing == 0:
		return 0
	}
	x := math.Pi * float64(n) / float64(spacing)
	return math.Sin(x) / x
}

// kaiserBeta returns the window's shape for the attenuation that a filter of
// this length reaches over the transition band, by Kaiser's two formulas.
func kaiserBeta(half, spacing int) float64 {
	attenuation := 7.95 + 14.36*float64(2*half)*transition/float64(spacing)
	return 0.1102 * (attenuation - 8.7)
}

// kaiser returns the window at n taps from the middle.
func kaiser(n, half int, beta float64) float64 {
	x := float64(n) / float64(half+1)
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel returns the modified Bessel function of the first kind and order
// zero, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= (x / (2 * k)) * (x / (2 * k))
		sum += term
	}
	return sum
}
