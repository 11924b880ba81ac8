package sim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// barged speaks for 5 s from the beat at 20 ms on. The caller talks over it
// from 1020 ms on, for 800 ms; after does the rest.
func barged(after func(*agent)) *server {
	return onTwilio(func(a *agent) {
		if a.at(5 * ms) {
			a.play(square(5*time.Second, 8000))
			after(a)
		}
	})
}

var over = sim.Plan{Turns: []sim.Turn{{Say: "stop", Speech: speech(0, 800*ms, 300*ms), TalkOver: true}}}

func TestTalkingOverBeginsASecondIntoTheAgentsSpeech(t *testing.T) {
	place(t, barged(func(*agent) {}), over, func(c called) {
		if got := time.Duration(c.Turns[0].Caller.Start); got != 1020*ms {
			t.Errorf("caller spoke at %v, want 1020 ms", got)
		}
	})
}

func TestBargeInIsMeasuredToTheLastSampleHeard(t *testing.T) {
	s := barged(func(a *agent) {
		if a.at(1135 * ms) {
			a.clear()
		}
		if a.at(2405 * ms) {
			a.play(square(300*ms, 8000))
		}
	})
	place(t, s, over, func(c called) {
		greeting := &sim.AgentReport{Start: sim.Millis(20 * ms), End: sim.Millis(1140 * ms), Interrupted: true}
		if diff := cmp.Diff(greeting, c.Greeting); diff != "" {
			t.Error(diff)
		}
		want := []sim.TurnReport{{
			Caller:   sim.CallerReport{Say: "stop", Start: sim.Millis(1020 * ms), End: sim.Millis(1820 * ms)},
			Agent:    &sim.AgentReport{Start: sim.Millis(2420 * ms), End: sim.Millis(2720 * ms)},
			Response: millis(600 * ms),
			BargeIn:  millis(120 * ms),
			Stale:    millis(0),
		}}
		if diff := cmp.Diff(want, c.Turns); diff != "" {
			t.Error(diff)
		}
		if c.Media.Clears != 1 || len(c.Errors) > 0 {
			t.Errorf("%d clears, errors %q", c.Media.Clears, c.Errors)
		}
	})
}

func TestSoundBetweenTheClearAndTheCallersLastWordIsStale(t *testing.T) {
	s := barged(func(a *agent) {
		if a.at(1135 * ms) {
			a.clear()
			a.play(square(260*ms, 8000)) // still the old answer
		}
		if a.at(2405 * ms) {
			a.play(square(300*ms, 8000))
		}
	})
	place(t, s, over, func(c called) {
		if got := c.Turns[0].Stale; got == nil || *got != sim.Millis(260*ms) {
			t.Errorf("stale sound of %v, want 260 ms", got)
		}
		if got := c.Turns[0].Response; got == nil || *got != sim.Millis(600*ms) {
			t.Errorf("response %v, want that of the new answer", got)
		}
	})
}

func TestAnAgentThatFallsSilentWithoutAClearWasInterruptedToo(t *testing.T) {
	s := onTwilio(func(a *agent) {
		if a.at(5 * ms) {
			a.play(square(1200*ms, 8000)) // until 1220 ms
		}
		if a.at(2405 * ms) {
			a.play(square(300*ms, 8000))
		}
	})
	place(t, s, over, func(c called) {
		if !c.Greeting.Interrupted {
			t.Error("first answer is not marked as interrupted")
		}
		if got := c.Turns[0].BargeIn; got == nil || *got != sim.Millis(200*ms) {
			t.Errorf("barge-in took %v, want 200 ms", got)
		}
	})
}

func TestAnAgentThatSpeaksOnWasNotInterrupted(t *testing.T) {
	place(t, barged(func(*agent) {}), over, func(c called) {
		first, second := c.Greeting, c.Turns[0]
		if first.Interrupted || second.BargeIn != nil {
			t.Errorf("turns %+v %+v", first, second)
		}
		if got := second.Response; got == nil || *got != 0 {
			t.Errorf("response %v: the agent spoke all the time", got)
		}
	})
}

func TestAClearOfAnEmptyQueueInterruptsNothing(t *testing.T) {
	s := onTwilio(func(a *agent) {
		a.play(square(300*ms, 8000))
		if a.at(1505 * ms) { // the caller is speaking
			a.clear()
		}
		if a.at(2505 * ms) {
			a.play(square(300*ms, 8000))
		}
	})
	plan := sim.Plan{Turns: []sim.Turn{{Speech: speech(0, 800*ms, 0)}}}
	place(t, s, plan, func(c called) {
		if c.Greeting.Interrupted || c.Turns[0].BargeIn != nil {
			t.Errorf("turns %+v", c.Turns)
		}
	})
}

func TestAShortWordCutsTheAgentOffAfterItsEnd(t *testing.T) {
	s := barged(func(a *agent) {
		if a.at(1235 * ms) { // the word ended at 1120 ms
			a.clear()
		}
		if a.at(2005 * ms) {
			a.play(square(300*ms, 8000))
		}
	})
	plan := sim.Plan{Turns: []sim.Turn{{Speech: speech(0, 100*ms, 0), TalkOver: true}}}
	place(t, s, plan, func(c called) {
		if got := c.Turns[0].BargeIn; got == nil || *got != sim.Millis(220*ms) {
			t.Errorf("barge-in took %v, want 220 ms", got)
		}
		if got := c.Turns[0].Response; got == nil || *got != sim.Millis(900*ms) {
			t.Errorf("response %v, want 900 ms: the rest of the old answer is none", got)
		}
	})
}

func TestTheServerHearsTheCallerWhileItSpeaks(t *testing.T) {
	place(t, barged(func(*agent) {}), over, func(c called) {
		at := media.PCMSamples(1020*ms, 8000)
		if c.agent.heard[at-1] != 0 || c.agent.heard[at] == 0 {
			t.Error("words are not where they were said")
		}
		if n := len(c.agent.of(telephony.Stopped)); n != 1 {
			t.Errorf("%d stops", n)
		}
	})
}
