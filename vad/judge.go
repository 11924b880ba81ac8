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
	// loudest is how far a band counts above its noise: 20 dB.
	loudest = 100.0
	// quietLine is the noise in dBFS that is assumed at the least: sound out of
	// digital silence is measured against a good line.
	quietLine = -62.0
	// clickCrest is the part of a frame's energy within its loudest 4 ms from
	// which a frame that follows no voiced one is a click.
	clickCrest = 0.9
	// opening is how many steps of a stream only teach the noise.
	opening = 10
	// freedomOfBin is the degrees of freedom of the power in one bin of a
	// spectrum under a Hann window, and freedomOfStep of the power of a step.
	freedomOfBin  = 1.3
	freedomOfStep = 66
)

// judge decides whether a step is voiced.
//
// The score of a step is the likelihood ratio, summed over the bands, of
// "louder than the noise" against "the noise": for a power that is g times the
// noise's, (g-1-ln g) times half the band's degrees of freedom, as for
// Gaussian noise. Bands below their noise count nothing.
type judge struct {
	threshold float64 // least power of a voiced step
	quiet     float64 // least noise assumed in one band
	floors    [bands]floor
	whole     floor // of the step's power
	score     float64
	before    bool // the step before was voiced
}

func newJudge(threshold float64) judge {
	j := judge{
		threshold: math.Pow(10, threshold/10),
		quiet:     math.Pow(10, quietLine/10) / bands,
		whole:     newFloor(freedomOfStep),
	}
	for b := range j.floors {
		j.floors[b] = newFloor(freedom(b))
	}
	return j
}

// voiced judges the step that e has measured, and learns from it.
func (j *judge) voiced(e *ear, speaking bool) bool {
	if click := !j.before && e.crest > clickCrest; !click {
		j.score += scoreWeight * (min(j.likelihood(&e.bands), highest) - j.score)
	}
	need := startScore
	if speaking {
		need = holdScore
	}
	j.before = j.score > need && e.power > j.threshold && j.whole.age >= opening
	for b := range e.bands {
		j.floors[b].hear(e.bands[b], j.before)
	}
	j.whole.hear(e.power, j.before)
	return j.before
}

func (j *judge) likelihood(power *[bands]float64) float64 {
	var sum float64
	for b := range power {
		g := min(power[b]/max(j.floors[b].noise, j.quiet), loudest)
		if g > 1 && j.floors[b].age > 0 {
			sum += freedom(b) / 2 * (g - 1 - math.Log(g))
		}
	}
	return sum
}

func freedom(band int) float64 { return freedomOfBin * float64(edge(band+1)-edge(band)) }
