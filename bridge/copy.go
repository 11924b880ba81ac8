package bridge

import (
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// farewell is how a call that is only listened to ends, when its last words
// are written down.
type farewell struct {
	due    bool
	ending telephony.Ending
	detail string
}

// copied reports whether the call is only listened to. The lock is held.
func (c *Call) copied() bool { return c.core != nil && c.core.cfg.Listen != "" }

// closeDown ends a call that is only listened to, as soon as what was said up
// to now is written down. The lock is held.
func (c *Call) closeDown(now time.Time, ending telephony.Ending, detail string) {
	if c.farewell.due {
		return
	}
	c.step(now, &Input{Kind: InStop})
	if c.callee != nil {
		c.step(now, &Input{Kind: InStop, Callee: true})
	}
	c.farewell = farewell{true, ending, detail}
	c.leaveWhenWritten()
}

// leaveWhenWritten ends a call that closes down and owes nothing any more. The
// lock is held.
func (c *Call) leaveWhenWritten() {
	if !c.farewell.due || c.core.turn.Owes() || c.callee != nil && c.callee.turn.Owes() {
		return
	}
	c.end(c.farewell.ending, c.farewell.detail)
}
