package sim

import (
	"errors"
	"sync"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// loadCall is one call of a load test: no waveform, shared packets, one
// goroutine that reads; a wheel beats for it and alone writes.
type loadCall struct {
	conn     telephony.Conn
	hold     time.Duration
	chat     *chatter
	clock    PPM
	streamID string

	// Guarded by mu.
	mu        sync.Mutex
	line      *line
	over      bool // whether this side has hung up or the socket has ended
	lasted    bool // whether it was held as long as was asked
	broke     bool // whether the network broke it
	start     time.Time
	waiting   bool          // whether the caller waits for an answer
	silentAt  time.Duration // media time at which the caller fell silent
	responses []time.Duration
	turns     int
	unsent    int // messages that did not go out
	dropped   int // of those, because the server read too slowly
	way       *network
	mischief  []Mischief    // the network's
	breaks    time.Duration // media time at which the network breaks the socket, zero for never

	// Owned by the wheel.
	slots, packets int
	heard          bool // whether the agent was, in this packet's time
	manners        manners
	saying         [][]byte // what is left of the utterance
	ear            *toneEar // nil where no tones are told apart
	sound          []int16  // one slot of what is heard, where there is an ear
	out            outbox
}

// through lets the call go through a network.
func (c *loadCall) through(way *network) {
	c.way, c.mischief, c.clock = way, way.mischief(), way.cfg.Network.Drift
	if breaks := way.breaks(c.hold); len(breaks) > 0 {
		c.breaks = breaks[0]
	}
}

// put sends ev at once, before a wheel has the call.
func (c *loadCall) put(ev telephony.Event) error {
	if err := c.queueOut(0, ev); err != nil {
		return err
	}
	_, err := c.out.write(c.conn)
	return err
}

// queueOut encodes ev at a media time, as the network lets it through.
func (c *loadCall) queueOut(at time.Duration, ev telephony.Event) error {
	err := c.line.encode(&c.out, ev)
	if err == nil && len(c.mischief) > 0 {
		c.out.tamper(c.mischief, at, Sent{Event: ev, StreamID: c.streamID})
	}
	return err
}

// now returns the media time, by the carrier's clock.
func (c *loadCall) now(at time.Time) time.Duration { return c.clock.Media(at.Sub(c.start)) }

// beat does what is due at now and says whether the call goes on.
func (c *loadCall) beat(now time.Time) bool {
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return false
	}
	if c.start.IsZero() {
		c.start = now
	}
	at := c.now(now)
	c.listen(at)
	err := c.talk(at)
	c.lasted = at >= c.hold
	done := c.lasted || err != nil
	broken := c.breaks > 0 && c.breaks <= at
	c.mu.Unlock()
	switch {
	case done:
		c.hangUp()
	case broken:
		c.breakOff()
	default:
		c.send()
	}
	return !done && !broken
}

// breakOff ends the socket without a goodbye.
func (c *loadCall) breakOff() {
	c.send()
	c.mu.Lock()
	c.over, c.broke = true, true
	c.mu.Unlock()
	_ = c.conn.Close(telephony.CloseAbnormal, "")
}

// listen plays the slots that are due by at, under mu.
func (c *loadCall) listen(at time.Duration) {
	n := c.line.format.Samples(slot)
	if c.ear != nil && c.sound == nil {
		c.sound = make([]int16, n)
	}
	for ; time.Duration(c.slots)*slot <= at; c.slots++ {
		c.line.beat()
		if c.line.play(c.sound, n) > 0 {
			c.heard = true
		}
		if c.ear != nil {
			c.ear.hear(c.sound)
		}
	}
}

// talk encodes what is due by at, under mu.
func (c *loadCall) talk(at time.Duration) error {
	packet := c.line.quirks.Packet
	for time.Duration(c.packets+1)*packet <= at {
		frame := media.Frame{
			Format: c.line.format, Seq: uint64(c.packets + 1),
			At: time.Duration(c.packets) * packet, Payload: c.next(),
		}
		c.packets++
		if err := c.queueOut(frame.At, telephony.Event{Kind: telephony.Audio, Frame: frame}); err != nil {
			c.line.faults.add(err.Error())
			return err
		}
		c.decide(packet)
	}
	for ; c.line.clears > 0; c.line.clears-- {
		if err := c.queueOut(at, telephony.Event{Kind: telephony.Cleared}); err != nil {
			c.line.faults.add(err.Error())
		}
	}
	for _, name := range c.line.due {
		if err := c.queueOut(at, telephony.Event{Kind: telephony.MarkPlayed, Mark: name}); err != nil {
			c.line.faults.add(err.Error())
		}
	}
	c.line.due = c.line.due[:0]
	return nil
}

// next returns the payload of the next packet.
func (c *loadCall) next() []byte {
	if len(c.saying) == 0 {
		return c.chat.silence[c.packets%len(c.chat.silence)]
	}
	payload := c.saying[0]
	c.saying = c.saying[1:]
	return payload
}

// decide lets the caller begin or end an utterance behind a packet.
func (c *loadCall) decide(packet time.Duration) {
	heard := c.heard
	c.heard = false
	switch {
	case c.manners.speaking && len(c.saying) > 0:
	case c.manners.speaking:
		c.manners.fallSilent()
		c.line.gaps.newAnswer()
		c.waiting, c.silentAt = true, time.Duration(c.packets)*packet
		c.turns++
	case c.manners.hear(heard, packet) == speak:
		c.saying = c.chat.utterances[c.manners.turn%len(c.chat.utterances)]
		if c.ear != nil {
			c.ear.next()
		}
	}
}

// send writes what was encoded. A socket that has ended is the reader's to
// report.
func (c *loadCall) send() {
	unsent, err := c.out.write(c.conn)
	if unsent == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent += unsent
	if err == nil {
		c.dropped += unsent
	}
}

// hangUp says goodbye, once.
func (c *loadCall) hangUp() {
	c.mu.Lock()
	first := !c.over
	if first {
		c.over = true
		_ = c.queueOut(c.now(time.Now()), telephony.Event{Kind: telephony.Stopped})
	}
	c.mu.Unlock()
	if first {
		c.send()
		_ = c.conn.Close(telephony.CloseNormal, "")
	}
}

// read takes the server's messages until the socket ends, and returns how the
// call did.
func (c *loadCall) read() telephony.Ending {
	for {
		msg, err := c.conn.Read()
		c.mu.Lock()
		if err != nil {
			ending := c.ended(err)
			c.mu.Unlock()
			return ending
		}
		kind, err := c.line.receive(msg)
		if err != nil {
			c.over = true
			c.mu.Unlock()
			_ = c.conn.Close(telephony.CloseProtocol, "")
			return telephony.CarrierError
		}
		if kind == telephony.Audio && c.waiting {
			c.waiting = false
			c.responses = append(c.responses, c.now(time.Now())-c.silentAt)
		}
		c.mu.Unlock()
	}
}

// ended returns how the call ended when reading gave err, under mu.
func (c *loadCall) ended(err error) telephony.Ending {
	ending := telephony.CallerHungUp
	switch {
	case !c.over:
		var fault string
		if ending, fault = endingOf(err); fault != "" {
			c.line.faults.add(cause(err))
		}
	case c.broke:
		ending = telephony.MediaLost
	case !c.lasted:
		ending = telephony.Operator
	}
	c.over = true
	return ending
}

// cause returns the innermost text of err, so that failures of many calls add
// up whatever ports they used.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
