//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/talkpath/talkpath/agents"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/asr/pocketsphinx"
	"github.com/talkpath/talkpath/conversation/dialogue/scripted"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media/wav"
)

// intelligible recognizes what the caller heard back in answer to each turn.
func intelligible(t *testing.T, file string, r report, want []string) {
	t.Helper()
	pcm, rate, err := wav.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var spans []*spoken
	for _, turn := range r.Turns {
		spans = append(spans, turn.Agent)
	}
	if len(spans) != len(want) {
		t.Fatalf("%d stretches of speech, %d lines", len(spans), len(want))
	}
	ears := listenFor(t, want)
	for i, span := range spans {
		if span == nil {
			t.Fatalf("line %d %q was not heard at all", i, want[i])
		}
		from, to := max(0, (span.Start-100)*rate/1000), min(len(pcm), (span.End+150)*rate/1000)
		if got := ears(pcm[from:to], rate); got != words(want[i]) {
			t.Errorf("%q is heard as %q", want[i], got)
		}
	}
}

// listenFor returns a recognizer of the agent's lines, among everything else
// that callers say to it.
func listenFor(t *testing.T, lines []string) func(pcm []int16, rate int) string {
	t.Helper()
	script, err := scripted.Load(bytes.NewReader(agents.Demo()))
	if err != nil {
		t.Fatal(err)
	}
	phrases := script.Phrases()
	for _, line := range lines {
		phrases = append(phrases, words(line))
	}
	sphinx, err := pocketsphinx.New(pocketsphinx.Config{Phrases: phrases, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sphinx.Close() })
	return func(pcm []int16, rate int) string {
		down, err := resample.New(rate, sphinx.Rate())
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan conversation.Hearing, 1)
		l, err := sphinx.Listen(context.Background(), func(h conversation.Hearing) { heard <- h })
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		if err := l.Write(down.Resample(nil, pcm)); err != nil {
			t.Fatal(err)
		}
		if err := l.Finish(1); err != nil {
			t.Fatal(err)
		}
		h := <-heard
		if h.Err != nil {
			t.Fatal(h.Err)
		}
		return h.Text
	}
}

// words returns a line as the recognizer writes it.
func words(line string) string {
	line = strings.ReplaceAll(strings.ToLower(line), "talkpath", "talk path") // in no dictionary yet
	return strings.Join(strings.FieldsFunc(line, func(r rune) bool { return (r < 'a' || r > 'z') && r != '\'' }), " ")
}

func value(p *int) any {
	if p == nil {
		return "no"
	}
	return *p
}

func TestKeysAndVoiceLeadToTheSamePlace(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := call(t, "--carrier", "twilio", "--url", s.URL, "--digits", "3")
	if last := r.Transcript[len(r.Transcript)-1]; !strings.Contains(last.Text, "cancel") {
		t.Errorf("key 3 was answered with %q", last.Text)
	}
}

func TestTheServersRecordTellsTheCall(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := call(t, "--carrier", "exotel", "--url", s.URL, "--from", "09812345678", "--say", "goodbye")
	var one ledger.Record
	if code := s.get("/v1/calls/"+s.record(r.Call).ID, &one); code != 200 {
		t.Fatalf("%d", code)
	}
	if one.Ending != "agent_hung_up" || one.HeardText == "" || len(one.Turns) != 2 || one.Turns[1].ResponseMS == 0 || one.Media.LostMS != 0 {
		t.Errorf("record %+v", one)
	}
	if strings.Contains(s.log.String(), "09812345678") {
		t.Error("the log has the caller's number")
	}
}

func TestShutdownLetsACallFinishAndASecondSignalDoesNot(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"once": false, "twice": true} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			done := make(chan report, 1)
			go func() {
				defer close(done) // where the call fails the test
				done <- call(t, "--carrier", "twilio", "--url", s.URL, "--say", "goodbye")
			}()
			s.untilLive()
			s.signal()
			s.untilRefusing()
			if again {
				s.signal()
			}
			r := <-done
			if err := <-s.done; err != nil {
				t.Errorf("the server ended with %v", err)
			}
			s.done <- nil
			if said := len(r.Turns) == 1 && r.Turns[0].Agent != nil; said == again {
				t.Errorf("ended %s after %d turns", r.Ending, len(r.Turns))
			}
		})
	}
}

// untilLive waits until a call has begun.
func (s *server) untilLive() {
	s.t.Helper()
	for range 200 {
		var list struct{ Calls []ledger.Record }
		s.get("/v1/calls?status=live", &list)
		if len(list.Calls) > 0 {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	s.t.Fatal("no call has begun")
}

// untilRefusing waits until the server takes no more calls.
func (s *server) untilRefusing() {
	s.t.Helper()
	for range 200 {
		if s.get("/readyz", nil) == 503 {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	s.t.Fatal("the server still takes calls")
}

func TestALoadIsCarriedWithoutLoss(t *testing.T) {
	for _, carrier := range []string{"twilio", "exotel"} {
		out, complaint, code := talkpath(t, "load", "--carrier", carrier, "--calls", "30", "--ramp", "1s", "--hold", "5s", "--json")
		if code != 0 || !strings.Contains(out, `"set_up": 30`) || !strings.Contains(out, `"violations": 0`) {
			t.Fatalf("exit %d\n%s\n%s", code, out, complaint)
		}
		var r struct {
			Sent   float64 `json:"sent_frames"`
			Server struct {
				Received float64 `json:"received_frames"`
				Lost     float64 `json:"lost_s"`
			} `json:"server"`
		}
		decode(t, out, &r)
		if r.Sent == 0 || r.Server.Received != r.Sent || r.Server.Lost != 0 {
			t.Errorf("%s: sent %.0f frames, the server got %.0f and misses %.1f s", carrier, r.Sent, r.Server.Received, r.Server.Lost)
		}
	}
}

// Two hundred calls at once, forty of each carrier, on lines with jitter. That
// they hear nothing of each other is bridge's test, with a tone for each.
func TestTwoHundredCallsOfAllCarriersOnLinesWithJitter(t *testing.T) {
	s := serve(t, "--fake-engines")
	var loads sync.WaitGroup
	for _, carrier := range []string{"exotel", "plivo", "telnyx", "twilio", "vonage"} {
		loads.Go(func() {
			out, complaint, code := talkpath(t, "load", "--carrier", carrier, "--url", s.URL, "--network", "jitter",
				"--calls", "40", "--ramp", "2s", "--hold", "10s", "--json")
			var r struct {
				Lasted     int `json:"lasted"`
				Violations int `json:"violations"`
				Turns      int `json:"turns"`
				Answered   int `json:"answered"`
			}
			if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 {
				t.Errorf("%s: exit %d, %v, %s", carrier, code, err, complaint)
				return
			}
			if r.Lasted != 40 || r.Violations > 0 || r.Turns < 40 || r.Answered < r.Turns-40 { // the last may be cut off
				t.Errorf("%s: %+v", carrier, r)
			}
		})
	}
	loads.Wait()
}

func TestAMissingProgramIsNamedWithTheCommandThatInstallsIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, complaint, code := talkpath(t, "serve", "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(complaint, "apt-get install") {
		t.Errorf("exit %d: %s", code, complaint)
	}
}

func TestAKeyInTheSoundCountsOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, mode := range []string{"only", "both"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r := call(t, "--carrier", "plivo", "--url", s.URL, "--digits", "3", "--inband-digits="+mode)
			understood, _ := r.said(t, 1)
			if strings.Join(understood, "|") != "3" {
				t.Errorf("understood %q", understood)
			}
		})
	}
}
