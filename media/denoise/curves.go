package denoise

import "math"

const (
	// A curve has its values at perOctave places in each octave from 2^lowest.
	mantissa  = 4
	perOctave = 1 << mantissa
	lowest    = -12
	octaves   = 20
)

// curve is a function of a positive number, found by the number's leading bits.
type curve [octaves*perOctave + 1]float32

// at returns the value at the place next to x.
func (c *curve) at(x float32) float32 {
	const first = (127 + lowest) << mantissa
	i := int(math.Float32bits(x)>>(23-mantissa)) - first
	return c[max(0, min(i, len(c)-1))]
}

func newCurve(f func(x float64) float64) (c curve) {
	for i := range c {
		octave, part := i/perOctave, (float64(i%perOctave)+0.5)/perOctave
		c[i] = float32(f(math.Ldexp(1+part, octave+lowest)))
	}
	return c
}

// curves are the functions of the estimators.
type curves struct {
	speech  curve // the probability of speech, of the power over the noise's
	logMMSE curve // what the Wiener gain is multiplied by, of v
}

// usual is the a-priori ratio of a bin with speech, 15 dB, for which the
// probability of speech errs least (Gerkmann and Hendriks 2012).
const usual = 31.6

func newCurves() curves {
	return curves{
		speech: newCurve(func(over float64) float64 {
			return 1 / (1 + (1+usual)*math.Exp(-over*usual/(1+usual)))
		}),
		logMMSE: newCurve(func(v float64) float64 { return math.Exp(exponentialIntegral(v) / 2) }),
	}
}

// exponentialIntegral returns E1(x) for x > 0: below 1 by its series, above by
// its continued fraction (Abramowitz and Stegun 5.1.11 and 5.1.22).
func exponentialIntegral(x float64) float64 {
	const euler = 0.5772156649015329
	if x < 1 {
		sum, term := -euler-math.Log(x), -1.0
		for n := 1; n < 30; n++ {
			term *= -x / float64(n)
			sum += term / float64(n)
		}
		return sum
	}
	rest := x
	for n := 60; n > 0; n-- {
		rest = x + float64(n)/(1+float64(n)/rest)
	}
	return math.Exp(-x) / rest
}
