package bridge

import (
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/vad"
)

const (
	// preRoll is how much of the sound before speech was detected goes to
	// the recognizer: the detector's onset, a carrier's packet of up to
	// 200 ms, and some air.
	preRoll = 500 * time.Millisecond
	// unsent is the time without a frame after which the carrier is taken to
	// send no silence, rather than to be late: Twilio doesn't promise to.
	unsent = 500 * time.Millisecond
	// The voice detector is then told of a quiet line: quietLine dBFS for
	// quietTime. It would take the speech that follows for the line's noise.
	quietLine = -65
	quietTime = 300 * time.Millisecond
	// standstill is how long a line may stand still between a frame and another
	// that overtook it, and standstillDepth how many frames may follow at once.
	standstill      = 500 * time.Millisecond
	standstillDepth = 64
)

func (in *inbound) init(cfg CoreConfig) (err error) {
	rate := cfg.Format.Rate
	in.jitter = newJitter(cfg.Quirks)
	if in.codec, err = cfg.Codecs.New(cfg.Format); err != nil {
		return err
	}
	in.concealer, _ = in.codec.(codec.Concealer)
	if in.vad, err = vad.New(vad.Config{Rate: rate}); err != nil {
		return err
	}
	if in.resample, err = cfg.Codecs.Between(rate, cfg.RecognizerRate); err != nil {
		return err
	}
	if in.keypad, err = newKeypad(rate); err != nil {
		return err
	}
	in.noise = noise.New(rate)
	in.conceal = conceal.New(rate, in.noise)
	in.past = newRing(media.PCMSamples(preRoll, rate))
	return nil
}

// newJitter returns the buffer for a carrier's sound. Where the carrier keeps
// the order of its frames it holds nothing, and its depth doesn't matter.
func newJitter(q telephony.Quirks) *jitter.Buffer {
	if q.ReorderWait == 0 {
		return jitter.New(jitter.Config{})
	}
	return jitter.New(jitter.Config{Wait: q.ReorderWait, Patience: standstill, Depth: standstillDepth})
}

// audio takes a frame from the carrier. What is in order is heard at once.
func (c *Core) audio(now time.Time, f media.Frame) {
	if now.Sub(c.in.framesUpTo) >= unsent {
		c.quiet(now)
	}
	c.in.framesUpTo = now
	c.line.Arrived(f)
	if item, next := c.in.jitter.Direct(f); next {
		pcm, err := c.in.codec.Decode(c.in.pcm[:0], item.Frame.Payload)
		if err != nil {
			c.fill(now, item.Samples, nil)
			return
		}
		c.in.pcm = pcm
		c.hear(now, pcm)
		return
	}
	if c.in.jitter.Push(f, now) != nil {
		return // dropped and counted by the buffer
	}
	c.drain(now)
}

// drain hears what the jitter buffer has in order at now.
func (c *Core) drain(now time.Time) {
	missing := 0 // samples of a gap whose other side is not known yet
	for {
		item := c.in.jitter.Pop(now)
		switch item.Outcome {
		case jitter.Wait:
			c.fill(now, missing, nil)
			return
		case jitter.Play:
			missing = c.play(now, missing, &item)
		case jitter.Lost:
			missing += item.Samples
		}
	}
}

// play hears a frame, and before it what is missing between it and the one
// before. It returns how many samples are missing then: none, or all of them
// and the frame's where it can't be decoded.
func (c *Core) play(now time.Time, missing int, item *jitter.Item) int {
	if c.conceals(missing) { // before the frame is decoded, which goes on from there
		c.fillByCodec(now, missing, item.Frame.Payload)
		missing = 0
	}
	pcm, err := c.in.codec.Decode(c.in.pcm[:0], item.Frame.Payload)
	if err != nil || len(pcm) <= item.Cut {
		return missing + item.Samples
	}
	c.in.pcm = pcm
	c.fill(now, missing, pcm[item.Cut:])
	c.hear(now, pcm[item.Cut:])
	return 0
}

// quiet tells the detectors of voice and of keys, and nobody else, of silence
// that was not sent.
func (c *Core) quiet(now time.Time) {
	c.in.noise.SetLevel(quietLine)
	c.in.noise.Start(0)
	c.in.gap = sized(c.in.gap, media.PCMSamples(fillStep, c.cfg.Format.Rate))
	for range quietTime / fillStep {
		c.in.noise.Fill(c.in.gap)
		c.in.vad.Push(c.in.gap)
		c.in.keypad.pushed += int64(len(c.in.gap))
		c.in.keypad.detector.Push(c.in.keypad.found[:0], c.in.gap)
	}
	c.presses.release(now)
}

// hear passes sound in media order to the voice detector and, while the
// caller speaks, to the recognizer. The tones of keys go to neither; pcm is
// changed where it holds any.
func (c *Core) hear(now time.Time, pcm []int16) {
	c.takeKeys(now, pcm)
	c.keep(pcm)
	c.judge(now, pcm)
}

// keep keeps sound for the start of an utterance; one that is open gets it.
func (c *Core) keep(pcm []int16) {
	c.in.past.write(pcm)
	if c.in.hearing {
		c.listen(pcm)
	}
}

// judge tells the voice detector of sound, and the conversation what it found.
func (c *Core) judge(now time.Time, pcm []int16) {
	voice := c.in.vad.Push(pcm)
	c.line.Heard(pcm, c.in.vad.Level(), voice.Speech)
	if voice.Started {
		c.in.onset = now.Add(voice.Onset - voice.Now)
	}
	if !c.begun || !voice.Speech && !voice.Started && !voice.Ended {
		return
	}
	c.turn.Voice(now, voice.Speech || voice.Started, c.in.onset, now.Add(voice.LastVoice-voice.Now))
	c.act(now)
}

// startHearing opens an utterance with the sound before it was noticed.
func (c *Core) startHearing() {
	c.in.hearing = true
	c.in.resample.Reset()
	older, newer := c.in.past.read()
	c.listen(older)
	c.listen(newer)
}

// listen hands sound to the recognizer at its rate.
func (c *Core) listen(pcm []int16) {
	from := len(c.in.heard)
	c.in.heard = c.in.resample.Resample(c.in.heard, pcm)
	if out := c.in.heard[from:]; len(out) > 0 {
		c.emit(Output{Kind: OutListen, PCM: out})
	}
}

// sized returns a slice of n samples, in buf's memory where it fits.
func sized(buf []int16, n int) []int16 {
	if cap(buf) < n {
		return make([]int16, n)
	}
	return buf[:n]
}
