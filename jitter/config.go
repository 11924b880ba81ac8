package jitter

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// Config sets a Buffer's limits. The zero Config fits a carrier on TCP.
type Config struct {
	// Wait is the longest that a frame which overtook another is held for it.
	// Zero, for carriers that keep order, holds nothing.
	Wait time.Duration
	// Patience is how much longer than Wait a frame is waited for as long as
	// less sound than Wait has overtaken it: the line then stands still, as TCP
	// does where a segment was lost, and the frame is behind it. Zero for none.
	Patience time.Duration
	// MaxGap is the longest jump of the timestamps that counts as missing
	// sound; a longer one is a new time base and leaves no gap. Default 5 s.
	MaxGap time.Duration
	// Depth is how many frames are held at most. A full Buffer does not wait
	// any longer. Default 16.
	Depth int
	// Tolerance is how far a timestamp may be off without a gap or a cut:
	// carriers stamp in milliseconds, some by their own clock. Default 10 ms;
	// below zero, not at all.
	Tolerance time.Duration
}

func (c Config) withDefaults() Config {
	c.Wait, c.Patience = max(c.Wait, 0), max(c.Patience, 0)
	if c.MaxGap <= 0 {
		c.MaxGap = 5 * time.Second
	}
	if c.Depth <= 0 {
		c.Depth = 16
	}
	if c.Tolerance == 0 {
		c.Tolerance = 10 * time.Millisecond
	}
	c.Tolerance = max(c.Tolerance, 0)
	return c
}

// Outcome is what Pop found.
type Outcome uint8

const (
	// Wait means that nothing is due; see Due.
	Wait Outcome = iota
	// Play means that Item.Frame is next.
	Play
	// Lost means that sound is missing.
	Lost
)

// String returns the outcome's name in lower case.
func (o Outcome) String() string {
	switch o {
	case Play:
		return "play"
	case Lost:
		return "lost"
	default:
		return "wait"
	}
}

// Item is one answer of Pop. Items that follow each other join without a hole:
// each begins in media time where the one before ended.
type Item struct {
	Outcome Outcome
	// Frame holds the sound of Play. At is media time since the Buffer's first
	// sample, not the carrier's timestamp. For Lost it has no payload, and At
	// tells where the gap begins.
	Frame media.Frame
	// Gap is how long the missing sound is, for Lost.
	Gap time.Duration
	// Samples is the exact length of the frame or gap.
	Samples int
	// Cut is how many samples at the beginning of the frame were played before,
	// and are to be dropped when it is decoded; Samples is without them. It is
	// zero where they could be cut from the payload.
	Cut int
}
