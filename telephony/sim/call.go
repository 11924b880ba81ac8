package sim

import (
	"context"
	"sync"
	"time"

	"github.com/talkpath/talkpath/media/dtmf"
	"github.com/talkpath/talkpath/telephony"
)

// lastWords is how long a failed write waits for the reader to find out how
// the socket ended, and a call that was cancelled for its last reports.
const lastWords = time.Second

// call is one call that Place makes. One goroutine reads each socket, another
// keeps the beat and alone writes.
type call struct {
	cfg     Config
	plan    Plan
	target  Target
	told    *reporter
	wake    chan struct{} // holds one: something waits to be sent or told
	start   time.Time     // of the first stream; set before its reader starts
	readers sync.WaitGroup

	// Guarded by mu. The stream is the one that carries the call; the beat
	// alone changes it.
	mu sync.Mutex
	*stream
	ear     []int16
	cuts    []cut
	moments []Moment
	broken  int // messages that the carrier would not take

	// Owned by the beat.
	streams    []*stream // all of them, in order
	drops      []int     // where in the waveform a stream's queue was lost
	opening    *opening  // the socket that is being opened; nil while none is
	loss       loss      // how the last socket was lost
	recoveries int
	slots      int // how many were played
	speeches   [][]int16
	manners    manners
	leaving    bool
	keypad     *dtmf.Generator
	mouth      mouth
	far        mouth // of the other party, on a one-way stream
	said       []int16
	echo       *reflector // nil where nothing comes back
	mixed      []int16    // one packet of what is said, with the echo
	voicedTo   int        // said holds nothing but silence from here on
	utterances []utterance
	agentOn    bool // whether the agent was heard within plan.Quiet
	agentRest  time.Duration
	payload    []byte
	out        outbox
	ended      time.Duration
	byServer   bool          // whether the call ended with the server's end of a socket
	late       time.Duration // how late the beat was at worst
	reported   int           // status events that the server took
}

// now returns the media time, by the carrier's clock.
func (c *call) now() time.Duration { return c.cfg.Network.Drift.Media(time.Since(c.start)) }

// run carries the call to its end and returns that; the error is the
// context's, where that was the end.
func (c *call) run(ctx context.Context) (telephony.Ending, error) {
	c.start = time.Now()
	if err := c.startStream(); err != nil {
		c.hangUp(telephony.CloseNormal)
		return telephony.CarrierError, err
	}
	c.told.streamStarted(c.leg)
	ending, code, err := c.keepBeat(ctx)
	c.ended = c.now()
	c.hangUp(code)
	if !c.down {
		c.end = endStopped
		if c.byServer {
			c.end = endClosed
		}
		c.told.streamStopped(c.leg)
	}
	c.tell(HungUp, string(ending))
	c.observe()
	return ending, err
}

// read takes the server's messages on s until its socket ends.
func (c *call) read(s *stream) {
	defer close(s.lost)
	for {
		msg, err := s.conn.Read()
		c.mu.Lock()
		if err != nil {
			s.gone = err
			c.mu.Unlock()
			return
		}
		c.receive(s, msg)
		urgent := len(s.line.due) > 0 || s.line.clears > 0 || len(c.moments) > 0 || s.fatal != nil
		c.mu.Unlock()
		if urgent {
			select {
			case c.wake <- struct{}{}:
			default: // the beat has been told already
			}
		}
	}
}

// receive takes one message that came on s, under mu.
func (c *call) receive(s *stream, msg telephony.Message) {
	if s.down {
		return
	}
	faults := &c.line.faults
	known, total := len(faults.order), faults.total
	if s.replaced.IsZero() {
		c.obey(s, msg)
	} else {
		c.stray(s, msg)
	}
	if faults.total > total {
		c.broken++
	}
	for _, fault := range faults.order[known:] {
		c.note(Fault, fault)
	}
}

// obey does what a message on the call's own stream asks for, under mu.
func (c *call) obey(s *stream, msg telephony.Message) {
	kind, err := s.line.receive(msg)
	if err != nil && s.fatal == nil {
		s.fatal = err
	}
	if kind == telephony.Clear {
		c.cuts = append(c.cuts, cut{at: len(c.ear), dropped: s.line.dropped > 0})
		c.note(Cleared, "")
	}
}

// keepBeat plays and speaks until the call ends. It returns the close code
// for the sockets.
func (c *call) keepBeat(ctx context.Context) (telephony.Ending, int, error) {
	c.tell(Connected, "")
	ticker := time.NewTicker(c.cfg.Network.Drift.Real(slot))
	defer ticker.Stop()
	for {
		ending, code := c.beat(ctx)
		lost, found := c.awaited()
		if ending == telephony.EndingNone {
			select {
			case <-ctx.Done():
				_ = c.put(telephony.Event{Kind: telephony.Stopped})
				return telephony.Operator, telephony.CloseNormal, context.Cause(ctx)
			case <-lost:
				ending = c.lose(ctx, lossOf(c.gone))
			case got := <-found:
				ending = c.arrive(ctx, got)
			case <-c.wake:
			case <-ticker.C:
			}
		}
		if ending != telephony.EndingNone {
			return ending, code, nil
		}
	}
}

// awaited returns what tells that the socket is lost and that another one is
// open; nil for what can't be.
func (c *call) awaited() (lost <-chan struct{}, found <-chan opened) {
	if !c.down {
		lost = c.lost
	}
	if c.opening != nil {
		found = c.opening.done
	}
	return lost, found
}

// beat does all that is due and says whether the call is over, and then with
// which code the sockets are closed.
func (c *call) beat(ctx context.Context) (telephony.Ending, int) {
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
		return c.unwritable(ctx, err, ending), telephony.CloseNormal
	}
	if code := c.mischievousEnd(); code != 0 {
		if code == telephony.CloseAbnormal {
			return telephony.MediaLost, code
		}
		return telephony.CallerHungUp, code
	}
	if ending != telephony.EndingNone {
		_ = c.put(telephony.Event{Kind: telephony.Stopped}) // the socket may be gone by now
		return ending, telephony.CloseNormal
	}
	return c.disturb(ctx), telephony.CloseNormal
}

// unwritable deals with a write that failed with err while the call was about
// to end with ending, or to go on.
func (c *call) unwritable(ctx context.Context, err error, ending telephony.Ending) telephony.Ending {
	broken := loss{ending: telephony.MediaLost, why: telephony.StreamBroken, fault: "write: " + err.Error()}
	select {
	case <-c.lost:
		broken = lossOf(c.gone)
	case <-time.After(lastWords):
	}
	if ending != telephony.EndingNone {
		return c.giveUp(broken)
	}
	return c.lose(ctx, broken)
}
