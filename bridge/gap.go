package bridge

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// fillStep is how much of a gap is filled at a time.
const fillStep = 20 * time.Millisecond

// fill makes up sound that never came, so that media time and the recognizer's
// sense of pauses stay true. behind is what comes after the gap; nil where it
// isn't known.
//
// The recognizer hears the sound on both sides of the gap continued into it,
// and comfort noise in the middle of a long one. That is a guess, and no
// evidence: the detectors of voice and of keys are told of comfort noise alone,
// so that a gap neither starts speech nor holds it up, and presses no key. While
// a key is down the recognizer hears what they do.
func (c *Core) fill(now time.Time, samples int, behind []int16) {
	if samples == 0 {
		return
	}
	c.line.Concealed(samples)
	if t := &c.in.keypad; samples <= media.PCMSamples(maxBridged, c.cfg.Format.Rate) {
		t.gapFrom, t.gapTo = t.pushed, t.pushed+int64(samples)
	}
	c.in.noise.SetLevel(c.in.vad.Floor())
	c.in.noise.Start(c.in.past.last())
	guess := c.in.keypad.detector.Key() == 0
	if guess {
		c.startGuess(samples, behind)
	}
	for step := media.PCMSamples(fillStep, c.cfg.Format.Rate); samples > 0; samples -= step {
		c.in.gap = sized(c.in.gap, min(step, samples))
		if samples > step {
			c.in.noise.Fill(c.in.gap)
		} else {
			c.in.noise.Stop(c.in.gap, c.in.next(behind, 0))
		}
		c.takeKeys(now, c.in.gap)
		if guess {
			c.in.made = sized(c.in.made, len(c.in.gap))
			c.in.conceal.Conceal(c.in.made)
			c.keep(c.in.made)
		} else {
			c.keep(c.in.gap)
		}
		c.judge(now, c.in.gap)
	}
}

// startGuess shows the concealer both sides of a gap.
func (c *Core) startGuess(samples int, behind []int16) {
	older, newer := c.in.past.newest(c.in.conceal.History())
	c.in.conceal.Reset()
	c.in.conceal.Played(older)
	c.in.conceal.Played(newer)
	c.in.conceal.Bridge(samples, behind)
}
