package sim_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// distant is a network on which everything takes d, both ways.
func distant(d time.Duration) sim.Profile {
	return sim.Profile{ToServer: sim.Path{Delay: d}, FromServer: sim.Path{Delay: d}}
}

func TestAGoodbyeComesBehindWhatWasSentBeforeIt(t *testing.T) {
	placeOver(t, onTwilio(nil), distant(300*ms), quietFor(2*time.Second), func(c called) {
		if n := len(c.agent.of(telephony.Audio)); n != 100 || len(c.agent.of(telephony.Stopped)) != 1 {
			t.Errorf("%d of 100 frames came, %d stops", n, len(c.agent.of(telephony.Stopped)))
		}
		var closed *telephony.CloseError
		if !errors.As(c.agent.ended, &closed) || closed.Code != telephony.CloseNormal {
			t.Errorf("server's socket ended with %v", c.agent.ended)
		}
		if c.Ending != telephony.CallerHungUp || len(c.Errors) > 0 {
			t.Errorf("ended %s, %v", c.Ending, c.Errors)
		}
	})
}

func TestAGoodbyeWaitsNoLongerThanASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		s.t = t
		cfg := s.config()
		cfg.Network = distant(5 * time.Second)
		begun := time.Now()
		report, err := sim.Place(t.Context(), cfg, answering, quietFor(8*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != 9*time.Second {
			t.Errorf("took %v, want a second more than the call", took)
		}
		s.wg.Wait()
		// What was sent in the last four seconds was under way still.
		if n := len(s.agents[0].of(telephony.Audio)); n < 195 || n > 205 || len(s.agents[0].of(telephony.Stopped)) != 0 {
			t.Errorf("%d frames came of %d", n, report.Media.SentFrames)
		}
	})
}

func TestAServersGoodbyeComesBehindItsLastWords(t *testing.T) {
	s := onTwilio(func(a *agent) {
		a.play(square(100*ms, 8000))
		a.mark("last")
		a.hangUp()
	})
	placeOver(t, s, distant(400*ms), sim.Plan{}, func(c called) {
		if c.Ending != telephony.AgentHungUp || c.Media.ReceivedFrames != 5 || c.Media.MarksSent != 1 {
			t.Errorf("ended %s after %d frames", c.Ending, c.Media.ReceivedFrames)
		}
		if got := time.Duration(c.Duration); got < 800*ms || got > 840*ms {
			t.Errorf("the carrier learned of it after %v, want both delays", got)
		}
	})
}

func TestWhatIsUnderWayIsBounded(t *testing.T) {
	large := make([]telephony.Message, 30)
	for i := range large {
		large[i] = telephony.Message{Data: []byte(strings.Repeat(" ", 200<<10))}
	}
	plan := quietFor(12 * time.Second)
	plan.Mischief = []sim.Mischief{sim.Stray(500*ms, large...)}
	placeOver(t, onTwilio(nil), distant(10*time.Second), plan, func(c called) {
		if len(c.Errors) != 1 || !strings.Contains(c.Errors[0], "dropped") {
			t.Errorf("errors %q", c.Errors)
		}
		came := 0
		for _, err := range c.agent.wrong {
			if errors.Is(err, telephony.ErrMalformed) {
				came++
			}
		}
		if came != 20 { // of 200 KiB, in 4 MiB
			t.Errorf("%d of 30 large messages came", came)
		}
	})
}

func TestAServerThatSendsTooMuchIsReadNoFaster(t *testing.T) {
	s := onTwilio(func(a *agent) { a.play(square(10*time.Minute, 8000)) })
	placeOver(t, s, distant(2*time.Second), sim.Plan{MaxDuration: 10 * time.Second}, func(c called) {
		if c.Media.ReceivedFrames != 10*60*50 || c.Ending != telephony.MaxDurationReached {
			t.Errorf("%d frames, ended %s", c.Media.ReceivedFrames, c.Ending)
		}
	})
}

func TestACancelledCallOnASlowNetworkHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		s.t = t
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		cfg := s.config()
		cfg.Network = distant(200 * ms)
		report, err := sim.Place(ctx, cfg, answering, sim.Plan{Patience: time.Minute})
		s.wg.Wait()
		if !errors.Is(err, context.DeadlineExceeded) || report.Ending != telephony.Operator {
			t.Errorf("%v, %v", report.Ending, err)
		}
		if len(s.agents[0].of(telephony.Stopped)) != 1 {
			t.Error("the server's call wasn't stopped")
		}
	})
}

func TestCallsOverARealSocketGoThroughTheNetwork(t *testing.T) {
	s := onTwilio(func(a *agent) { a.play(square(200*ms, 8000)) })
	s.t = t
	cfg, target := listening(t, s)
	cfg.Network = profile(t, "jitter")
	report, err := sim.Load(t.Context(), cfg, target, sim.LoadPlan{Calls: 10, Hold: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	s.wait()
	got := 0
	for _, a := range s.agents {
		got += len(a.of(telephony.Audio))
		if len(a.of(telephony.Stopped)) != 1 {
			t.Error("a call wasn't stopped")
		}
	}
	if report.Lasted != 10 || report.SentFrames != got || report.ReceivedFrames != 100 || report.Violations > 0 {
		t.Errorf("server got %d frames: %+v", got, report)
	}
}

// BenchmarkLoadOverANetwork measures what the network adds to BenchmarkLoad.
func BenchmarkLoadOverANetwork(b *testing.B) {
	for _, name := range []string{"clean", "jitter", "loss"} {
		b.Run(name, func(b *testing.B) {
			carrier := onTwilio(nil).carrier
			cfg := sim.Config{Carrier: carrier, Codecs: codecs(), Dial: dialMute(carrier), Network: profile(b, name)}
			target := sim.Target{MediaURL: "wss://agent.example/", Call: named}
			var frames float64
			begun := cpuTime(b)
			for b.Loop() {
				report, err := sim.Load(b.Context(), cfg, target, sim.LoadPlan{Calls: 500, Hold: 2 * time.Second})
				if err != nil {
					b.Fatal(err)
				}
				frames += float64(report.SentFrames + report.ReceivedFrames)
			}
			b.ReportMetric(float64(cpuTime(b)-begun)/frames, "cpu-ns/frame")
		})
	}
}
