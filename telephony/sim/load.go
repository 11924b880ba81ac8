package sim

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// LoadPlan is many calls at once. Every caller waits for the agent to finish,
// says one of a few speech-like utterances of about 2 s, and so on.
type LoadPlan struct {
	Calls int
	Ramp  time.Duration // the calls begin evenly over it
	Hold  time.Duration // how long each lasts from its stream's start
	// Quiet is the time without sound after which the agent has finished;
	// 700 ms where zero.
	Quiet time.Duration
	// Patience is how long a greeting or an answer is waited for; 5 s where
	// zero. An agent who never stops is spoken over after three times that.
	Patience time.Duration
	// Tones are what the callers say in place of that.
	Tones Tones
}

// Load makes the calls of plan and returns what they were like when the last
// has ended. Calls that fail are part of the report and no error. Where ctx
// ends it, the calls hang up and the report comes with ctx's cause. A call
// whose socket breaks is over, and none has a second socket.
func Load(ctx context.Context, cfg Config, target Target, plan LoadPlan) (*LoadReport, error) {
	cfg, err := cfg.ready()
	if err != nil {
		return nil, err
	}
	if plan.Calls < 1 || plan.Hold <= 0 || plan.Ramp < 0 {
		return nil, fmt.Errorf("%w: at least one call and a time to hold it are needed", ErrConfig)
	}
	if !plan.Tones.fit(plan.Calls) {
		return nil, fmt.Errorf("%w: %d calls from %d on have no tone each among %d", ErrConfig, plan.Calls, plan.Tones.First, plan.Tones.All)
	}
	if plan.Quiet <= 0 {
		plan.Quiet = 700 * time.Millisecond
	}
	if plan.Patience <= 0 {
		plan.Patience = 5 * time.Second
	}
	l := &load{cfg: cfg, target: target, plan: plan, chats: make(map[media.Format]*chatter)}
	l.report = newLoadReport(cfg, plan.Calls)
	l.run(ctx)
	return l.report, context.Cause(ctx)
}

// load is a running load test.
type load struct {
	cfg    Config
	target Target
	plan   LoadPlan
	wheels []*wheel

	mu        sync.Mutex
	chats     map[media.Format]*chatter
	report    *LoadReport
	faults    faults
	setups    []time.Duration
	responses []time.Duration
}

// run makes the calls and waits for all of them.
func (l *load) run(ctx context.Context) {
	var calls, turning sync.WaitGroup
	turn, stop := context.WithCancel(ctx)
	defer stop()
	for range runtime.GOMAXPROCS(0) {
		w := &wheel{}
		l.wheels = append(l.wheels, w)
		turning.Go(func() { w.run(turn) })
	}
	for i := range l.plan.Calls {
		calls.Go(func() { l.call(ctx, i) })
	}
	calls.Wait()
	stop()
	turning.Wait()
	l.finish()
}

// call makes the i-th call.
func (l *load) call(ctx context.Context, i int) {
	wait := time.NewTimer(l.plan.Ramp * time.Duration(i) / time.Duration(l.plan.Calls))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		l.fail(context.Cause(ctx))
		return
	case <-wait.C:
	}
	begun := time.Now()
	c, err := l.open(ctx, i)
	if err != nil {
		l.fail(err)
		return
	}
	took := time.Since(begun)
	if !l.wheels[i%len(l.wheels)].add(c) {
		c.hangUp()
	}
	l.add(c, c.read(), took)
}

// open sets a call up to the point at which its stream has started.
func (l *load) open(ctx context.Context, i int) (*loadCall, error) {
	way := newNetwork(l.cfg, i)
	cfg := l.cfg
	cfg.Dial = way.dialler()
	agreed, err := agree(ctx, cfg, l.target)
	if err != nil {
		return nil, err
	}
	conn, err := agreed.dial(ctx, cfg)
	if err != nil {
		return nil, err
	}
	c := &loadCall{
		conn: conn, hold: l.plan.Hold, streamID: agreed.stream.Start().StreamID,
		manners: manners{
			quiet: l.plan.Quiet, patience: l.plan.Patience, cutIn: 3 * l.plan.Patience,
			turns: -1, turn: i, // neighbours say different things
		},
	}
	c.through(way)
	if err = l.voice(c, i, agreed.stream); err != nil {
		_ = conn.Close(telephony.CloseNormal, "")
		return nil, &SetupError{Step: "open", Err: err}
	}
	if err = greet(l.cfg.Carrier.Quirks, agreed.stream, c.put); err != nil {
		_ = conn.Close(telephony.CloseNormal, "")
		return nil, err
	}
	return c, nil
}

// voice gives the i-th call its line, and what is said on it.
func (l *load) voice(c *loadCall, i int, stream telephony.PeerStream) (err error) {
	format := stream.Start().Format
	if l.plan.Tones.All == 0 {
		c.line = newLine(l.cfg, stream, nil)
		c.chat, err = l.chatter(format)
		return err
	}
	coder, err := l.cfg.Codecs.New(format)
	if err != nil {
		return err
	}
	own := l.plan.Tones.First + i
	c.ear = newToneEar(l.plan.Tones, own, format.Rate)
	c.chat = newHum(coder, format, l.cfg.Carrier.Quirks.Packet, l.plan.Tones.Hertz(own))
	c.line = newLine(l.cfg, stream, coder)
	return nil
}

// chatter returns what is said in a format; it is made once.
func (l *load) chatter(format media.Format) (*chatter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if chat := l.chats[format]; chat != nil {
		return chat, nil
	}
	c, err := l.cfg.Codecs.New(format)
	if err != nil {
		return nil, err
	}
	chat := newChatter(c, format, l.cfg.Carrier.Quirks.Packet)
	l.chats[format] = chat
	return chat, nil
}

// fail counts a call that didn't come about.
func (l *load) fail(err error) {
	step := "asked"
	if failed := (*SetupError)(nil); errors.As(err, &failed) {
		step = failed.Step
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.report.Failed++; l.report.Failure == nil {
		l.report.Failure = err
	}
	l.report.Causes[step+": "+cause(err)]++
}

// add counts a call that has ended.
func (l *load) add(c *loadCall, ending telephony.Ending, setup time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	l.report.add(c, ending)
	l.setups = append(l.setups, setup)
	l.responses = append(l.responses, c.responses...)
	for _, fault := range c.line.faults.order {
		for range c.line.faults.count[fault] {
			l.faults.add(fault)
		}
	}
}

// finish sums up, when all calls and wheels are done.
func (l *load) finish() {
	var late []time.Duration
	for _, w := range l.wheels {
		late = append(late, w.late...)
	}
	l.report.Setup = PercentilesOf(l.setups)
	l.report.Response = PercentilesOf(l.responses)
	l.report.BeatLate = PercentilesOf(late)
	l.report.Errors = l.faults.list()
}
