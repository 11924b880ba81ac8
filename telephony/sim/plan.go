package sim

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Plan is what the caller does in one call. On a one-way stream nobody
// answers: the turns follow each other after silences of Quiet, and then the
// carrier stops the stream.
type Plan struct {
	Turns []Turn
	// Quiet is the silence after which the agent is taken to have finished;
	// 700 ms where zero.
	Quiet time.Duration
	// HangUpAfter is the silence after the last answer at which the caller
	// hangs up; 1 s where zero.
	HangUpAfter time.Duration
	// Patience is how long an answer, or the greeting, is waited for; 10 s
	// where zero.
	Patience time.Duration
	// MaxDuration ends the call from the carrier's side; 10 min where zero,
	// and never more than the carrier's own limit.
	MaxDuration time.Duration
	// Noise is the peak amplitude of the white noise on the caller's line;
	// zero makes silence digital.
	Noise int16
	// Echo is the agent's voice in what the caller's telephone sends.
	Echo Echo
	// SkipSilence sends no packet that holds nothing but silence, as Twilio
	// may do. Media time goes on.
	SkipSilence bool
	// Breaks are media times at which the carrier's socket breaks, with the
	// next slot of 20 ms. The carrier
	// then does what it does: it asks the server how the call goes on, opens
	// the socket again, or gives the call up. What the caller says meanwhile
	// is lost.
	Breaks []time.Duration
	// SecondSocket is the media time at which the carrier opens a second
	// socket at the same URL, with the same ids, and goes on there while the
	// first one stays open; zero for never.
	SecondSocket time.Duration
	// Mischief is what the carrier's side does wrong, for tests of the
	// server.
	Mischief []Mischief
	// Observe, where not nil, is told of what happens as it happens, from
	// one goroutine. It must not block.
	Observe func(Moment)
}

// Turn is something that the caller says or keys in.
type Turn struct {
	Say string // the words, for the report
	// Speech returns the words as samples at the line's rate. It is asked
	// once, before the socket opens. Nil where only keys are pressed.
	Speech func(ctx context.Context, rate int) ([]int16, error)
	// TalkOver begins 1 s into the agent's speech instead of waiting for
	// its end.
	TalkOver bool
	// Callee says that the other party speaks, on a one-way stream: what the
	// caller hears. It has no TurnReport of its own, but is the agent's answer
	// in that of the caller's turn before it.
	Callee bool
	// Digits are keys that are pressed one after another, after the speech, and
	// Keying is how the server learns of them.
	Digits string
	Keying Keying
}

// Keying is how the presses of keys reach the server.
type Keying uint8

const (
	// KeyEvents has the carrier tell of each press, and takes the tones out of
	// the sound.
	KeyEvents Keying = iota
	// KeyTones leaves the tones in the sound, and nothing else tells of them.
	KeyTones
	// KeyBoth does both.
	KeyBoth
)

// PCM returns a Speech of fixed samples, for callers that know the rate.
func PCM(pcm []int16) func(context.Context, int) ([]int16, error) {
	return func(context.Context, int) ([]int16, error) { return pcm, nil }
}

const (
	// keyHeld and keyEvery are how people type: a key is down for 100 ms,
	// and the next one follows 250 ms after it went down.
	keyHeld  = 100 * time.Millisecond
	keyEvery = 250 * time.Millisecond
	// overAfter is how long the agent has spoken when a caller talks over.
	overAfter = time.Second
)

// ready returns p with its defaults, bound by the carrier's longest stream.
func (p Plan) ready(maxStream time.Duration) (Plan, error) {
	orElse := func(d *time.Duration, usual time.Duration) {
		if *d <= 0 {
			*d = usual
		}
	}
	orElse(&p.Quiet, 700*time.Millisecond)
	orElse(&p.HangUpAfter, time.Second)
	orElse(&p.Patience, 10*time.Second)
	orElse(&p.MaxDuration, 10*time.Minute)
	if maxStream > 0 {
		p.MaxDuration = min(p.MaxDuration, maxStream)
	}
	if err := p.Echo.check(); err != nil {
		return p, err
	}
	p.Breaks = slices.Sorted(slices.Values(p.Breaks))
	if len(p.Breaks) > 0 && p.Breaks[0] <= 0 || p.SecondSocket < 0 {
		return p, fmt.Errorf("%w: sockets break and are opened again after the call's start", ErrConfig)
	}
	for i, t := range p.Turns {
		for _, key := range t.Digits {
			if !isKey(key) {
				return p, fmt.Errorf("%w: turn %d: %q is not a telephone key", ErrConfig, i+1, key)
			}
		}
		if t.Speech == nil && t.Digits == "" {
			return p, fmt.Errorf("%w: turn %d says nothing and presses no key", ErrConfig, i+1)
		}
	}
	return p, nil
}

// fits returns why p can't be carried out on s.
func (p Plan) fits(s *stream) error {
	for i, t := range p.Turns {
		switch {
		case t.Callee && !s.oneWay():
			return fmt.Errorf("%w: turn %d is the other party's, and on a two-way stream that is the agent", ErrConfig, i+1)
		case t.Callee && t.Digits != "":
			return fmt.Errorf("%w: turn %d: the other party's keys are not told", ErrConfig, i+1)
		}
	}
	return nil
}

// isKey says whether key is on a telephone.
func isKey(key rune) bool {
	return key >= '0' && key <= '9' || key == '*' || key == '#' || key >= 'A' && key <= 'D'
}

// speeches returns the samples of every turn, nil for those that only press
// keys.
func (p Plan) speeches(ctx context.Context, rate int) ([][]int16, error) {
	all := make([][]int16, len(p.Turns))
	for i, t := range p.Turns {
		if t.Speech == nil {
			continue
		}
		pcm, err := t.Speech(ctx, rate)
		if err != nil {
			return nil, fmt.Errorf("turn %d: %w", i+1, err)
		}
		all[i] = pcm
	}
	return all, nil
}
