package sim_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// listening serves s on a loopback socket and returns a simulator that calls
// it there, and its webhook.
func listening(t *testing.T, s *server) (sim.Config, sim.Target) {
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	mux.HandleFunc("/answer", func(w http.ResponseWriter, _ *http.Request) {
		doc, err := s.carrier.Webhook.Answer(telephony.Stream{URL: "ws" + strings.TrimPrefix(web.URL, "http") + "/media"})
		if err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("Content-Type", doc.ContentType)
		_, _ = w.Write(doc.Body)
	})
	mux.HandleFunc("/media", func(w http.ResponseWriter, r *http.Request) {
		conn, err := wsconn.Upgrade(w, r, wsconn.Config{})
		if err != nil {
			t.Error(err)
			return
		}
		s.gate.Lock()
		defer s.gate.Unlock()
		s.serve(conn, r.URL.Query())
	})
	transport := &http.Transport{}
	t.Cleanup(func() {
		s.wait()
		transport.CloseIdleConnections()
		web.Close()
	})
	cfg := sim.Config{
		Carrier: s.carrier, Codecs: codecs(), HTTP: &http.Client{Transport: transport},
		Dial: func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
			return wsconn.Dial(ctx, url, wsconn.Config{Header: header})
		},
	}
	return cfg, sim.Target{AnswerURL: web.URL + "/answer"}
}

func TestACallOverARealSocket(t *testing.T) {
	for _, s := range []*server{onTwilio(nil), onExotel(0, nil)} {
		s.t = t
		s.script = func(a *agent) {
			a.play(square(200*ms, a.format.Rate))
			a.mark("m")
		}
		cfg, target := listening(t, s)
		report, err := sim.Place(t.Context(), cfg, target, sim.Plan{HangUpAfter: 200 * ms})
		if err != nil {
			t.Fatal(err)
		}
		s.wait()
		if report.Ending != telephony.CallerHungUp || report.Greeting == nil || report.Media.MarksReturned != 1 || len(report.Errors) > 0 {
			t.Errorf("ended %s, greeting %v, %+v, %q", report.Ending, report.Greeting, report.Media, report.Errors)
		}
		if n := len(s.agents[0].of(telephony.Stopped)); n != 1 {
			t.Errorf("%d stops", n)
		}
	}
}

func TestAnAgentThatHangsUpARealSocket(t *testing.T) {
	for code, want := range map[int]telephony.Ending{
		telephony.CloseNormal:   telephony.AgentHungUp,
		telephony.CloseAbnormal: telephony.MediaLost,
	} {
		s := onTwilio(func(a *agent) { _ = a.conn.Close(code, "") })
		s.t = t
		cfg, target := listening(t, s)
		report, err := sim.Place(t.Context(), cfg, target, sim.Plan{})
		if err != nil || report.Ending != want {
			t.Errorf("%d: %+v %v, want %s", code, report, err, want)
		}
	}
}

func TestLoadOverRealSocketsLosesNothing(t *testing.T) {
	s := onTwilio(func(a *agent) { a.play(square(200*ms, 8000)) })
	s.t = t
	cfg, target := listening(t, s)
	report, err := sim.Load(t.Context(), cfg, target, sim.LoadPlan{Calls: 30, Ramp: 100 * ms, Hold: 500 * ms})
	if err != nil {
		t.Fatal(err)
	}
	s.wait()
	got := 0
	for _, a := range s.agents {
		got += len(a.of(telephony.Audio))
	}
	if report.Lasted != 30 || report.SentFrames != got || report.ReceivedFrames != 300 || report.Violations > 0 {
		t.Errorf("server got %d frames: %+v", got, report)
	}
	if time.Duration(report.GapMax) > 0 && report.BeatLate.Max < 20 {
		t.Errorf("gap of %v in what was sent at once", report.GapMax)
	}
}

// wait returns when all agents have ended. Agents of real sockets begin on
// goroutines of the HTTP server's, which the test can't order its Wait with
// otherwise.
func (s *server) wait() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.wg.Wait()
}
