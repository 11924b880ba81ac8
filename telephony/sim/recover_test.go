package sim_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// onEach gives each stream of a call a script of its own.
func onEach(scripts ...func(*agent)) func(*agent) {
	return func(a *agent) {
		if a.n < len(scripts) {
			scripts[a.n](a)
		}
	}
}

// saying plays for d at a time of the stream.
func saying(at, d time.Duration) func(*agent) {
	return func(a *agent) {
		if a.at(at) {
			a.play(square(d, a.format.Rate))
		}
	}
}

// waiting returns what a server does that takes d to answer.
func waiting(d time.Duration) func(*office) {
	return func(*office) { time.Sleep(d) }
}

func noErrors(t *testing.T, r *sim.Report) {
	t.Helper()
	if len(r.Errors) > 0 || r.Violations > 0 {
		t.Errorf("errors %q, %d violations", r.Errors, r.Violations)
	}
}

func TestACallGoesOnWhenItsSocketBreaks(t *testing.T) {
	o := onLineman(onEach(saying(5*ms, 10*time.Second), saying(105*ms, 600*ms)), here)
	o.before = waiting(300 * ms)
	o.call(t, sim.Plan{Breaks: []time.Duration{2 * time.Second}}, func(t *testing.T, r *sim.Report) {
		noErrors(t, r)
		if r.Ending != telephony.CallerHungUp || !slices.Equal(o.questions(), []string{"broken"}) {
			t.Errorf("ended %q after the questions %q", r.Ending, o.questions())
		}
		// The new socket opens at 2300 ms; what comes at 2405 ms plays from 2420 ms.
		want := []sim.StreamReport{
			{ID: o.agents[0].of(telephony.Started)[0].Start.StreamID, Resumed: millis(20 * ms), End: "broken"},
			{ID: o.agents[1].of(telephony.Started)[0].Start.StreamID, Start: sim.Millis(2300 * ms), Resumed: millis(120 * ms), End: "stopped"},
		}
		if diff := cmp.Diff(want, r.Streams); diff != "" {
			t.Error(diff)
		}
		silence := r.Heard[media.PCMSamples(2020*ms, r.Rate):media.PCMSamples(2420*ms, r.Rate)]
		if slices.ContainsFunc(silence, func(s int16) bool { return s != 0 }) {
			t.Error("the broken stream is still heard")
		}
		if got := time.Duration(r.Duration); got != 4020*ms {
			t.Errorf("call lasted %v, want until 1 s after the last word", got)
		}
	})
}

func TestAnotherStreamOfACallBeginsAtZero(t *testing.T) {
	o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
	plan := sim.Plan{Patience: 4 * time.Second, Breaks: []time.Duration{1010 * ms}} // on the beat at 1020 ms
	o.call(t, plan, func(t *testing.T, r *sim.Report) {
		first, second := o.agents[0].of(telephony.Started)[0].Start, o.agents[1].of(telephony.Started)[0].Start
		if first.CallID != second.CallID || first.StreamID == second.StreamID || r.Call != first.CallID {
			t.Errorf("streams %+v and %+v of the call %s", first, second, r.Call)
		}
		audio := o.agents[1].of(telephony.Audio)
		for i, ev := range audio {
			if ev.Frame.At != time.Duration(i)*20*ms || ev.when != time.Duration(i+1)*20*ms {
				t.Fatalf("packet %d of the second stream is of %v and came at %v", i, ev.Frame.At, ev.when)
			}
		}
		// The packet that goes out as the socket breaks is lost with it.
		if n := len(o.agents[0].of(telephony.Audio)); n != 50 || r.Media.SentFrames != n+1+len(audio) {
			t.Errorf("%d and %d packets, %d counted", n, len(audio), r.Media.SentFrames)
		}
		if len(o.agents[0].of(telephony.Stopped)) != 0 || len(o.agents[1].of(telephony.Stopped)) != 1 {
			t.Error("broken stream was stopped, or the other was not")
		}
		if len(o.agents[0].wrong)+len(o.agents[1].wrong) > 0 {
			t.Errorf("server objects %v %v", o.agents[0].wrong, o.agents[1].wrong)
		}
	})
}

func TestWhatTheCallerSaysWithoutAStreamIsLost(t *testing.T) {
	ramp := make([]int16, 8000*3) // each sample tells when it was said
	for i := range ramp {
		ramp[i] = int16(1000 + i)
	}
	o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
	o.carrier = onExotel(8000, nil).carrier // whose sound comes through as it was said
	o.carrier.Peer = lineman{o.carrier.Peer, recoverURL, statusURL, telephony.ListenNone, telephony.StreamFailed}
	o.rate, o.before = 8000, waiting(500*ms)
	plan := sim.Plan{
		Patience: time.Second, Breaks: []time.Duration{2050 * ms},
		Turns: []sim.Turn{{Speech: sim.PCM(ramp)}},
	}
	o.call(t, plan, func(t *testing.T, r *sim.Report) {
		before, behind := o.agents[0].heard, o.agents[1].heard
		// Exotel's packet of 1900 to 2000 ms is the last, and the new socket
		// opens at 2560 ms.
		if got := before[len(before)-1]; got != r.Said[2*8000-1] {
			t.Errorf("last sample before the break is %d, want %d", got, r.Said[2*8000-1])
		}
		if got, want := behind[0], r.Said[media.PCMSamples(2560*ms, 8000)]; got != want {
			t.Errorf("first sample behind the break is %d, want %d", got, want)
		}
	})
}

func TestTurnsAreMeasuredAcrossABreak(t *testing.T) {
	plan := sim.Plan{
		Patience: 3 * time.Second,
		Turns: []sim.Turn{
			{Say: "one", Speech: speech(0, 400*ms, 0)},
			{Say: "two", Speech: speech(0, 400*ms, 0)},
		},
		Breaks: []time.Duration{1500 * ms, 3 * time.Second},
	}
	// The greeting is heard from 20 to 220 ms, and the caller speaks from 920
	// to 1320 ms. The answer comes on the second stream, from 1720 ms, and is
	// cut by the second break. It goes on at 3220 ms, to 3620 ms; the caller
	// speaks from 4320 to 4720 ms and is answered at 5020 ms.
	o := onLineman(onEach(
		saying(5*ms, 200*ms), saying(205*ms, 5*time.Second),
		func(a *agent) {
			saying(205*ms, 400*ms)(a)
			saying(2005*ms, 300*ms)(a)
		},
	), here)
	o.call(t, plan, func(t *testing.T, r *sim.Report) {
		noErrors(t, r)
		want := []sim.TurnReport{{
			Caller:   sim.CallerReport{Say: "one", Start: sim.Millis(920 * ms), End: sim.Millis(1320 * ms)},
			Agent:    &sim.AgentReport{Start: sim.Millis(1720 * ms), End: sim.Millis(3620 * ms)},
			Response: millis(400 * ms),
		}, {
			Caller:   sim.CallerReport{Say: "two", Start: sim.Millis(4320 * ms), End: sim.Millis(4720 * ms)},
			Agent:    &sim.AgentReport{Start: sim.Millis(5020 * ms), End: sim.Millis(5320 * ms)},
			Response: millis(300 * ms),
		}}
		if diff := cmp.Diff(want, r.Turns); diff != "" {
			t.Error(diff)
		}
		if r.Media.GapMax != 0 {
			t.Errorf("the break counts as a gap of %v in the agent's speech", r.Media.GapMax)
		}
	})
}

func TestABreakIsNoBargeIn(t *testing.T) {
	plan := sim.Plan{
		Patience: 2 * time.Second, Breaks: []time.Duration{1210 * ms},
		Turns: []sim.Turn{{Speech: speech(0, 600*ms, 0), TalkOver: true}},
	}
	o := onLineman(onEach(saying(5*ms, 5*time.Second), saying(1005*ms, 300*ms)), here)
	o.call(t, plan, func(t *testing.T, r *sim.Report) {
		// The caller talks over the agent from 1020 to 1620 ms, and the agent
		// falls silent at 1220 ms since its stream broke.
		if turn := r.Turns[0]; turn.BargeIn != nil || r.Greeting.Interrupted || turn.Agent == nil {
			t.Errorf("barge-in %v, greeting %+v, answer %+v", turn.BargeIn, r.Greeting, turn.Agent)
		}
	})
}

func TestTheServerSaysHowACallEndsThatLostItsStream(t *testing.T) {
	closing := func(code int) func(*agent) {
		return func(a *agent) {
			if a.at(1005 * ms) {
				_ = a.conn.Close(code, "")
			}
		}
	}
	broken := []time.Duration{1005 * ms}
	over := goOn{Over: true}
	for _, c := range []struct {
		name   string
		script func(*agent)
		breaks []time.Duration
		answer goOn
		asked  string
		ending telephony.Ending
		faults int
	}{
		{"agent hangs up", closing(telephony.CloseNormal), nil, over, "closed", telephony.AgentHungUp, 0},
		{"server breaks", closing(telephony.CloseAbnormal), nil, over, "broken", telephony.MediaLost, 1},
		{"carrier breaks", func(*agent) {}, broken, over, "broken", telephony.MediaLost, 0},
		{"agent hangs up and streams on", closing(telephony.CloseNormal), nil, here, "closed", telephony.CallerHungUp, 0},
		{"server breaks and streams on", closing(telephony.CloseAbnormal), nil, here, "broken", telephony.CallerHungUp, 0},
		{"nonsense", closing(telephony.CloseNormal), nil, goOn{}, "closed", telephony.AgentHungUp, 1},
	} {
		o := onLineman(onEach(c.script, func(*agent) {}), c.answer)
		o.call(t, sim.Plan{Patience: 2 * time.Second, Breaks: c.breaks}, func(t *testing.T, r *sim.Report) {
			if r.Ending != c.ending || len(r.Errors) != c.faults || !slices.Equal(o.questions(), []string{c.asked}) {
				t.Errorf("%s: ended %q, errors %q, asked %q", c.name, r.Ending, r.Errors, o.questions())
			}
			if two := len(r.Streams) == 2; two != (c.answer == here) {
				t.Errorf("%s: streams %+v", c.name, r.Streams)
			}
		})
	}
}

func TestNothingIsAskedWhereTheCarrierAsksNothing(t *testing.T) {
	plan := sim.Plan{Breaks: []time.Duration{1005 * ms}}
	for name, change := range map[string]func(*office){
		"no recoverer": func(o *office) { o.carrier = onTwilio(nil).carrier },
		"no URL":       func(o *office) { o.lineman(func(l *lineman) { l.recoverURL = "" }) },
		"not for this": func(o *office) { o.lineman(func(l *lineman) { l.unasked = telephony.StreamBroken }) },
	} {
		o := onLineman(func(*agent) {}, here)
		change(o)
		o.call(t, plan, func(t *testing.T, r *sim.Report) {
			if r.Ending != telephony.MediaLost || len(o.asked) > 0 || time.Duration(r.Duration) != 1020*ms || r.Streams != nil {
				t.Errorf("%s: ended %q after %v, asked %q", name, r.Ending, r.Duration, o.questions())
			}
		})
	}
	o := onLineman(func(*agent) {}, here)
	o.call(t, sim.Plan{Patience: time.Second}, func(t *testing.T, r *sim.Report) {
		if r.Ending != telephony.CallerHungUp || len(o.asked) > 0 {
			t.Errorf("caller hung up: ended %q, asked %q", r.Ending, o.questions())
		}
	})
}

func TestAFlowMayNameWhereToAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
		o.t = t
		o.lineman(func(l *lineman) { l.recoverURL = "" })
		target := answering
		target.RecoverURL = recoverURL
		report, err := sim.Place(t.Context(), o.config(), target, sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		if len(o.asked) != 1 || len(report.Streams) != 2 {
			t.Errorf("asked %q, streams %+v", o.questions(), report.Streams)
		}
	})
}

func TestACallMayBeAnnouncedAgain(t *testing.T) {
	o := onLineman(onEach(func(*agent) {}, saying(5*ms, 200*ms)), goOn{Again: true})
	var announced []string
	synctest.Test(t, func(t *testing.T) {
		o.t = t
		cfg := o.config()
		cfg.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/answer" {
				_ = r.ParseForm()
				announced = append(announced, r.PostForm.Get("CallSid"))
			}
			return o.RoundTrip(r)
		})}
		report, err := sim.Place(t.Context(), cfg, answering, sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		noErrors(t, report)
		if !slices.Equal(announced, []string{report.Call, report.Call}) || len(report.Streams) != 2 {
			t.Errorf("announced %q, streams %+v", announced, report.Streams)
		}
	})
}

func TestACallToAFixedSocketDialsItAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(onEach(func(*agent) {}, func(*agent) {}), goOn{Again: true})
		o.t = t
		target := sim.Target{MediaURL: here.URL, RecoverURL: recoverURL}
		report, err := sim.Place(t.Context(), o.config(), target, sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		noErrors(t, report)
		if len(report.Streams) != 2 || len(o.asked) != 1 {
			t.Errorf("streams %+v, asked %q", report.Streams, o.questions())
		}
	})
}

func TestARedirectionIsAnAnswerAndNotFollowed(t *testing.T) {
	for status, faults := range map[int]int{http.StatusFound: 0, http.StatusInternalServerError: 1} {
		o := onLineman(func(*agent) {}, here)
		o.web["/recover"] = func(*http.Request) (telephony.Document, error) {
			return telephony.Document{Status: status}, nil
		}
		o.call(t, sim.Plan{Breaks: []time.Duration{time.Second}}, func(t *testing.T, r *sim.Report) {
			if r.Ending != telephony.MediaLost || len(r.Errors) != faults || r.Streams != nil {
				t.Errorf("%d: ended %q, errors %q, streams %+v", status, r.Ending, r.Errors, r.Streams)
			}
		})
	}
}

func TestACallerMayHangUpWhileTheCarrierAsks(t *testing.T) {
	o := onLineman(func(*agent) {}, here)
	o.before = waiting(3 * time.Second)
	plan := sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}}
	o.call(t, plan, func(t *testing.T, r *sim.Report) {
		if r.Ending != telephony.CallerHungUp || time.Duration(r.Duration) != 2*time.Second || len(r.Errors) > 0 {
			t.Errorf("ended %q after %v, errors %q", r.Ending, r.Duration, r.Errors)
		}
	})
}

func TestACancelledCallStopsAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(func(*agent) {}, here)
		o.t, o.before = t, waiting(3*time.Second)
		ctx, stop := context.WithTimeout(t.Context(), 1500*ms)
		defer stop()
		report, err := sim.Place(ctx, o.config(), answering, sim.Plan{Breaks: []time.Duration{time.Second}})
		o.wg.Wait()
		if !errors.Is(err, context.DeadlineExceeded) || report.Ending != telephony.Operator || len(report.Errors) > 0 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

func TestTheObserverIsToldOfAnotherStream(t *testing.T) {
	o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
	o.before = waiting(100 * ms)
	var told []string
	plan := sim.Plan{
		Patience: 2 * time.Second, Breaks: []time.Duration{time.Second},
		Observe: func(m sim.Moment) { told = append(told, m.Kind.String()+" at "+m.At.String()) },
	}
	o.call(t, plan, func(t *testing.T, r *sim.Report) {
		want := []string{"connected at 0s", "stream_lost at 1s", "stream_opened at 1.1s", "hung_up at 2s"}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBreaksMustLieInTheCall(t *testing.T) {
	s := onTwilio(func(*agent) {})
	for _, plan := range []sim.Plan{{Breaks: []time.Duration{time.Second, 0}}, {SecondSocket: -1}} {
		if _, err := sim.Place(t.Context(), s.config(), answering, plan); !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%+v: %v, want ErrConfig", plan, err)
		}
	}
}
