// Package wsconntest is a media socket without a network, for tests of what
// reads and writes one.
package wsconntest

import (
	"fmt"
	"net"
	"slices"
	"sync"

	"github.com/talkpath/talkpath/telephony"
)

// Pair returns the two ends of a media socket in memory. They close as the
// real ones do: what was written before a close still arrives, then the other
// side's Read gives a *telephony.CloseError with the code, this side's gives
// net.ErrClosed, and neither writes any more. A message above
// telephony.MaxMessageBytes closes the socket with CloseTooBig, and Close
// with CloseAbnormal loses what was not read yet.
//
// The ends wait on a sync.Cond only and start nothing, so that they are
// durably blocked in a testing/synctest bubble. They hold any number of
// messages; Write never waits and never drops. A message's Data is
// overwritten by the next Read, so that whoever keeps it too long is found
// out.
func Pair() (a, b telephony.Conn) {
	mu := new(sync.Mutex)
	left, right := newEnd(mu), newEnd(mu)
	left.peer, right.peer = right, left
	return left, right
}

// end is one side. All its fields belong to the pair's lock.
type end struct {
	mu    *sync.Mutex
	peer  *end
	event *sync.Cond // something to read, or an ending
	inbox []telephony.Message
	given []byte // Data of the last Read
	ended error  // what Read reports when the inbox is empty
}

func newEnd(mu *sync.Mutex) *end {
	return &end{mu: mu, event: sync.NewCond(mu)}
}

// Read waits for the next message or for the end.
func (e *end) Read() (telephony.Message, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range e.given {
		e.given[i] = 0xFE // no UTF-8, no silence
	}
	e.given = nil
	for len(e.inbox) == 0 && e.ended == nil {
		e.event.Wait()
	}
	if len(e.inbox) == 0 {
		return telephony.Message{}, e.ended
	}
	msg := e.inbox[0]
	e.inbox, e.given = e.inbox[1:], msg.Data
	return msg, nil
}

// Write hands the peer a copy of msg.
func (e *end) Write(msg telephony.Message) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended != nil {
		return fmt.Errorf("write to media socket: %w", net.ErrClosed)
	}
	if len(msg.Data) > telephony.MaxMessageBytes {
		tooBig := &telephony.CloseError{Code: telephony.CloseTooBig, Reason: "message too big"}
		e.end(tooBig)
		e.peer.end(tooBig)
		return nil
	}
	msg.Data = slices.Clone(msg.Data)
	e.peer.inbox = append(e.peer.inbox, msg)
	e.peer.event.Signal()
	return nil
}

// Close ends both sides; only the first Close counts.
func (e *end) Close(code int, reason string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended == nil {
		if code == telephony.CloseAbnormal {
			e.peer.inbox = nil
		}
		e.peer.end(&telephony.CloseError{Code: code, Reason: reason})
	}
	e.inbox, e.ended = nil, net.ErrClosed
	e.event.Broadcast()
	return nil
}

func (e *end) end(err error) {
	if e.ended == nil {
		e.ended = err
	}
	e.event.Broadcast()
}
