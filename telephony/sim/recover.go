package sim

import (
	"context"
	"errors"
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// mostRecoveries bounds the streams that a call goes on with, so that a server
// which takes every socket and drops it can't hold a call for ever.
const mostRecoveries = 5

// How a stream ended, in the report.
const (
	endStopped  = "stopped"  // by the carrier, in good order
	endClosed   = "closed"   // by the server
	endBroken   = "broken"   // the socket broke
	endReplaced = "replaced" // by another socket, while it was open
)

// loss is how a call lost its socket, and how the call ends where it does with
// it.
type loss struct {
	ending   telephony.Ending
	why      telephony.StreamEnd
	fault    string // what is to be told of it where the call ends; may be empty
	byServer bool
}

// lossOf says what the end of a socket means to the carrier, from why its
// reader ended.
func lossOf(err error) loss {
	l := loss{byServer: true}
	if l.ending, l.fault = endingOf(err); l.ending == telephony.MediaLost {
		l.why = telephony.StreamBroken
	}
	return l
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

// disturb breaks the socket or opens a second one, where that is planned for
// now, and says whether the call ends with it.
func (c *call) disturb(ctx context.Context) telephony.Ending {
	if at := c.plan.SecondSocket; at > 0 && at <= c.now() {
		c.plan.SecondSocket = 0
		if !c.down && c.opening == nil {
			c.openSecond(ctx)
		}
	}
	if len(c.plan.Breaks) == 0 || c.plan.Breaks[0] > c.now() {
		return telephony.EndingNone
	}
	c.plan.Breaks = c.plan.Breaks[1:]
	return c.breakSocket(ctx)
}

// breakSocket lets the call's socket break on the carrier's side, where it has
// one, and says whether the call ends with it.
func (c *call) breakSocket(ctx context.Context) telephony.Ending {
	if c.down {
		return telephony.EndingNone
	}
	_ = c.conn.Close(telephony.CloseAbnormal, "")
	return c.lose(ctx, loss{ending: telephony.MediaLost, why: telephony.StreamBroken})
}

// lose deals with the end of the call's socket: the carrier goes on as it
// does, or the call ends.
func (c *call) lose(ctx context.Context, l loss) telephony.Ending {
	c.loss, c.end = l, endClosed
	if l.why == telephony.StreamBroken {
		c.end = endBroken
	}
	c.mu.Lock()
	c.down = true
	c.line.silence()
	c.mu.Unlock()
	c.drops = append(c.drops, len(c.ear))
	c.out.n = 0
	c.told.streamEnded(c.leg, l)
	_ = c.conn.Close(telephony.CloseNormal, "")
	if !c.seek(ctx) {
		return c.giveUp(l)
	}
	c.tell(StreamLost, c.end)
	return telephony.EndingNone
}

// giveUp says how the call ends with its socket.
func (c *call) giveUp(l loss) telephony.Ending {
	if l.fault != "" {
		c.fault(l.fault)
	}
	c.byServer = l.byServer
	return l.ending
}

// seek lets the carrier look for another stream for the call, and says whether
// it does.
func (c *call) seek(ctx context.Context) bool {
	if c.opening != nil {
		return true // a second socket is on its way
	}
	if c.oneWay() {
		return false
	}
	s := &search{
		cfg: c.cfg, target: c.target, from: c.leg, why: c.loss.why, most: mostRecoveries - c.recoveries,
	}
	asks, err := s.prepare()
	switch {
	case err != nil:
		c.fault("recover: " + err.Error())
		return false
	case !asks:
		return false
	case s.most <= 0:
		c.fault(fmt.Sprintf("stream lost more than %d times", mostRecoveries))
		return false
	}
	c.open(ctx, s.run)
	return true
}

// arrive goes on at the socket that was opened, and says whether the call ends
// instead.
func (c *call) arrive(ctx context.Context, got opened) telephony.Ending {
	c.opening.stop()
	c.opening = nil
	c.recoveries += got.tries
	for _, f := range got.failed {
		c.told.streamFailed(f.leg, f.err)
	}
	var next *stream
	err := got.err
	if err == nil {
		next, err = newStream(c.cfg, got.leg)
	}
	if err == nil {
		return c.goOn(ctx, next, got)
	}
	return c.goWithout(ctx, got, err)
}

// goOn lets next carry the call.
func (c *call) goOn(ctx context.Context, next *stream, got opened) telephony.Ending {
	next.conn = got.conn
	if next.line.format.Rate != c.line.format.Rate {
		return c.goWithout(ctx, got, fmt.Errorf("stream of %d Hz goes on at %d Hz", c.line.format.Rate, next.line.format.Rate))
	}
	if err := c.change(next); err != nil {
		return c.lose(ctx, loss{ending: telephony.MediaLost, why: telephony.StreamBroken, fault: err.Error()})
	}
	c.told.streamStarted(c.leg)
	c.tell(StreamOpened, c.streamID)
	return telephony.EndingNone
}

// goWithout deals with a socket that could not be had.
func (c *call) goWithout(ctx context.Context, got opened, err error) telephony.Ending {
	if got.conn != nil {
		_ = got.conn.Close(telephony.CloseNormal, "")
	}
	switch {
	case ctx.Err() != nil:
		return telephony.EndingNone // which ends the call by itself
	case got.second:
		c.fault("second socket: " + err.Error())
		if !c.down || c.seek(ctx) {
			return telephony.EndingNone
		}
	case !errors.Is(err, telephony.ErrCallOver):
		c.fault("recover: " + err.Error())
	}
	return c.giveUp(c.loss)
}
