package bridge_test

import (
	"sync"
	"testing"
	"time"

	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// One good call is as good among bad ones as it is alone.
func TestNoOtherCallNoticesABadOne(t *testing.T) {
	agent := agentOf(
		asr.Config{Delay: 100 * time.Millisecond, Texts: []string{"one", "two"}},
		says("Hello there you are.", "First reply of some words.", "Goodbye."), tts.Config{},
	)
	alone := sim.Report{}
	inHouse(t, agent, func(h *house) {
		r, _ := h.place(twilio.Carrier(), 0, goodPlan())
		alone = *r
	})
	inHouse(t, agent, func(h *house) {
		bad := []func() sim.Mischief{
			sim.NoStart,
			func() sim.Mischief { return sim.Stray(500*time.Millisecond, garbage(9)...) },
			func() sim.Mischief { return sim.Stray(time.Second, garbage(30)...) },
			func() sim.Mischief { return sim.Stray(time.Second, telephony.Message{Data: make([]byte, 1<<20)}) },
			func() sim.Mischief { return sim.WrongStream(time.Second, 0) },
			func() sim.Mischief { return sim.Vanish(1500 * time.Millisecond) },
			func() sim.Mischief { return sim.Shifted(time.Second, 0, -10*time.Hour) },
			func() sim.Mischief { return sim.Hush(time.Second, 0) },
		}
		var others sync.WaitGroup
		for _, mischief := range bad {
			target := h.target(twilio.Carrier(), 0)
			others.Go(func() {
				_, _ = sim.Place(h.t.Context(), h.simConfig(twilio.Carrier()), target, sim.Plan{
					Turns: []sim.Turn{speech("x")}, Patience: 2 * time.Second, MaxDuration: 10 * time.Second,
					Mischief: []sim.Mischief{mischief()},
				})
			})
		}
		target := h.target(twilio.Carrier(), 0)
		among, err := sim.Place(h.t.Context(), h.simConfig(twilio.Carrier()), target, goodPlan())
		if err != nil {
			t.Fatal(err)
		}
		others.Wait()
		// Two beats that are due at the same instant run in any order, so times
		// differ by one.
		const beat = 20 * time.Millisecond
		if among.Ending != alone.Ending || among.Media.GapMax != 0 || off(among.Duration, alone.Duration) > 4*beat {
			t.Errorf("among bad calls: %s after %v, gap %v; alone: %s after %v",
				among.Ending, among.Duration, among.Media.GapMax, alone.Ending, alone.Duration)
		}
		for i := range alone.Turns {
			if off(*among.Turns[i].Response, *alone.Turns[i].Response) > 2*beat {
				t.Errorf("turn %d was answered after %v, alone after %v", i, *among.Turns[i].Response, *alone.Turns[i].Response)
			}
		}
	})
}

func off(a, b sim.Millis) time.Duration { return time.Duration(max(a-b, b-a)) }

func goodPlan() sim.Plan { return sim.Plan{Turns: []sim.Turn{speech("one"), speech("two")}} }
