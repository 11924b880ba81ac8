package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/dtmf"
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
	target.Call = named(target.Call)
	told := report(ctx, cfg, target)
	told.reached(target.Call, telephony.StateInitiated)
	told.reached(target.Call, telephony.StateRinging)
	c, ending, err := carry(ctx, cfg, target, plan, told)
	if c == nil {
		told.over(target.Call, telephony.CarrierError, 0)
		told.close(ctx)
		return nil, err
	}
	told.over(target.Call, ending, c.ended)
	var refused []string
	c.reported, refused = told.close(ctx)
	for _, what := range refused {
		c.fault(what)
	}
	return way.told(c.report(target.Call.CallID, ending)), err
}

// carry sets a call up and carries it to its end. It returns no call where
// that never began.
func carry(ctx context.Context, cfg Config, target Target, plan Plan, told *reporter) (*call, telephony.Ending, error) {
	agreed, err := agree(ctx, cfg, target)
	if err != nil {
		return nil, "", err
	}
	told.reached(agreed.call, telephony.StateAnswered)
	c, err := newCall(ctx, cfg, plan, agreed)
	if err != nil {
		return nil, "", err
	}
	c.target, c.told = target, told
	if c.conn, err = agreed.dial(ctx, cfg); err != nil {
		told.streamFailed(agreed, err)
		return nil, "", err
	}
	ending, err := c.run(ctx)
	if failed := (*SetupError)(nil); errors.As(err, &failed) {
		return nil, "", err
	}
	return c, ending, err
}

// newCall prepares a call whose socket is not open yet.
func newCall(ctx context.Context, cfg Config, plan Plan, agreed leg) (*call, error) {
	first, err := newStream(cfg, agreed)
	if err != nil {
		return nil, &SetupError{Step: "open", Err: err}
	}
	if err = plan.fits(first); err != nil {
		return nil, err
	}
	speeches, err := plan.speeches(ctx, first.line.format.Rate)
	if err != nil {
		return nil, &SetupError{Step: "speech", Err: err}
	}
	keypad, err := dtmf.NewGenerator(dtmf.Config{Rate: first.line.format.Rate})
	if err != nil {
		return nil, &SetupError{Step: "speech", Err: err}
	}
	c := &call{
		cfg: cfg, plan: plan, stream: first, wake: make(chan struct{}, 1),
		echo:     newReflector(plan.Echo, first.line.format.Rate),
		speeches: speeches, keypad: keypad, mouth: newMouth(plan.Noise), far: newMouth(plan.Noise),
		manners: manners{
			quiet: plan.Quiet, hangUp: plan.HangUpAfter, patience: plan.Patience, turns: len(plan.Turns),
			over: func(turn int) bool { return plan.Turns[turn].TalkOver },
		},
	}
	if first.oneWay() {
		c.manners.patience = plan.Quiet
	}
	return c, nil
}

// report measures the call, after run.
func (c *call) report(id string, ending telephony.Ending) *Report {
	if n := len(c.utterances); n > 0 && c.utterances[n-1].to < 0 {
		c.utterances[n-1].to = len(c.said) // the call ended in mid-word
	}
	rate := c.line.format.Rate
	sound := recording{
		heard: waveform{pcm: c.ear, rate: rate}, said: waveform{pcm: c.said, rate: rate},
		utterances: c.utterances, cuts: c.cuts, drops: c.drops,
	}
	greeting, turns := sound.turns()
	report := &Report{
		Carrier: c.cfg.Carrier.Name(), Call: id, Ending: ending, Duration: Millis(c.ended),
		Greeting: greeting, Turns: turns, Media: c.line.result(), Transcript: []conversation.Line{},
		Errors: c.line.faults.list(), Heard: c.ear, Said: c.said, Rate: rate,
		Violations: c.broken, BeatLate: Millis(c.late), Reported: c.reported,
	}
	if len(c.streams) > 1 {
		report.Streams = sound.streams(c.streams)
	}
	if closed := (*telephony.CloseError)(nil); c.byServer && errors.As(c.gone, &closed) {
		report.Closed = closed
	}
	return report
}

// mediaTime is where in the call's time an event lies.
func (c *call) mediaTime(ev telephony.Event) time.Duration {
	switch ev.Kind {
	case telephony.Connected, telephony.Started:
		return c.begun
	case telephony.Audio:
		return media.PCMDuration(c.base, c.line.format.Rate) + ev.Frame.At
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
	if turn := c.manners.turn; turn > 0 && !c.oneWay() && c.manners.unanswered() {
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
