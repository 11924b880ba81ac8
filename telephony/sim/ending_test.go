package sim_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

func TestEndings(t *testing.T) {
	closing := func(code int) func(*agent) {
		return func(a *agent) {
			a.at(1005 * ms)
			_ = a.conn.Close(code, "so be it")
		}
	}
	for _, c := range []struct {
		name   string
		script func(*agent)
		plan   sim.Plan
		ending telephony.Ending
		faults int
		after  time.Duration
		stops  int // what the server was told of the end
	}{
		{"agent hangs up", closing(telephony.CloseNormal), sim.Plan{}, telephony.AgentHungUp, 0, 1005 * ms, 0},
		{"server goes away", closing(telephony.CloseGoingAway), sim.Plan{}, telephony.AgentHungUp, 0, 1005 * ms, 0},
		{"server fails", closing(telephony.CloseInternal), sim.Plan{}, telephony.AgentHungUp, 1, 1005 * ms, 0},
		{"socket breaks", closing(telephony.CloseAbnormal), sim.Plan{}, telephony.MediaLost, 1, 1005 * ms, 0},
		{"nobody speaks", func(*agent) {}, sim.Plan{Patience: 2 * time.Second}, telephony.CallerHungUp, 0, 2 * time.Second, 1},
		{"time is up", func(*agent) {}, sim.Plan{MaxDuration: time.Second}, telephony.MaxDurationReached, 0, time.Second, 1},
	} {
		place(t, onTwilio(c.script), c.plan, func(got called) {
			if got.Ending != c.ending || len(got.Errors) != c.faults {
				t.Errorf("%s: ending %q, errors %q", c.name, got.Ending, got.Errors)
			}
			if d := time.Duration(got.Duration); d != c.after {
				t.Errorf("%s: after %v, want %v", c.name, d, c.after)
			}
			if n := len(got.agent.of(telephony.Stopped)); n != c.stops {
				t.Errorf("%s: server was told to stop %d times", c.name, n)
			}
			if byServer := got.Closed != nil; byServer != (c.stops == 0) {
				t.Errorf("%s: closed by the server: %v", c.name, got.Closed)
			}
			var closed *telephony.CloseError
			if c.stops == 1 && (!errors.As(got.agent.ended, &closed) || closed.Code != telephony.CloseNormal) {
				t.Errorf("%s: server's socket ended with %v", c.name, got.agent.ended)
			}
		})
	}
}

func TestAStreamLastsNoLongerThanTheCarrierLets(t *testing.T) {
	s := onExotel(8000, func(*agent) {})
	s.carrier.Quirks.MaxStream = 3 * time.Second
	place(t, s, sim.Plan{Patience: time.Minute, MaxDuration: time.Hour}, func(c called) {
		if c.Ending != telephony.MaxDurationReached || time.Duration(c.Duration) != 3*time.Second {
			t.Errorf("%q after %v", c.Ending, c.Duration)
		}
	})
}

func TestACancelledCallHangsUpAndIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		s.t = t
		ctx, stop := context.WithTimeout(t.Context(), 1500*ms)
		defer stop()
		report, err := sim.Place(ctx, s.config(), sim.Target{AnswerURL: "https://agent.example/answer"}, sim.Plan{})
		s.wg.Wait()
		if !errors.Is(err, context.DeadlineExceeded) || report == nil || report.Ending != telephony.Operator {
			t.Fatalf("%+v, %v", report, err)
		}
		if n := len(s.agents[0].of(telephony.Stopped)); n != 1 {
			t.Errorf("server was told to stop %d times", n)
		}
	})
}

func TestAWordThatTheCallsEndCutsOffIsReported(t *testing.T) {
	plan := sim.Plan{Patience: time.Second, Turns: []sim.Turn{{Speech: speech(0, time.Second, 0)}}}
	place(t, onTwilio(func(a *agent) {
		if a.at(1505 * ms) {
			a.hangUp()
		}
	}), plan, func(c called) {
		turn := c.Turns[0]
		if got := time.Duration(turn.Caller.End - turn.Caller.Start); got < 480*ms || got > 520*ms {
			t.Errorf("word lasted %v, want the half second until the end", got)
		}
	})
}

// slow is a socket whose server doesn't keep up, or which has died unnoticed.
type slow struct {
	telephony.Conn
	err   error
	after int
}

func (s *slow) Write(msg telephony.Message) error {
	if s.after--; s.after < 0 {
		return s.err
	}
	return s.Conn.Write(msg)
}

func TestAServerThatReadsTooSlowlyLosesSoundAndKeepsTheCall(t *testing.T) {
	for _, c := range []struct {
		err    error
		ending telephony.Ending
	}{
		{telephony.ErrBacklog, telephony.CallerHungUp},
		{errors.New("broken pipe"), telephony.MediaLost},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := onTwilio(func(*agent) {})
			s.t = t
			cfg := s.config()
			cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
				conn, err := s.dial(ctx, url, header)
				return &slow{Conn: conn, err: c.err, after: 20}, err
			}
			target := sim.Target{AnswerURL: "https://agent.example/answer"}
			report, err := sim.Place(t.Context(), cfg, target, sim.Plan{Patience: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			s.wg.Wait()
			if report.Ending != c.ending || len(report.Errors) != 1 {
				t.Errorf("%v: ending %q, errors %q", c.err, report.Ending, report.Errors)
			}
		})
	}
}
