package api_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// waits reports whether the server waits for a carrier's question: whether it
// does so to the end of the time that it is given.
func (s *site) waits() (waited bool) {
	synctest.Test(s.t, func(*testing.T) {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		s.api.Farewell(ctx)
		waited = ctx.Err() != nil
	})
	return waited
}

func TestAServerThatStopsWaitsForTheCarriersLastQuestion(t *testing.T) {
	for name, settle := range map[string]func(s *site, d shown){
		"asked":     func(s *site, d shown) { s.ask(s.path(d.Stream.RecoverURL), "", "CallSid=CA1") },
		"never was": func(s *site, _ shown) { s.now = s.now.Add(2 * time.Second) },
	} {
		s := newFakeSite(t, nil, nil)
		if s.waits() {
			t.Error("waits for no call")
		}
		d := s.begun("answer", "CallSid=CA1")
		if !s.waits() {
			t.Errorf("%s: does not wait", name)
		}
		settle(s, d)
		if s.waits() {
			t.Errorf("%s: still waits", name)
		}
	}
}
