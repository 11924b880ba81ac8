package bridge

import (
	"errors"
	"time"

	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/media/quality"
	"github.com/talkpath/talkpath/telephony"
)

// newMeter returns what measures a call's line.
func newMeter(cfg CoreConfig) *quality.Meter {
	return quality.New(quality.Config{Format: cfg.Format, Packet: cfg.Quirks.Packet, Untimed: cfg.Quirks.Untimed})
}

// measure tells the meter that the call got to its turn with an input, before
// that changes anything.
func (c *Core) measure(now time.Time, in *Input) {
	c.line.At(now)
	late := in.passesTime() && c.line.Passed()
	if c.line.Dry() && !c.away {
		c.line.Waits(c.awaited(late))
	}
}

// awaited returns what a reply waits for whose sound has run out. late says
// that nobody has looked after the call for a while.
func (c *Core) awaited(late bool) quality.Cause {
	switch {
	case c.out.empty() && c.turn.Complete():
		return quality.Nothing
	case late:
		return quality.Own
	case !c.turn.Resting():
		return quality.Voice
	case c.out.empty():
		return quality.Dialogue
	}
	return quality.Own
}

// measured returns what the meter knows, with what others have counted.
func (c *Core) measured(now time.Time, n jitter.Stats) quality.Measures {
	m := c.line.Measures(now)
	m.Lost, m.Gaps = n.Lost, n.Gaps
	m.Reordered, m.Late, m.Duplicates = n.Reordered, n.Late, n.Duplicates
	return m
}

// tooSlow counts a message that was dropped because the carrier didn't read.
// The lock is held.
func (c *Call) tooSlow(err error) {
	if errors.Is(err, telephony.ErrBacklog) {
		c.slow++
	}
}
