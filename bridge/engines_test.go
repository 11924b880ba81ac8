package bridge_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// opening is a recognizer that misbehaves when it opens or closes.
type opening struct {
	conversation.Recognizer
	wait    time.Duration // before it is open, whatever its context says
	heeds   bool          // but its context counts
	panics  bool          // in Close
	opened  atomic.Int32
	closeds atomic.Int32
}

func (o *opening) Listen(ctx context.Context, heard func(conversation.Hearing)) (conversation.Listener, error) {
	timer := time.NewTimer(o.wait)
	defer timer.Stop()
	if o.heeds {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	} else {
		<-timer.C
	}
	l, err := o.Recognizer.Listen(ctx, heard)
	o.opened.Add(1)
	return &closing{Listener: l, of: o}, err
}

type closing struct {
	conversation.Listener
	of *opening
}

func (c *closing) Close() error {
	c.of.closeds.Add(1)
	if c.of.panics {
		panic("a recognizer that panics when it closes")
	}
	return c.Listener.Close()
}

func TestARecognizerThatIsSlowToOpenCostsNoGreeting(t *testing.T) {
	for name, heeds := range map[string]bool{"heeds its context": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			slow := &opening{Recognizer: asr.New(asr.Config{}), wait: 4 * time.Second, heeds: heeds}
			agent := agentOf(asr.Config{}, goesOn("Hello you there."), tts.Config{})
			agent.Recognizer = slow
			inHouse(t, agent, func(h *house) {
				report, record := h.place(twilio.Carrier(), 0, sim.Plan{HangUpAfter: 5 * time.Second})
				if report.Greeting == nil || time.Duration(report.Greeting.Start) > 1500*time.Millisecond {
					t.Errorf("greeted at %+v", report.Greeting)
				}
				if !strings.Contains(transcript(record), "agent: Hello you there.") {
					t.Errorf("transcript %s", transcript(record))
				}
				if slow.opened.Load() != slow.closeds.Load() {
					t.Errorf("%d sessions opened, %d closed", slow.opened.Load(), slow.closeds.Load())
				}
			})
		})
	}
}

func TestASessionThatOpensAfterTheCallIsClosed(t *testing.T) {
	slow := &opening{Recognizer: asr.New(asr.Config{}), wait: 800 * time.Millisecond}
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	agent.Recognizer = slow
	inHouse(t, agent, func(h *house) {
		_, _ = h.place(twilio.Carrier(), 0, sim.Plan{Mischief: []sim.Mischief{sim.Vanish(200 * time.Millisecond)}})
		<-time.After(5 * time.Second)
		if slow.opened.Load() != 1 || slow.closeds.Load() != 1 {
			t.Errorf("%d sessions opened, %d closed", slow.opened.Load(), slow.closeds.Load())
		}
		if fails := h.board.Stats().EngineFails; len(fails) > 0 {
			t.Errorf("engines are blamed for a caller who vanished: %v", fails)
		}
	})
}

func TestAPanicWhenAnEngineClosesEndsNothingElse(t *testing.T) {
	bad := &opening{Recognizer: asr.New(asr.Config{}), panics: true}
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	agent.Recognizer = bad
	inHouse(t, agent, func(h *house) {
		_, record := h.place(twilio.Carrier(), 0, sim.Plan{})
		if record.Ending != string(telephony.CallerHungUp) || h.board.Stats().Panics != 1 {
			t.Errorf("ended %s, %d panics", record.Ending, h.board.Stats().Panics)
		}
	})
}
