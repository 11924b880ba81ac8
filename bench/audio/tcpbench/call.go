package tcpbench

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/media"
)

// call is what became of the packets of one call, in order.
type call struct {
	sent      []time.Time
	delivered []time.Time // when the link had delivered each whole
	read      []time.Time // when its message was read from the socket
	handed    []time.Time // when its sound was handed on
	lost      time.Duration
	offTime   time.Duration // by how much the media time at the end is off
}

// join puts together what both sides know. What was sent at a media time is
// handed on up to the end of it, since nothing is lost on TCP.
func join(sn *sender, got *reception, link *segments) (c call, err error) {
	got.mu.Lock()
	defer got.mu.Unlock()
	if got.err != nil {
		return c, got.err
	}
	for i := range sn.sent {
		delivered, ok := link.when(sn.port(), sn.ends[i])
		if !ok {
			return c, errUndelivered
		}
		end := time.Duration(i+1) * trace.Interval
		read, readOK := got.read.when(end)
		handed, handedOK := got.handed.when(end)
		if !readOK || !handedOK {
			continue // counted as lost
		}
		c.sent = append(c.sent, sn.sent[i])
		c.delivered = append(c.delivered, delivered)
		c.read = append(c.read, read)
		c.handed = append(c.handed, handed)
	}
	n := got.leg.counts(time.Now())
	length := time.Duration(len(sn.sent)) * trace.Interval
	c.lost = length - n.Jitter.Played
	c.offTime = (length - n.Jitter.Media).Abs()
	if heard, least := media.PCMDuration(got.heard, recognizerRate), length-silence; heard < least {
		return c, fmt.Errorf("%w: %v of %v", errUnheard, heard, least)
	}
	return c, nil
}

// between returns how long each packet took from one time to another.
func between(from, to []time.Time) []time.Duration {
	all := make([]time.Duration, len(from))
	for i := range from {
		all[i] = to[i].Sub(from[i])
	}
	return all
}

// recording returns the call as the link delivered it. The packets count as
// sent on their beat, which the timers of the sender missed by a little.
func (c call) recording(name string) trace.Trace {
	t := trace.Trace{Name: name}
	for i := range c.sent {
		beat := time.Duration(i) * trace.Interval
		t.Packets = append(t.Packets, trace.Packet{Sent: beat, Arrived: max(beat, c.delivered[i].Sub(c.sent[0]))})
	}
	return t
}
