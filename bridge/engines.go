package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/telephony"
)

const (
	// engineOpen is how long a recognizer or a dialogue may take to open.
	engineOpen = time.Second
	// maxBacklog is how much sound may wait to be sent before a synthesizer
	// is held back, and roomAgain the backlog at which it goes on.
	maxBacklog = 2 * time.Second
	roomAgain  = time.Second
	// cannedStep is how much of a canned phrase is taken at a time.
	cannedStep = 200 * time.Millisecond
)

// engines is a call's part in its recognizer, dialogue and synthesizer. It is
// guarded by the call's lock.
type engines struct {
	listener  conversation.Listener
	overhears conversation.Listener // the callee's, where there is one
	talk      conversation.Talk
	askStop   context.CancelFunc
	asked     chan struct{} // closed when the newest Reply has returned
	speakStop context.CancelFunc
	room      chan struct{} // tells a synthesizer that was held back to go on
	held      bool          // whether one is
	offBeat   func()
	left      bool // whether the call has closed its engines
}

// openEngines opens the call's engines and begins the conversation when both
// are ready, or have had their time: it then begins without.
func (c *Call) openEngines(start telephony.Start) {
	c.room = make(chan struct{}, 1)
	c.listener, c.overhears, c.talk = deaf{errNotOpen}, deaf{errNotOpen}, mute{errNotOpen}
	c.offBeat = c.board.cfg.Wheel.Add(c.beat)
	jobs := []func(context.Context){func(ctx context.Context) { c.openRecognizer(ctx, false) }}
	if start.Listen == telephony.ListenNone {
		caller := c.caller(start)
		jobs = append(jobs, func(ctx context.Context) { c.openDialogue(ctx, caller) })
	}
	if c.callee != nil {
		jobs = append(jobs, func(ctx context.Context) { c.openRecognizer(ctx, true) })
	}
	opened := make(chan struct{}, len(jobs))
	for _, open := range jobs {
		_ = c.start(func(ctx context.Context) {
			defer func() { opened <- struct{}{} }()
			open(ctx)
		})
	}
	_ = c.start(func(ctx context.Context) {
		// One that heeds its context is back by now.
		late, stop := context.WithTimeout(ctx, engineOpen+engineOpen/10)
		defer stop()
		for range cap(opened) {
			select {
			case <-opened:
			case <-late.Done():
				if ctx.Err() == nil { // else the call ended, and no engine is to blame
					c.engineFault("open", errNotOpen)
				}
			}
		}
		c.input(Input{Kind: InBegin})
		c.input(Input{Kind: InBegin, Callee: true})
	})
}

// openRecognizer opens the recognizer's session for the caller, or for the
// callee. One that comes when the call is over is closed at once.
func (c *Call) openRecognizer(ctx context.Context, callee bool) {
	defer c.contain()
	opening, stop := context.WithTimeout(ctx, engineOpen)
	defer stop()
	listener, err := c.entry.Agent.Recognizer.Listen(opening, func(h conversation.Hearing) { c.heard(h, callee) })
	if err != nil {
		c.engineFault("recognizer", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left {
		go c.closeListener(listener)
		return
	}
	if callee {
		c.overhears = listener
	} else {
		c.listener = listener
	}
}

// openDialogue opens the talk.
func (c *Call) openDialogue(ctx context.Context, caller conversation.Caller) {
	defer c.contain()
	opening, stop := context.WithTimeout(ctx, engineOpen)
	defer stop()
	talk, err := c.entry.Agent.Dialogue.Open(opening, caller)
	if err != nil {
		c.engineFault("dialogue", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.talk = talk
}

// closeListener closes a session; a panic of its concerns nobody else.
func (c *Call) closeListener(l conversation.Listener) {
	defer c.contain()
	_ = l.Close()
}

// caller tells the dialogue who is on the line.
func (c *Call) caller(start telephony.Start) conversation.Caller {
	params := make(map[string]string, len(start.Params))
	for k, v := range start.Params {
		if k != telephony.TicketParam {
			params[k] = v
		}
	}
	return conversation.Caller{
		CallID: c.entry.ID, Carrier: c.entry.Carrier.Name(),
		From: first(start.From, c.entry.From), To: first(start.To, c.entry.To), Params: params,
	}
}

// heard takes what the recognizer understood, from any goroutine.
func (c *Call) heard(h conversation.Hearing, callee bool) {
	defer c.contain()
	if h.Err != nil {
		c.engineFault("recognizer", h.Err)
	}
	c.post(Input{Kind: InHearing, Hearing: h, Callee: callee})
}

// listenerOf returns the recognizer's session of the caller or of the callee.
func (c *Call) listenerOf(callee bool) conversation.Listener {
	if callee {
		return c.overhears
	}
	return c.listener
}

// listen gives sound to the recognizer. The lock is held.
func (c *Call) listen(pcm []int16, callee bool) {
	if err := c.listenerOf(callee).Write(pcm); err != nil {
		c.engineFault("recognizer", err)
	}
}

// finishUtterance ends an utterance at the recognizer. The lock is held.
func (c *Call) finishUtterance(id uint64, callee bool) {
	if err := c.listenerOf(callee).Finish(id); err != nil {
		c.engineFault("recognizer", err)
		c.post(Input{Kind: InHearing, Hearing: conversation.Hearing{Utterance: id, Final: true, Err: err}, Callee: callee})
	}
}

// ask asks the dialogue, when it is done with the reply before. The lock is
// held.
func (c *Call) ask(id uint64, p conversation.Prompt) {
	before, done := c.asked, make(chan struct{})
	talk := c.talk
	c.asked = done
	c.askStop = c.start(func(ctx context.Context) {
		defer close(done)
		if before != nil {
			select {
			case <-before:
			case <-c.over:
			}
		}
		if ctx.Err() != nil {
			return
		}
		next, err := c.reply(ctx, talk, p, id)
		if err != nil && ctx.Err() == nil {
			c.engineFault("dialogue", err)
		}
		c.input(Input{Kind: InReplyDone, ID: id, Next: next, Err: err})
	})
}

// reply lets the dialogue reply; a panic of its is an error of its.
func (c *Call) reply(ctx context.Context, talk conversation.Talk, p conversation.Prompt, id uint64) (next conversation.Next, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: panic: %v", conversation.ErrEngine, v)
		}
	}()
	return talk.Reply(ctx, p, func(text string) {
		c.input(Input{Kind: InReplyText, ID: id, Text: text})
	})
}

func (c *Call) cancelAsk() {
	if c.askStop != nil {
		c.askStop()
	}
}

// speak has a sentence synthesized. The lock is held.
func (c *Call) speak(out Output) {
	c.speakStop = c.start(func(ctx context.Context) {
		err := c.synthesize(ctx, out)
		if err != nil && ctx.Err() == nil {
			c.engineFault("voice", err)
		}
		c.input(Input{Kind: InSpeakDone, ID: out.ID, Err: err})
	})
}

// synthesize brings a sentence's sound to the Core; a synthesizer's panic is
// an error of its.
func (c *Call) synthesize(ctx context.Context, out Output) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: panic: %v", conversation.ErrEngine, v)
		}
	}()
	take := func(pcm []int16) error {
		c.input(Input{Kind: InSound, ID: out.ID, PCM: pcm})
		return c.waitForRoom(ctx)
	}
	if out.Canned {
		return c.entry.Agent.canned(out.Text, take)
	}
	return c.entry.Agent.Synthesizer.Speak(ctx, out.Text, take)
}

func (c *Call) cancelSpeak() {
	if c.speakStop != nil {
		c.speakStop()
	}
}

// waitForRoom holds a synthesizer back while enough of its sound waits.
func (c *Call) waitForRoom(ctx context.Context) error {
	for {
		c.mu.Lock()
		c.held = c.core.Backlog() > maxBacklog
		held := c.held
		c.mu.Unlock()
		if !held {
			return ctx.Err()
		}
		select {
		case <-c.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// release lets a synthesizer go on that was held back. The lock is held.
func (c *Call) release() {
	if c.held && c.core.Backlog() < roomAgain {
		c.held = false
		select {
		case c.room <- struct{}{}:
		default: // told already
		}
	}
}

// engineFault counts and notes a fault of an engine.
func (c *Call) engineFault(engine string, err error) {
	c.board.stats.engineFault(engine)
	c.faults.note(c.log, engine, err)
}

// leaveEngines closes the engines and waits a little for those at work.
func (c *Call) leaveEngines() {
	c.mu.Lock()
	c.left = true
	offBeat, sessions := c.offBeat, []conversation.Listener{c.listener, c.overhears}
	c.mu.Unlock()
	if offBeat != nil {
		offBeat()
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		for _, session := range sessions {
			if session != nil {
				c.closeListener(session)
			}
		}
		c.work.Wait()
	}()
	patience := time.NewTimer(engineStop)
	defer patience.Stop()
	select {
	case <-left:
	case <-patience.C:
		c.board.stats.engineFault("stuck")
		c.log.Error().Dur("waited", engineStop).Msg("an engine did not stop with its call")
	}
}

// errNotOpen reports an engine that isn't open, or took too long to be.
var errNotOpen = errors.New("engine is not open")

// deaf is the listener of a call whose recognizer could not be opened.
type deaf struct{ err error }

func (deaf) Write([]int16) error   { return nil }
func (d deaf) Finish(uint64) error { return d.err }
func (deaf) Close() error          { return nil }

// mute is the talk of a call whose dialogue could not be opened.
type mute struct{ err error }

func (m mute) Reply(context.Context, conversation.Prompt, func(string)) (conversation.Next, error) {
	return conversation.Next{}, m.err
}
