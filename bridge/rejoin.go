package bridge

import (
	"errors"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

const (
	// ResumeWait is how long a call may be without a stream, all times taken
	// together.
	ResumeWait = 30 * time.Second
	// maxResumes is how often another stream may join a call.
	maxResumes = 3
)

// absence is what a call knows of the times when it has no stream. It is
// guarded by the call's lock.
type absence struct {
	since  time.Time // zero while there is a stream
	before time.Duration
	limit  *time.Timer
}

// streamEnded takes the end of a socket. That of a stream which was replaced
// means nothing.
func (c *Call) streamEnded(s *stream, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isOver() || c.core != nil && c.stream != s {
		return
	}
	ending, detail := endingOfSocket(err)
	if ending == telephony.MediaLost && c.core != nil && c.mayResume(s.entry) {
		c.lose(time.Now(), detail)
		return
	}
	if c.copied() && ending != telephony.InternalError {
		c.closeDown(time.Now(), ending, detail)
		return
	}
	c.end(ending, detail)
}

// mayResume reports whether another stream may still join the call. The lock
// is held.
func (c *Call) mayResume(e Entry) bool {
	return e.Recoverable && c.record.Resumes < maxResumes && c.absence.before < ResumeWait
}

// lose goes on without a stream, for some time. The lock is held.
func (c *Call) lose(now time.Time, why string) {
	if c.stream == nil {
		return
	}
	c.log.Warn().Str("why", why).Msg("stream lost; waiting for another")
	c.faults.note(c.log, "stream", errors.New(why))
	c.stream = nil
	c.step(now, &Input{Kind: InLost})
	a := &c.absence
	a.since = now
	a.limit = time.AfterFunc(ResumeWait-a.before, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.stream == nil {
			c.end(telephony.MediaLost, "no other stream came: "+why)
		}
	})
}

// takeOver goes on with the call on another stream. The one before is closed
// where it is still open: one voice at a time. The lock is held.
func (c *Call) takeOver(now time.Time, s *stream, start *telephony.Start) {
	if old := c.stream; old != nil {
		c.lose(now, "another stream took its place")
		old.close(telephony.CloseNormal)
	}
	a := &c.absence
	a.limit.Stop()
	a.before += now.Sub(a.since)
	a.since = time.Time{}
	c.stream = s
	c.record.Resumes++
	c.board.stats.resumed.Add(1)
	c.note(start)
	c.log.Info().Str("stream", start.StreamID).Stringer("format", start.Format).Int("resumes", c.record.Resumes).
		Msg("call goes on")
	c.step(now, &Input{Kind: InResume, Format: start.Format})
}

// isOver reports whether the call has ended, or is told to: its sockets are
// closed before it is noted why. The lock is held.
func (c *Call) isOver() bool {
	select {
	case <-c.over:
		return true
	default:
		return c.ending != telephony.EndingNone
	}
}

// same reports whether a stream that starts is one of this call.
func (c *Call) same(start *telephony.Start) bool {
	return start.Listen == telephony.ListenNone && start.Format != (media.Format{}) &&
		(start.CallID == "" || c.record.CarrierCallID == "" || start.CallID == c.record.CarrierCallID)
}

// resumes reports whether the call goes on when another stream joins it, after
// the carrier has told of the end of the one before.
func (c *Call) resumes(lost telephony.Lost) bool {
	defer c.contain()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.core == nil || c.isOver():
		return false
	case lost.Done:
		c.carrierEnded(lost.Ending, lost.Fault)
		return false
	case !c.mayResume(c.entry):
		return false
	}
	// The carrier may have noticed first. What it says of a stream that was
	// replaced already leaves the one alone that runs.
	current := lost.StreamID == "" || lost.StreamID == c.record.StreamID
	if old := c.stream; old != nil && current {
		c.lose(time.Now(), first(lost.Fault, "the carrier tells that the stream has ended"))
		old.close(telephony.CloseNormal)
	}
	return true
}

// carrierEnded takes the carrier's word that the call is over. One whose
// stream runs is left to that. The lock is held.
func (c *Call) carrierEnded(ending telephony.Ending, cause string) {
	if c.stream != nil || c.core == nil {
		return
	}
	if ending == telephony.EndingNone {
		ending = telephony.CallerHungUp
	}
	c.end(ending, first(cause, "the carrier tells that the call is over"))
}
