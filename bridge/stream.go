package bridge

import (
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// stream is one media socket of a call. A call has one at a time: the newest
// that has started.
type stream struct {
	call  *Call
	entry Entry
	conn  telephony.Conn
	wire  telephony.Wire

	// Guarded by the call's lock.
	begun  bool // whether the carrier has started it
	badRun int  // messages in a row that broke the protocol
}

func newStream(c *Call, e Entry, conn telephony.Conn) *stream {
	return &stream{call: c, entry: e, conn: conn}
}

// run passes on what the carrier sends until the socket ends, and returns why
// it did.
func (s *stream) run() error {
	late := time.AfterFunc(StartWait, s.neverStarted)
	defer late.Stop()
	return s.read()
}

func (s *stream) read() error {
	c := s.call
	defer c.contain()
	s.wire = s.entry.Carrier.NewWire(s.entry.Query)
	if r, ok := s.conn.(telephony.Receiver); ok {
		return r.Receive(func(msg telephony.Message) {
			defer c.contain()
			s.message(msg)
		})
	}
	for {
		msg, err := s.conn.Read()
		if err != nil {
			return err
		}
		s.message(msg)
	}
}

// message takes one message from the carrier.
func (s *stream) message(msg telephony.Message) {
	c := s.call
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending != telephony.EndingNone || s.begun && c.stream != s {
		return
	}
	now := time.Now()
	ev, err := s.wire.Decode(msg)
	if err != nil {
		s.bad(err)
		return
	}
	s.badRun = 0
	switch {
	case ev.Kind == telephony.Started:
		s.started(now, ev.Start)
	case s.begun:
		c.event(now, ev)
	case ev.Kind == telephony.Stopped:
		s.fail(telephony.CallerHungUp, ev.Reason)
	case ev.Kind == telephony.Unknown:
		c.record.Media.UnknownEvents++
	}
}

// bad counts a message that breaks the protocol. A run of them ends the
// stream.
func (s *stream) bad(err error) {
	c := s.call
	c.record.Media.BadMessages++
	c.board.stats.badMessages.Add(1)
	c.faults.note(c.log, "wire", err)
	if errors.Is(err, telephony.ErrNotStarted) {
		return // StartWait bounds these
	}
	if s.badRun++; s.badRun >= maxBadRun {
		s.fail(telephony.CarrierError, fmt.Sprintf("%d bad messages in a row, the last: %v", s.badRun, err))
	}
}

// started begins the conversation, or goes on with it, where the stream is the
// one that was announced.
func (s *stream) started(now time.Time, start *telephony.Start) {
	c := s.call
	if err := s.entry.admits(*start); err != nil {
		s.fail(telephony.Rejected, err.Error())
		return
	}
	switch {
	case c.core == nil:
	case !c.same(start):
		s.fail(telephony.Rejected, errForeign.Error())
		return
	case !c.mayResume(s.entry):
		s.fail(telephony.Rejected, "the call was resumed too often")
		return
	}
	s.begun = true
	if c.core == nil {
		c.began, c.stream = now, s
		c.begin(now, start)
		return
	}
	c.takeOver(now, s, start)
}

// neverStarted ends a stream that didn't start in time.
func (s *stream) neverStarted() {
	s.call.mu.Lock()
	defer s.call.mu.Unlock()
	if !s.begun {
		s.fail(telephony.NeverStarted, fmt.Sprintf("no stream within %v", StartWait))
	}
}

// fail ends the call, where s is its stream or was to be the first; else it
// ends s alone. The lock is held.
func (s *stream) fail(ending telephony.Ending, detail string) {
	c := s.call
	if c.ending != telephony.EndingNone {
		return
	}
	if c.core == nil || c.stream == s {
		c.end(ending, detail)
		return
	}
	c.log.Warn().Str("why", detail).Msg("a stream that was to join the call is refused")
	s.close(closeCode(ending))
}

// close closes the socket beside whoever holds the lock.
func (s *stream) close(code int) {
	s.call.work.Go(func() { _ = s.conn.Close(code, "") })
}
