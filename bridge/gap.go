package bridge

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/noise"
	"github.com/talkpath/talkpath/vad"
)

const (
	// fillStep is how much of a gap is filled at a time.
	fillStep = 20 * time.Millisecond
	// maxConcealed is the longest gap that a codec fills: by then what it makes
	// up has faded.
	maxConcealed = 120 * time.Millisecond
)

// fill makes up sound that never came, so that media time and the recognizer's
// sense of pauses stay true. behind is what comes after the gap; nil where it
// isn't known.
//
// The recognizer hears the sound on both sides of the gap continued into it,
// and comfort noise in the middle of a long one; or what a codec with a state of
// its own makes up.
func (c *Core) fill(now time.Time, samples int, behind []int16) {
	if samples == 0 {
		return
	}
	if behind == nil && c.conceals(samples) {
		c.fillByCodec(now, samples, nil)
		return
	}
	c.missed(samples)
	c.startGuess(samples, behind)
	c.guess(now, samples, c.in.next(behind, 0), c.in.conceal.Conceal)
}

// guess hears samples that are made up by conceal, which fills what it is given;
// the first sample behind them is next. A guess is no evidence: the detectors of
// voice and of keys are told of comfort noise alone, so that a gap neither starts
// speech nor holds it up, and presses no key. While a key is down the recognizer
// hears what they do.
func (c *Core) guess(now time.Time, samples int, next int16, conceal func(dst []int16)) {
	keyDown := c.in.keypad.detector.Key() != 0
	c.in.noise.SetNoise(c.lineNoise())
	c.in.noise.Start(c.in.past.last())
	for step := media.PCMSamples(fillStep, c.cfg.Format.Rate); samples > 0; samples -= step {
		c.in.gap = sized(c.in.gap, min(step, samples))
		if samples > step {
			c.in.noise.Fill(c.in.gap)
		} else {
			c.in.noise.Stop(c.in.gap, next)
		}
		c.takeKeys(now, c.in.gap)
		if keyDown {
			c.keep(c.in.gap)
		} else {
			c.in.made = sized(c.in.made, len(c.in.gap))
			conceal(c.in.made)
			c.keep(c.in.made)
		}
		c.judge(now, c.in.gap)
	}
}

// lineNoise describes the noise that is on the line while nobody speaks.
func (c *Core) lineNoise() noise.Description {
	var bands [vad.Bands]noise.Band
	for i, b := range c.in.vad.Noise() {
		bands[i] = noise.Band(b)
	}
	return noise.FromBands(c.cfg.Format.Rate, bands[:])
}

// startGuess shows the concealer both sides of a gap.
func (c *Core) startGuess(samples int, behind []int16) {
	older, newer := c.in.past.newest(c.in.conceal.History())
	c.in.conceal.Reset()
	c.in.conceal.Played(older)
	c.in.conceal.Played(newer)
	c.in.conceal.Bridge(samples, behind)
}

// conceals reports whether the codec is to fill a gap: one with a state of its
// own can, while that tells anything.
func (c *Core) conceals(samples int) bool {
	return samples > 0 && c.in.concealer != nil && samples <= media.PCMSamples(maxConcealed, c.cfg.Format.Rate)
}

// fillByCodec hears what the codec makes of a gap. next is the payload behind
// it, which may hold a copy of what is missing; nil where it isn't known. What
// comes from a copy is sound like any other.
func (c *Core) fillByCodec(now time.Time, samples int, next []byte) {
	c.missed(samples)
	var copied int
	c.in.coded, copied = c.in.concealer.Conceal(c.in.coded[:0], samples, next)
	made, sent := c.in.coded[:samples-copied], c.in.coded[samples-copied:]
	c.guess(now, len(made), c.in.next(sent, 0), func(dst []int16) { made = made[copy(dst, made):] })
	if len(sent) > 0 {
		c.hear(now, sent)
	}
}

// missed tells those who count of a gap that is about to be filled.
func (c *Core) missed(samples int) {
	c.line.Concealed(samples)
	if t := &c.in.keypad; samples <= media.PCMSamples(maxBridged, c.cfg.Format.Rate) {
		t.gapFrom, t.gapTo = t.pushed, t.pushed+int64(samples)
	}
}
