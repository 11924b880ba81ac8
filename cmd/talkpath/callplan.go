package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/talkpath/talkpath/media/wav"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// turnFlags keeps --say, --audio and --callee in the order in which they stand.
type turnFlags struct{ f *callFlags }

type turnFlag struct {
	turns *turnFlags
	kind  string
}

func (t *turnFlags) of(kind string) *turnFlag { return &turnFlag{t, kind} }

func (t *turnFlag) String() string { return "" }
func (t *turnFlag) Type() string   { return "string" }

func (t *turnFlag) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("must not be empty")
	}
	say, audio := text, ""
	if t.kind == "audio" {
		say, audio = "", text
	}
	f := t.turns.f
	f.say, f.audio, f.callee = append(f.say, say), append(f.audio, audio), append(f.callee, t.kind == "callee")
	return nil
}

// plan returns what the caller does.
func (f *callFlags) plan(c telephony.Carrier) (sim.Plan, error) {
	plan := sim.Plan{Patience: f.patience, Noise: callerNoise, Breaks: f.breaks, SecondSocket: f.second}
	if err := f.check(c); err != nil {
		return plan, err
	}
	for i, say := range f.say {
		turn := sim.Turn{Say: say, TalkOver: f.talkOver, Callee: f.callee[i]}
		if file := f.audio[i]; file != "" {
			pcm, rate, err := wav.ReadFile(file)
			if err != nil {
				return plan, fmt.Errorf("--audio %s: %w", file, err)
			}
			turn.Say, turn.Speech = file, recorded(pcm, rate)
		} else {
			turn.Speech = spoken(say, f.voice)
		}
		plan.Turns = append(plan.Turns, turn)
	}
	if f.digits != "" {
		plan.Turns = append(plan.Turns, sim.Turn{Digits: f.digits, TalkOver: f.talkOver && len(f.say) == 0})
	}
	return plan, nil
}

// check returns what can't be asked of c.
func (f *callFlags) check(c telephony.Carrier) error {
	listen := telephony.ReadListening(f.listen)
	wrong := func(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
	switch {
	case f.rate != 0 && !offers(c, f.rate):
		return wrong("--rate %d: %s does not offer it", f.rate, c.Name())
	case strings.Trim(f.digits, "0123456789*#") != "":
		return wrong("--digits %q: keys are 0-9 * #", f.digits)
	case f.listen != listen.String():
		return wrong("--listen %q: must be %s or %s", f.listen, telephony.ListenCaller, telephony.ListenBoth)
	case listen != telephony.ListenNone && !c.Quirks.OneWay:
		return wrong("--listen: %s has no one-way streams", c.Name())
	case listen == telephony.ListenBoth && !c.Quirks.BothTracks:
		return wrong("--listen both: %s copies the caller only", c.Name())
	case listen == telephony.ListenNone && slices.Contains(f.callee, true):
		return wrong("--callee: on a two-way stream the agent is the other party; see --listen")
	case slices.ContainsFunc(f.breaks, func(at time.Duration) bool { return at <= 0 }) || f.second < 0:
		return wrong("--break and --second-socket: must be above zero")
	}
	return nil
}

func offers(c telephony.Carrier, rate int) bool {
	for _, format := range c.Quirks.Formats {
		if format.Rate == rate {
			return true
		}
	}
	return false
}
