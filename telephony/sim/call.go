package sim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/telephony"
)

// lastWords is how long a failed write waits for the reader to find out how
// the socket ended.
const lastWords = time.Second

// call is one call that Place makes. Two goroutines carry it: one reads the
// socket, the other keeps the beat and alone writes.
type call struct {
	cfg  Config
	plan Plan
	conn telephony.Conn
	wake chan struct{} // holds one: something waits to be sent or told
	lost chan struct{} // closed when the reader has ended

	streamID string
	start    time.Time // of the stream; set before the reader starts

	// Guarded by mu.
	mu      sync.Mutex
	line    *line
	ear     []int16
	cuts    []cut
	moments []Moment
	fatal   error // the violation over which the carrier closes
	gone    error // why the reader ended; read it after lost
	broken  int   // messages that the carrier would not take

	// Owned by the beat.
	slots      int // how many were played
	speeches   [][]int16
	manners    manners
	leaving    bool
	mouth      mouth
	voice      codec.Codec
	said       []int16
	voicedTo   int // said holds nothing but silence from here on
	utterances []utterance
	agentOn    bool // whether the agent was heard within plan.Quiet
	agentRest  time.Duration
	packets    int // how many packet times are over
	payload    []byte
	out        outbox
	ended      time.Duration
	byServer   bool          // whether the socket ended from the server's side
	late       time.Duration // how late the beat was at worst
}

// now returns the media time, by the carrier's clock.
func (c *call) now() time.Duration { return c.cfg.Network.Drift.Media(time.Since(c.start)) }

// run carries the call to its end and returns that; the error is the
// context's, where that was the end.
func (c *call) run(ctx context.Context) (telephony.Ending, error) {
	c.start = time.Now()
	if err := greet(c.cfg.Carrier.Quirks, c.line.stream, c.put); err != nil {
		_ = c.conn.Close(telephony.CloseNormal, "")
		return telephony.CarrierError, err
	}
	var reader sync.WaitGroup
	reader.Go(c.read)
	ending, code, err := c.keepBeat(ctx)
	c.ended = c.now()
	_ = c.conn.Close(code, "")
	reader.Wait()
	c.tell(HungUp, string(ending))
	c.observe()
	return ending, err
}

// read takes the server's messages until the socket ends.
func (c *call) read() {
	defer close(c.lost)
	for {
		msg, err := c.conn.Read()
		c.mu.Lock()
		if err != nil {
			c.gone = err
			c.mu.Unlock()
			return
		}
		c.receive(msg)
		urgent := len(c.line.due) > 0 || c.line.clears > 0 || len(c.moments) > 0 || c.fatal != nil
		c.mu.Unlock()
		if urgent {
			select {
			case c.wake <- struct{}{}:
			default: // the beat has been told already
			}
		}
	}
}

// receive takes one message, under mu.
func (c *call) receive(msg telephony.Message) {
	known, total := len(c.line.faults.order), c.line.faults.total
	kind, err := c.line.receive(msg)
	if c.line.faults.total > total {
		c.broken++
	}
	if err != nil && c.fatal == nil {
		c.fatal = err
	}
	if kind == telephony.Clear {
		c.cuts = append(c.cuts, cut{at: len(c.ear), dropped: c.line.dropped > 0})
		c.note(Cleared, "")
	}
	for _, fault := range c.line.faults.order[known:] {
		c.note(Fault, fault)
	}
}

// keepBeat plays and speaks until the call ends. It returns the close code
// for the socket.
func (c *call) keepBeat(ctx context.Context) (telephony.Ending, int, error) {
	c.tell(Connected, "")
	ticker := time.NewTicker(c.cfg.Network.Drift.Real(slot))
	defer ticker.Stop()
	for {
		ending, code := c.beat()
		if ending != telephony.EndingNone {
			return ending, code, nil
		}
		select {
		case <-ctx.Done():
			_ = c.put(telephony.Event{Kind: telephony.Stopped})
			return telephony.Operator, telephony.CloseNormal, context.Cause(ctx)
		case <-c.lost:
			return c.endedByServer(), telephony.CloseNormal, nil
		case <-c.wake:
		case <-ticker.C:
		}
	}
}

// beat does all that is due and says whether the call is over.
func (c *call) beat() (telephony.Ending, int) {
	c.mu.Lock()
	fatal := c.fatal
	c.mu.Unlock()
	if fatal != nil {
		return telephony.CarrierError, telephony.CloseProtocol
	}
	ending := telephony.EndingNone
	c.late = max(c.late, c.now()-time.Duration(c.slots)*slot)
	for ending == telephony.EndingNone && time.Duration(c.slots)*slot <= c.now() {
		ending = c.step()
	}
	if err := c.flush(); err != nil {
		select {
		case <-c.lost:
			return c.endedByServer(), telephony.CloseNormal
		case <-time.After(lastWords):
			c.fault("write: " + err.Error())
			return telephony.MediaLost, telephony.CloseNormal
		}
	}
	if code := c.mischievousEnd(); code != 0 {
		if code == telephony.CloseAbnormal {
			return telephony.MediaLost, code
		}
		return telephony.CallerHungUp, code
	}
	if breaks := c.plan.Breaks; len(breaks) > 0 && breaks[0] <= c.now() {
		return telephony.MediaLost, telephony.CloseAbnormal
	}
	if ending != telephony.EndingNone {
		_ = c.put(telephony.Event{Kind: telephony.Stopped}) // the socket may be gone by now
	}
	return ending, telephony.CloseNormal
}

// endedByServer says what the end of the socket means, after lost.
func (c *call) endedByServer() telephony.Ending {
	c.byServer = true
	ending, fault := endingOf(c.gone)
	if fault != "" {
		c.fault(fault)
	}
	return ending
}

// endingOf says what the end of a socket means to the carrier, and what is to
// be told of it beside.
func endingOf(err error) (ending telephony.Ending, fault string) {
	var closed *telephony.CloseError
	if !errors.As(err, &closed) {
		return telephony.MediaLost, fmt.Sprintf("read: %v", err)
	}
	switch closed.Code {
	case telephony.CloseNormal, telephony.CloseGoingAway, telephony.CloseNoStatus:
		return telephony.AgentHungUp, ""
	case telephony.CloseAbnormal:
		return telephony.MediaLost, closed.Error()
	}
	return telephony.AgentHungUp, closed.Error()
}
