package sim

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// dropper decides which messages of sound the carrier never sends.
type dropper struct {
	drops   Drops
	rng     *rand.Rand
	begins  float64                      // the chance that a message begins a run
	left    int                          // of the run
	waiting func() (sound time.Duration) // what waits on the way to the server
	dropped int
}

// newDropper returns a dropper whose runs are so frequent that they make up
// the share that was asked for.
func newDropper(d Drops, rng *rand.Rand, waiting func() time.Duration) *dropper {
	mean := float64(1+max(d.Run, 1)) / 2
	return &dropper{
		drops: d, rng: rng, waiting: waiting,
		begins: d.Share / (mean*(1-d.Share) + d.Share),
	}
}

// next decides about one message.
func (d *dropper) next() (drop bool) {
	if d.left == 0 && d.drops.Share > 0 && d.rng.Float64() < d.begins {
		d.left = 1 + d.rng.IntN(max(d.drops.Run, 1))
	}
	if d.left > 0 {
		d.left--
		return true
	}
	return d.drops.Backlog > 0 && d.waiting() >= d.drops.Backlog
}

// mischief returns what drops the messages, with their place in the counters.
func (d *dropper) mischief() Mischief {
	return Mischief{After: func(sent Sent) []telephony.Message {
		if sent.Event.Kind == telephony.Audio && d.next() {
			d.dropped++
			return nil
		}
		return []telephony.Message{sent.Message}
	}}
}

// overtaker lets messages of sound be overtaken by those behind them.
type overtaker struct {
	how       Reordering
	rng       *rand.Rand
	held      telephony.Message
	holds     bool
	left      int // how many messages may still overtake it
	reordered int
}

// mischief returns what holds messages back. Nothing but sound overtakes, so
// that a key or the stream's end stays behind what was said before it.
func (o *overtaker) mischief() Mischief {
	return Mischief{After: func(sent Sent) []telephony.Message {
		switch {
		case sent.Event.Kind == telephony.Started:
			o.holds = false // what was held belongs to a stream that is over
		case sent.Event.Kind != telephony.Audio && o.holds:
			return append([]telephony.Message{o.release()}, sent.Message)
		case sent.Event.Kind != telephony.Audio:
		case !o.holds && o.rng.Float64() < o.how.Share:
			o.held = telephony.Message{Binary: sent.Message.Binary, Data: bytes.Clone(sent.Message.Data)}
			o.holds, o.left = true, 1+o.rng.IntN(max(o.how.Window, 1))
			return nil
		case o.holds:
			if o.left--; o.left == 0 {
				o.reordered++
				return []telephony.Message{sent.Message, o.release()}
			}
		}
		return []telephony.Message{sent.Message}
	}}
}

// release returns the message that was held.
func (o *overtaker) release() telephony.Message {
	o.holds = false
	return o.held
}

// times returns when the socket breaks within a call, in order.
func (b Breaks) times(rng *rand.Rand, longest time.Duration) (all []time.Duration) {
	if b.At > 0 {
		all = append(all, b.At)
	}
	if b.PerMinute > 0 {
		mean := float64(time.Minute) / b.PerMinute
		for at := pause(rng, mean); at < longest; at += pause(rng, mean) {
			all = append(all, at)
		}
	}
	slices.Sort(all)
	return all
}
