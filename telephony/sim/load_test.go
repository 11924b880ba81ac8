package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

var answering = sim.Target{AnswerURL: "https://agent.example/answer"}

// conversing greets, and then answers every utterance that it hears end 400 ms
// after it has ended.
func conversing(a *agent) {
	a.play(square(500*ms, a.format.Rate))
	a.mark("greeted")
	words := listener{}
	for a.at(time.Since(a.begun) + 20*ms) {
		a.mu.Lock()
		ended := words.listen(a.heard, a.format.Rate)
		a.mu.Unlock()
		if !ended {
			continue
		}
		if !a.at(media.PCMDuration(words.end, a.format.Rate) + 405*ms) {
			return
		}
		a.play(square(600*ms, a.format.Rate))
	}
}

// listener finds where words end.
type listener struct {
	at, end  int // in samples
	speaking bool
}

// listen goes on where it left off, and says whether words have ended, 100 ms
// ago, at l.end.
func (l *listener) listen(heard []int16, rate int) bool {
	for ; l.at < len(heard); l.at++ {
		if s := heard[l.at]; s > 500 || s < -500 {
			l.speaking, l.end = true, l.at+1
		}
		if l.speaking && l.at-l.end > rate/10 {
			l.speaking = false
			return true
		}
	}
	return false
}

func TestLoadHoldsItsCallsAndLosesNoFrame(t *testing.T) {
	for _, s := range []*server{onTwilio(conversing), onExotel(16000, conversing)} {
		synctest.Test(t, func(t *testing.T) {
			s.t = t
			begun := time.Now()
			plan := sim.LoadPlan{Calls: 12, Ramp: 2 * time.Second, Hold: 20 * time.Second}
			report, err := sim.Load(t.Context(), s.config(), answering, plan)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); took < 21*time.Second || took > 23*time.Second {
				t.Errorf("took %v", took)
			}
			s.wg.Wait()
			if report.SetUp != 12 || report.Lasted != 12 || report.Failed != 0 || report.Endings[telephony.CallerHungUp] != 12 {
				t.Errorf("%+v", report)
			}
			sent := 0
			for _, a := range s.agents {
				sent += len(a.of(telephony.Audio))
				if len(a.wrong) > 0 || len(a.of(telephony.Stopped)) != 1 || len(a.of(telephony.MarkPlayed)) != 1 {
					t.Fatalf("server objected %v", a.wrong)
				}
			}
			perCall := int(plan.Hold / s.carrier.Quirks.Packet)
			if report.SentFrames != sent || sent != 12*perCall {
				t.Errorf("sent %d frames, server has %d, want %d for each call", report.SentFrames, sent, perCall)
			}
			if report.Turns < 12*4 || report.Answered < report.Turns-12 {
				t.Errorf("%d turns, %d answered", report.Turns, report.Answered)
			}
			// Words end inside a packet, and the server counts from there.
			low, high := 320.0, 430.0
			if got := report.Response; got.P50 < low || got.Max > high || got.Count != report.Answered {
				t.Errorf("response times %+v, want about 400 ms", got)
			}
			if report.Underruns != 0 || report.Violations != 0 || report.MarksReturned != 12 || report.DroppedMessages != 0 {
				t.Errorf("%+v", report)
			}
		})
	}
}

func TestLoadCountsWhyCallsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(a *agent) {
			if a.at(1005 * ms) {
				a.hangUp()
			}
		})
		s.t = t
		cfg := s.config()
		var dialled atomic.Int32
		cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
			if dialled.Add(1)%2 == 0 {
				return nil, errors.New("connection refused")
			}
			return s.dial(ctx, url, header)
		}
		report, err := sim.Load(t.Context(), cfg, answering, sim.LoadPlan{Calls: 10, Hold: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		if report.SetUp != 5 || report.Failed != 5 || report.Causes["dial: connection refused"] != 5 {
			t.Errorf("%+v", report)
		}
		if report.Lasted != 0 || report.Endings[telephony.AgentHungUp] != 5 {
			t.Errorf("lasted %d, endings %v", report.Lasted, report.Endings)
		}
	})
}

func TestLoadSeesUnderrunsAndViolations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(a *agent) {
			a.play(square(100*ms, 8000))
			a.at(305 * ms)
			a.play(square(100*ms, 8000))
			_ = a.conn.Write(telephony.Message{Data: []byte("?")})
		})
		s.t = t
		report, err := sim.Load(t.Context(), s.config(), answering, sim.LoadPlan{Calls: 3, Hold: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		if gap := time.Duration(report.GapMax); report.Underruns != 3 || gap < 180*ms || gap > 220*ms {
			t.Errorf("%d underruns, at most %v", report.Underruns, gap)
		}
		if report.Violations != 3 || len(report.Errors) != 1 {
			t.Errorf("%d violations, %q", report.Violations, report.Errors)
		}
	})
}

func TestLoadTakesAnAnswerForANewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(a *agent) {
			a.play(square(500*ms, 8000)) // the caller speaks from about 1220 ms on, for 1600 ms
			for _, at := range []time.Duration{2505 * ms, 3105 * ms} {
				if a.at(at) {
					a.play(square(100*ms, 8000))
				}
			}
		})
		s.t = t
		report, err := sim.Load(t.Context(), s.config(), answering, sim.LoadPlan{Calls: 1, Hold: 4 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		if report.Turns != 1 || report.Answered != 1 || report.Underruns != 0 {
			t.Errorf("%+v: sound before and after the caller's last word is no one answer", report)
		}
	})
}

func TestACancelledLoadHangsUpEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(conversing)
		s.t = t
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		plan := sim.LoadPlan{Calls: 10, Ramp: 6 * time.Second, Hold: time.Minute}
		report, err := sim.Load(ctx, s.config(), answering, plan)
		s.wg.Wait()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err %v", err)
		}
		if report.SetUp+report.Failed != 10 || report.Endings[telephony.Operator] != report.SetUp {
			t.Errorf("%+v", report)
		}
		for _, a := range s.agents {
			if len(a.of(telephony.Stopped)) != 1 {
				t.Error("a server's call wasn't stopped")
			}
		}
	})
}

func TestALoadThatMakesNoSenseIsRefused(t *testing.T) {
	s := onTwilio(func(*agent) {})
	for _, plan := range []sim.LoadPlan{{}, {Calls: 1}, {Hold: time.Second}, {Calls: 1, Hold: 1, Ramp: -1}} {
		if _, err := sim.Load(t.Context(), s.config(), answering, plan); !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%+v: %v, want ErrConfig", plan, err)
		}
	}
}

func TestPercentilesAreSamples(t *testing.T) {
	var samples []time.Duration
	for i := range 200 {
		samples = append(samples, time.Duration(200-i)*ms)
	}
	want := sim.Percentiles{Count: 200, P50: 100, P95: 190, P99: 198, Max: 200}
	if got := sim.PercentilesOf(samples); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := sim.PercentilesOf([]time.Duration{1234567}); got != (sim.Percentiles{1, 1.235, 1.235, 1.235, 1.235}) {
		t.Errorf("one sample gives %+v", got)
	}
	if got := sim.PercentilesOf(nil); got != (sim.Percentiles{}) {
		t.Errorf("no samples give %+v", got)
	}
}

func TestLoadReportHasNoNull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		s.t = t
		report, err := sim.Load(t.Context(), s.config(), answering, sim.LoadPlan{Calls: 1, Hold: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		document, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(document, &fields); err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			if value == nil {
				t.Errorf("%s is null", name)
			}
		}
	})
}
