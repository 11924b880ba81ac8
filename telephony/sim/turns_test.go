package sim_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

func TestThreeTurnsWithOneTalkedOver(t *testing.T) {
	script := func(a *agent) {
		a.play(square(200*ms, 8000)) // heard from 0 or 20 ms on
		words := listener{}
		for i := 0; i < 3 && a.at(time.Since(a.begun)+20*ms); {
			a.mu.Lock()
			ended, speaking := words.listen(a.heard, 8000), words.speaking
			a.mu.Unlock()
			if i == 1 && speaking && len(a.of(telephony.Digit)) == 0 {
				a.clear()
				a.send(telephony.Event{Kind: telephony.Mark, Mark: fmt.Sprint(i)})
			}
			if !ended {
				continue
			}
			a.play(square([]time.Duration{3 * time.Second, 300 * ms, 300 * ms}[i], 8000))
			i++
		}
	}
	plan := sim.Plan{Turns: []sim.Turn{
		{Say: "one", Speech: speech(0, 300*ms, 0)},
		{Say: "two", Speech: sim.PCM(square(400*ms, 8000)), TalkOver: true},
		{Say: "three", Speech: speech(0, 300*ms, 100*ms)},
	}}
	place(t, onTwilio(script), plan, func(c called) {
		type shape struct {
			say         string
			interrupted bool
			bargedIn    bool
		}
		var got []shape
		for i, turn := range c.Turns {
			s := shape{bargedIn: turn.BargeIn != nil}
			s.say = turn.Caller.Say
			if turn.Agent == nil {
				t.Fatalf("turn %d has no answer", i)
			}
			s.interrupted = turn.Agent.Interrupted
			got = append(got, s)
			if r := *turn.Response; r < sim.Millis(100*ms) || r > sim.Millis(180*ms) {
				t.Errorf("turn %d: response %v, want a little over 100 ms", i, r)
			}
			before := c.Greeting
			if i > 0 {
				before = c.Turns[i-1].Agent
			}
			if turn.Caller.Start < before.Start || turn.Agent.Start < turn.Caller.End {
				t.Errorf("turn %d: times out of order: %+v %+v", i, turn.Caller, turn.Agent)
			}
		}
		want := []shape{{"one", true, false}, {"two", false, true}, {"three", false, false}}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(shape{})); diff != "" {
			t.Error(diff)
		}
		if b := *c.Turns[1].BargeIn; b > sim.Millis(60*ms) {
			t.Errorf("barge-in took %v", b)
		}
		if c.BeatLate != 0 {
			t.Errorf("beat was late by %v in virtual time", c.BeatLate)
		}
	})
}

func TestMillisRoundAndReadBack(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1499 * time.Microsecond: "1", 1500 * time.Microsecond: "2", -40 * ms: "-40", 0: "0",
	} {
		got, err := json.Marshal(sim.Millis(d))
		if err != nil || string(got) != want {
			t.Errorf("%v is written %s, want %s", d, got, want)
		}
		var back sim.Millis
		if err := json.Unmarshal(got, &back); err != nil || time.Duration(back).Round(ms) != d.Round(ms) {
			t.Errorf("%s is read back as %v, %v", got, back, err)
		}
	}
}

func TestAServerCantGrowTheReportWithoutEnd(t *testing.T) {
	script := func(a *agent) {
		for i := range 500 {
			_ = a.conn.Write(telephony.Message{Data: fmt.Appendf(nil, `{"event":"shout%d"}`, i)})
		}
	}
	place(t, onTwilio(script), sim.Plan{Patience: time.Second}, func(c called) {
		if c.Violations != 500 || len(c.Errors) != 33 || c.Errors[32] != "468 more faults of other kinds" {
			t.Errorf("%d violations, %d lines, the last %q", c.Violations, len(c.Errors), c.Errors[len(c.Errors)-1])
		}
	})
}
