package sim

import (
	"slices"
	"sync"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// laneBytes is how much may be under way in one direction: a minute of the
// largest messages that carriers send.
const laneBytes = 4 << 20

// lane is one direction of a socket: what was sent and has not arrived. One
// goroutine takes from it, another adds.
type lane struct {
	begun time.Time
	stop  <-chan struct{}
	come  chan struct{} // holds one: there is something to take, or less time for it
	room  chan struct{} // holds one: something was taken
	timer *time.Timer   // owned by who takes
	given []byte        // the data that was taken last

	mu       sync.Mutex
	arrivals *Arrivals
	held     []parcel // a ring; its buffers are used again
	head, n  int
	bytes    int
	last     parcel // what comes when deadline is over, whatever is held
	deadline time.Time
}

// parcel is what is under way: a message, how the other side ended, or the
// goodbye of this one.
type parcel struct {
	msg    telephony.Message
	end    error
	code   int
	reason string
	at     time.Time // when it arrives
}

func newLane(a *Arrivals, stop <-chan struct{}) *lane {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return &lane{
		begun: time.Now(), stop: stop, come: make(chan struct{}, 1), room: make(chan struct{}, 1),
		timer: timer, arrivals: a, held: make([]parcel, 8),
	}
}

// len returns how many messages are under way.
func (l *lane) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// add sends a copy of p on its way, and says whether there was room for it.
func (l *lane) add(p parcel) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bytes+len(p.msg.Data) > laneBytes {
		return false
	}
	l.push(p)
	return true
}

// finish sends p behind all the rest, and lets it overtake that at deadline.
func (l *lane) finish(p parcel, deadline time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, l.deadline = p, deadline
	l.push(p)
	tell(l.come)
}

// push puts p into the ring, under mu.
func (l *lane) push(p parcel) {
	now := time.Now()
	p.at = l.begun.Add(l.arrivals.Next(now.Sub(l.begun)))
	if l.n == len(l.held) {
		l.held = slices.Concat(l.held[l.head:], l.held[:l.head], make([]parcel, l.n))
		l.head = 0
	}
	slot := &l.held[(l.head+l.n)%len(l.held)]
	p.msg.Data = append(slot.msg.Data[:0], p.msg.Data...)
	*slot = p
	l.n++
	l.bytes += len(p.msg.Data)
	if l.n == 1 {
		tell(l.come) // else the one who takes knows when to come
	}
}

// next waits for what arrives next. Its data is good until the next call. It
// reports false when the lane has stopped.
func (l *lane) next() (p parcel, ok bool) {
	for {
		select {
		case <-l.stop:
			return p, false
		default:
		}
		at, some := l.due()
		if !some {
			select {
			case <-l.come:
			case <-l.stop:
				return p, false
			}
			continue
		}
		wait := time.Until(at)
		if wait <= 0 {
			return l.take(), true
		}
		l.timer.Reset(wait)
		select {
		case <-l.timer.C:
		case <-l.come:
		case <-l.stop:
		}
		l.timer.Stop()
	}
}

// due returns when there is something to take.
func (l *lane) due() (at time.Time, some bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n == 0 {
		return at, false
	}
	if at = l.held[l.head].at; !l.deadline.IsZero() && l.deadline.Before(at) {
		at = l.deadline
	}
	return at, true
}

// take takes what has arrived.
func (l *lane) take() parcel {
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := &l.held[l.head]
	if time.Until(slot.at) > 0 {
		return l.last
	}
	p := *slot
	*slot = parcel{msg: telephony.Message{Data: l.given}}
	l.given = p.msg.Data
	l.head = (l.head + 1) % len(l.held)
	l.n--
	l.bytes -= len(p.msg.Data)
	tell(l.room)
	return p
}

// waitForRoom waits until something was taken. It reports false when the lane
// has stopped.
func (l *lane) waitForRoom() bool {
	select {
	case <-l.room:
		return true
	case <-l.stop:
		return false
	}
}

// tell wakes who waits on a channel that holds one.
func tell(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default: // it has been told already
	}
}
