package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	dialogue "github.com/talkpath/talkpath/conversation/dialogue/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/pace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func allCarriers() []telephony.Carrier {
	return []telephony.Carrier{
		exotel.Carrier(exotel.Config{}), plivo.Carrier(), telnyx.Carrier(telnyx.Config{}), twilio.Carrier(), vonage.Carrier(),
	}
}

// house is a switchboard in virtual time, and the calls that were made to it.
type house struct {
	t     *testing.T
	board *bridge.Switchboard
	book  *ledger.Ledger
	agent *bridge.Agent
	log   *syncBuilder
	calls sync.WaitGroup
	serve func(bridge.Entry, telephony.Conn) ledger.Record
	end   context.CancelCauseFunc
	n     atomic.Int64

	mu      sync.Mutex
	records []ledger.Record
}

type syncBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuilder) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuilder) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// inHouse runs a test in virtual time with a switchboard whose agent has the
// given parts.
func inHouse(t *testing.T, agent conversation.Agent, test func(h *house)) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, book: ledger.New(1000), log: &syncBuilder{}}
		wheel := pace.NewWheelWith(pace.WheelConfig{Shards: 1})
		running, end := context.WithCancelCause(context.Background())
		h.end = end
		h.serve = func(e bridge.Entry, conn telephony.Conn) ledger.Record { return h.board.Serve(running, e, conn) }
		beat, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- wheel.Run(beat) }()
		if agent.Manners.Endpointing == 0 {
			agent.Manners = conversation.DefaultManners()
		}
		agent.Name = "test"
		h.agent, _ = bridge.NewAgent(t.Context(), agent)
		h.board = bridge.New(bridge.Config{Codecs: codecs(), Wheel: wheel, Ledger: h.book, Log: zerolog.New(h.log)})
		defer func() { t.Log(h.log) }() // for scripts/canary to look through
		test(h)
		h.calls.Wait()
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("wheel: %v", err)
		}
	})
}

// place makes a call and returns what the caller and the server saw of it.
func (h *house) place(c telephony.Carrier, rate int, plan sim.Plan) (*sim.Report, ledger.Record) {
	h.t.Helper()
	report, err := sim.Place(h.t.Context(), h.simConfig(c), h.target(c, rate), plan)
	if err != nil {
		h.t.Fatalf("place: %v", err)
	}
	h.calls.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	return report, h.records[len(h.records)-1]
}

func (h *house) target(c telephony.Carrier, rate int) sim.Target {
	h.n.Add(1)
	target := sim.Target{MediaURL: "ws://127.0.0.1/media/" + c.Name() + "/t"}
	if rate != 0 && c.Name() == "exotel" {
		target.MediaURL += fmt.Sprintf("?sample-rate=%d", rate)
	}
	target.Call = telephony.PeerCall{From: "+15550100001", To: "+15550100002", Rate: rate}
	return target
}

func (h *house) simConfig(c telephony.Carrier) sim.Config {
	return sim.Config{Carrier: c, Codecs: codecs(), Dial: func(_ context.Context, at string, _ http.Header) (telephony.Conn, error) {
		u, err := url.Parse(at)
		if err != nil {
			return nil, err
		}
		theirs, ours := wsconntest.Pair()
		release, err := h.board.Reserve()
		if err != nil {
			return nil, err
		}
		h.calls.Go(func() {
			defer release()
			r := h.serve(bridge.Entry{ID: fmt.Sprint("call", h.n.Load()), Carrier: c, Query: u.Query(), Agent: h.agent}, ours)
			h.mu.Lock()
			h.records = append(h.records, r)
			h.mu.Unlock()
		})
		return theirs, nil
	}}
}

// agentOf returns an agent of fakes.
func agentOf(a asr.Config, d dialogue.Config, v tts.Config) conversation.Agent {
	return conversation.Agent{Recognizer: asr.New(a), Dialogue: dialogue.New(d), Synthesizer: tts.New(v)}
}

// says returns replies; the last one hangs up.
func says(texts ...string) dialogue.Config {
	cfg := goesOn(texts...)
	cfg.Replies[len(texts)-1].Next.HangUp = true
	return cfg
}

// goesOn returns replies of which none hangs up.
func goesOn(texts ...string) (cfg dialogue.Config) {
	for _, text := range texts {
		cfg.Replies = append(cfg.Replies, dialogue.Reply{Text: text})
	}
	return cfg
}

// failing gives replies a fault behind the greeting.
func failing(cfg dialogue.Config, fault dialogue.Fault) dialogue.Config {
	cfg.Fault, cfg.After = fault, 1
	return cfg
}

// speech returns a turn of a second of speech-like sound.
func speech(text string) sim.Turn {
	return sim.Turn{Say: text, Speech: func(_ context.Context, rate int) ([]int16, error) {
		pcm := make([]int16, rate)
		voice(rate)(pcm)
		return pcm, nil
	}}
}

func TestThreeTurnsAreUnderstoodAndAnsweredInSequence(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) { threeTurns(t, c, format) })
		}
	}
}

func threeTurns(t *testing.T, c telephony.Carrier, format media.Format) {
	agent := agentOf(
		asr.Config{Rate: 16000, Delay: 100 * time.Millisecond, Texts: []string{"one", "two", "three"}},
		says("Hello there.", "First reply. It has two sentences.", "Second reply.", "Goodbye now."),
		tts.Config{Rate: 22050, Hertz: 600},
	)
	inHouse(t, agent, func(h *house) {
		report, record := h.place(c, format.Rate, sim.Plan{Turns: []sim.Turn{speech("one"), speech("two"), speech("three")}})
		if report.Ending != telephony.AgentHungUp || record.Ending != string(telephony.AgentHungUp) {
			t.Errorf("ended %s at the carrier, %s here", report.Ending, record.Ending)
		}
		want := "agent: Hello there.|caller: one|agent: First reply. It has two sentences.|caller: two|" +
			"agent: Second reply.|caller: three|agent: Goodbye now."
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
		if len(report.Errors) > 0 || len(record.Errors) > 0 || report.Violations > 0 {
			t.Errorf("errors %v, %v", report.Errors, record.Errors)
		}
		if record.Media.ReceivedFrames < uint64(report.Media.SentFrames)-2 || record.Media.LostMS != 0 {
			t.Errorf("of %d frames %d came, %d ms lost", report.Media.SentFrames, record.Media.ReceivedFrames, record.Media.LostMS)
		}
		wantPitch(t, "the agent at the caller's ear", report.Heard, report.Rate, 600)
	})
}

func transcript(r ledger.Record) string {
	var lines []string
	for _, l := range r.Transcript {
		line := l.Role + ": " + l.Text
		if l.Heard != l.Text {
			line += " [" + l.Heard + "]"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "|")
}

// Twilio does not promise to send silence: the first sound that comes may be
// speech.
func TestACallerIsHeardWhoseSilenceIsNotSent(t *testing.T) {
	for _, c := range allCarriers() {
		t.Run(c.Name(), func(t *testing.T) {
			agent := agentOf(asr.Config{Texts: []string{"one", "two"}}, says("Hello.", "First.", "Second."), tts.Config{})
			inHouse(t, agent, func(h *house) {
				_, record := h.place(c, 0, sim.Plan{SkipSilence: true, Turns: []sim.Turn{speech("one"), speech("two")}})
				if got := transcript(record); got != "agent: Hello.|caller: one|agent: First.|caller: two|agent: Second." {
					t.Errorf("transcript %s", got)
				}
			})
		})
	}
}

// wantPitch checks that the loud parts of pcm have a frequency, by their zero
// crossings.
func wantPitch(t *testing.T, what string, pcm []int16, rate int, hertz float64) {
	t.Helper()
	crossings, loud := 0, 0
	window := rate / 50
	for from := 0; from+window <= len(pcm); from += window {
		part := pcm[from : from+window]
		var power float64
		for _, v := range part {
			power += float64(v) * float64(v)
		}
		if math.Sqrt(power/float64(window)) < 4000 {
			continue
		}
		loud += window
		for i := max(from, 1); i < from+window; i++ {
			if pcm[i-1] < 0 && pcm[i] >= 0 {
				crossings++
			}
		}
	}
	if loud < rate/2 {
		t.Fatalf("%s: only %d loud samples", what, loud)
	}
	got := float64(crossings) * float64(rate) / float64(loud)
	if math.Abs(got-hertz) > hertz*0.06 {
		t.Errorf("%s sounds at %.0f Hz, want %.0f", what, got, hertz)
	}
}

func TestTheCallerSoundsAtTheRightPitchToTheRecognizer(t *testing.T) {
	c := exotel.Carrier(exotel.Config{})
	for _, format := range c.Quirks.Formats {
		t.Run(format.String(), func(t *testing.T) {
			var heard [][]int16
			agent := agentOf(asr.Config{
				Rate: 16000, Texts: []string{"beep"}, Keep: func(pcm []int16) { heard = append(heard, pcm) },
			}, says("Hello.", "Bye."), tts.Config{})
			inHouse(t, agent, func(h *house) {
				h.place(c, format.Rate, sim.Plan{Turns: []sim.Turn{{
					Say: "beep", Speech: func(_ context.Context, rate int) ([]int16, error) {
						pcm := tone(700, rate, rate)
						for i := range pcm { // syllables, so that it is speech to the detector
							pcm[i] = int16(float64(pcm[i]) * math.Abs(math.Sin(math.Pi*float64(i)/float64(rate)/0.25)) * 2)
						}
						return pcm, nil
					},
				}}})
				if len(heard) == 0 {
					t.Fatal("nothing was heard")
				}
				wantPitch(t, "the caller at the recognizer", heard[0], 16000, 700)
			})
		})
	}
}

func TestCallerWhoSpeaksOverTheGreetingStopsTheAgent(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) { bargeIn(t, c, format.Rate) })
		}
	}
}

func bargeIn(t *testing.T, c telephony.Carrier, rate int) {
	agent := agentOf(
		asr.Config{Delay: 50 * time.Millisecond, Texts: []string{"stop"}},
		goesOn("This is a long greeting of very many words which goes on and on and on.", "Fine it is then my friend."),
		tts.Config{Rate: 16000},
	)
	inHouse(t, agent, func(h *house) {
		turn := speech("stop")
		turn.TalkOver = true
		report, record := h.place(c, rate, sim.Plan{Turns: []sim.Turn{turn}})
		spoken := report.Turns[0]
		if spoken.BargeIn == nil || time.Duration(*spoken.BargeIn) > 200*time.Millisecond {
			t.Errorf("the agent stopped after %v, want 200 ms at most", spoken.BargeIn)
		}
		if spoken.Stale == nil || *spoken.Stale != 0 || report.Media.Clears != 1 {
			t.Errorf("stale sound %v, %d clears", spoken.Stale, report.Media.Clears)
		}
		greeting := record.Transcript[0]
		if greeting.Heard != "This is a long" {
			t.Errorf("heard %q: 1.1 s are 17 of its 72 letters, so four words were whole", greeting.Heard)
		}
		if last := record.Transcript[2]; last.Heard != last.Text {
			t.Errorf("the answer to it was heard as %q", last.Heard)
		}
	})
}

func TestEachWayACallEndsHasItsName(t *testing.T) {
	cases := map[string]struct {
		mischief func() sim.Mischief
		want     telephony.Ending
	}{
		"caller hangs up": {func() sim.Mischief { return sim.Mischief{} }, telephony.CallerHungUp},
		"socket closes in order": {func() sim.Mischief {
			return sim.Mischief{From: time.Second, Close: telephony.CloseNormal}
		}, telephony.CallerHungUp},
		"socket vanishes":  {func() sim.Mischief { return sim.Vanish(time.Second) }, telephony.MediaLost},
		"never starts":     {sim.NoStart, telephony.NeverStarted},
		"ten bad messages": {func() sim.Mischief { return sim.Stray(time.Second, garbage(10)...) }, telephony.CarrierError},
		"a message too big": {func() sim.Mischief {
			return sim.Stray(time.Second, telephony.Message{Data: make([]byte, 1<<20)})
		}, telephony.CarrierError},
	}
	for name, c := range cases {
		for _, carrier := range allCarriers() {
			t.Run(name+" "+carrier.Name(), func(t *testing.T) {
				agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
				inHouse(t, agent, func(h *house) {
					_, _ = sim.Place(h.t.Context(), h.simConfig(carrier), h.target(carrier, 0), sim.Plan{Mischief: []sim.Mischief{c.mischief()}})
					h.calls.Wait()
					if len(h.records) != 1 || h.records[0].Ending != string(c.want) {
						t.Errorf("records %+v, want ending %s", h.records, c.want)
					}
				})
			})
		}
	}
}

func garbage(n int) (out []telephony.Message) {
	for range n {
		out = append(out, telephony.Message{Data: []byte("{not json")})
	}
	return out
}

// What is wrong with a few messages is skipped, counted and noted; the call
// goes on and is answered.
func TestBadMessagesAreSkippedAndTheCallGoesOn(t *testing.T) {
	cases := map[string]struct {
		mischief func() sim.Mischief
		bad      uint64
		seen     func(ledger.Media) bool // on carriers whose sound is JSON with timestamps
	}{
		"not JSON": {func() sim.Mischief { return sim.Stray(time.Second, garbage(3)...) }, 3, nil},
		"binary": {func() sim.Mischief {
			return sim.Stray(time.Second, telephony.Message{Binary: true, Data: []byte{1, 2, 3}})
		}, 1, nil},
		"unknown event": {func() sim.Mischief {
			return sim.Stray(time.Second, telephony.Message{Data: []byte(`{"event":"weather"}`)})
		}, 0, nil},
		"media first":        {func() sim.Mischief { return sim.MediaBeforeStart(3) }, 3, nil},
		"start twice":        {func() sim.Mischief { return sim.StartTwice(time.Second) }, 1, nil},
		"wrong stream":       {func() sim.Mischief { return sim.WrongStream(time.Second, 1100*time.Millisecond) }, 0, func(m ledger.Media) bool { return m.BadMessages > 0 }},
		"bad base64":         {func() sim.Mischief { return sim.Payload(time.Second, "%%%%") }, 0, func(m ledger.Media) bool { return m.BadMessages == 1 }},
		"sequence gap":       {func() sim.Mischief { return sim.Lost(time.Second, 1300*time.Millisecond) }, 0, func(m ledger.Media) bool { return m.Gaps == 1 && m.LostMS >= 200 }},
		"timestamps go back": {func() sim.Mischief { return sim.Shifted(time.Second, 1400*time.Millisecond, -500*time.Millisecond) }, 0, func(m ledger.Media) bool { return m.LateFrames > 0 }},
		"pause":              {func() sim.Mischief { return sim.Hush(time.Second, 1500*time.Millisecond) }, 0, nil},
	}
	for name, c := range cases {
		for _, carrier := range allCarriers() {
			t.Run(name+" "+carrier.Name(), func(t *testing.T) {
				agent := agentOf(asr.Config{Texts: []string{"one"}}, says("Hello you over there.", "Bye."), tts.Config{})
				inHouse(t, agent, func(h *house) {
					_, record := h.place(carrier, 0, sim.Plan{Turns: []sim.Turn{speech("one")}, Mischief: []sim.Mischief{c.mischief()}})
					if record.Ending != string(telephony.AgentHungUp) || !strings.Contains(transcript(record), "agent: Bye.") {
						t.Errorf("the call did not go on: %s, %s", record.Ending, transcript(record))
					}
					got := record.Media.BadMessages
					if c.bad > 0 && got != c.bad || c.bad > 0 && len(record.Errors) != 1 {
						t.Errorf("%d bad messages counted, want %d; noted %v", got, c.bad, record.Errors)
					}
					if c.seen != nil && !carrier.Quirks.Untimed && !c.seen(record.Media) {
						t.Errorf("counted %+v", record.Media)
					}
				})
			})
		}
	}
}

func TestAnOddByteCountIsSkippedOnLinearPCM(t *testing.T) {
	agent := agentOf(asr.Config{Texts: []string{"one"}}, says("Hello.", "Bye."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		_, record := h.place(exotel.Carrier(exotel.Config{}), 0, sim.Plan{
			Turns: []sim.Turn{speech("one")}, Mischief: []sim.Mischief{sim.Payload(time.Second, "AAAA")},
		})
		if record.Media.BadMessages != 1 || record.Ending != string(telephony.AgentHungUp) {
			t.Errorf("%d bad messages, ended %s", record.Media.BadMessages, record.Ending)
		}
	})
}

// afterGreeting is how often the voice has spoken when the greeting is out: the
// four phrases for times of trouble, and the greeting itself.
const afterGreeting = 5

func TestEnginesThatDieOrHangCostTheirTurnOnly(t *testing.T) {
	one := asr.Config{Texts: []string{"one"}}
	phrases := conversation.DefaultManners().Phrases
	cases := map[string]struct {
		agent conversation.Agent
		says  string
	}{
		"recognizer refuses": {agentOf(asr.Config{Fault: asr.Refuses}, goesOn("Hello.", "Pardon?"), tts.Config{}), "agent: Pardon?"},
		"recognizer dies":    {agentOf(asr.Config{Fault: asr.Fails}, goesOn("Hello.", "Pardon?"), tts.Config{}), "agent: Pardon?"},
		"recognizer hangs":   {agentOf(asr.Config{Fault: asr.Hangs}, goesOn("Hello.", "Pardon?"), tts.Config{}), "agent: " + phrases.Moment + " Pardon?"},
		"recognizer babbles": {agentOf(asr.Config{Fault: asr.Garbage}, goesOn("Hello.", "Pardon?"), tts.Config{}), "agent: Pardon?"},
		"dialogue refuses":   {agentOf(one, dialogue.Config{Fault: dialogue.Refuses}, tts.Config{}), phrases.Sorry},
		"dialogue fails":     {agentOf(one, failing(goesOn("Hello."), dialogue.Fails), tts.Config{}), phrases.Sorry},
		"dialogue hangs":     {agentOf(one, failing(goesOn("Hello."), dialogue.Hangs), tts.Config{}), phrases.Moment},
		"dialogue panics":    {agentOf(one, failing(goesOn("Hello."), dialogue.Panics), tts.Config{}), phrases.Sorry},
		"voice fails":        {agentOf(one, goesOn("Hello.", "Fine."), tts.Config{Fault: tts.Fails, After: afterGreeting}), phrases.Sorry},
		"voice hangs":        {agentOf(one, goesOn("Hello.", "Fine."), tts.Config{Fault: tts.Hangs, After: afterGreeting}), phrases.Sorry},
		"voice dies midway":  {agentOf(one, goesOn("Hello.", "Fine it is so."), tts.Config{Fault: tts.DiesMidway, After: afterGreeting}), phrases.Sorry},
		"voice hangs midway": {agentOf(one, goesOn("Hello.", "Fine it is so."), tts.Config{Fault: tts.HangsMidway, After: afterGreeting}), phrases.Sorry},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inHouse(t, c.agent, func(h *house) {
				report, record := h.place(twilio.Carrier(), 0, sim.Plan{Turns: []sim.Turn{speech("one")}})
				if !strings.Contains(transcript(record), c.says) || record.Ending != string(telephony.CallerHungUp) {
					t.Errorf("%s, ended %s, want %q in it", transcript(record), record.Ending, c.says)
				}
				for _, turn := range report.Turns {
					if turn.Response == nil || time.Duration(*turn.Response) > 4*time.Second {
						t.Errorf("the caller was left in silence for %v", turn.Response)
					}
				}
			})
		})
	}
}

func TestAPanicInOneCallEndsThatCallAlone(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		good := twilio.Carrier()
		bad := twilio.Carrier()
		bad.NewWire = func(q url.Values) telephony.Wire { return &panicky{Wire: good.NewWire(q)} }
		var other *sim.Report
		var both sync.WaitGroup
		target := h.target(good, 0)
		both.Go(func() {
			other, _ = sim.Place(h.t.Context(), h.simConfig(good), target, sim.Plan{Patience: 3 * time.Second})
		})
		_, _ = sim.Place(h.t.Context(), h.simConfig(bad), target, sim.Plan{Patience: 3 * time.Second})
		both.Wait()
		h.calls.Wait()
		endings := map[string]int{}
		for _, r := range h.records {
			endings[r.Ending]++
		}
		if endings[string(telephony.InternalError)] != 1 || endings[string(telephony.CallerHungUp)] != 1 {
			t.Errorf("endings %v", endings)
		}
		if other == nil || other.Ending != telephony.CallerHungUp || h.board.Stats().Panics != 1 {
			t.Errorf("the other call: %+v, %d panics", other, h.board.Stats().Panics)
		}
	})
}

// panicky is a wire that panics at the fiftieth message.
type panicky struct {
	telephony.Wire
	n int
}

func (p *panicky) Decode(msg telephony.Message) (telephony.Event, error) {
	if p.n++; p.n == 50 {
		panic("fifty")
	}
	return p.Wire.Decode(msg)
}

func TestShutdownLetsCallsFinishAndTakesNoMore(t *testing.T) {
	agent := agentOf(asr.Config{Texts: []string{"one"}}, says("Hello.", "Bye."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		drained := make(chan error, 1)
		plan := sim.Plan{Turns: []sim.Turn{speech("one")}, Observe: func(m sim.Moment) {
			if m.Kind == sim.CallerSpeaks {
				go func() { drained <- h.board.Drain(context.Background()) }()
			}
		}}
		report, record := h.place(twilio.Carrier(), 0, plan)
		if record.Ending != string(telephony.AgentHungUp) || report.Ending != telephony.AgentHungUp {
			t.Errorf("the call ended %s", record.Ending)
		}
		if err := <-drained; err != nil {
			t.Errorf("drained: %v", err)
		}
		if _, err := h.board.Reserve(); !errors.Is(err, bridge.ErrDraining) {
			t.Errorf("a call was taken after the shutdown: %v", err)
		}
	})
}

func TestTheOperatorsEndClosesTheSocketAndIsNamed(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		time.AfterFunc(2*time.Second, func() { h.end(bridge.ErrOperator) })
		report, record := h.place(twilio.Carrier(), 0, sim.Plan{HangUpAfter: 10 * time.Second})
		if record.Ending != string(telephony.Operator) || report.Closed == nil || report.Closed.Code != telephony.CloseGoingAway {
			t.Errorf("ended %s, closed %+v", record.Ending, report.Closed)
		}
	})
}

func TestAStreamThatIsNotTheAnnouncedOneIsRefused(t *testing.T) {
	cases := map[string]bridge.Entry{
		"another call":   {CallID: "CA-announced"},
		"another ticket": {Ticket: "the-right-one"},
	}
	for name, entry := range cases {
		t.Run(name, func(t *testing.T) {
			agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
			inHouse(t, agent, func(h *house) {
				cfg := h.simConfig(twilio.Carrier())
				cfg.Dial = func(context.Context, string, http.Header) (telephony.Conn, error) {
					theirs, ours := wsconntest.Pair()
					entry.ID, entry.Carrier, entry.Agent = "x", twilio.Carrier(), h.agent
					h.calls.Go(func() {
						r := h.serve(entry, ours)
						if r.Ending != string(telephony.Rejected) {
							t.Errorf("ended %s", r.Ending)
						}
					})
					return theirs, nil
				}
				target := h.target(twilio.Carrier(), 0)
				target.Params = map[string]string{telephony.TicketParam: "guessed"}
				_, _ = sim.Place(h.t.Context(), cfg, target, sim.Plan{Patience: time.Second})
			})
		})
	}
}

func TestNoFullPhoneNumberReachesTheLog(t *testing.T) {
	agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
	inHouse(t, agent, func(h *house) {
		c := exotel.Carrier(exotel.Config{})
		target := h.target(c, 0)
		target.Call = telephony.PeerCall{From: "09812345678", To: "08087654321"}
		_, _ = sim.Place(h.t.Context(), h.simConfig(c), target, sim.Plan{})
		h.calls.Wait()
		if log := h.log.String(); strings.Contains(log, "09812345678") || !strings.Contains(log, "678") {
			t.Errorf("logged %s", log)
		}
		if r := h.records[0]; r.From != "09812345678" {
			t.Errorf("the record has %q", r.From)
		}
	})
}
