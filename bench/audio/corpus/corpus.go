// Package corpus reads the test sets that bench/audio/corpus.sh makes:
// synthetic speech of many voices, and noises. It joins them into talk with
// exact labels, mixes, and sends them over a telephone line. The same
// arguments give the same samples.
package corpus

import (
	"errors"
	"time"
)

// Half is one of the two halves into which voices and noises are split.
type Half uint8

const (
	// Tuning is the half that may be looked at while a stage is built.
	Tuning Half = iota + 1
	// HeldOut is the half that only reports see.
	HeldOut
)

// Corpus is the test sets in a folder. Its methods may run together.
type Corpus struct{ dir string }

// ErrMissing reports a folder in which make bench-setup has made no corpus.
var ErrMissing = errors.New("no test sets there: make bench-setup makes them")

// Talk is speech with pauses, and where it is.
type Talk struct {
	PCM  []int16
	Rate int
	// Speech tells for each Step of PCM whether somebody speaks, found on the
	// clean signal.
	Speech []bool
}

// Step is the grid of Talk.Speech.
const Step = 10 * time.Millisecond
