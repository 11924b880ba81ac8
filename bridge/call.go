package bridge

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
)

const (
	// StartWait is how long a socket may take to start its stream.
	StartWait = 5 * time.Second
	// maxBadRun is how many messages in a row may break the protocol.
	maxBadRun = 10
	// engineStop is how long engines get to stop when a call is over.
	engineStop = 2 * time.Second
)

// Call is the shell of one call: it feeds the Core with what the socket and
// the engines bring, and carries out what the Core wants. It outlives its
// stream where the carrier can open another.
type Call struct {
	board *Switchboard
	entry Entry
	log   zerolog.Logger
	work  sync.WaitGroup // engines at work, and sockets that are being closed
	// start runs a job of an engine's until the returned stop, or the call's
	// end, ends its context.
	start func(job func(ctx context.Context)) (stop context.CancelFunc)
	stop  context.CancelCauseFunc // ends the call
	over  <-chan struct{}         // closed at the call's end

	ticked atomic.Int64 // up to when time has passed, since the switchboard began

	mu       sync.Mutex // guards all below; the Core steps under it
	core     *Core      // nil until the stream starts
	callee   *Core      // the other party's, on a one-way stream of both; else nil
	stream   *stream    // that the call has; nil where it was lost
	sockets  []*stream  // all that are open
	absence  absence
	farewell farewell
	record   ledger.Record
	began    time.Time
	out      []byte // one message to the carrier
	dropped  uint64
	slow     uint64 // of these, messages that the carrier was too slow to read
	ending   telephony.Ending
	detail   string
	engines

	faults  faults
	inboxMu sync.Mutex
	posted  atomic.Bool // whether the inbox may hold anything
	inbox   []Input     // what came from where the lock may have been held
}

// ended is the cause with which a call's context ends.
var errEnded = errors.New("call ended")

// Run carries the call until either side ends it or ctx does, and returns its
// record. Its first stream is on conn. Nothing of the call outlives it, except
// engines that don't stop when told to.
func (c *Call) Run(ctx context.Context, conn telephony.Conn) ledger.Record {
	running, stop := context.WithCancelCause(ctx)
	c.stop, c.over = stop, running.Done()
	c.start = func(job func(context.Context)) context.CancelFunc {
		jobCtx, stopJob := context.WithCancel(running)
		c.work.Go(func() {
			defer stopJob()
			job(jobCtx)
		})
		return stopJob
	}
	unhook := context.AfterFunc(running, c.closeSockets)
	c.carry(newStream(c, c.entry, conn))
	<-running.Done()
	unhook()
	c.settle(ctx)
	c.closeSockets()
	c.leaveEngines()
	return c.close()
}

// carry serves one socket of the call until it ends.
func (c *Call) carry(s *stream) {
	c.mu.Lock()
	c.sockets = append(c.sockets, s)
	over := c.isOver()
	c.mu.Unlock()
	if over {
		_ = s.conn.Close(telephony.CloseGoingAway, "")
		return
	}
	err := s.run()
	c.streamEnded(s, err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sockets = slices.DeleteFunc(c.sockets, func(other *stream) bool { return other == s && c.stream != s })
}

// closeSockets closes what is open.
func (c *Call) closeSockets() {
	c.mu.Lock()
	open, code := slices.Clone(c.sockets), closeCode(c.ending)
	c.mu.Unlock()
	for _, s := range open {
		_ = s.conn.Close(code, "")
	}
}

// begin begins the conversation on the call's first stream. The lock is held.
func (c *Call) begin(now time.Time, start *telephony.Start) {
	if err := c.newCores(start); err != nil {
		c.end(telephony.CarrierError, err.Error())
		return
	}
	c.note(start)
	c.board.opened(c)
	c.log.Info().Str("stream", start.StreamID).Stringer("format", start.Format).
		Str("from", masked(c.record.From)).Str("to", masked(c.record.To)).Msg("call started")
	c.openEngines(*start)
}

// newCores makes the call's core, or two where it is only listened to.
func (c *Call) newCores(start *telephony.Start) (err error) {
	agent := c.entry.Agent
	cfg := CoreConfig{
		Format:         start.Format,
		Quirks:         c.entry.Carrier.Quirks,
		Codecs:         c.board.cfg.Codecs,
		Manners:        agent.Manners,
		RecognizerRate: agent.Recognizer.Rate(),
		VoiceRate:      agent.Synthesizer.Rate(),
		Lead:           c.board.cfg.Lead,
	}
	if start.Listen == telephony.ListenBoth {
		cfg.Listen = conversation.RoleCallee
		if c.callee, err = NewCore(cfg); err != nil {
			return err
		}
	}
	if start.Listen != telephony.ListenNone {
		cfg.Listen = conversation.RoleCaller
	}
	c.core, err = NewCore(cfg)
	return err
}

// event takes what a message of the call's stream means. The lock is held.
func (c *Call) event(now time.Time, ev telephony.Event) {
	if ev.Kind == telephony.Stopped && c.copied() {
		c.closeDown(now, telephony.CallerHungUp, ev.Reason)
		return
	}
	in := Input{Kind: InEvent, Event: ev, Callee: ev.Callee}
	c.step(now, &in)
	if !in.passesTime() {
		return
	}
	if c.callee != nil {
		c.step(now, &Input{Kind: InTick, Callee: !in.Callee})
	}
	c.passed(now)
}

// step feeds the Core and carries out what comes out. The lock is held.
func (c *Call) step(now time.Time, in *Input) {
	c.stepOne(now, in)
	for _, more := range c.waiting() {
		c.stepOne(now, &more)
	}
	c.leaveWhenWritten()
}

func (c *Call) stepOne(now time.Time, in *Input) {
	core := c.core
	if in.Callee {
		core = c.callee
	}
	if core == nil || c.ending != telephony.EndingNone {
		return
	}
	for _, out := range core.Step(now, in) {
		c.perform(out, in.Callee)
	}
}

// input feeds the Core from an engine's goroutine.
func (c *Call) input(in Input) {
	defer c.contain()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step(time.Now(), &in)
}

// post feeds the Core from where the lock may be held already: the input then
// waits for whoever holds it, at most until the next beat.
func (c *Call) post(in Input) {
	c.inboxMu.Lock()
	c.inbox = append(c.inbox, in)
	c.inboxMu.Unlock()
	c.posted.Store(true)
	if !c.mu.TryLock() {
		return
	}
	defer c.mu.Unlock()
	now := time.Now()
	for _, waiting := range c.waiting() {
		c.step(now, &waiting)
	}
}

// waiting takes what was posted.
func (c *Call) waiting() []Input {
	if !c.posted.Load() || !c.posted.Swap(false) {
		return nil
	}
	c.inboxMu.Lock()
	defer c.inboxMu.Unlock()
	out := c.inbox
	c.inbox = nil
	return out
}

// Beat is how often time passes in a call.
const Beat = 20 * time.Millisecond

// beat lets time pass; the pace wheel calls it. Where the caller's sound has
// done so within this beat, nothing is left to do.
func (c *Call) beat(now time.Time) {
	if now.Sub(c.board.began)-time.Duration(c.ticked.Load()) < Beat {
		return
	}
	defer c.contain()
	c.mu.Lock()
	defer c.mu.Unlock()
	now = time.Now() // the lock may have been waited for
	c.step(now, &Input{Kind: InTick})
	if c.callee != nil {
		c.step(now, &Input{Kind: InTick, Callee: true})
	}
	c.passed(now)
}

// passed notes that time has passed up to now. The lock is held.
func (c *Call) passed(now time.Time) {
	c.ticked.Store(int64(now.Sub(c.board.began)))
	c.release()
}

// perform carries out one output, of the callee's core where callee is set. The
// lock is held.
func (c *Call) perform(out Output, callee bool) {
	switch out.Kind {
	case OutSend:
		c.send(out.Event)
	case OutListen:
		c.listen(out.PCM, callee)
	case OutFinish:
		c.finishUtterance(out.ID, callee)
	case OutAsk:
		c.ask(out.ID, out.Prompt)
	case OutCancelAsk:
		c.cancelAsk()
	case OutSpeak:
		c.speak(out)
	case OutCancelSpeak:
		c.cancelSpeak()
	case OutEnd:
		c.end(out.Ending, out.Text)
	}
}

// send writes one event to the carrier. It never waits for the socket.
func (c *Call) send(ev telephony.Event) {
	s := c.stream
	if s == nil {
		return // there is nobody to hear it
	}
	msg, err := s.wire.Encode(c.out[:0], ev)
	if err != nil {
		c.faults.note(c.log, "encode", err)
		return
	}
	c.out = msg.Data
	if err := s.conn.Write(msg); err != nil {
		c.dropped++
		c.tooSlow(err)
		c.faults.note(c.log, "write", err)
	}
}

// end notes why the call is over and wakes the reader. The first reason
// stays. The lock is held.
func (c *Call) end(ending telephony.Ending, detail string) {
	if c.ending != telephony.EndingNone {
		return
	}
	c.ending, c.detail = ending, detail
	c.stop(errEnded)
}

// masked returns a phone number's last three digits.
func masked(number string) string {
	if len(number) <= 3 {
		return ""
	}
	return "…" + number[len(number)-3:]
}
