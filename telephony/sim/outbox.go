package sim

import (
	"bytes"
	"errors"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// outbox holds encoded messages until they are written. Its buffers are used
// again, so that a message costs no allocation.
type outbox struct {
	messages []telephony.Message
	n        int
}

// add encodes ev with stream behind what waits.
func (o *outbox) add(stream telephony.PeerStream, ev telephony.Event) error {
	if o.n == len(o.messages) {
		o.messages = append(o.messages, telephony.Message{})
	}
	msg, err := stream.Encode(o.messages[o.n].Data[:0], ev)
	if err != nil {
		return err
	}
	o.messages[o.n] = msg
	o.n++
	return nil
}

// write sends what waits, and forgets it even where that fails. It returns
// how many messages did not go out. Where the server reads too slowly, that is
// no error: carriers drop the caller's sound then (Twilio, 31930).
func (o *outbox) write(conn telephony.Conn) (unsent int, err error) {
	for i, msg := range o.messages[:o.n] {
		err = conn.Write(msg)
		if errors.Is(err, telephony.ErrBacklog) {
			unsent++
			err = nil
		}
		if err != nil {
			unsent += o.n - i
			break
		}
	}
	o.n = 0
	return unsent, err
}

// tamper puts what mischief makes of the last message in its place. right lacks
// the message.
func (o *outbox) tamper(all []Mischief, at time.Duration, right Sent) {
	o.n--
	right.Message = o.messages[o.n]
	wrong := tamper(all, at, right)
	o.messages = o.messages[:o.n]
	for _, msg := range wrong {
		// The outbox writes over its buffers, and these are mischief's.
		msg.Data = bytes.Clone(msg.Data)
		o.messages = append(o.messages, msg)
	}
	o.n = len(o.messages)
}

// queueOut encodes ev for the next flush, with the mischief that is planned.
// While there is no socket, it is lost.
func (c *call) queueOut(ev telephony.Event) {
	if c.down {
		return // nobody would get it
	}
	at := c.mediaTime(ev)
	ev, send := spoil(c.plan.Mischief, at, ev)
	if !send {
		return
	}
	c.mu.Lock()
	err := c.line.encode(&c.out, ev)
	// What a carrier never tells is no fault.
	if err != nil && !errors.Is(err, telephony.ErrUnsendable) {
		c.line.faults.add(err.Error())
	}
	c.mu.Unlock()
	if err != nil || len(c.plan.Mischief) == 0 {
		return
	}
	c.out.tamper(c.plan.Mischief, at, Sent{Event: ev, StreamID: c.streamID})
}

// put sends ev at once, behind what waits.
func (c *call) put(ev telephony.Event) error {
	c.queueOut(ev)
	return c.flush()
}

// flush confirms clears and returns the marks that are due, writes what waits and tells what has
// happened.
func (c *call) flush() error {
	c.mu.Lock()
	due, clears := c.line.due, c.line.clears
	c.line.due, c.line.clears = nil, 0
	c.mu.Unlock()
	for range clears {
		c.queueOut(telephony.Event{Kind: telephony.Cleared})
	}
	for _, name := range due {
		c.queueOut(telephony.Event{Kind: telephony.MarkPlayed, Mark: name})
	}
	c.observe()
	if c.down {
		return nil
	}
	unsent, err := c.out.write(c.conn)
	if unsent > 0 && err == nil {
		c.fault("server reads too slowly: message dropped")
	}
	return err
}

// observe tells what has happened.
func (c *call) observe() {
	c.mu.Lock()
	moments := c.moments
	c.moments = nil
	c.mu.Unlock()
	if c.plan.Observe == nil {
		return
	}
	for _, m := range moments {
		c.plan.Observe(m)
	}
}
