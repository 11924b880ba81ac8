package vad

import "math"

const (
	// startScore and holdScore are the scores above which a step is voiced,
	// before and during speech. Steady Gaussian noise passes the first in about
	// one step of a thousand.
	startScore = 9.0
	holdScore  = 5.5
	// scoreWeight is the part of the newest step in the score, and highest the
	// most that one step adds, so that a loud one does not ring on.
	scoreWeight = 0.6
	highest     = 60.0
	// certain is how far above its noise any one band alone adds the highest,
	// 17 dB.
	certain = 52.0
	// negligible is a score that has faded away.
	negligible = 1e-9
	// quietBand is the noise in one band that is assumed at the least, -62 dBFS
	// in all: sound out of digital silence is measured against a good line.
	quietBand = 6.30957344480193e-7 / bands
	// clickCrest is the part of a frame's energy within its loudest 4 ms from
	// which a frame that follows no voiced one is a click.
	clickCrest = 0.9
	// opening is how many steps of a stream only teach the noise.
	opening = 10
)

// judge decides whether a step is voiced.
//
// The score of a step is the likelihood ratio, summed over the bands, of
// "louder than the noise" against "the noise": for a power that is g times the
// noise's, (g-1-ln g) times half the band's degrees of freedom, as for
// Gaussian noise. Bands below their noise count nothing.
type judge struct {
	threshold float32 // least power of a voiced step
	score     float32
	before    bool // the step before was voiced
	floors    floors
}

func newJudge(threshold float64, t *table) judge {
	return judge{threshold: float32(math.Pow(10, threshold/10)), floors: floors{table: t}}
}

// voiced judges the step that e has measured, and learns from it.
func (j *judge) voiced(e *ear, speaking bool) bool {
	if click := !j.before && e.crest > clickCrest; !click {
		var likely float32
		if !e.faint {
			likely = j.likelihood(&e.bands)
		}
		if j.score += scoreWeight * (likely - j.score); j.score < negligible {
			j.score = 0
		}
	}
	need := float32(startScore)
	if speaking {
		need = holdScore
	}
	j.before = j.score > need && e.power > j.threshold && j.floors.age >= opening
	if e.silent {
		j.floors.hush()
		return j.before
	}
	var heard powers
	copy(heard[:], e.bands[:])
	heard[all] = e.power
	j.floors.hear(&heard, j.before)
	return j.before
}

// likelihood returns the sum, up to the highest that counts.
func (j *judge) likelihood(power *[bands]float32) float32 {
	if j.floors.age == 0 {
		return 0
	}
	var sum float64
	// The products of g to the power of 1, 2, 4 and 8 make one logarithm do.
	product := [4]float64{1, 1, 1, 1}
	for b := range power {
		g := float64(power[b] / max(j.floors.noise[b], quietBand))
		if g >= certain {
			return highest
		}
		g = max(g, 1)
		width := j.floors.table.widths[b]
		sum += float64(width) * (g - 1)
		for i := range product {
			if width>>i&1 == 1 {
				product[i] *= g
			}
		}
	}
	for i := len(product) - 1; i > 0; i-- {
		product[i-1] *= product[i] * product[i]
	}
	return min(float32(freedomOfBin/2*(sum-math.Log(product[0]))), highest)
}
