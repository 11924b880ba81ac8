package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony/sim"
)

// What the agent is about to say when a socket breaks is told once it is heard.
func TestALineIsToldWhenItIsHeard(t *testing.T) {
	var transcript atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		lines, _ := transcript.Load().([]ledger.Line)
		_ = json.NewEncoder(w).Encode(map[string]any{"calls": []ledger.Record{{ID: "a", Transcript: lines}}})
	}))
	defer http.DefaultClient.CloseIdleConnections()
	defer server.Close()
	var out bytes.Buffer
	told := make(chan struct{})
	tell := newTeller(t.Context(), writes{&out, told}, source{base: server.URL})
	says := func(kind sim.MomentKind, lines ...ledger.Line) {
		transcript.Store(lines)
		tell.observe(sim.Moment{Kind: kind, At: time.Second, Text: "broken"})
	}
	greeting := ledger.Line{Role: "agent", Text: "Hello there.", Heard: "Hello"}
	says(sim.StreamLost, greeting, ledger.Line{Role: "agent", Text: "Sorry."})
	<-told // Hello
	<-told // (the socket is broken)
	says(sim.HungUp, greeting, ledger.Line{Role: "agent", Text: "Sorry.", Heard: "Sorry."}, ledger.Line{Role: "agent", Text: "Bye."})
	for range 3 {
		<-told
	}
	tell.close()
	want := []string{`agent:  Hello there.   [heard: "Hello"]`, "(the socket is broken)", "agent:  Sorry.", `agent:  Bye.   [heard: ""]`, "ended: broken"}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i := range got {
		got[i] = strings.TrimPrefix(strings.TrimSpace(got[i]), "1.0 s  ")
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("told %q, want %q", got, want)
	}
}

// writes tells of each write when it is done.
type writes struct {
	to   *bytes.Buffer
	done chan<- struct{}
}

func (w writes) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.done <- struct{}{}
	return n, err
}
