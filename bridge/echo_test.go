package bridge_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// babble returns a voice in syllables of many pitches and loudnesses, which no
// two seeds have in common.
func babble(length time.Duration, rate int, loud float64, seed uint64) []int16 {
	rng := rand.New(rand.NewPCG(seed, 7))
	pcm := make([]int16, media.PCMSamples(length, rate))
	syllable := 0
	for at := 0; at < len(pcm); at += syllable {
		syllable = rate * (90 + rng.IntN(140)) / 1000
		gain, pitch, phase, low := loud*(0.4+rng.Float64()), 90+120*rng.Float64(), 0.0, 0.0
		for i := range min(syllable, len(pcm)-at) {
			phase = math.Mod(phase+pitch/float64(rate), 1)
			low += 2400 / float64(rate) * (2*phase - 1 + 0.2*rng.NormFloat64() - low)
			pcm[at+i] = int16(gain * math.Sin(math.Pi*float64(i)/float64(syllable)) * 2 * low)
		}
	}
	return pcm
}

// talker is a synthesizer that babbles.
type talker struct{ length time.Duration }

func (talker) Rate() int { return 16000 }

func (s talker) Speak(_ context.Context, text string, out func([]int16) error) error {
	return out(babble(s.length, s.Rate(), 6000, uint64(len(text))))
}

// sayBabble lets the agent answer the newest question with babble.
func (l *line) sayBabble(d time.Duration) {
	l.t.Helper()
	ask := l.last(bridge.OutAsk).ID
	l.step(bridge.Input{Kind: bridge.InReplyText, ID: ask, Text: "Some words that are said."})
	l.step(bridge.Input{Kind: bridge.InReplyDone, ID: ask})
	id := l.last(bridge.OutSpeak).ID
	l.step(bridge.Input{Kind: bridge.InSound, ID: id, PCM: babble(d, l.cfg.VoiceRate, 6000, 1)})
	l.step(bridge.Input{Kind: bridge.InSpeakDone, ID: id})
}

// echoing returns what the caller's line brings: an echo of what was sent, as a
// carrier plays it from the start on, with the caller's sound over it.
func (l *line) echoing(delay time.Duration, loss float64, caller []int16) func([]int16) {
	gain, taken, at := math.Pow(10, -loss/20), 0, -media.PCMSamples(delay, l.cfg.Format.Rate)
	var played []int16
	return func(pcm []int16) {
		for ; taken < len(l.sent); taken++ {
			if ev := l.sent[taken]; ev.Kind == telephony.Audio {
				played, _ = l.coder.Decode(played, ev.Frame.Payload)
			}
		}
		for i := range pcm {
			if at >= 0 && at < len(played) {
				pcm[i] += int16(gain * float64(played[at]))
			}
			at++
			if len(caller) > 0 {
				pcm[i], caller = pcm[i]+caller[0], caller[1:]
			}
		}
	}
}

func TestTheAgentsEchoIsToldNobody(t *testing.T) {
	for _, format := range []media.Format{{Encoding: media.PCMU, Rate: 8000}, {Encoding: media.L16, Rate: 24000}} {
		for _, guarded := range []bool{true, false} {
			l := newLineWith(t, twilio.Carrier(), format, func(c *bridge.CoreConfig) { c.Ears.NoEchoGuard = !guarded })
			l.sayBabble(4 * time.Second)
			l.pass(5*time.Second, l.echoing(140*ms, 12, nil))
			counts := l.core.Counts(l.now)
			if own := l.events(telephony.Clear) == 0 && l.heard == 0; own != guarded {
				t.Errorf("%v, guard %v: %d clears, %d samples to the recognizer", format, guarded, l.events(telephony.Clear), l.heard)
			}
			if (counts.Echoes > 0) != guarded {
				t.Errorf("%v, guard %v: %d echoes were counted", format, guarded, counts.Echoes)
			}
		}
	}
}

func TestACallerWhoSpeaksOverTheEchoIsHeardWithoutIt(t *testing.T) {
	format := media.Format{Encoding: media.PCMU, Rate: 8000}
	l := newLine(t, twilio.Carrier(), format)
	l.sayBabble(6 * time.Second)
	caller := append(make([]int16, 2*8000), babble(2*time.Second, 8000, 6000, 2)...)
	line := l.echoing(140*ms, 12, caller)
	l.pass(2*time.Second, line)
	if l.events(telephony.Clear) != 0 {
		t.Fatal("the agent has interrupted itself")
	}
	l.pass(300*ms, line)
	if l.events(telephony.Clear) != 1 {
		t.Fatalf("%d clears 300 ms after the caller began, want 1", l.events(telephony.Clear))
	}
	if most := media.PCMSamples(500*ms, 16000); l.heard == 0 || l.heard > most {
		t.Errorf("the recognizer was given %d samples, want some of the caller's 300 ms and little of the echo before", l.heard)
	}
}

// The last words of a reply come back when it is over.
func TestAnEchoThatComesAfterTheReplyIsNoAnswerToIt(t *testing.T) {
	format := media.Format{Encoding: media.PCMU, Rate: 8000}
	l := newLine(t, twilio.Carrier(), format)
	l.sayBabble(3 * time.Second)
	line := l.echoing(300*ms, 12, nil)
	l.pass(5*time.Second, line)
	if n := l.count(bridge.OutFinish); n > 0 || l.heard > 0 {
		t.Errorf("%d utterances, %d samples to the recognizer", n, l.heard)
	}
}

func TestCallsOverTelephonesWithEchoGoOnLikeOthers(t *testing.T) {
	for _, c := range allCarriers() {
		for i, format := range c.Quirks.Formats {
			delay := 20 * ms
			if i == 0 {
				delay = 300 * ms
			}
			t.Run(fmt.Sprint(c.Name(), " ", format, " ", delay), func(t *testing.T) { echoedCall(t, c, format.Rate, delay) })
		}
	}
}

func echoedCall(t *testing.T, c telephony.Carrier, rate int, delay time.Duration) {
	agent := agentOf(asr.Config{Texts: []string{"one", "two"}}, says("Hello there.", "First.", "Goodbye now."), tts.Config{})
	agent.Synthesizer = talker{3 * time.Second}
	over := sim.Turn{TalkOver: true, Say: "two", Speech: func(_ context.Context, rate int) ([]int16, error) {
		return babble(time.Second, rate, 8000, 3), nil
	}}
	inHouse(t, agent, func(h *house) {
		report, record := h.place(c, rate, sim.Plan{
			Noise: 20, Echo: sim.Echo{Loss: 12, Delay: delay}, Turns: []sim.Turn{speech("one"), over},
		})
		if report.Greeting == nil || report.Greeting.Interrupted {
			t.Errorf("the greeting was interrupted: %+v", report.Greeting)
		}
		if len(report.Turns) != 2 || report.Turns[1].BargeIn == nil || time.Duration(*report.Turns[1].BargeIn) > 500*ms {
			t.Errorf("the caller who spoke over the agent wasn't heard: %+v", report.Turns)
		}
		if got := len(record.Turns); got != 3 || record.Media.Clears != 1 || record.Media.EchoVetoes == 0 {
			t.Errorf("%d turns, %d clears and %d vetoes are on record, want 3, 1 and some", got, record.Media.Clears, record.Media.EchoVetoes)
		}
		if got := h.board.Stats().Echoes; got != record.Media.EchoVetoes {
			t.Errorf("the server has counted %d vetoes, the call %d", got, record.Media.EchoVetoes)
		}
	})
}
