package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/wav"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// askedTurn is one turn as the command line asks for it.
type askedTurn struct {
	say, audio, digits string
	over               bool // whether the agent is spoken over
	callee             bool // whether the other party says it
}

// turnFlag is one of the flags that ask for a turn. They keep the order in
// which they stand.
type turnFlag struct {
	f    *callFlags
	kind string
}

func (t *turnFlag) String() string { return "" }
func (t *turnFlag) Type() string   { return "string" }

func (t *turnFlag) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("must not be empty")
	}
	var turn askedTurn
	switch t.kind {
	case "audio":
		turn.audio = text
	case "digits":
		if strings.Trim(text, "0123456789*#") != "" {
			return errors.New("keys are 0-9 * #")
		}
		turn.digits = text
	default:
		turn.say, turn.over, turn.callee = text, t.kind == "over", t.kind == "callee"
	}
	t.f.turns = append(t.f.turns, turn)
	return nil
}

// plan returns what the caller does.
func (f *callFlags) plan(c telephony.Carrier) (sim.Plan, error) {
	plan := sim.Plan{Patience: f.patience, Noise: callerNoise, Echo: f.echo, Breaks: f.breaks, SecondSocket: f.second}
	if err := f.check(c); err != nil {
		return plan, err
	}
	for i, asked := range f.turns {
		turn := sim.Turn{Say: asked.say, Digits: asked.digits, TalkOver: asked.over || f.talkOver, Callee: asked.callee}
		switch {
		case asked.digits != "":
			turn.TalkOver, turn.Keying = f.talkOver && i == 0, keyings()[f.inband]
		case asked.audio != "":
			pcm, rate, err := wav.ReadFile(asked.audio)
			if err != nil {
				return plan, fmt.Errorf("--audio: %w", err)
			}
			turn.Say, turn.Speech = asked.audio, recorded(pcm, rate)
		default:
			turn.Speech = spoken(asked.say, f.voice)
		}
		plan.Turns = append(plan.Turns, turn)
	}
	return plan, nil
}

// keyings returns how keys reach the server, by the value of --inband-digits.
func keyings() map[string]sim.Keying {
	return map[string]sim.Keying{"": sim.KeyEvents, "only": sim.KeyTones, "both": sim.KeyBoth}
}

// format returns the rate and the encoding that are asked for, or what is wrong
// with them.
func (f *callFlags) format(c telephony.Carrier) (rate int, encoding media.Encoding, err error) {
	if f.encoding == "" {
		if f.rate != 0 && !offers(c, f.rate) {
			return 0, 0, usageError{fmt.Errorf("--rate %d: %s does not offer it", f.rate, c.Name())}
		}
		return f.rate, 0, nil
	}
	for _, format := range c.Quirks.Formats {
		if strings.EqualFold(format.Encoding.String(), f.encoding) && (f.rate == 0 || f.rate == format.Rate) {
			return format.Rate, format.Encoding, nil
		}
	}
	if strings.EqualFold(f.encoding, media.Opus.String()) && !hasOpus {
		return 0, 0, usageError{errors.New("--encoding opus: this program was built without libopus; make setup, then make build")}
	}
	return 0, 0, usageError{fmt.Errorf("--encoding %s: %s offers %v", f.encoding, c.Name(), c.Quirks.Formats)}
}

// check returns what can't be asked of c.
func (f *callFlags) check(c telephony.Carrier) error {
	listen := telephony.ReadListening(f.listen)
	_, keying := keyings()[f.inband]
	wrong := func(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
	switch {
	case f.listen != listen.String():
		return wrong("--listen %q: must be %s or %s", f.listen, telephony.ListenCaller, telephony.ListenBoth)
	case listen != telephony.ListenNone && !c.Quirks.OneWay:
		return wrong("--listen: %s has no one-way streams", c.Name())
	case listen == telephony.ListenBoth && !c.Quirks.BothTracks:
		return wrong("--listen both: %s copies the caller only", c.Name())
	case listen == telephony.ListenNone && slices.ContainsFunc(f.turns, func(t askedTurn) bool { return t.callee }):
		return wrong("--callee: on a two-way stream the agent is the other party; see --listen")
	case !(f.echo.Loss >= 0) || f.echo.Loss > 100 || f.echo.Delay < 0 || f.echo.Delay > sim.MaxEchoDelay:
		return wrong("--echo-loss and --echo-delay: must be from 0 to 100 decibels, and up to %v", sim.MaxEchoDelay)
	case listen != telephony.ListenNone && f.echo.Loss > 0:
		return wrong("--echo-loss: on a one-way stream no agent is heard")
	case !keying:
		return wrong("--inband-digits %q: must be only or both", f.inband)
	case slices.ContainsFunc(f.breaks, func(at time.Duration) bool { return at <= 0 }) || f.second < 0:
		return wrong("--break and --second-socket: must be above zero")
	case f.second > 0 && !c.Quirks.Redials:
		return wrong("--second-socket: %s never opens one by itself", c.Name())
	}
	_, _, err := f.format(c)
	return err
}

func offers(c telephony.Carrier, rate int) bool {
	for _, format := range c.Quirks.Formats {
		if format.Rate == rate {
			return true
		}
	}
	return false
}
