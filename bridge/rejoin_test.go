package bridge_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/bridge"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

// streamOf returns a simulator's configuration whose stream is one of the call
// id: its first, or one that joins it.
func (h *house) streamOf(c telephony.Carrier, id string, joins bool) sim.Config {
	cfg := h.simConfig(c)
	cfg.Dial = func(context.Context, string, http.Header) (telephony.Conn, error) {
		theirs, ours := wsconntest.Pair()
		h.calls.Go(func() {
			r := h.serve(bridge.Entry{ID: id, Carrier: c, Agent: h.agent, Recoverable: true, Joins: joins}, ours)
			if !joins {
				h.mu.Lock()
				h.records = append(h.records, r)
				h.mu.Unlock()
			}
		})
		return theirs, nil
	}
	return cfg
}

// stream makes one stream of a call from the carrier's side.
func (h *house) stream(cfg sim.Config, plan sim.Plan) *sim.Report {
	h.t.Helper()
	target := h.target(cfg.Carrier, 0)
	target.Call.CallID = "CA1"
	report, err := sim.Place(h.t.Context(), cfg, target, plan)
	if err != nil {
		h.t.Fatalf("place: %v", err)
	}
	synctest.Wait() // for the server to see how the socket ended
	return report
}

// theRecord returns the record of the only call, when it has ended.
func (h *house) theRecord() ledger.Record {
	h.calls.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.records) != 1 {
		h.t.Fatalf("%d calls", len(h.records))
	}
	return h.records[0]
}

// breaksAt is a plan in which the caller waits and the socket breaks.
func breaksAt(at time.Duration, turns ...sim.Turn) sim.Plan {
	return sim.Plan{
		Turns: turns, Patience: time.Hour, HangUpAfter: time.Hour,
		Mischief: []sim.Mischief{{From: at, Close: telephony.CloseAbnormal}},
	}
}

func TestACallGoesOnWhenAnotherStreamJoinsIt(t *testing.T) {
	const story = "Once there was a king. He had a golden ring. It was too large."
	for _, c := range allCarriers() {
		t.Run(c.Name(), func(t *testing.T) {
			agent := agentOf(asr.Config{Texts: []string{"one", "two"}}, says("Hello.", story, "Bye."), tts.Config{})
			inHouse(t, agent, func(h *house) {
				h.stream(h.streamOf(c, "id", false), breaksAt(5*time.Second, speech("one")))
				if live := h.book.List(ledger.Filter{Status: ledger.StatusLive}); len(live) != 1 || live[0].State != "cut_off" {
					t.Fatalf("the call is not waiting: %+v", live)
				}
				report := h.stream(h.streamOf(c, "id", true), sim.Plan{Turns: []sim.Turn{speech("two")}})
				record := h.theRecord()
				if record.Ending != string(telephony.AgentHungUp) || record.Resumes != 1 {
					t.Errorf("ended %s (%s), resumed %d times", record.Ending, record.Detail, record.Resumes)
				}
				if report.Greeting == nil || report.Greeting.Start > sim.Millis(2*time.Second) {
					t.Errorf("the agent goes on at %v", report.Greeting)
				}
				got := transcript(record)
				if !strings.Contains(got, "caller: one|") || !strings.Contains(got, "caller: two|agent: Bye.") {
					t.Errorf("a turn is lost: %s", got)
				}
				said := strings.ReplaceAll(strings.ReplaceAll(record.HeardText, "Sorry, we were cut off. ", ""), "  ", " ")
				if want := "Hello. " + story + " Bye."; said != want {
					t.Errorf("heard %q, want %q", said, want)
				}
				if n := h.board.Stats().Resumed; n != 1 {
					t.Errorf("%d streams counted", n)
				}
			})
		})
	}
}

func TestACallWhoseStreamDoesNotComeBackEnds(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		h.stream(h.streamOf(twilio.Carrier(), "id", false), breaksAt(2*time.Second))
		broke := time.Now()
		record := h.theRecord()
		if waited := time.Since(broke).Round(time.Second); record.Ending != string(telephony.MediaLost) || waited != bridge.ResumeWait {
			t.Errorf("ended %s after %v", record.Ending, waited)
		}
	})
}

func TestTheCarriersWordEndsACallThatWaits(t *testing.T) {
	for name, tell := range map[string]func(h *house){
		"status":  func(h *house) { h.board.CarrierEnded("twilio", "CA1", telephony.CallerHungUp, "completed") },
		"recover": func(h *house) { h.board.Resumes("id", telephony.Lost{Asks: true, Done: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
			inHouse(t, agent, func(h *house) {
				h.stream(h.streamOf(twilio.Carrier(), "id", false), breaksAt(2*time.Second))
				broke := time.Now()
				tell(h)
				record := h.theRecord()
				if time.Since(broke) > time.Second || record.Ending != string(telephony.CallerHungUp) {
					t.Errorf("ended %s after %v", record.Ending, time.Since(broke))
				}
			})
		})
	}
}

// A server that ends its calls closes their sockets, and carriers ask at once.
func TestACallThatTheServerEndsIsNotResumed(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		cfg := h.streamOf(twilio.Carrier(), "id", false)
		h.calls.Go(func() { h.stream(cfg, sim.Plan{Patience: time.Hour, HangUpAfter: time.Hour}) })
		time.Sleep(2 * time.Second)
		h.end(bridge.ErrOperator)
		if h.board.Resumes("id", telephony.Lost{Asks: true}) {
			t.Error("another stream is asked for")
		}
		if record := h.theRecord(); record.Ending != string(telephony.Operator) {
			t.Errorf("ended %s", record.Ending)
		}
	})
}

func TestACallIsResumedThreeTimesAtMost(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		h.stream(h.streamOf(twilio.Carrier(), "id", false), breaksAt(2*time.Second))
		for range 3 {
			if !h.board.Resumes("id", telephony.Lost{Asks: true}) {
				t.Fatal("the call is given up too soon")
			}
			h.stream(h.streamOf(twilio.Carrier(), "id", true), breaksAt(2*time.Second))
		}
		if h.board.Resumes("id", telephony.Lost{Asks: true}) {
			t.Error("a fourth time is promised")
		}
		if record := h.theRecord(); record.Ending != string(telephony.MediaLost) || record.Resumes != 3 {
			t.Errorf("ended %s, resumed %d times", record.Ending, record.Resumes)
		}
	})
}

// A carrier may open a second socket while the first still seems to live.
func TestTheNewestStreamOwnsTheCall(t *testing.T) {
	agent := agentOf(asr.Config{Texts: []string{"one"}}, says("Hello there, who is it?", "Bye."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		first := make(chan *sim.Report, 1)
		cfg := h.streamOf(twilio.Carrier(), "id", false)
		go func() {
			first <- h.stream(cfg, sim.Plan{Turns: []sim.Turn{speech("never said")}, Patience: time.Hour, Quiet: time.Hour})
		}()
		time.Sleep(3 * time.Second)
		report := h.stream(h.streamOf(twilio.Carrier(), "id", true), sim.Plan{Turns: []sim.Turn{speech("one")}})
		old, record := <-first, h.theRecord()
		if old.Closed == nil || old.Closed.Code != telephony.CloseNormal {
			t.Errorf("the first socket was left with %v", old.Closed)
		}
		if report.Ending != telephony.AgentHungUp || record.Ending != string(telephony.AgentHungUp) {
			t.Errorf("ended %s and %s", report.Ending, record.Ending)
		}
		if time.Duration(old.Duration) > 4*time.Second {
			t.Errorf("the first socket lasted %v", old.Duration)
		}
	})
}

func TestAStreamOfAnotherCallCanNotJoin(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		h.stream(h.streamOf(twilio.Carrier(), "id", false), breaksAt(2*time.Second))
		for name, id := range map[string]string{"unknown call": "other", "another carrier's call": "id"} {
			cfg := h.streamOf(twilio.Carrier(), id, true)
			target := h.target(cfg.Carrier, 0)
			target.Call.CallID = fmt.Sprint("CA", 666)
			report, err := sim.Place(h.t.Context(), cfg, target, sim.Plan{Patience: 3 * time.Second})
			if err == nil && (report.Closed == nil || report.Closed.Code != telephony.ClosePolicy) {
				t.Errorf("%s: left with %+v", name, report.Closed)
			}
		}
		if record := h.theRecord(); record.Resumes != 0 {
			t.Errorf("resumed %d times", record.Resumes)
		}
	})
}

// What a carrier says of a stream that was replaced already, late or twice,
// doesn't concern the one that runs.
func TestALateWordOfAnOldStreamLeavesTheNewOneAlone(t *testing.T) {
	for lost, resumes := range map[string]int{"MZ1": 1, "MZ2": 2, "": 2} {
		agent := agentOf(asr.Config{Texts: []string{"one"}}, says("Hello there, who is it?", "Bye."), tts.Config{})
		inHouse(t, agent, func(h *house) {
			place := func(id string, joins bool, plan sim.Plan) *sim.Report {
				cfg := h.streamOf(exotel.Carrier(exotel.Config{}), "id", joins)
				target := h.target(cfg.Carrier, 0)
				target.Call.CallID, target.Call.StreamID = "CA1", id
				report, err := sim.Place(h.t.Context(), cfg, target, plan)
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				return report
			}
			place("MZ1", false, breaksAt(2*time.Second))
			second := make(chan *sim.Report, 1)
			go func() { second <- place("MZ2", true, sim.Plan{Turns: []sim.Turn{speech("one")}}) }()
			time.Sleep(time.Second)
			if !h.board.Resumes("id", telephony.Lost{Asks: true, StreamID: lost}) {
				t.Errorf("%q: the call is given up", lost)
			}
			if report := <-second; resumes == 2 {
				place("MZ3", true, sim.Plan{Turns: []sim.Turn{speech("one")}})
			} else if report.Ending != telephony.AgentHungUp {
				t.Errorf("%q: the stream that ran ended %s", lost, report.Ending)
			}
			if record := h.theRecord(); record.Resumes != resumes || record.Ending != string(telephony.AgentHungUp) {
				t.Errorf("%q: ended %s, resumed %d times", lost, record.Ending, record.Resumes)
			}
		})
	}
}
