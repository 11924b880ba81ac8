package bridge_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// echo is an agent that says back what it hears: it keeps each utterance's
// sound under a name that is the utterance's text.
type echo struct {
	mu   sync.Mutex
	n    int
	said map[string][]int16
}

const echoRate = 8000

func newEcho() conversation.Agent {
	e := &echo{said: make(map[string][]int16)}
	return conversation.Agent{Recognizer: e, Dialogue: parrot{}, Synthesizer: e}
}

func (e *echo) Rate() int { return echoRate }

func (e *echo) Listen(_ context.Context, heard func(conversation.Hearing)) (conversation.Listener, error) {
	return &echoListener{echo: e, heard: heard}, nil
}

// keep stores the sound of an utterance and returns its name.
func (e *echo) keep(pcm []int16) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	name := fmt.Sprintf("utterance %d", e.n)
	e.said[name] = pcm
	return name
}

// Speak brings the sound of an utterance, and a tone for anything else.
func (e *echo) Speak(ctx context.Context, text string, out func([]int16) error) error {
	e.mu.Lock()
	pcm, known := e.said[text]
	delete(e.said, text)
	e.mu.Unlock()
	if !known {
		pcm = tone(440, echoRate, echoRate/4)
	}
	for part := range slices.Chunk(pcm, echoRate/10) {
		if err := out(part); err != nil {
			return err
		}
	}
	return ctx.Err()
}

type echoListener struct {
	echo  *echo
	heard func(conversation.Hearing)
	pcm   []int16
}

func (l *echoListener) Write(pcm []int16) error {
	l.pcm = append(l.pcm, pcm...)
	return nil
}

func (l *echoListener) Finish(utterance uint64) error {
	name := l.echo.keep(l.pcm)
	l.pcm = nil
	l.heard(conversation.Hearing{Utterance: utterance, Text: name, Final: true})
	return nil
}

func (l *echoListener) Close() error { return nil }

// parrot replies with the text that it hears.
type parrot struct{}

func (parrot) Open(context.Context, conversation.Caller) (conversation.Talk, error) {
	return parrot{}, nil
}

func (parrot) Reply(_ context.Context, p conversation.Prompt, say func(string)) (conversation.Next, error) {
	if p.Kind == conversation.Greeting {
		say("Hello.")
	}
	say(p.Text)
	return conversation.Next{}, nil
}

// Two hundred calls at once, forty on each carrier, on a network with jitter:
// all last as long as they should, and nobody hears anybody else.
func TestTwoHundredCallsOnAJitteryNetworkHearNothingOfEachOther(t *testing.T) {
	const perCarrier = 40
	jitter, _ := sim.ProfileNamed("jitter")
	inHouse(t, newEcho(), func(h *house) {
		var ids atomic.Int64
		serve := h.serve
		h.serve = func(e bridge.Entry, conn telephony.Conn) ledger.Record {
			e.ID = fmt.Sprint("call", ids.Add(1))
			return serve(e, conn)
		}
		all := allCarriers()
		targets := make([]sim.Target, len(all))
		for i, c := range all {
			targets[i] = h.target(c, 0)
		}
		reports := make([]*sim.LoadReport, len(all))
		var loads sync.WaitGroup
		for i, c := range all {
			cfg := h.simConfig(c)
			cfg.Network, cfg.Seed = jitter, uint64(i)
			loads.Go(func() {
				var err error
				reports[i], err = sim.Load(h.t.Context(), cfg, targets[i], sim.LoadPlan{
					Calls: perCarrier, Ramp: 500 * time.Millisecond, Hold: 5 * time.Second, Quiet: 400 * time.Millisecond,
					Tones: sim.Tones{All: perCarrier * len(all), First: perCarrier * i},
				})
				if err != nil {
					h.t.Error(err)
				}
			})
		}
		loads.Wait()
		h.calls.Wait()
		for _, r := range reports {
			if r.SetUp != perCarrier || r.Lasted != perCarrier || r.Violations > 0 || len(r.Errors) > 0 {
				h.t.Errorf("%s: %d calls set up, %d lasted, %v", r.Carrier, r.SetUp, r.Lasted, r.Errors)
			}
			if r.Foreign != 0 || r.Turns != perCarrier || r.Echoed != r.Turns {
				h.t.Errorf("%s: of %d utterances %d came back, %d times another caller was heard", r.Carrier, r.Turns, r.Echoed, r.Foreign)
			}
		}
		h.wantGoodRecords(perCarrier * len(all))
	})
}

// wantGoodRecords checks that so many calls were served and ended as they
// should.
func (h *house) wantGoodRecords(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.records) != n {
		h.t.Errorf("%d calls were served, want %d", len(h.records), n)
	}
	for _, r := range h.records {
		if r.Ending != string(telephony.CallerHungUp) || len(r.Errors) > 0 {
			h.t.Errorf("%s on %s ended %s, %v", r.ID, r.Carrier, r.Ending, r.Errors)
		}
	}
}
