package telnyx_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	dialogue "github.com/talkpath/talkpath/conversation/dialogue/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

// Pitches that tell whether sound came through as it was.
const agentHertz, callerHertz = 600, 120

func TestThreeTurnsInEveryFormatOnALineThatKeepsNoOrder(t *testing.T) {
	for _, cfg := range []telnyx.Config{{}, {BigEndian: true}} {
		carrier := telnyx.Carrier(cfg)
		for _, format := range carrier.Quirks.Formats {
			if cfg.BigEndian && format.Encoding != media.L16 {
				continue
			}
			t.Run(format.String(), func(t *testing.T) { threeTurns(t, carrier, format) })
		}
	}
}

func threeTurns(t *testing.T, carrier telephony.Carrier, format media.Format) {
	var heard [][]int16
	agent := talker([]string{"one", "two"}, "Hello there.", "First reply. It has two sentences.", "For the key.", "Goodbye now.")
	agent.Recognizer = asr.New(asr.Config{
		Rate: 16000, Delay: 100 * time.Millisecond, Texts: []string{"one", "two"},
		Keep: func(pcm []int16) { heard = append(heard, pcm) },
	})
	plan := sim.Plan{
		Turns:    []sim.Turn{speech("one"), {Digits: "7#"}, speech("two")},
		Mischief: []sim.Mischief{overtaking()},
	}
	o := open(t, carrier, format)
	report, record := o.take(agent, plan)
	if report.Ending != telephony.AgentHungUp || record.Ending != string(telephony.AgentHungUp) {
		t.Errorf("ended %s at Telnyx, %s here", report.Ending, record.Ending)
	}
	want := "agent: Hello there.|caller: one|agent: First reply. It has two sentences.|caller: 7|" +
		"agent: For the key.|caller: two|agent: Goodbye now."
	if got := transcript(record); got != want {
		t.Errorf("transcript\n%s\nwant\n%s", got, want)
	}
	if len(report.Errors) > 0 || len(record.Errors) > 0 || report.Violations > 0 || report.Rate != format.Rate {
		t.Errorf("at %d Hz, errors %v, %v", report.Rate, report.Errors, record.Errors)
	}
	if record.Media.LostMS != 0 || record.Media.ReceivedFrames < uint64(report.Media.SentFrames)-2 {
		t.Errorf("of %d frames %d came, %d ms lost", report.Media.SentFrames, record.Media.ReceivedFrames, record.Media.LostMS)
	}
	if gap := time.Duration(report.Media.GapMax); gap > 60*time.Millisecond {
		t.Errorf("a gap of %v inside the agent's speech", gap)
	}
	if record.From != "+15550100001" || record.CarrierCallID != "v3:on-the-stream" || record.Media.MarksReturned == 0 {
		t.Errorf("from %s, call %s, %d marks came back", record.From, record.CarrierCallID, record.Media.MarksReturned)
	}
	wantPitch(t, "the agent at the caller's ear", report.Heard, report.Rate, agentHertz)
	if len(heard) == 0 {
		t.Fatal("the recognizer heard nothing")
	}
	wantPitch(t, "the caller at the recognizer", heard[0], 16000, callerHertz)
}

func TestCallerWhoSpeaksOverTheGreetingStopsTheAgent(t *testing.T) {
	carrier := telnyx.Carrier(telnyx.Config{})
	for _, format := range carrier.Quirks.Formats {
		t.Run(format.String(), func(t *testing.T) {
			turn := speech("stop")
			turn.TalkOver = true
			agent := talker([]string{"stop"}, "This is a long greeting of very many words which goes on and on.", "Fine then.", "Never said.")
			report, record := open(t, carrier, format).take(agent, sim.Plan{Turns: []sim.Turn{turn}, Mischief: []sim.Mischief{overtaking()}})
			spoken := report.Turns[0]
			if spoken.BargeIn == nil || time.Duration(*spoken.BargeIn) > 260*time.Millisecond || report.Media.Clears != 1 {
				t.Errorf("the agent stopped after %v, with %d clears", spoken.BargeIn, report.Media.Clears)
			}
			if spoken.Stale == nil || *spoken.Stale != 0 || len(report.Errors) > 0 {
				t.Errorf("stale sound %v, errors %v", spoken.Stale, report.Errors)
			}
			if report.Media.MarksReturned != report.Media.MarksSent {
				t.Errorf("of %d marks %d came back", report.Media.MarksSent, report.Media.MarksReturned)
			}
			if greeting := record.Transcript[0]; greeting.Heard == "" || len(greeting.Heard) >= len(greeting.Text) {
				t.Errorf("of %q was heard %q", greeting.Text, greeting.Heard)
			}
		})
	}
}

func TestCallerWhoHangsUpEndsTheCall(t *testing.T) {
	agent := talker(nil, "Hello, whom do I have the pleasure of speaking to today, and what may I do for you?", "Bye.")
	report, record := open(t, telnyx.Carrier(telnyx.Config{}), mulaw).take(agent, sim.Plan{HangUpAfter: 2 * time.Second})
	if report.Ending != telephony.CallerHungUp || record.Ending != string(telephony.CallerHungUp) {
		t.Errorf("ended %s at Telnyx, %s here", report.Ending, record.Ending)
	}
}

func TestErrorsThatTelnyxReportsAreCountedAndLoggedOnceInACall(t *testing.T) {
	o := open(t, telnyx.Carrier(telnyx.Config{}), mulaw)
	agent := talker([]string{"one"}, "Hello there.", "Goodbye now.")
	ours := strings.ReplaceAll(fault, "7c9e6679-0000-4000-8000-000000000001", o.call.StreamID)
	report, record := o.take(agent, sim.Plan{
		Turns:    []sim.Turn{speech("one")},
		Mischief: []sim.Mischief{sim.Stray(time.Second, message(ours), message(ours), message(ours))},
	})
	if report.Ending != telephony.AgentHungUp || record.Media.BadMessages != 3 {
		t.Errorf("ended %s, %d bad messages", report.Ending, record.Media.BadMessages)
	}
	const words = "Telnyx reports error 100003 demo_title: demo detail"
	if log := o.log.String(); strings.Count(log, words) != 1 {
		t.Errorf("logged %d times:\n%s", strings.Count(log, words), log)
	}
}

func TestALegInACodecThatCannotBeTakenIsToldByItsName(t *testing.T) {
	o := open(t, telnyx.Carrier(telnyx.Config{}), mulaw)
	amr := sim.Mischief{After: func(sent sim.Sent) []telephony.Message {
		return []telephony.Message{{Data: bytes.Replace(sent.Message.Data, []byte(`"PCMU"`), []byte(`"AMR-WB"`), 1)}}
	}}
	report, record := o.take(talker(nil, "Hello there."), sim.Plan{HangUpAfter: 3 * time.Second, Mischief: []sim.Mischief{amr}})
	if log := o.log.String(); !strings.Contains(log, "AMR-WB/8000") || len(record.Transcript) != 0 {
		t.Errorf("ended %s after %v:\n%s", record.Ending, report.Duration, log)
	}
}

// overtaking lets every third message of sound be overtaken by the next one,
// and every eighth by the next two.
func overtaking() sim.Mischief {
	var held []byte
	n, left := 0, 0
	return sim.Mischief{After: func(sent sim.Sent) []telephony.Message {
		if sent.Event.Kind != telephony.Audio {
			return []telephony.Message{sent.Message}
		}
		n++
		switch {
		case held == nil && n%3 == 0:
			held, left = bytes.Clone(sent.Message.Data), 1
			if n%8 == 0 {
				left = 2
			}
			return nil
		case held == nil:
			return []telephony.Message{sent.Message}
		}
		if left--; left > 0 {
			return []telephony.Message{sent.Message}
		}
		late := held
		held = nil
		return []telephony.Message{sent.Message, {Data: late}}
	}}
}

// talker returns an agent that understands texts and gives replies, one after
// the other, and hangs up after the last.
func talker(texts []string, replies ...string) conversation.Agent {
	var talk dialogue.Config
	for i, text := range replies {
		talk.Replies = append(talk.Replies, dialogue.Reply{Text: text, Next: conversation.Next{HangUp: i == len(replies)-1}})
	}
	return conversation.Agent{
		Recognizer: asr.New(asr.Config{Rate: 16000, Delay: 100 * time.Millisecond, Texts: slices.Clone(texts)}),
		Dialogue:   dialogue.New(talk), Synthesizer: tts.New(tts.Config{Rate: 22050, Hertz: agentHertz}),
	}
}

// speech returns a turn of a second of sound that comes in syllables.
func speech(text string) sim.Turn {
	return sim.Turn{Say: text, Speech: func(_ context.Context, rate int) ([]int16, error) {
		if rate <= 0 {
			return nil, errors.New("no rate")
		}
		pcm := make([]int16, rate)
		for i := range pcm {
			at := float64(i) / float64(rate)
			v := 0.0
			for h := 1; h < 16; h++ {
				v += math.Sin(2*math.Pi*callerHertz*float64(h)*at) / float64(h)
			}
			pcm[i] = int16((0.4 + 0.6*math.Abs(math.Sin(math.Pi*at/0.2))) * 4000 * v)
		}
		return pcm, nil
	}}
}
