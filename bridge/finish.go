package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"slices"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
)

// ErrOperator ends calls as ended by a person or the server's shutdown, where
// it is the cause of their context.
var ErrOperator = errors.New("ended by the operator")

// contain, deferred before the lock is taken, turns a panic into the end of
// this call alone.
func (c *Call) contain() {
	v := recover()
	if v == nil {
		return
	}
	c.board.stats.panics.Add(1)
	c.log.Error().Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("call crashed")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(telephony.InternalError, "the call crashed")
}

// settle says why the call ended, where nobody has said so yet: ctx did.
func (c *Call) settle(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if errors.Is(context.Cause(ctx), ErrOperator) {
		c.end(telephony.Operator, "the server ended the call")
		return
	}
	c.end(telephony.Operator, fmt.Sprint(context.Cause(ctx)))
}

// endingOfSocket returns what the end of a socket means for its call.
func endingOfSocket(err error) (ending telephony.Ending, detail string) {
	var closed *telephony.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == telephony.CloseTooBig:
		return telephony.CarrierError, "message too big"
	case errors.As(err, &closed) && closed.Code != telephony.CloseAbnormal:
		return telephony.CallerHungUp, closed.Error()
	case errors.Is(err, net.ErrClosed):
		return telephony.InternalError, "socket closed for no noted reason"
	}
	return telephony.MediaLost, fmt.Sprint(err)
}

// closeCode returns the code with which the socket of a call is closed that
// ends so.
func closeCode(ending telephony.Ending) int {
	switch ending {
	case telephony.NeverStarted, telephony.Rejected:
		return telephony.ClosePolicy
	case telephony.CarrierError:
		return telephony.CloseProtocol
	case telephony.InternalError:
		return telephony.CloseInternal
	case telephony.Operator, telephony.EndingNone: // none: the server's context ended first
		return telephony.CloseGoingAway
	default:
		return telephony.CloseNormal
	}
}

// close writes the final record.
func (c *Call) close() ledger.Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	if limit := c.absence.limit; limit != nil {
		limit.Stop() // it would keep the call in memory
	}
	now := time.Now()
	r := c.lastSnapshot(now)
	r.Status, r.EndedAt = ledger.StatusEnded, now
	r.Ending, r.Detail = string(c.ending), c.detail
	c.board.closed(c, r)
	ev := c.log.Info()
	if c.core == nil {
		ev = c.log.Warn()
	}
	ev.Str("ending", r.Ending).Str("detail", r.Detail).Int64("duration_ms", r.DurationMS).
		Int("turns", len(r.Turns)).Uint64("frames_in", r.Media.ReceivedFrames).
		Uint64("frames_out", r.Media.SentFrames).Int64("lost_ms", r.Media.LostMS).
		Uint64("bad_messages", r.Media.BadMessages).Msg("call ended")
	return r
}

// lastSnapshot returns the record of a call that may have crashed half way
// through a step: without the conversation where that can't be read.
func (c *Call) lastSnapshot(now time.Time) (r ledger.Record) {
	defer func() {
		if recover() != nil {
			r = c.record
			r.Errors = c.faults.list()
		}
	}()
	return c.snapshot(now)
}

// note writes what the stream tells of itself into the record.
func (c *Call) note(start *telephony.Start) {
	r := &c.record
	r.CarrierCallID, r.StreamID, r.Format = first(start.CallID, c.entry.CallID), start.StreamID, ledger.Formatted(start.Format)
	r.From, r.To = first(start.From, c.entry.From), first(start.To, c.entry.To)
}

// first returns the first text that isn't empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// Snapshot returns the record as it is now.
func (c *Call) Snapshot() ledger.Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snapshot(time.Now())
}

func (c *Call) snapshot(now time.Time) ledger.Record {
	r := c.record
	r.Errors = c.faults.list()
	r.Turns, r.Transcript = []ledger.Turn{}, []ledger.Line{}
	if c.core == nil {
		return r
	}
	r.DurationMS = now.Sub(c.began).Milliseconds()
	turn := c.core.Turn()
	r.State = turn.State().String()
	for _, e := range turn.Exchanges() {
		r.Turns = append(r.Turns, turnRecord(e))
	}
	for _, l := range c.lines(now) {
		r.Transcript = append(r.Transcript, ledger.Line{Role: string(l.Role), Text: l.Text, Heard: l.Heard})
		if l.Role == conversation.RoleAgent && l.Heard != "" {
			r.HeardText = joined(r.HeardText, l.Heard)
		}
	}
	n := c.counted(now)
	r.Media, r.Quality = c.mediaRecord(n), c.qualityRecord(n)
	return r
}

// lines returns the transcript; where two parties are listened to, in the order
// in which they began to speak.
func (c *Call) lines(now time.Time) []conversation.Line {
	lines := c.core.Turn().Lines(now)
	if c.callee != nil {
		lines = append(lines, c.callee.Turn().Lines(now)...)
		slices.SortStableFunc(lines, func(a, b conversation.Line) int { return cmp.Compare(a.At, b.At) })
	}
	return lines
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

func turnRecord(e conversation.Exchange) ledger.Turn {
	t := ledger.Turn{
		Kind:         e.Kind.String(),
		CallerStart:  e.CallerStart.Milliseconds(),
		CallerEnd:    e.CallerEnd.Milliseconds(),
		RecognizedMS: e.Recognized.Milliseconds(),
		AskedMS:      e.Asked.Milliseconds(),
		FirstTextMS:  e.FirstText.Milliseconds(),
		FirstSoundMS: e.FirstSound.Milliseconds(),
		Interrupted:  e.Interrupted,
	}
	if e.CallerEnd > 0 && e.FirstSound > e.CallerEnd {
		t.ResponseMS = (e.FirstSound - e.CallerEnd).Milliseconds()
	}
	return t
}

// counted returns what has flowed, for both parties where two are listened to.
func (c *Call) counted(now time.Time) Counts {
	n := c.core.Counts(now)
	if c.callee != nil {
		other := c.callee.Counts(now)
		n.ReceivedFrames += other.ReceivedFrames
		n.Received += other.Received
		n.Jitter = n.Jitter.Plus(other.Jitter)
	}
	return n
}

// mediaRecord adds what the Core has counted to what the shell has.
func (c *Call) mediaRecord(n Counts) ledger.Media {
	m := c.record.Media
	m.ReceivedFrames, m.SentFrames = n.ReceivedFrames, n.SentFrames
	m.ReceivedMS, m.SentMS, m.HeardMS = n.Received.Milliseconds(), n.Sent.Milliseconds(), n.Heard.Milliseconds()
	m.Gaps, m.LostMS = n.Jitter.Gaps, n.Jitter.Lost.Milliseconds()
	m.LateFrames = n.Jitter.Late
	m.UnknownEvents += n.UnknownEvents
	m.Clears, m.MarksSent, m.MarksReturned = n.Clears, n.MarksSent, n.MarksReturned
	m.Dropped, m.NoiseFloorDBFS = c.dropped, n.NoiseFloor
	return m
}
