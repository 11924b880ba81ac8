package vad

const (
	// louder and softer are how the caller's level follows their voice: the
	// part of the way up in a step, and what it falls by, 0.5 dB in a second of
	// voice.
	louder = 0.3
	softer = 0.0017
	// alone is for how many voiced steps a voice must be far before it is the
	// caller's, 4 s of voice. A near step makes up for mends far ones: a caller
	// who has turned away still comes near in a vowel now and then.
	alone = 400
	mends = 2
	// within is how much further below the caller's level than at its start
	// speech goes on, 6 dB: words end softly.
	within = 2
)

// near tells the caller's voice from those behind them, by its level: the
// loudest that it has been. Levels are logarithms to the base two.
type near struct {
	reach float32 // how far below the level a voice is near
	level float32
	last  float32 // level of the voiced step before
	far   int     // voiced steps, less those that near ones make up for
}

// hears says whether a voiced step of a level is the caller's, and learns from
// it.
func (n *near) hears(level float32, speaking bool) bool {
	reach := n.reach
	if speaking {
		reach += within
	}
	if level < n.level-n.reach {
		n.far++
	} else {
		n.far = max(n.far-mends, 0)
	}
	if level < n.level-reach {
		if n.far < alone {
			return false
		}
		n.level, n.far = level, 0
	}
	least := min(level, n.last) // a click lasts for one step
	n.last = level
	if least > n.level {
		n.level += louder * (least - n.level)
	} else {
		n.level -= softer
	}
	return true
}
