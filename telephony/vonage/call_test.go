package vonage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
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
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/vonage"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

// office answers Vonage's calls in memory and virtual time: its webhook gives
// each a ticket, and its sockets are served by a switchboard.
type office struct {
	carrier telephony.Carrier
	rate    int
	board   *bridge.Switchboard
	agent   *bridge.Agent
	known   map[string]telephony.Incoming // by ticket
	calls   sync.WaitGroup
	record  ledger.Record
}

// inOffice makes a call to an agent with these replies and gives what both
// sides saw of it to check.
func inOffice(t *testing.T, rate int, agent conversation.Agent, plan sim.Plan, check func(*sim.Report, ledger.Record)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wheel := pace.NewWheelWith(pace.WheelConfig{Shards: 1})
		beat, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- wheel.Run(beat) }()
		agent.Manners, agent.Name = conversation.DefaultManners(), "test"
		o := &office{carrier: vonage.Carrier(), rate: rate, known: map[string]telephony.Incoming{}}
		var err error
		if o.agent, err = bridge.NewAgent(t.Context(), agent); err != nil {
			t.Fatal(err)
		}
		o.board = bridge.New(bridge.Config{Codecs: codecs(), Wheel: wheel, Ledger: ledger.New(10), Log: zerolog.Nop()})
		report, err := sim.Place(t.Context(), sim.Config{
			Carrier: o.carrier, Codecs: codecs(), HTTP: &http.Client{Transport: o}, Dial: o.dial,
		}, sim.Target{
			AnswerURL: "http://office.example/telephony/vonage/answer?agent=a1",
			Call:      telephony.PeerCall{CallID: "aaaaaaaa-1", From: "14155550100", To: "14155550199"},
		}, plan)
		if err != nil {
			t.Fatal(err)
		}
		o.calls.Wait()
		check(report, o.record)
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("wheel: %v", err)
		}
	})
}

// RoundTrip is the office's webhook.
func (o *office) RoundTrip(r *http.Request) (*http.Response, error) {
	call, err := o.carrier.Webhook.ReadCall(r)
	if err != nil {
		return nil, err
	}
	const ticket = "7fQzTicket0123456789ab"
	o.known[ticket] = call
	doc, err := o.carrier.Webhook.Answer(telephony.Stream{
		URL: "wss://office.example/media/vonage/" + ticket, Rate: o.rate,
		Params: map[string]string{telephony.TicketParam: ticket, telephony.CallParam: call.CallID},
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {doc.ContentType}},
		Body: io.NopCloser(bytes.NewReader(doc.Body)),
	}, nil
}

func (o *office) dial(ctx context.Context, to string, _ http.Header) (telephony.Conn, error) {
	u, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	ticket := path.Base(u.Path)
	call, found := o.known[ticket]
	if !found {
		return nil, errors.New("no such ticket")
	}
	theirs, ours := wsconntest.Pair()
	o.calls.Go(func() {
		o.record = o.board.Serve(context.WithoutCancel(ctx), bridge.Entry{
			ID: "call", Carrier: o.carrier, Query: u.Query(), Agent: o.agent,
			Ticket: ticket, CallID: call.CallID, From: call.From, To: call.To,
		}, ours)
	})
	return theirs, nil
}

func codecs() codec.Set {
	return codec.Set{
		Codecs:   map[media.Encoding]func(int) (codec.Codec, error){media.L16: l16.New},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
}

// agent returns one that understands texts in sequence and replies in sequence.
func agent(texts, replies []string, hangUp bool) conversation.Agent {
	var talk dialogue.Config
	for i, reply := range replies {
		talk.Replies = append(talk.Replies, dialogue.Reply{
			Text: reply, Next: conversation.Next{HangUp: hangUp && i == len(replies)-1},
		})
	}
	return conversation.Agent{
		Recognizer:  asr.New(asr.Config{Rate: 16000, Delay: 100 * time.Millisecond, Texts: texts}),
		Dialogue:    dialogue.New(talk),
		Synthesizer: tts.New(tts.Config{Rate: 22050, Hertz: 600}),
	}
}

// speech returns a turn of a second of sound that comes in syllables.
func speech(text string) sim.Turn {
	return sim.Turn{Say: text, Speech: func(_ context.Context, rate int) ([]int16, error) {
		pcm := make([]int16, rate)
		for i := range pcm {
			at := float64(i) / float64(rate)
			var v float64
			for h := 1; h < 16; h++ {
				v += math.Sin(2*math.Pi*120*float64(h)*at) / float64(h)
			}
			pcm[i] = int16((0.4 + 0.6*math.Abs(math.Sin(math.Pi*at/0.2))) * 2500 * v)
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

// eachRate runs a test at every rate that Vonage offers.
func eachRate(t *testing.T, test func(t *testing.T, rate int)) {
	for _, f := range vonage.Carrier().Quirks.Formats {
		t.Run(f.String(), func(t *testing.T) { test(t, f.Rate) })
	}
}

func TestThreeTurnsAndKeysThenTheAgentHangsUp(t *testing.T) {
	eachRate(t, func(t *testing.T, rate int) {
		plan := sim.Plan{Turns: []sim.Turn{speech("one"), {Digits: "12#"}, speech("three")}}
		on := agent([]string{"one", "three"}, []string{"Hello there.", "First. It has two.", "Second one.", "Goodbye now."}, true)
		inOffice(t, rate, on, plan, func(report *sim.Report, record ledger.Record) {
			if report.Ending != telephony.AgentHungUp || record.Ending != string(telephony.AgentHungUp) {
				t.Errorf("ended %s at Vonage, %s here", report.Ending, record.Ending)
			}
			want := "agent: Hello there.|caller: one|agent: First. It has two.|caller: 12|agent: Second one.|caller: three|agent: Goodbye now."
			if got := transcript(record); got != want {
				t.Errorf("transcript\n%s\nwant\n%s", got, want)
			}
			if len(report.Errors) > 0 || len(record.Errors) > 0 || report.Rate != rate {
				t.Errorf("at %d Hz, errors %v, %v", report.Rate, report.Errors, record.Errors)
			}
			if gap := time.Duration(report.Media.GapMax); gap > 60*time.Millisecond {
				t.Errorf("a gap of %v inside the agent's speech", gap)
			}
			if record.CarrierCallID != "aaaaaaaa-1" || !strings.HasPrefix(record.StreamID, "ws-") || record.From != "14155550100" {
				t.Errorf("call %q, stream %q, from %q", record.CarrierCallID, record.StreamID, record.From)
			}
			if record.Media.MarksReturned == 0 || record.Media.LostMS != 0 {
				t.Errorf("%d marks came back, %d ms were lost", record.Media.MarksReturned, record.Media.LostMS)
			}
		})
	})
}

func TestCallerWhoSpeaksOverTheGreetingStopsTheAgent(t *testing.T) {
	eachRate(t, func(t *testing.T, rate int) {
		turn := speech("stop")
		turn.TalkOver = true
		on := agent([]string{"stop"}, []string{"This is a long greeting of many words which goes on and on.", "Fine."}, false)
		inOffice(t, rate, on, sim.Plan{Turns: []sim.Turn{turn}}, func(report *sim.Report, record ledger.Record) {
			spoken := report.Turns[0]
			if spoken.BargeIn == nil || time.Duration(*spoken.BargeIn) > 200*time.Millisecond || report.Media.Clears != 1 {
				t.Errorf("the agent stopped after %v, with %d clears", spoken.BargeIn, report.Media.Clears)
			}
			if spoken.Stale == nil || *spoken.Stale != 0 || len(report.Errors) > 0 {
				t.Errorf("stale sound %v, errors %v", spoken.Stale, report.Errors)
			}
			// No Stopped comes: the close of the socket is the hang-up.
			if report.Ending != telephony.CallerHungUp || record.Ending != string(telephony.CallerHungUp) {
				t.Errorf("ended %s at Vonage, %s here", report.Ending, record.Ending)
			}
		})
	})
}

func TestBadMessagesAreSkippedAndTheCallGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		mischief func() sim.Mischief
		bad      uint64
	}{
		"short frames":  {func() sim.Mischief { return sim.Stray(time.Second, binary(make([]byte, 160)), binary(nil)) }, 2},
		"not JSON":      {func() sim.Mischief { return sim.Stray(time.Second, text("{not json")) }, 1},
		"unknown event": {func() sim.Mischief { return sim.Stray(time.Second, text(`{"event":"websocket:x"}`)) }, 0},
		"media first":   {func() sim.Mischief { return sim.MediaBeforeStart(3) }, 3},
		"start twice":   {func() sim.Mischief { return sim.StartTwice(time.Second) }, 1},
		"pause":         {func() sim.Mischief { return sim.Hush(time.Second, 1500*time.Millisecond) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			plan := sim.Plan{Turns: []sim.Turn{speech("one")}, Mischief: []sim.Mischief{c.mischief()}}
			on := agent([]string{"one"}, []string{"Hello you over there.", "Bye."}, true)
			inOffice(t, 8000, on, plan, func(_ *sim.Report, record ledger.Record) {
				if got := transcript(record); got != "agent: Hello you over there.|caller: one|agent: Bye." {
					t.Errorf("transcript %s", got)
				}
				if record.Media.BadMessages != c.bad || record.Ending != string(telephony.AgentHungUp) {
					t.Errorf("%d bad messages, want %d; ended %s", record.Media.BadMessages, c.bad, record.Ending)
				}
			})
		})
	}
}

func TestASocketThatVanishesIsLost(t *testing.T) {
	plan := sim.Plan{Mischief: []sim.Mischief{sim.Vanish(time.Second)}}
	inOffice(t, 0, agent(nil, []string{"Hello."}, false), plan, func(_ *sim.Report, record ledger.Record) {
		if record.Ending != string(telephony.MediaLost) {
			t.Errorf("ended %s", record.Ending)
		}
	})
}
