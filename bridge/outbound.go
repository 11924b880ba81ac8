package bridge

import (
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

const (
	// outPacket is the sound in one message to the carrier, where its chunk
	// rules don't ask for more. One message in 100 ms costs a fifth of what the
	// usual 20 ms cost, and the lead hides it.
	outPacket = 100 * time.Millisecond
	// outFrame is the unit that no chunk is split below within speech.
	outFrame = 20 * time.Millisecond
	// lowWater is the lead under which smaller chunks are sent rather than
	// let the carrier run dry.
	lowWater = 60 * time.Millisecond
	// markEvery is how much sound may go out without a mark.
	markEvery = time.Second
)

func (o *outbound) init(cfg CoreConfig) (err error) {
	if o.codec, err = cfg.Codecs.New(cfg.Format); err != nil {
		return err
	}
	if o.resample, err = cfg.Codecs.Between(cfg.VoiceRate, cfg.Format.Rate); err != nil {
		return err
	}
	o.queue = newQueue(cfg.Format, o.codec)
	o.frame = o.queue.units(outFrame)
	o.chunk = whole(o.fit(cfg.Quirks.Chunk, o.queue.units(outPacket)), o.frame)
	if exact := cfg.Quirks.Chunk.Exact; exact > 0 {
		o.frame = o.queue.units(exact)
		o.chunk = o.frame
	}
	o.least = max(o.frame, o.fit(telephony.Chunk{Min: cfg.Quirks.Chunk.Min}, 0))
	if cfg.Format.Encoding == media.Opus {
		o.chunk = o.frame // a message is one packet, and a packet has 20 ms
	}
	half := o.queue.duration(o.chunk) / 2
	o.enough = max(0, min(cfg.Lead, MaxLead-half)-half)
	o.comfort.init(cfg, o)
	return nil
}

// fit returns how many units a last chunk of n must be padded to. The carrier's
// rules count bytes; carriers of encodings that are queued as samples have none
// but a least duration, which whole frames keep.
func (o *outbound) fit(rules telephony.Chunk, n int) int {
	if o.queue.late {
		return n
	}
	return rules.Fit(n)
}

// whole rounds n up to whole frames.
func whole(n, frame int) int { return (n + frame - 1) / frame * frame }

func (o *outbound) empty() bool { return o.queue.len() == 0 }

// sound takes synthesized sound of a sentence: to the carrier's rate, and into
// the queue.
func (c *Core) sound(now time.Time, id uint64, pcm []int16) {
	o := &c.out
	if id != o.sentence || id == 0 {
		return
	}
	o.pcm = o.resample.Resample(o.pcm[:0], pcm)
	o.comfort.sink(o.pcm)
	from := c.queuedUpTo()
	o.queue.add(o.pcm)
	o.midway = true
	c.turn.Sound(now, id, from, c.queuedUpTo())
}

// queuedUpTo returns the position, on the playout clock, of the end of what
// waits to be sent.
func (c *Core) queuedUpTo() time.Duration {
	return c.out.clock.SentTotal() + c.Backlog()
}

// soundDone takes the end of a sentence's sound. The resampler's last samples
// stay for the next sentence: they are silence.
func (c *Core) soundDone(now time.Time, id uint64, err error) {
	if id != c.out.sentence || id == 0 {
		return
	}
	c.out.sentence, c.out.midway = 0, false
	c.turn.SpeakDone(now, id, err)
}

// pump sends what is due, up to the lead.
func (c *Core) pump(now time.Time) {
	c.out.queue.rewind()
	for n := c.due(now); n > 0; n = c.due(now) {
		c.send(now, n)
	}
	o := &c.out
	if o.empty() && o.unmarked > 0 && c.turn.Resting() {
		c.mark()
	}
	if o.comfort.noise != nil {
		c.comfort(now)
	}
}

// due returns how many units of the queue are to be sent at now.
func (c *Core) due(now time.Time) int {
	o := &c.out
	queued := o.queue.len()
	lead := o.lead.Lead(now)
	switch {
	case queued == 0:
		return 0
	case lead > o.enough:
		return 0
	case queued >= o.chunk:
		return o.chunk
	case c.turn.Resting() && (c.turn.Complete() || lead < lowWater):
		return queued
	case lead < lowWater && queued >= o.least:
		return queued / o.frame * o.frame
	}
	return 0
}

// send sends the first n units of the queue, padded where the carrier takes
// whole chunks only: with silence, or with noise where that would follow.
func (c *Core) send(now time.Time, n int) {
	o := &c.out
	length := n
	if n%o.frame != 0 || n < o.least {
		length = whole(o.fit(c.cfg.Quirks.Chunk, n), o.frame)
	}
	if length > n && o.comfort.noise != nil && c.turn.Waiting() {
		o.queue.extend(o.comfort.make(o.queue.samples(length - n)))
	}
	c.deliver(o.queue.take(length), now)
	lasts := o.queue.duration(length)
	o.clock.Sent(lasts, o.comfort.playedFrom(now))
	c.line.Sent(lasts)
	o.dirty = true
	c.count.Sent += lasts
	if o.unmarked += lasts; o.unmarked >= markEvery {
		c.mark()
	}
}

// deliver hands a message with sound to the carrier.
func (c *Core) deliver(payload []byte, now time.Time) {
	frame := media.Frame{Format: c.cfg.Format, At: c.out.clock.SentTotal(), Payload: payload}
	c.emit(Output{Kind: OutSend, Event: telephony.Event{Kind: telephony.Audio, Frame: frame}})
	c.out.lead.Sent(frame.Duration(), now)
	c.count.SentFrames++
}

// mark asks the carrier to tell when it has played what was sent so far.
func (c *Core) mark() {
	o := &c.out
	o.unmarked = 0
	if !c.cfg.Quirks.Marks {
		return
	}
	at := o.clock.SentTotal()
	o.clock.Mark(at)
	c.line.Marked(at)
	c.count.MarksSent++
	c.emit(Output{Kind: OutSend, Event: telephony.Event{Kind: telephony.Mark, Mark: markName(o.clears, at)}})
}

// markName names a mark after the clears before it and its exact position, by
// which the playout clock knows it again.
func markName(clears uint64, at time.Duration) string {
	return strconv.FormatUint(clears, 10) + "." + strconv.FormatInt(int64(at), 10)
}

// markPlayed takes a mark that came back. One of before the last clear says
// nothing: its sound may have been dropped.
func (c *Core) markPlayed(now time.Time, name string) {
	c.count.MarksReturned++
	clears, position, found := strings.Cut(name, ".")
	if !found || clears != strconv.FormatUint(c.out.clears, 10) {
		return
	}
	if at, err := strconv.ParseInt(position, 10, 64); err == nil {
		c.out.clock.Played(time.Duration(at), now)
		c.line.MarkPlayed(time.Duration(at))
		c.played(now)
	}
}

// hush stops the agent at once, here and at the carrier.
func (c *Core) hush(now time.Time) {
	o := &c.out
	o.midway = false
	if o.sentence != 0 {
		o.sentence = 0
		c.emit(Output{Kind: OutCancelSpeak})
	}
	if c.away {
		return // nothing was kept when the stream went
	}
	o.queue.reset()
	o.resample.Reset()
	o.unmarked = 0
	o.clock.Clear(now)
	c.line.Cleared()
	if !o.dirty && o.comfort.until.After(now) {
		return // noise alone is at the carrier, and may run out
	}
	o.lead.Clear(now)
	o.comfort.hush()
	if o.dirty {
		o.dirty = false
		o.clears++
		c.count.Clears++
		c.emit(Output{Kind: OutSend, Event: telephony.Event{Kind: telephony.Clear}})
	}
}
