package sim_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// reported is answering with a URL for the call's events.
var reported = sim.Target{AnswerURL: answering.AnswerURL, StatusURL: statusURL}

// events returns what the server was told, one line for each event.
func (o *office) events() (lines []string) {
	for _, form := range o.told {
		line := form.Get("state")
		if form.Get("stream") != "" {
			line = "stream " + line
		}
		for _, key := range []string{"ending", "fault"} {
			if text := form.Get(key); text != "" {
				line += " " + text
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestWhatBecomesOfACallIsReportedInOrder(t *testing.T) {
	for _, c := range []struct {
		name   string
		target sim.Target
		plan   sim.Plan
		want   []string
	}{
		{"a call", reported, sim.Plan{}, []string{
			"initiated", "answered", "stream answered", "stream ended", "ended caller_hung_up",
		}},
		{"a call whose socket breaks", reported, sim.Plan{Breaks: []time.Duration{time.Second}}, []string{
			"initiated", "answered", "stream answered", "stream unknown socket broke", "stream ended",
			"stream answered", "stream ended", "ended caller_hung_up",
		}},
		{"the stream's events only", answering, sim.Plan{}, []string{"stream answered", "stream ended"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
			o.t = t
			c.plan.Patience = 2 * time.Second
			r, err := sim.Place(t.Context(), o.config(), c.target, c.plan)
			if err != nil {
				t.Fatal(err)
			}
			o.wg.Wait()
			noErrors(t, r)
			if diff := cmp.Diff(c.want, o.events()); diff != "" || r.Reported != len(c.want) {
				t.Errorf("%s: %d reported: %s", c.name, r.Reported, diff)
			}
			for _, form := range o.told {
				if form.Get("call") != r.Call {
					t.Errorf("%s: event of another call: %v", c.name, form)
				}
			}
			if last := o.told[len(o.told)-1]; last.Get("state") == "ended" && last.Get("stream") == "" && last.Get("lasted") != "2s" {
				t.Errorf("%s: lasted %s", c.name, last.Get("lasted"))
			}
		})
	}
}

func TestACallThatDoesNotStartIsReportedAsFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(func(*agent) {}, here)
		o.t = t
		cfg := o.config()
		cfg.Dial = func(context.Context, string, http.Header) (telephony.Conn, error) { return nil, errors.New("refused") }
		if _, err := sim.Place(t.Context(), cfg, reported, sim.Plan{}); err == nil {
			t.Fatal("call started")
		}
		want := []string{"initiated", "answered", "stream unknown dial: refused", "ended carrier_error"}
		if diff := cmp.Diff(want, o.events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReportsDontHoldTheCallUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(politely, here)
		o.t = t
		status := o.web["/status"]
		o.web["/status"] = func(r *http.Request) (telephony.Document, error) {
			time.Sleep(3 * time.Second)
			return status(r)
		}
		begun := time.Now()
		r, err := sim.Place(t.Context(), o.config(), reported, sim.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		// Five reports of 3 s, one after another, since the call's start.
		if took := time.Since(begun); took != 15*time.Second || r.Reported != 5 {
			t.Errorf("took %v, %d reported", took, r.Reported)
		}
		if r.BeatLate != 0 || time.Duration(r.Duration) != 1720*ms || len(r.Errors) > 0 {
			t.Errorf("call lasted %v, beat late by %v, errors %q", r.Duration, r.BeatLate, r.Errors)
		}
	})
}

func TestAServerThatNeverAnswersAReportIsWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(politely, here)
		o.t = t
		o.web["/status"] = func(r *http.Request) (telephony.Document, error) {
			<-r.Context().Done()
			return telephony.Document{}, r.Context().Err()
		}
		begun := time.Now()
		r, err := sim.Place(t.Context(), o.config(), reported, sim.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		if took := time.Since(begun); took > 20*time.Second || r.Reported != 0 || len(r.Errors) > 0 {
			t.Errorf("took %v, %d reported, errors %q", took, r.Reported, r.Errors)
		}
	})
}

func TestACancelledCallHurriesItsReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(politely, here)
		o.t = t
		o.web["/status"] = func(r *http.Request) (telephony.Document, error) {
			<-r.Context().Done()
			return telephony.Document{}, r.Context().Err()
		}
		begun := time.Now()
		ctx, stop := context.WithTimeout(t.Context(), 500*ms)
		defer stop()
		r, err := sim.Place(ctx, o.config(), reported, sim.Plan{})
		o.wg.Wait()
		if took := time.Since(begun); took != 1500*ms || r.Ending != telephony.Operator || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took %v, ended %q, %v", took, r.Ending, err)
		}
	})
}

func TestAServerThatRefusesAReportIsFaulted(t *testing.T) {
	for _, c := range []struct {
		name   string
		status func(*http.Request) (telephony.Document, error)
		faults []string
	}{
		{"forbidden", func(*http.Request) (telephony.Document, error) {
			return telephony.Document{Status: http.StatusForbidden}, nil
		}, []string{"status report: webhook answered 403 Forbidden (5 times)"}},
		{"told why", func(*http.Request) (telephony.Document, error) {
			return telephony.Document{
				Status: http.StatusForbidden, ContentType: "application/problem+json; charset=utf-8",
				Body: []byte(`{"detail":"line\nfeed ` + strings.Repeat("ü", 200) + `"}`),
			}, nil
		}, []string{"status report: webhook answered 403 Forbidden: line feed " + strings.Repeat("ü", 95) + "... (5 times)"}},
		{"told nonsense", func(*http.Request) (telephony.Document, error) {
			return telephony.Document{Status: 599, ContentType: "application/problem+json", Body: []byte(`["detail"]`)}, nil
		}, []string{"status report: webhook answered 599 (5 times)"}},
		{"unreachable", func(*http.Request) (telephony.Document, error) {
			return telephony.Document{}, errors.New("connection refused")
		}, []string{}},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := onLineman(politely, here)
			o.t = t
			o.web["/status"] = c.status
			r, err := sim.Place(t.Context(), o.config(), reported, sim.Plan{})
			if err != nil {
				t.Fatal(err)
			}
			o.wg.Wait()
			if !slices.Equal(r.Errors, c.faults) || r.Reported != 0 || r.Violations != 0 {
				t.Errorf("%s: errors %q, %d reported, %d violations", c.name, r.Errors, r.Reported, r.Violations)
			}
		})
	}
}

func TestQuestionsAndReportsAreSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
		o.t = t
		cfg := o.config()
		cfg.Signer = notary{}
		signed := map[string]int{}
		o.before = func(*office) {}
		cfg.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			if strings.HasPrefix(r.Header.Get(proof), "POST "+r.URL.String()+" ") {
				signed[r.URL.Path]++
			}
			return nil, errors.New("gone")
		})}
		target := sim.Target{MediaURL: "wss://agent.example/media", StatusURL: statusURL, RecoverURL: recoverURL}
		if _, err := sim.Place(t.Context(), cfg, target, sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}}); err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		if want := map[string]int{"/recover": 1, "/status": 3}; !cmp.Equal(want, signed) {
			t.Errorf("signed %v, want %v", signed, want)
		}
	})
}
