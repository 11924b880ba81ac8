package bridge_test

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	dialogue "github.com/talkpath/talkpath/conversation/dialogue/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/quality"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// chat is a conversation of so many turns, six seconds each.
func chat(turns int, d dialogue.Config, v tts.Config) (conversation.Agent, sim.Plan) {
	var texts []string
	var plan sim.Plan
	for i := range turns {
		texts = append(texts, fmt.Sprint("text ", i))
		plan.Turns = append(plan.Turns, speech(texts[i]))
	}
	d.Replies = goesOn("Hello.", "This is a reply of some words. And another sentence that follows it.").Replies
	return agentOf(asr.Config{Delay: 100 * time.Millisecond, Texts: texts}, d, v), plan
}

// heardBad returns what can be heard of a call's faults, as "hop code".
func heardBad(q *ledger.Quality) (all []string) {
	for _, f := range q.Findings {
		if f.Severity != "info" {
			all = append(all, f.Hop+" "+f.Code)
		}
	}
	return all
}

func TestEachBadLineIsFoundAndItsHopIsBlamed(t *testing.T) {
	const bothWays = "Choppy in both directions: The carrier's stream stopped"
	cases := map[string]struct {
		want    string // all that can be heard
		summary string // how it begins
	}{
		"clean":  {"", "Good line."},
		"jitter": {"carrier_to_us jitter", "Choppy in the caller's direction: One in ten"},
		"bursts": {"carrier_to_us bursts", "Choppy in the caller's direction: The carrier's sound comes in bursts"},
		"stalls": {"carrier_to_us stalls, us_to_carrier delivery_stalls", bothWays},
		"loss":   {"carrier_to_us discarded", "Choppy in the caller's direction: The carrier dropped"},
	}
	for _, carrier := range []telephony.Carrier{twilio.Carrier(), vonage.Carrier()} { // with timestamps, and without
		for name, c := range cases {
			t.Run(carrier.Name()+" "+name, func(t *testing.T) {
				t.Parallel()
				turns := 7
				switch name {
				case "loss":
					turns = 12 // more than a minute, for want of timestamps
				case "stalls":
					turns = 30 // so that enough of them meet the agent's speech
				}
				q := onLine(t, carrier, name, turns)
				if got := strings.Join(heardBad(q), ", "); got != c.want || !strings.HasPrefix(q.Summary, c.summary) {
					t.Errorf("found %s: %s", got, q.Summary)
				}
				if bad := c.want != ""; bad != strings.HasSuffix(q.Summary, "Blame: the carrier's network.") &&
					bad != strings.HasSuffix(q.Summary, "Blame: the carrier's network, the way back to the carrier.") {
					t.Errorf("blamed: %s", q.Summary)
				}
				if s := q.Caller.Score; s == nil || (name == "clean") != (s.MOS > 4.3) {
					t.Errorf("the caller's score is %+v", s)
				}
				if s := q.Agent.Score; s == nil || (name == "stalls") != (s.MOS < 4) {
					t.Errorf("the agent's score is %+v", s)
				}
			})
		}
	}
}

// onLine makes a call over a line of the simulator's and returns how it was.
func onLine(t *testing.T, c telephony.Carrier, name string, turns int) (q *ledger.Quality) {
	line, _ := sim.ProfileNamed(name)
	agent, plan := chat(turns, dialogue.Config{}, tts.Config{Rate: 16000})
	inHouse(t, agent, func(h *house) {
		cfg := h.simConfig(c)
		cfg.Network, cfg.Seed = line, 7
		if _, err := sim.Place(h.t.Context(), cfg, h.target(c, 0), plan); err != nil {
			h.t.Fatal(err)
		}
		h.calls.Wait()
		q = h.records[0].Quality
	})
	return q
}

func TestTheDriftOfTheCarriersClockIsKnownAfterTwoMinutes(t *testing.T) {
	for _, carrier := range []telephony.Carrier{exotel.Carrier(exotel.Config{}), twilio.Carrier(), vonage.Carrier()} {
		t.Run(carrier.Name(), func(t *testing.T) {
			t.Parallel()
			q := onLine(t, carrier, "drift", 20)
			if d := q.Caller.Drift; d == nil || math.Abs(d.PPM-200) > 20 {
				t.Errorf("estimated %+v, want 200 ppm", d)
			}
			if q.Summary != "Good line." || len(q.Findings) != 1 || q.Findings[0].Code != "clock_drift" || q.Findings[0].Hop != "carrier" {
				t.Errorf("found %+v", q.Findings)
			}
		})
	}
	if q := onLine(t, twilio.Carrier(), "drift", 5); q.Caller.Drift != nil {
		t.Errorf("after half a minute a drift of %+v is claimed", q.Caller.Drift)
	}
}

func TestSilenceThatIsNotSentIsNoFault(t *testing.T) {
	for _, carrier := range allCarriers() {
		t.Run(carrier.Name(), func(t *testing.T) {
			agent, plan := chat(4, dialogue.Config{}, tts.Config{})
			plan.SkipSilence = true
			inHouse(t, agent, func(h *house) {
				_, record := h.place(carrier, 0, plan)
				if q := record.Quality; q.Summary != "Good line." || len(q.Findings) != 0 {
					t.Errorf("%s %+v", q.Summary, q.Findings)
				}
			})
		})
	}
}

func TestSlowEnginesAreBlamedForHolesInTheirReplies(t *testing.T) {
	cases := map[string]struct {
		dialogue dialogue.Config
		voice    tts.Config
		want     string
	}{
		"voice at 80 % of real time":   {dialogue.Config{}, tts.Config{Speed: 0.8}, "engines voice_slow"},
		"dialogue that ponders a word": {dialogue.Config{PerWord: 400 * time.Millisecond}, tts.Config{PerWord: 100 * time.Millisecond}, "engines dialogue_slow"},
		"voice twice as fast":          {dialogue.Config{}, tts.Config{Speed: 2}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			agent, plan := chat(4, c.dialogue, c.voice)
			plan.Quiet = 4 * time.Second // a patient caller
			inHouse(t, agent, func(h *house) {
				_, record := h.place(twilio.Carrier(), 0, plan)
				if got := strings.Join(heardBad(record.Quality), ", "); got != c.want {
					t.Errorf("found %s: %s", got, record.Quality.Summary)
				}
			})
		})
	}
}

// forgetful is a socket whose peer reads too slowly now and then.
type forgetful struct {
	telephony.Conn
	n atomic.Int64
}

func (f *forgetful) Write(msg telephony.Message) error {
	if f.n.Add(1)%9 == 0 {
		return telephony.ErrBacklog
	}
	return f.Conn.Write(msg)
}

func TestACarrierThatReadsTooSlowlyIsBlamedForWhatIsDropped(t *testing.T) {
	agent, plan := chat(4, dialogue.Config{}, tts.Config{})
	inHouse(t, agent, func(h *house) {
		serve := h.serve
		h.serve = func(e bridge.Entry, conn telephony.Conn) ledger.Record {
			return serve(e, &forgetful{Conn: conn})
		}
		_, record := h.place(twilio.Carrier(), 0, plan)
		q := record.Quality
		if got := strings.Join(heardBad(q), ", "); got != "us_to_carrier slow_reader" || q.Agent.Slow != record.Media.Dropped {
			t.Errorf("found %s, %d of %d: %s", got, q.Agent.Slow, record.Media.Dropped, q.Summary)
		}
		if s := q.Agent.Score; s == nil || s.MOS > 3.5 {
			t.Errorf("with one message in nine dropped the score is %+v", s)
		}
	})
}

// assess returns how a Core's line was.
func assess(l *line) quality.Report { return quality.Assess(l.core.Counts(l.now).Line) }

// freezes lets a Core sleep: neither messages nor beats reach it, and what came
// meanwhile comes at once.
func (l *line) freezes(d time.Duration) {
	const beat = 20 * time.Millisecond
	l.now = l.now.Add(d)
	pcm := make([]int16, media.PCMSamples(beat, l.cfg.Format.Rate))
	for range d / beat {
		l.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
			Kind:  telephony.Audio,
			Frame: media.Frame{Format: l.cfg.Format, At: l.at, Payload: l.coder.Encode(nil, pcm)},
		}})
		l.at += beat
	}
}

// stalls lets the network sleep: beats go on.
func (l *line) stalls(d time.Duration) {
	const beat = 20 * time.Millisecond
	for range d / beat {
		l.now = l.now.Add(beat)
		l.step(bridge.Input{Kind: bridge.InTick})
	}
	l.now = l.now.Add(-d)
	l.freezes(d)
}

func TestAHoleIsBlamedOnWhoSlept(t *testing.T) {
	cases := map[string]struct {
		sleep func(*line)
		want  []string
	}{
		"the network": {func(l *line) { l.stalls(500 * time.Millisecond) }, []string{"carrier_to_us stalls"}},
		"our process": {func(l *line) { l.freezes(500 * time.Millisecond) }, []string{"us held_up", "us late_beats"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
			l.pass(2*time.Second, nil)
			l.say(5*time.Second, conversation.Next{})
			l.pass(time.Second, nil)
			c.sleep(l)
			l.pass(4*time.Second, nil)
			report := assess(l)
			var got []string
			for _, f := range report.Findings {
				if f.Severity != quality.Info { // no mark comes back here
					got = append(got, string(f.Hop)+" "+string(f.Code))
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("found %v: %s", got, report.Summary)
			}
		})
	}
}

// A stream that was lost is no stall, and its sound no hole.
func TestTheTimeWithoutAStreamIsNoFault(t *testing.T) {
	format := media.Format{Encoding: media.PCMU, Rate: 8000}
	l := newLine(t, twilio.Carrier(), format)
	l.say(5*time.Second, conversation.Next{})
	l.pass(2*time.Second, nil)
	l.step(bridge.Input{Kind: bridge.InLost})
	for range 100 {
		l.now = l.now.Add(20 * time.Millisecond)
		l.step(bridge.Input{Kind: bridge.InTick})
	}
	l.step(bridge.Input{Kind: bridge.InResume, Format: format})
	l.at = 0
	l.pass(4*time.Second, nil)
	if r := assess(l); r.Summary != "Good line." || len(r.Findings) != 0 {
		t.Errorf("%s %+v", r.Summary, r.Findings)
	}
}

func TestALiveCallTellsItsQualityAndAnEndedOneIsCounted(t *testing.T) {
	agent, plan := chat(4, dialogue.Config{}, tts.Config{})
	inHouse(t, agent, func(h *house) {
		var live ledger.Record
		plan.Observe = func(m sim.Moment) {
			if m.Kind == sim.CallerSpeaks && m.At > 10*time.Second {
				live, _ = h.book.Find("call1")
			}
		}
		_, record := h.place(twilio.Carrier(), 0, plan)
		if q := live.Quality; live.Status != ledger.StatusLive || q == nil || q.Summary != "Good line." || q.Caller.Score == nil {
			t.Errorf("live: %s %+v", live.Status, q)
		}
		lines := h.board.Stats().Lines
		for _, heard := range []bridge.Heard{{Carrier: "twilio", Direction: "caller"}, {Carrier: "twilio", Direction: "agent"}} {
			if d := lines.MOS[heard]; len(d.Counts) == 0 || d.Counts[len(d.Counts)-1] != 1 && heard.Direction == "agent" || d.Sum < 4 {
				t.Errorf("%+v: counted %+v", heard, d)
			}
		}
		var arrived uint64
		for _, n := range lines.Lateness.Counts {
			arrived += n
		}
		if arrived != record.Media.ReceivedFrames {
			t.Errorf("%d arrivals of %d frames", arrived, record.Media.ReceivedFrames)
		}
	})
}

// BenchmarkBeatOfVoice is BenchmarkBeat with a caller who speaks.
func BenchmarkBeatOfVoice(b *testing.B) {
	l := newLine(b, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	sound := make([]int16, 4*8000)
	voice(8000)(sound)
	bytes := l.coder.Encode(nil, sound)
	in := bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
		Kind: telephony.Audio, Frame: media.Frame{Format: l.cfg.Format},
	}}
	tick := bridge.Input{Kind: bridge.InTick}
	b.ReportAllocs()
	for at := 0; b.Loop(); at = (at + 160) % len(bytes) {
		l.now = l.now.Add(20 * time.Millisecond)
		in.Event.Frame.Payload = bytes[at : at+160]
		l.core.Step(l.now, &in)
		in.Event.Frame.At += 20 * time.Millisecond
		l.core.Step(l.now, &tick)
	}
}
