package bridge

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/dtmf"
)

const (
	// toneEdge is how far around a key's tones sound is taken out: where they
	// began and ended is known to a few milliseconds.
	toneEdge = 5 * time.Millisecond
	// quietPart is how long the quietest part of the sound before a key is, as
	// loud as which the noise is that takes the place of its tones. The voice
	// detector's floor may have taken their beginning for noise.
	quietPart = 10 * time.Millisecond
	// maxBridged is the longest gap over which a key is taken to have been held.
	maxBridged = 200 * time.Millisecond
)

// keypad is what is known of the keys that the caller's sound holds.
type keypad struct {
	detector *dtmf.Detector
	found    []dtmf.Event // in one run of sound
	pushed   int64        // samples

	// The key that came up last, and the gap that was filled last.
	key            byte
	up             int64
	gapFrom, gapTo int64
}

func newKeypad(rate int) (keypad, error) {
	detector, err := dtmf.New(rate)
	return keypad{detector: detector, found: make([]dtmf.Event, 0, 4)}, err
}

// sameHold says whether a key that went down was down before, and a gap in the
// sound is all that was between.
func (t *keypad) sameHold(ev dtmf.Event, edge int64) bool {
	return ev.Key == t.key && t.up >= t.gapFrom-edge && ev.At <= t.gapTo+edge
}

// takeKeys looks for keys in sound and puts noise in the place of their tones,
// so that they are neither taken for speech nor given to the recognizer. A key
// is found some 35 ms after it went down: what went before in that time is
// taken back, except from an utterance that was open already.
func (c *Core) takeKeys(now time.Time, pcm []int16) {
	t := &c.in.keypad
	start, from := t.pushed, -1
	if t.detector.Key() != 0 {
		from = 0
	}
	t.pushed += int64(len(pcm))
	t.found = t.detector.Push(t.found[:0], pcm)
	edge := media.PCMSamples(toneEdge, c.cfg.Format.Rate)
	for _, ev := range t.found {
		at := int(ev.At - start)
		if ev.Down {
			from = c.keyDown(now, ev, at-edge)
			continue
		}
		to := min(max(at+edge, 0), len(pcm))
		c.in.noise.Stop(pcm[min(from, to):to], c.in.next(pcm, to))
		from, t.key, t.up = -1, ev.Key, ev.At
		c.presses.release(now)
	}
	if from >= 0 {
		c.in.noise.Fill(pcm[min(from, len(pcm)):])
	}
}

// keyDown takes a key whose tones began at a sample of the sound at hand, or
// before it where that is negative. It returns from where on sound is to be
// taken out.
func (c *Core) keyDown(now time.Time, ev dtmf.Event, at int) (from int) {
	t := &c.in.keypad
	before := max(0, -at)
	line := c.lineNoise()
	line.Level = min(line.Level, c.in.past.quietest(before, media.PCMSamples(quietPart, c.cfg.Format.Rate)))
	c.in.noise.SetNoise(line)
	c.in.noise.Start(0)
	older, newer := c.in.past.newest(before)
	c.in.noise.Fill(older)
	c.in.noise.Fill(newer)
	c.in.vad.Disregard(media.PCMDuration(before, c.cfg.Format.Rate))
	if !t.sameHold(ev, 2*int64(media.PCMSamples(toneEdge, c.cfg.Format.Rate))) {
		c.press(now, ev.Key, byTones)
	}
	return max(0, at)
}

// press takes a press of a key that was told in one of two ways.
func (c *Core) press(now time.Time, key byte, told way) {
	if c.begun && c.presses.take(now, key, told) {
		c.turn.Key(now, key)
	}
}

// next returns the sample behind to, zero where there is none yet.
func (in *inbound) next(pcm []int16, to int) int16 {
	if to < len(pcm) {
		return pcm[to]
	}
	return 0
}
