package vad

import "math"

const (
	// startScore is the score above which a step is voiced. The score lags: where
	// speech ends it is still high, so that one that has fallen from its peak is
	// not voiced, unless it is above holdScore.
	startScore = -0.5
	holdScore  = 3.0
	// held is the part of its peak that a score must keep, and forgetting how
	// much of the way to lower scores that goes in a step.
	held       = 0.5
	forgetting = 0.05
	// nothing is the least score, and lull what a score loses in each step
	// without a sound.
	nothing = -12
	lull    = 0.5
	// calm is the likelihood up to which a step does not change a score that is
	// settled: most steps of a line on which nobody speaks.
	calm    = 4.0
	settled = -3
	// rising is how much more than before a score is that rises.
	rising = 0.3
	// A step is loud, and teaches the floors nothing, where its likelihood is
	// above startLoud, or above holdLoud while the one before was loud. Steady
	// Gaussian noise passes the first in about one step of a thousand.
	startLoud = 9.0
	holdLoud  = 5.5
	// newest is the part of the newest step in the likelihood, and loudest the
	// most that one step adds, so that a loud one does not ring on.
	newest  = 0.6
	loudest = 60.0
	// certain is how many times its noise a pair of bands counts for at the most,
	// 17 dB.
	certain = 50
	// quietBand is the noise in one band that is assumed at the least, -62 dBFS
	// in all: sound out of digital silence is measured against a good line.
	quietBand = 6.30957344480193e-7 / bands
	// opening is how many steps of a stream only teach the noise.
	opening = 10
)

// judge gives each step its score: the logarithm of the odds that somebody
// speaks.
type judge struct {
	threshold float32 // least power of a voiced step
	score     float32
	peak      float32 // of the scores of the last 200 ms
	likely    float32 // it is that the newest steps are louder than the noise
	loud      bool
	floors    floors
	witness   witness
	near      near
}

func newJudge(cfg Config, t *table) judge {
	return judge{
		threshold: float32(math.Pow(10, cfg.Threshold/10)),
		score:     nothing, peak: nothing,
		floors:  floors{table: t},
		witness: newWitness(t),
		near:    near{reach: float32(cfg.Far / octave), level: faintest, last: faintest},
	}
}

// step judges the step that e has measured, and learns from it: whether it is
// voiced, and by the caller.
func (j *judge) step(e *ear, speaking bool) (voiced, near bool) {
	heard, before := j.floors.age >= opening, j.score
	louder := float32(0)
	if e.faint || j.floors.age == 0 {
		j.witness.rest()
		j.score = max(j.score-lull, nothing)
	} else {
		louder = j.witness.hear(e, &j.floors)
		if louder > calm || j.score > settled {
			j.score = max(j.floors.table.network.score(&j.witness.all), nothing)
		}
	}
	j.learn(e, louder)
	j.peak = max(j.score, j.peak+forgetting*(j.score-j.peak))
	voiced = j.score > startScore && (j.score > min(held*j.peak, holdScore) || j.score > before+rising)
	if voiced = voiced && heard && e.power > j.threshold; voiced {
		near = j.near.hears(log2(e.power), speaking)
	}
	return voiced, near
}

// learn lets the floors hear the step.
func (j *judge) learn(e *ear, louder float32) {
	if j.likely += newest * (min(louder, loudest) - j.likely); j.likely < 1e-9 {
		j.likely = 0
	}
	need := float32(startLoud)
	if j.loud {
		need = holdLoud
	}
	j.loud = j.likely > need && e.power > j.threshold && j.floors.age >= opening
	if e.silent {
		j.floors.hush()
		return
	}
	var heard powers
	copy(heard[:], e.bands[:])
	heard[all] = e.power
	j.floors.hear(&heard, j.loud)
}
