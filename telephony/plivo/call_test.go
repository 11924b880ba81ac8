package plivo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	dialogue "github.com/talkpath/talkpath/conversation/dialogue/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/pace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ticket = "7fQzTicket0123456789ab"

// server is talkpath in memory: the webhook and the bridge, for one call.
type server struct {
	format media.Format // what is asked of Plivo
	board  *bridge.Switchboard
	agent  *bridge.Agent
	callID string // as announced
	calls  sync.WaitGroup
	record ledger.Record
}

func codecs() codec.Set {
	return codec.Set{
		Codecs:   map[media.Encoding]func(int) (codec.Codec, error){media.PCMU: g711.NewMuLaw, media.L16: l16.New},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
}

// RoundTrip answers an announcement.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	call, err := plivo.Carrier().Webhook.ReadCall(r)
	if err != nil {
		return nil, err
	}
	s.callID = call.CallID
	doc, err := plivo.Carrier().Webhook.Answer(telephony.Stream{
		URL: "wss://agent.example/media/plivo/" + ticket, Params: map[string]string{telephony.TicketParam: ticket},
		Rate: s.format.Rate, Encoding: s.format.Encoding,
	})
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {doc.ContentType}},
		Body: io.NopCloser(bytes.NewReader(doc.Body)),
	}, err
}

// dial opens the media socket that the answer named.
func (s *server) dial(_ context.Context, to string, _ http.Header) (telephony.Conn, error) {
	u, err := url.Parse(to)
	if err != nil || u.Path != "/media/plivo/"+ticket {
		return nil, fmt.Errorf("no such address: %s", to)
	}
	release, err := s.board.Reserve()
	if err != nil {
		return nil, err
	}
	theirs, ours := wsconntest.Pair()
	entry := bridge.Entry{
		ID: "call", Carrier: plivo.Carrier(), Query: u.Query(), Agent: s.agent, Ticket: ticket, CallID: s.callID,
	}
	s.calls.Go(func() {
		defer release()
		s.record = s.board.Serve(context.Background(), entry, ours)
	})
	return theirs, nil
}

// place makes one call in virtual time in format, and then judges it.
func place(t *testing.T, format media.Format, agent conversation.Agent, plan sim.Plan, judge func(*sim.Report, ledger.Record)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wheel := pace.NewWheelWith(pace.WheelConfig{Shards: 1})
		beat, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- wheel.Run(beat) }()
		agent.Name, agent.Manners = "test", conversation.DefaultManners()
		ready, err := bridge.NewAgent(t.Context(), agent)
		if err != nil {
			t.Fatal(err)
		}
		s := &server{format: format, agent: ready, board: bridge.New(bridge.Config{
			Codecs: codecs(), Wheel: wheel, Ledger: ledger.New(10), Log: zerolog.Nop(),
		})}
		report, err := sim.Place(t.Context(), sim.Config{
			Carrier: plivo.Carrier(), Codecs: codecs(), HTTP: &http.Client{Transport: s}, Dial: s.dial,
		}, sim.Target{AnswerURL: "https://agent.example/telephony/plivo/answer"}, plan)
		s.calls.Wait()
		stop()
		if beaten := <-done; !errors.Is(beaten, context.Canceled) {
			t.Errorf("wheel: %v", beaten)
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Errors) > 0 || len(s.record.Errors) > 0 || report.Violations > 0 || s.record.Media.BadMessages > 0 {
			t.Errorf("errors at the carrier %q, here %q", report.Errors, s.record.Errors)
		}
		if report.Rate != format.Rate {
			t.Errorf("the stream has %d Hz, want %v", report.Rate, format)
		}
		judge(report, s.record)
	})
}

func inEachFormat(t *testing.T, test func(*testing.T, media.Format)) {
	for _, f := range plivo.Carrier().Quirks.Formats {
		t.Run(f.String(), func(t *testing.T) { test(t, f) })
	}
}

// talker is an agent that understands words and gives replies.
func talker(words []string, replies ...dialogue.Reply) conversation.Agent {
	return conversation.Agent{
		Recognizer:  asr.New(asr.Config{Rate: 16000, Delay: 100 * time.Millisecond, Texts: words}),
		Dialogue:    dialogue.New(dialogue.Config{Replies: replies}),
		Synthesizer: tts.New(tts.Config{Rate: 22050}),
	}
}

func say(text string) dialogue.Reply { return dialogue.Reply{Text: text} }

func bye(text string) dialogue.Reply {
	return dialogue.Reply{Text: text, Next: conversation.Next{HangUp: true}}
}

// speech returns a turn of a second of buzzing in syllables of 200 ms.
func speech(words string) sim.Turn {
	return sim.Turn{Say: words, Speech: func(_ context.Context, rate int) ([]int16, error) {
		pcm := make([]int16, rate)
		for i := range pcm {
			at := float64(i) / float64(rate)
			var buzz float64
			for n := 1.0; n < 16; n++ {
				buzz += math.Sin(2*math.Pi*120*n*at) / n
			}
			pcm[i] = int16(2500 * buzz * (0.4 + 0.6*math.Abs(math.Sin(math.Pi*at/0.2))))
		}
		return pcm, nil
	}}
}

func transcript(r ledger.Record) string {
	lines := make([]string, 0, len(r.Transcript))
	for _, l := range r.Transcript {
		lines = append(lines, l.Role+": "+l.Text)
	}
	return strings.Join(lines, "|")
}

func TestThreeTurnsUntilTheAgentHangsUp(t *testing.T) {
	inEachFormat(t, func(t *testing.T, f media.Format) {
		agent := talker([]string{"one", "two", "three"},
			say("Hello there."), say("First reply. It has two sentences."), say("Second reply."), bye("Goodbye now."))
		plan := sim.Plan{Turns: []sim.Turn{speech("one"), speech("two"), speech("three")}}
		place(t, f, agent, plan, func(report *sim.Report, record ledger.Record) {
			if report.Ending != telephony.AgentHungUp || record.Ending != string(telephony.AgentHungUp) {
				t.Errorf("ended %s at the carrier, %s here", report.Ending, record.Ending)
			}
			const want = "agent: Hello there.|caller: one|agent: First reply. It has two sentences.|" +
				"caller: two|agent: Second reply.|caller: three|agent: Goodbye now."
			if got := transcript(record); got != want {
				t.Errorf("transcript\n%s\nwant\n%s", got, want)
			}
			for i, turn := range report.Turns {
				if turn.Response == nil || time.Duration(*turn.Response) > 1100*time.Millisecond {
					t.Errorf("turn %d was answered after %v: 600 ms endpointing, 100 ms recognizing", i, turn.Response)
				}
			}
			if gap := time.Duration(report.Media.GapMax); gap > 60*time.Millisecond {
				t.Errorf("a gap of %v inside the agent's speech", gap)
			}
			if m := report.Media; m.MarksSent == 0 || m.MarksReturned < m.MarksSent-1 {
				t.Errorf("of %d checkpoints %d were played", m.MarksSent, m.MarksReturned)
			}
			if record.Media.ReceivedFrames < uint64(report.Media.SentFrames)-2 || record.Media.LostMS != 0 {
				t.Errorf("of %d frames %d came, %d ms lost", report.Media.SentFrames, record.Media.ReceivedFrames, record.Media.LostMS)
			}
		})
	})
}

// The checkpoints of what was cleared don't come back, and nobody waits for
// them.
func TestCallerWhoSpeaksOverTheGreetingStopsTheAgent(t *testing.T) {
	inEachFormat(t, func(t *testing.T, f media.Format) {
		agent := talker([]string{"stop"},
			say("This is a long greeting of very many words which goes on and on and on."), say("Fine it is then my friend."))
		over := speech("stop")
		over.TalkOver = true
		place(t, f, agent, sim.Plan{Turns: []sim.Turn{over}}, func(report *sim.Report, record ledger.Record) {
			turn := report.Turns[0]
			if turn.BargeIn == nil || time.Duration(*turn.BargeIn) > 200*time.Millisecond {
				t.Errorf("the agent stopped after %v, want 200 ms at most", turn.BargeIn)
			}
			if turn.Stale == nil || *turn.Stale != 0 || report.Media.Clears != 1 {
				t.Errorf("stale sound %v, %d clears", turn.Stale, report.Media.Clears)
			}
			if greeting := record.Transcript[0]; greeting.Heard == "" || greeting.Heard == greeting.Text {
				t.Errorf("of the greeting %q was heard", greeting.Heard)
			}
			if last := record.Transcript[2]; last.Text != "Fine it is then my friend." || last.Heard != last.Text {
				t.Errorf("of the answer %q only %q was heard", last.Text, last.Heard)
			}
			if report.Ending != telephony.CallerHungUp || record.Ending != string(telephony.CallerHungUp) {
				t.Errorf("ended %s at the carrier, %s here", report.Ending, record.Ending)
			}
		})
	})
}

func TestKeysAreUnderstood(t *testing.T) {
	inEachFormat(t, func(t *testing.T, f media.Format) {
		plan := sim.Plan{Turns: []sim.Turn{{Digits: "42#"}}}
		place(t, f, talker(nil, say("Your number please."), bye("Thank you.")), plan, func(report *sim.Report, record ledger.Record) {
			if got := transcript(record); !strings.Contains(got, "42") || report.Ending != telephony.AgentHungUp {
				t.Errorf("ended %s after %s", report.Ending, got)
			}
		})
	})
}
