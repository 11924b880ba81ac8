//go:build e2e

package e2e_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/ledger"
)

// What the local engines are held to: 600 ms of endpointing, an utterance
// recognized, a reply synthesized, and the carrier's packets both ways.
const (
	responseMS = 1300
	bargeInMS  = 200
	gapMS      = 60
	resumedMS  = 2000
)

// lineup is a carrier and one of the formats that it offers.
type lineup struct{ carrier, encoding, rate string }

func (l lineup) String() string { return l.carrier + " " + l.encoding + " " + l.rate }

// flags ask for the line's format.
func (l lineup) flags() []string { return []string{"--encoding", l.encoding, "--rate", l.rate} }

// lineups are every format that a carrier offers.
var lineups = []lineup{
	{"exotel", "l16", "8000"},
	{"exotel", "l16", "16000"},
	{"exotel", "l16", "24000"},
	{"plivo", "pcmu", "8000"},
	{"plivo", "l16", "8000"},
	{"plivo", "l16", "16000"},
	{"telnyx", "pcmu", "8000"},
	{"telnyx", "pcma", "8000"},
	{"telnyx", "l16", "8000"},
	{"telnyx", "l16", "16000"},
	{"telnyx", "l16", "24000"},
	{"telnyx", "g722", "16000"},
	{"telnyx", "opus", "16000"},
	{"twilio", "pcmu", "8000"},
	{"vonage", "l16", "8000"},
	{"vonage", "l16", "16000"},
	{"vonage", "l16", "24000"},
}

// From the signed webhook over the document, the socket, turns of real speech,
// one over the agent's and a key, to the agent's goodbye.
func TestACallFromItsWebhookToTheAgentsGoodbye(t *testing.T) {
	t.Parallel()
	s := serveSecured(t)
	for _, line := range lineups {
		t.Run(line.String(), func(t *testing.T) {
			t.Parallel()
			heard := filepath.Join(t.TempDir(), "heard.wav")
			r := call(t, slices.Concat(s.as(line.carrier), line.flags(), []string{
				"--out", heard, "--over", "i would like to book an appointment", "--say", "yes please",
				"--digits", "9", "--say", "what are your opening hours", "--say", "goodbye",
			})...)
			if len(r.Turns) != 5 || len(r.Errors) > 0 || r.Ending != "agent_hung_up" || r.Reported == 0 {
				t.Fatalf("%d turns, ended %s, %d events reported, errors %q", len(r.Turns), r.Ending, r.Reported, r.Errors)
			}
			for i, turn := range r.Turns {
				if turn.Agent == nil || turn.Response <= 0 || turn.Response > responseMS {
					t.Errorf("turn %d was answered after %d ms, want at most %d", i+1, turn.Response, responseMS)
				}
			}
			if r.Media.GapMax > gapMS {
				t.Errorf("a gap of %d ms inside the agent's speech", r.Media.GapMax)
			}
			over := r.Turns[0]
			if over.BargeIn == nil || *over.BargeIn > bargeInMS || over.Stale == nil || *over.Stale > 0 || r.Media.Clears != 1 {
				t.Errorf("stopped after %v ms, %v ms stale, %d clears", value(over.BargeIn), value(over.Stale), r.Media.Clears)
			}
			greeting := r.Transcript[0]
			if greeting.Heard == "" || greeting.Heard == greeting.Text || !strings.HasPrefix(greeting.Text, greeting.Heard) {
				t.Errorf("of the greeting %q is said to have been heard", greeting.Heard)
			}
			understood, spoke := r.said(t, 1)
			want := "i would like to book an appointment|yes please|9|what are your opening hours|goodbye"
			if strings.Join(understood, "|") != want {
				t.Errorf("understood %q", understood)
			}
			intelligible(t, heard, r, spoke)
		})
	}
}

// said returns what the caller and the agent said from a line on. All of the
// agent's lines must have been heard.
func (r report) said(t *testing.T, from int) (caller, agent []string) {
	t.Helper()
	for _, l := range r.Transcript[from:] {
		if l.Role == "caller" {
			caller = append(caller, l.Text)
			continue
		}
		agent = append(agent, l.Text)
		if l.Heard != l.Text {
			t.Errorf("of %q only %q was heard", l.Text, l.Heard)
		}
	}
	return caller, agent
}

func TestACallFromItsWebhookToTheCallersHangUp(t *testing.T) {
	t.Parallel()
	s := serveSecured(t)
	for _, line := range lineups {
		t.Run(line.String(), func(t *testing.T) {
			t.Parallel()
			r := call(t, slices.Concat(s.as(line.carrier), line.flags(), []string{"--say", "what are your opening hours"})...)
			if len(r.Errors) > 0 || r.Ending != "caller_hung_up" || len(r.Turns) != 1 || r.Turns[0].Agent == nil {
				t.Fatalf("%d turns, ended %s, errors %q", len(r.Turns), r.Ending, r.Errors)
			}
			record := s.record(r.Call)
			if record.Ending != "caller_hung_up" || record.Told.State != "ended" || record.Told.Ending != "caller_hung_up" {
				t.Errorf("the server's record: ended %s, the carrier told %+v", record.Ending, record.Told)
			}
			if want := strings.ToUpper(line.encoding) + "/" + line.rate; record.Format != want {
				t.Errorf("the stream was %s, want %s", record.Format, want)
			}
		})
	}
}

// record returns the server's record of a carrier's call.
func (s *server) record(call string) ledger.Record {
	s.t.Helper()
	var list struct{ Calls []ledger.Record }
	if code := s.get("/v1/calls?carrier_call_id="+call, &list); code != 200 || len(list.Calls) != 1 {
		s.t.Fatalf("%d, %d calls", code, len(list.Calls))
	}
	return list.Calls[0]
}

// The socket breaks in the middle of the agent's second sentence.
func TestACallWhoseSocketBreaksGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := serveSecured(t)
	for _, carrier := range []string{"exotel", "plivo", "telnyx", "twilio", "vonage"} {
		t.Run(carrier, func(t *testing.T) {
			t.Parallel()
			r := call(t, append(s.as(carrier), "--break", "9.5s", "--say", "what are your opening hours", "--say", "goodbye")...)
			if r.Ending != "agent_hung_up" || len(r.Errors) > 0 || len(r.Streams) != 2 {
				t.Fatalf("ended %s, %d streams, errors %q", r.Ending, len(r.Streams), r.Errors)
			}
			if again := r.Streams[1].Resumed; again == nil || *again > resumedMS {
				t.Errorf("the agent was heard %v ms after the new socket's start", value(again))
			}
			understood, spoke := r.said(t, 0)
			if strings.Join(understood, "|") != "what are your opening hours|goodbye" {
				t.Errorf("understood %q", understood)
			}
			said := strings.ReplaceAll(strings.Join(spoke, " "), "Sorry, we were cut off. ", "")
			want := "Hello, this is the Talkpath clinic. You can say help at any time. How can I help you? " +
				"We are open from nine to five, Monday to Friday. What can I do for you? Thank you for calling. Goodbye."
			if said != want {
				t.Errorf("the caller heard %q", said)
			}
			if record := s.record(r.Call); record.Resumes != 1 || record.Ending != "agent_hung_up" {
				t.Errorf("resumed %d times, ended %s", record.Resumes, record.Ending)
			}
		})
	}
}

func TestASecondSocketTakesTheFirstOnesPlace(t *testing.T) {
	t.Parallel()
	s := serveSecured(t)
	r := call(t, append(s.as("plivo"), "--second-socket", "3s", "--say", "goodbye")...)
	if r.Ending != "agent_hung_up" || len(r.Errors) > 0 || len(r.Streams) != 2 || r.Streams[0].End != "replaced" {
		t.Fatalf("ended %s, streams %+v, errors %q", r.Ending, r.Streams, r.Errors)
	}
	if record := s.record(r.Call); record.Resumes != 1 {
		t.Errorf("resumed %d times", record.Resumes)
	}
}

func TestAOneWayCopyIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := serveSecured(t)
	for carrier, want := range map[string]string{
		"exotel": "caller: what are your opening hours|caller: goodbye",
		"plivo":  "caller: what are your opening hours|callee: yes please|caller: goodbye",
		"telnyx": "caller: what are your opening hours|callee: yes please|caller: goodbye",
		"twilio": "caller: what are your opening hours|callee: yes please|caller: goodbye",
	} {
		t.Run(carrier, func(t *testing.T) {
			t.Parallel()
			flags := []string{"--listen", "caller", "--say", "what are your opening hours", "--say", "goodbye"}
			if strings.Contains(want, "callee") {
				flags = []string{"--listen", "both", "--say", "what are your opening hours", "--callee", "yes please", "--say", "goodbye"}
			}
			r := call(t, append(s.as(carrier), flags...)...)
			var lines []string
			for _, l := range r.Transcript {
				lines = append(lines, l.Role+": "+l.Text)
			}
			if got := strings.Join(lines, "|"); got != want || len(r.Errors) > 0 || r.Media.Received > 0 {
				t.Errorf("written down: %s; errors %q, %d frames received", got, r.Errors, r.Media.Received)
			}
		})
	}
}
