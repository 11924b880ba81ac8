package bridge

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// unproven is how much sound beyond the last mark that came back a caller is
// taken to have heard of a stream that broke: a mark is sent each markEvery,
// and takes a while. A socket that died unnoticed plays no more than that.
const unproven = markEvery + time.Second/2

// lose takes the end of a stream that may come back: what waited to be sent is
// dropped, and what was counted is kept.
func (c *Core) lose(now time.Time) {
	if c.away {
		return
	}
	c.drain(now)
	c.away = true
	c.line.Cleared()
	heard := c.out.clock.Position(now)
	if proven := c.out.clock.Proven(); proven > 0 {
		heard = min(heard, proven+unproven)
	}
	c.turn.Lost(now, heard)
	c.count.Jitter = c.count.Jitter.Plus(c.in.jitter.Stats())
	c.count.Heard += heard
	c.in.jitter = newJitter(c.cfg.Quirks)
	clears := c.out.clears + 1 // marks of the old stream tell nothing of the new
	c.out = outbound{clears: clears}
}

// resume takes another stream in format.
func (c *Core) resume(now time.Time, format media.Format) {
	if !c.away {
		return
	}
	c.away = false
	c.line.Resumed(format)
	changed := format != c.cfg.Format
	c.cfg.Format = format
	err := c.out.init(c.cfg)
	if err == nil && changed {
		c.in = inbound{}
		c.presses.release(now)
		err = c.in.init(c.cfg)
	}
	if err != nil {
		c.emit(Output{Kind: OutEnd, Ending: telephony.CarrierError, Text: err.Error()})
		return
	}
	c.in.framesUpTo = now
	c.turn.Back(now)
}
