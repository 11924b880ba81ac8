package bridge

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/noise"
)

const (
	// comfortLead is how much noise is sent ahead of real time at the most,
	// which is what a reply may have to wait for. Where a carrier takes no
	// message as short as that, it is one message, sent within comfortReserve of
	// the end of the one before.
	comfortLead    = 60 * time.Millisecond
	comfortReserve = 20 * time.Millisecond
	// comfortFade is how long the noise sounds on under a reply that begins,
	// ever softer.
	comfortFade = 100 * time.Millisecond
	// comfortOff is a level at which noise is silent, in dBFS.
	comfortOff = -127
)

// comfort is the soft noise for a caller who waits for the agent, so that the
// line does not sound dead. It goes past the queue of the agent's words and past
// the account of what the caller has heard of them.
type comfort struct {
	noise *noise.Generator // nil where the caller is to hear none
	level float64          // dBFS

	chunk int           // samples in one message
	room  time.Duration // the lead below which one is sent
	fade  int           // samples of a fade

	sounding bool      // whether noise is what was sent last
	fading   int       // samples of a fade that is under way
	until    time.Time // when the carrier has played the noise that was sent
	last     int16     // the last sample of the words before

	pcm     []int16
	payload []byte // what was sent in this step
}

// init sets up noise for the stream of o.
func (n *comfort) init(cfg CoreConfig, o *outbound) {
	if cfg.Manners.ComfortNoise == 0 || cfg.Listen != "" {
		return
	}
	units := o.frame
	if cfg.Quirks.Chunk.Exact == 0 {
		units = whole(o.fit(cfg.Quirks.Chunk, o.frame), o.frame)
	}
	rate := cfg.Format.Rate
	n.noise, n.level = noise.New(rate), cfg.Manners.ComfortNoise
	n.chunk = o.queue.samples(units)
	n.room = max(comfortLead-o.queue.duration(units), comfortReserve)
	n.fade = media.PCMSamples(comfortFade, rate)
}

// comfort sends noise where the caller waits and the carrier would soon have
// nothing to play. Where the wait ends without a word, as it does when the
// caller goes on, the noise fades.
func (c *Core) comfort(now time.Time) {
	o := &c.out
	n := &o.comfort
	n.payload = n.payload[:0]
	if o.lead.Lead(now) >= n.room {
		return
	}
	if o.midway || !c.turn.Waiting() {
		c.fade(now)
		return
	}
	if !o.empty() { // the end of a sentence
		c.send(now, o.queue.len())
	}
	if o.lead.Lead(now) == 0 {
		n.last = 0 // the carrier has gone quiet
	}
	for lead := o.lead.Lead(now); lead < n.room; {
		c.sendNoise(now, n.make(n.chunk))
		before := lead
		if lead = o.lead.Lead(now); lead <= before {
			return // the codec makes nothing of it
		}
	}
}

// fade ends noise behind which nothing comes. A message that is longer than
// the lead is not worth it.
func (c *Core) fade(now time.Time) {
	n := &c.out.comfort
	if !n.sounding {
		return
	}
	n.sounding = false
	if c.turn.Audible() || media.PCMDuration(n.chunk, c.cfg.Format.Rate) > comfortLead {
		return
	}
	n.noise.SetLevel(comfortOff)
	n.pcm = sized(n.pcm, n.chunk)
	n.noise.Stop(n.pcm, 0)
	c.sendNoise(now, n.pcm)
}

// sendNoise sends one message of noise.
func (c *Core) sendNoise(now time.Time, pcm []int16) {
	n := &c.out.comfort
	from := len(n.payload)
	n.payload = c.out.codec.Encode(n.payload, pcm)
	c.deliver(n.payload[from:], now)
	c.line.Filled(media.PCMDuration(len(pcm), c.cfg.Format.Rate))
	n.until = now.Add(c.out.lead.Lead(now))
}

// make returns the next samples of noise, which sets in softly.
func (n *comfort) make(samples int) []int16 {
	if !n.sounding {
		n.sounding, n.fading = true, 0
		n.noise.SetLevel(comfortOff)
		n.noise.Start(n.last)
		n.noise.SetLevel(n.level)
	}
	n.pcm = sized(n.pcm, samples)
	n.noise.Fill(n.pcm)
	return n.pcm
}

// sink lets noise fade under words that begin.
func (n *comfort) sink(words []int16) {
	if n.noise == nil || len(words) == 0 {
		return
	}
	if n.sounding {
		n.sounding, n.fading = false, n.fade
		n.noise.SetLevel(comfortOff)
	}
	under := min(n.fading, len(words))
	n.noise.Add(words[:under])
	n.fading -= under
	n.last = words[len(words)-1]
}

// hush forgets the noise at a carrier that was told to clear its queue.
func (n *comfort) hush() {
	n.sounding, n.fading, n.last, n.until = false, 0, 0, time.Time{}
}

// playedFrom returns from when on the carrier plays what is sent at now, as far
// as noise is before it.
func (n *comfort) playedFrom(now time.Time) time.Time {
	if n.until.After(now) {
		return n.until
	}
	return now
}
