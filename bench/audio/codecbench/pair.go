package codecbench

import (
	"fmt"
	"math"
	"math/cmplx"
)

// pair is a from and a to rate, in samples per second.
type pair struct{ from, to int }

func (p pair) low() float64   { return float64(min(p.from, p.to)) }
func (p pair) String() string { return fmt.Sprintf("%d to %d kHz", p.from/1000, p.to/1000) }

// allPairs returns each pair of rates that differ.
func allPairs() (all []pair) {
	rates := []int{8000, 16000, 24000, 48000}
	for _, a := range rates {
		for _, b := range rates {
			if a != b {
				all = append(all, pair{a, b})
			}
		}
	}
	return all
}

// figures are what was measured of one resampler on one pair.
type figures struct {
	ripple    float64 // dB
	rejection float64 // dB
	delay     float64 // ms
	cost      float64 // µs of CPU for 20 ms
}

const (
	delayTone = 50.0   // hertz: one turn is longer than any delay here
	companion = 997.13 // hertz: keeps rounding busy beside what is stopped
	loud      = 30000.0
	half      = 15000.0
	passTones = 12
	stopTones = 24
	// none is the rejection that is told where nothing is left.
	none = 140.0
)

// probe returns the tones by which a pair is measured: the one for the delay,
// those of the pass band, and those of the stop band where there is one.
func probe(p pair) (tones []tone) {
	tones = append(tones, tone{loud, []float64{delayTone}})
	for _, f := range sweep(50, 0.425*p.low(), passTones) {
		tones = append(tones, tone{loud, []float64{f}})
	}
	if stop, top := 0.575*p.low(), 0.499*float64(p.from); stop < top {
		for _, f := range sweep(stop, top, stopTones) {
			tones = append(tones, tone{half, []float64{companion, f}})
		}
	}
	return tones
}

// judge returns what out, the resampled probe, tells. lag is how much sound is
// held back, in ms.
func judge(p pair, out []int16, lag float64) figures {
	f := figures{rejection: none}
	for k, tn := range probe(p) {
		x, begin := middle(out, p.to, k)
		switch {
		case k == 0:
			f.delay = lag + phaseDelay(remove(x, p.to, delayTone), begin)
		case len(tn.hertz) == 1:
			gain := decibels(cmplx.Abs(remove(x, p.to, tn.hertz[0])) / loud)
			f.ripple = max(f.ripple, math.Abs(gain))
			f.rejection = min(f.rejection, imageRejection(p, x, tn.hertz[0]))
		default:
			f.rejection = min(f.rejection, aliasRejection(p, x, tn.hertz[1]))
		}
	}
	return f
}

// phaseDelay returns in ms by how much the delay tone came late, from its
// complex amplitude at the time begin.
func phaseDelay(amplitude complex128, begin float64) float64 {
	turns := delayTone*begin - cmplx.Phase(amplitude)/(2*math.Pi)
	turns -= math.Round(turns) // from -10 to 10 ms
	return turns / delayTone * 1000
}

// imageRejection returns by how much the strongest image of a tone, which x no
// longer has, is down.
func imageRejection(p pair, x []float64, hertz float64) float64 {
	down := none
	for k := 1; k <= 3; k++ {
		for _, image := range []float64{float64(k*p.from) - hertz, float64(k*p.from) + hertz} {
			at := fold(image, p.to)
			if math.Abs(at-hertz) < 20 || image < 0.575*p.low() {
				continue // can't be told from the tone
			}
			down = min(down, -decibels(cmplx.Abs(remove(x, p.to, at))/loud))
		}
	}
	return down
}

// aliasRejection returns by how much the alias of a tone from the stop band is
// down.
func aliasRejection(p pair, x []float64, hertz float64) float64 {
	at := fold(hertz, p.to)
	if math.Abs(at-companion) < 20 || at < 20 {
		return none
	}
	remove(x, p.to, companion)
	return min(none, -decibels(cmplx.Abs(remove(x, p.to, at))/half))
}
