package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/telephony"
)

// Place makes one call to target and returns what it was like. An error
// before the stream has started is a *SetupError, or wraps ErrConfig; there is
// no report then. Where ctx ends the call, the report is returned together
// with ctx's cause. Nothing of the call outlives Place.
func Place(ctx context.Context, cfg Config, target Target, plan Plan) (*Report, error) {
	cfg, err := cfg.ready()
	if err != nil {
		return nil, err
	}
	if plan, err = plan.ready(cfg.Carrier.Quirks.MaxStream); err != nil {
		return nil, err
	}
	way := newNetwork(cfg, 0)
	cfg.Dial, plan = way.dialler(), way.plan(plan)
	agreed, err := agree(ctx, cfg, target)
	if err != nil {
		return nil, err
	}
	c, err := newCall(ctx, cfg, plan, agreed)
	if err != nil {
		return nil, err
	}
	if c.conn, err = agreed.dial(ctx, cfg); err != nil {
		return nil, err
	}
	ending, err := c.run(ctx)
	if failed := (*SetupError)(nil); errors.As(err, &failed) {
		return nil, err
	}
	return way.told(c.report(agreed.call.CallID, ending)), err
}

// newCall prepares a call whose socket is not open yet.
func newCall(ctx context.Context, cfg Config, plan Plan, agreed leg) (*call, error) {
	start := agreed.stream.Start()
	hear, err := cfg.Codecs.New(start.Format)
	if err != nil {
		return nil, &SetupError{Step: "open", Err: err}
	}
	voice, err := cfg.Codecs.New(start.Format)
	if err != nil {
		return nil, &SetupError{Step: "open", Err: err}
	}
	speeches, err := plan.speeches(ctx, start.Format.Rate)
	if err != nil {
		return nil, &SetupError{Step: "speech", Err: err}
	}
	return &call{
		cfg: cfg, plan: plan,
		wake: make(chan struct{}, 1), lost: make(chan struct{}),
		line: newLine(cfg, agreed.stream, hear), streamID: start.StreamID,
		speeches: speeches, voice: voice, mouth: newMouth(plan.Noise),
		manners: manners{
			quiet: plan.Quiet, hangUp: plan.HangUpAfter, patience: plan.Patience, turns: len(plan.Turns),
			over: func(turn int) bool { return plan.Turns[turn].TalkOver },
		},
	}, nil
}

// report measures the call, after run.
func (c *call) report(id string, ending telephony.Ending) *Report {
	if n := len(c.utterances); n > 0 && c.utterances[n-1].to < 0 {
		c.utterances[n-1].to = len(c.said) // the call ended in mid-word
	}
	rate := c.line.format.Rate
	sound := recording{
		heard: waveform{pcm: c.ear, rate: rate}, said: waveform{pcm: c.said, rate: rate},
		utterances: c.utterances, cuts: c.cuts,
	}
	greeting, turns := sound.turns()
	report := &Report{
		Carrier: c.cfg.Carrier.Name(), Call: id, Ending: ending, Duration: Millis(c.ended),
		Greeting: greeting, Turns: turns, Media: c.line.result(), Transcript: []conversation.Line{},
		Errors: c.line.faults.list(), Heard: c.ear, Said: c.said, Rate: rate,
		Violations: c.broken, BeatLate: Millis(c.late),
	}
	if closed := (*telephony.CloseError)(nil); c.byServer && errors.As(c.gone, &closed) {
		report.Closed = closed
	}
	return report
}

// mediaTime is where in the stream's time an event lies.
func (c *call) mediaTime(ev telephony.Event) time.Duration {
	switch ev.Kind {
	case telephony.Connected, telephony.Started:
		return 0
	case telephony.Audio:
		return ev.Frame.At
	default:
		return c.now()
	}
}

// mischievousEnd returns the code with which the socket is to be closed now
// for mischief's sake, or zero.
func (c *call) mischievousEnd() int {
	for _, m := range c.plan.Mischief {
		if m.Close != 0 && m.acts(c.now()) {
			return m.Close
		}
	}
	return 0
}

// missAnswer reports a turn that nothing answered.
func (c *call) missAnswer() {
	if turn := c.manners.turn; turn > 0 && c.manners.unanswered() {
		c.fault(fmt.Sprintf("no answer to turn %d within %v", turn, c.plan.Patience))
	}
}

// fault reports something that went wrong.
func (c *call) fault(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.line.faults.add(what) {
		c.note(Fault, what)
	}
}

// tell keeps a moment for the observer.
func (c *call) tell(kind MomentKind, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.note(kind, text)
}

// note is tell for those who hold mu.
func (c *call) note(kind MomentKind, text string) {
	c.moments = append(c.moments, Moment{At: c.now(), Kind: kind, Text: text})
}
