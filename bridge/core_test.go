package bridge_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/g722"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/twilio"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func codecs() codec.Set {
	return codec.Set{
		Codecs: map[media.Encoding]func(int) (codec.Codec, error){
			media.PCMU: g711.NewMuLaw, media.PCMA: g711.NewALaw, media.L16: l16.New,
			media.G722: g722.New, media.Opus: opus.New,
		},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
}

// line is a Core with a clock that the test turns, and what came out.
type line struct {
	t       testing.TB
	core    *bridge.Core
	cfg     bridge.CoreConfig
	coder   codec.Codec
	now     time.Time
	at      time.Duration // the caller's media time
	sent    []telephony.Event
	payload int           // bytes of audio sent
	spoken  time.Duration // audio sent
	heard   int           // samples given to the recognizer
	given   []int16
	others  []bridge.Output
}

func newLine(t testing.TB, c telephony.Carrier, format media.Format) *line {
	t.Helper()
	return newLineWith(t, c, format, func(*bridge.CoreConfig) {})
}

func newLineWith(t testing.TB, c telephony.Carrier, format media.Format, change func(*bridge.CoreConfig)) *line {
	t.Helper()
	cfg := bridge.CoreConfig{
		Format: format, Quirks: c.Quirks, Codecs: codecs(), Manners: conversation.DefaultManners(),
		RecognizerRate: 16000, VoiceRate: 22050,
	}
	change(&cfg)
	core, err := bridge.NewCore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	coder, err := codecs().New(format)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, core: core, cfg: cfg, coder: coder, now: epoch}
	l.step(bridge.Input{Kind: bridge.InBegin})
	return l
}

func (l *line) step(in bridge.Input) {
	for _, out := range l.core.Step(l.now, &in) {
		switch out.Kind {
		case bridge.OutSend:
			ev := out.Event
			l.payload += len(ev.Frame.Payload)
			l.spoken += ev.Frame.Duration()
			ev.Frame.Payload = append([]byte{}, ev.Frame.Payload...)
			l.sent = append(l.sent, ev)
		case bridge.OutListen:
			l.heard += len(out.PCM)
			l.given = append(l.given, out.PCM...)
		default:
			l.others = append(l.others, out)
		}
	}
}

// pass lets d go by, with the caller's sound from next (nil for silence).
func (l *line) pass(d time.Duration, next func([]int16)) {
	const beat = 20 * time.Millisecond
	pcm := make([]int16, media.PCMSamples(beat, l.cfg.Format.Rate))
	for end := l.now.Add(d); l.now.Before(end); {
		l.now = l.now.Add(beat)
		clear(pcm)
		if next != nil {
			next(pcm)
		}
		l.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
			Kind:  telephony.Audio,
			Frame: media.Frame{Format: l.cfg.Format, At: l.at, Payload: l.coder.Encode(nil, pcm)},
		}})
		l.at += beat
		l.step(bridge.Input{Kind: bridge.InTick})
	}
}

func (l *line) last(kind bridge.OutputKind) bridge.Output {
	l.t.Helper()
	for i := len(l.others) - 1; i >= 0; i-- {
		if l.others[i].Kind == kind {
			return l.others[i]
		}
	}
	l.t.Fatalf("no output of kind %d in %+v", kind, l.others)
	return bridge.Output{}
}

func (l *line) count(kind bridge.OutputKind) (n int) {
	for _, o := range l.others {
		if o.Kind == kind {
			n++
		}
	}
	return n
}

func (l *line) events(kind telephony.Kind) (n int) {
	for _, ev := range l.sent {
		if ev.Kind == kind {
			n++
		}
	}
	return n
}

// say lets the agent answer the newest question with a sentence that sounds
// for d.
func (l *line) say(d time.Duration, next conversation.Next) {
	l.t.Helper()
	ask := l.last(bridge.OutAsk).ID
	l.step(bridge.Input{Kind: bridge.InReplyText, ID: ask, Text: "Some words that are said."})
	l.step(bridge.Input{Kind: bridge.InReplyDone, ID: ask, Next: next})
	id := l.last(bridge.OutSpeak).ID
	pcm := tone(440, 22050, media.PCMSamples(d, 22050))
	for len(pcm) > 0 {
		n := min(2205, len(pcm))
		l.step(bridge.Input{Kind: bridge.InSound, ID: id, PCM: pcm[:n]})
		pcm = pcm[n:]
	}
	l.step(bridge.Input{Kind: bridge.InSpeakDone, ID: id})
}

func tone(hertz float64, rate, samples int) []int16 {
	pcm := make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return pcm
}

// voice returns a source of speech-like sound: a buzz with formants that comes
// in syllables of 200 ms.
func voice(rate int) func([]int16) {
	n, rnd := 0, rand.New(rand.NewPCG(1, 2))
	return func(pcm []int16) {
		for i := range pcm {
			at := float64(n) / float64(rate)
			envelope := 0.4 + 0.6*math.Abs(math.Sin(math.Pi*at/0.2))
			var v float64
			for h := 1; h < 16; h++ {
				v += math.Sin(2*math.Pi*120*float64(h)*at) / float64(h)
			}
			pcm[i] = int16(envelope * (2500*v + 300*rnd.NormFloat64()))
			n++
		}
	}
}

func TestSoundIsSentAtOnceAndThenAtRealTimeWithinTheLead(t *testing.T) {
	l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.say(2*time.Second, conversation.Next{})
	first := l.payload
	if got := l.cfg.Format.Duration(first); got < 150*time.Millisecond || got > 250*time.Millisecond {
		t.Errorf("%v were sent at once, want the lead of 200 ms, half a message more or less", got)
	}
	began := l.now
	for l.payload < 16000 && l.now.Sub(began) < 3*time.Second {
		l.pass(20*time.Millisecond, nil)
		ahead := l.cfg.Format.Duration(l.payload) - l.now.Sub(began)
		if ahead > 250*time.Millisecond {
			t.Fatalf("at %v %v are ahead of real time", l.now.Sub(began), ahead)
		}
		if ahead < 130*time.Millisecond && l.payload < 15000 {
			t.Fatalf("at %v only %v are ahead of real time", l.now.Sub(began), ahead)
		}
	}
	if l.payload < 15900 || l.payload > 16160 {
		t.Errorf("sent %d bytes of 2 s", l.payload)
	}
	l.pass(20*time.Millisecond, nil)
	if l.events(telephony.Mark) != 2 {
		t.Errorf("%d marks for 2 s of sound, want one a second", l.events(telephony.Mark))
	}
}

func TestChunksFollowTheCarriersRulesAtEveryRate(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) {
				l := newLine(t, c, format)
				l.say(1234*time.Millisecond, conversation.Next{})
				l.pass(2*time.Second, nil)
				rules := c.Quirks.Chunk
				for _, ev := range l.sent {
					n := len(ev.Frame.Payload)
					if ev.Kind == telephony.Audio && (n%rules.Multiple != 0 || n < rules.Min || rules.Max > 0 && n > rules.Max) {
						t.Errorf("a chunk of %d bytes breaks %+v", n, rules)
					}
					if lasts := ev.Frame.Duration(); format.Encoding == media.Opus && ev.Kind == telephony.Audio && lasts != 20*time.Millisecond {
						t.Errorf("a packet of %v", lasts)
					}
				}
				if got := l.spoken; got < 1230*time.Millisecond || got > 1700*time.Millisecond {
					t.Errorf("sent %v of 1.234 s", got)
				}
			})
		}
	}
}

func TestTheCallersWordsReachTheRecognizerFromBeforeTheirStartToTheirEnd(t *testing.T) {
	for _, format := range exotel.Carrier(exotel.Config{}).Quirks.Formats {
		t.Run(format.String(), func(t *testing.T) {
			l := newLine(t, exotel.Carrier(exotel.Config{}), format)
			l.say(200*time.Millisecond, conversation.Next{})
			l.pass(2*time.Second, nil)
			l.pass(time.Second, voice(format.Rate))
			if l.count(bridge.OutFinish) != 0 {
				t.Error("the utterance ended while the caller spoke")
			}
			l.pass(900*time.Millisecond, nil)
			if l.count(bridge.OutFinish) != 1 {
				t.Fatalf("%d utterances, want one", l.count(bridge.OutFinish))
			}
			heard := media.PCMDuration(l.heard, 16000)
			if heard < 1800*time.Millisecond || heard > 2300*time.Millisecond {
				t.Errorf("the recognizer got %v: 1 s of speech, about 0.4 s before it and 0.6 s after it", heard)
			}
		})
	}
}

func TestBargeInClearsOnceAndNothingStaleFollows(t *testing.T) {
	l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.say(5*time.Second, conversation.Next{})
	l.pass(time.Second, nil)
	began := l.now
	speak := voice(8000)
	for l.events(telephony.Clear) == 0 && l.now.Sub(began) < time.Second {
		l.pass(20*time.Millisecond, speak)
	}
	if took := l.now.Sub(began); took > 120*time.Millisecond {
		t.Errorf("the clear came %v after the first voiced sample", took)
	}
	sent := len(l.sent)
	l.pass(2*time.Second, speak)
	if got := l.events(telephony.Clear); got != 1 {
		t.Errorf("%d clears, want one", got)
	}
	if len(l.sent) != sent {
		t.Errorf("%d events were sent after the clear", len(l.sent)-sent)
	}
	lines := l.core.Turn().Lines(l.now)
	if len(lines) != 1 || lines[0].Heard != "Some" {
		t.Errorf("transcript %+v: of 5 words in 5 s about 1.1 s were heard, so one whole word", lines)
	}
}

func TestTheAgentHangsUpWhenItsLastWordWasPlayed(t *testing.T) {
	for name, confirm := range map[string]bool{"mark comes": true, "mark never comes": false} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
			l.say(time.Second, conversation.Next{HangUp: true})
			began := l.now
			returned := 0
			for l.count(bridge.OutEnd) == 0 && l.now.Sub(began) < 10*time.Second {
				l.pass(20*time.Millisecond, nil)
				if !confirm || l.now.Sub(began) < 1100*time.Millisecond {
					continue
				}
				for ; returned < len(l.sent); returned++ {
					if ev := l.sent[returned]; ev.Kind == telephony.Mark {
						ev.Kind = telephony.MarkPlayed
						l.step(bridge.Input{Kind: bridge.InEvent, Event: ev})
					}
				}
			}
			took := l.now.Sub(began)
			if l.last(bridge.OutEnd).Ending != telephony.AgentHungUp {
				t.Errorf("ended %+v", l.last(bridge.OutEnd))
			}
			if took < time.Second || took > 4*time.Second || confirm && took > 1500*time.Millisecond {
				t.Errorf("hung up %v after the last word was sent, which takes 1 s to play", took)
			}
		})
	}
}

func TestAGapInTheTimestampsIsFilledAndCounted(t *testing.T) {
	l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.pass(time.Second, nil)
	l.at += 300 * time.Millisecond // the carrier dropped sound
	l.pass(time.Second, nil)
	n := l.core.Counts(l.now)
	if n.Jitter.Gaps != 1 || n.Jitter.Lost != 300*time.Millisecond || n.Jitter.Media != 2300*time.Millisecond {
		t.Errorf("counted %+v", n.Jitter)
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) { steadyState(t, c, format) })
		}
	}
}

// steadyState counts what a beat allocates of a Core that hears and speaks.
func steadyState(t *testing.T, c telephony.Carrier, format media.Format) {
	core, beat := both(t, c, format)
	before := core.Counts(epoch)
	if got := testing.AllocsPerRun(500, beat); got != 0 {
		t.Errorf("%v allocations a beat", got)
	}
	after := core.Counts(epoch)
	if after.Sent-before.Sent < 9*time.Second || after.Jitter.Played-before.Jitter.Played < 9*time.Second {
		t.Fatalf("the beats did nothing: %+v, %+v", before, after)
	}
}

// both returns a Core that hears and speaks at the same time and has done so
// for a while, and what lets 20 ms pass in it.
func both(t testing.TB, c telephony.Carrier, format media.Format) (*bridge.Core, func()) {
	t.Helper()
	cfg := bridge.CoreConfig{
		Format: format, Quirks: c.Quirks, Codecs: codecs(), Manners: conversation.DefaultManners(),
		RecognizerRate: 16000, VoiceRate: 22050,
	}
	cfg.Quirks.Marks = false // a mark a second has a name, which is made
	cfg.Manners.BargeIn = false
	core, err := bridge.NewCore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	coder, err := codecs().New(format)
	if err != nil {
		t.Fatal(err)
	}
	now := epoch
	core.Step(now, &bridge.Input{Kind: bridge.InBegin})
	core.Step(now, &bridge.Input{Kind: bridge.InReplyText, ID: 1, Text: "Words without end. "})
	packet := make([]int16, media.PCMSamples(20*time.Millisecond, format.Rate))
	voice(format.Rate)(packet)
	in := bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
		Kind: telephony.Audio, Frame: media.Frame{Format: format, Payload: coder.Encode(nil, packet)},
	}}
	sound := bridge.Input{Kind: bridge.InSound, ID: 1, PCM: tone(300, 22050, 441)}
	beat := func() {
		now = now.Add(20 * time.Millisecond)
		core.Step(now, &in)
		in.Event.Frame.At += 20 * time.Millisecond
		core.Step(now, &sound)
		core.Step(now, &bridge.Input{Kind: bridge.InTick})
	}
	for range 200 {
		beat()
	}
	return core, beat
}

// BenchmarkBoth is BenchmarkBeat where the agent speaks as well.
func BenchmarkBoth(b *testing.B) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			b.Run(c.Name()+" "+format.String(), func(b *testing.B) {
				_, beat := both(b, c, format)
				b.ReportAllocs()
				for b.Loop() {
					beat()
				}
			})
		}
	}
}

func BenchmarkBeat(b *testing.B) {
	l := newLine(b, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	packet := make([]int16, 160)
	in := bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
		Kind: telephony.Audio, Frame: media.Frame{Format: l.cfg.Format, Payload: l.coder.Encode(nil, packet)},
	}}
	b.ReportAllocs()
	for b.Loop() {
		l.now = l.now.Add(20 * time.Millisecond)
		l.core.Step(l.now, &in)
		in.Event.Frame.At += 20 * time.Millisecond
		l.core.Step(l.now, &bridge.Input{Kind: bridge.InTick})
	}
}

// A clear cuts what was sent at any instant, so that positions behind it are
// no round numbers.
func TestMarksBehindAClearAreKnownAgain(t *testing.T) {
	l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.say(5*time.Second, conversation.Next{})
	l.pass(time.Second, nil)
	l.now = l.now.Add(1_234_567)
	l.pass(time.Second, voice(8000))
	l.pass(time.Second, nil)
	l.step(bridge.Input{Kind: bridge.InHearing, Hearing: conversation.Hearing{
		Utterance: l.last(bridge.OutFinish).ID, Text: "stop", Final: true,
	}})
	l.sent = nil
	l.say(100*time.Millisecond, conversation.Next{})
	for _, ev := range l.sent {
		if ev.Kind == telephony.Mark { // the carrier claims to have played it at once
			ev.Kind = telephony.MarkPlayed
			l.step(bridge.Input{Kind: bridge.InEvent, Event: ev})
		}
	}
	lines := l.core.Turn().Lines(l.now)
	if l.events(telephony.Mark) != 1 || lines[len(lines)-1].Heard != lines[len(lines)-1].Text {
		t.Errorf("%d marks came back, and of the reply %q was heard", l.events(telephony.Mark), lines[len(lines)-1].Heard)
	}
}

func TestTheLeadNeverPassesItsLimit(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) {
				l := newLineWith(t, c, format, func(cfg *bridge.CoreConfig) { cfg.Lead = bridge.MaxLead })
				l.say(5*time.Second, conversation.Next{})
				for began := l.now; l.now.Sub(began) < 4*time.Second; l.pass(20*time.Millisecond, nil) {
					if ahead := l.spoken - l.now.Sub(began); ahead > bridge.MaxLead || ahead < 50*time.Millisecond {
						t.Fatalf("at %v %v are ahead of real time", l.now.Sub(began), ahead)
					}
				}
			})
		}
	}
}
