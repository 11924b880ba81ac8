package bridge_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// earpiece is a caller's ear: it plays what a line sends as a carrier does, from
// when it comes, one piece after the other, and returns marks when it gets there.
type earpiece struct {
	*line
	decoder codec.Codec
	pcm     []int16 // from the line's epoch on
	lead    time.Duration
	taken   int // events of the line's
	marks   []mark
}

// mark is one that is out, and the samples before it.
type mark struct {
	name string
	at   int
}

// newEarpiece returns the ear of a call whose greeting is over, and whose
// caller has just finished a sentence.
func newEarpiece(t testing.TB, c telephony.Carrier, format media.Format, level float64) *earpiece {
	t.Helper()
	l := newLineWith(t, c, format, func(cfg *bridge.CoreConfig) { cfg.Manners.ComfortNoise = level })
	decoder, err := codecs().New(format)
	if err != nil {
		t.Fatal(err)
	}
	e := &earpiece{line: l, decoder: decoder}
	e.greet()
	e.listen(time.Second, nil)
	e.listen(time.Second, voice(format.Rate))
	e.listen(620*time.Millisecond, nil)
	if l.core.Turn().State() != conversation.Thinking {
		t.Fatalf("the call is %v, want a caller who waits", l.core.Turn().State())
	}
	return e
}

// greet plays a greeting that ends softly.
func (e *earpiece) greet() {
	ask := e.last(bridge.OutAsk).ID
	e.step(bridge.Input{Kind: bridge.InReplyText, ID: ask, Text: "Hello."})
	e.step(bridge.Input{Kind: bridge.InReplyDone, ID: ask})
	id := e.last(bridge.OutSpeak).ID
	e.step(bridge.Input{Kind: bridge.InSound, ID: id, PCM: append(tone(440, 22050, 4410), make([]int16, 441)...)})
	e.step(bridge.Input{Kind: bridge.InSpeakDone, ID: id})
	e.take()
}

// listen lets d go by, with the caller's sound from next.
func (e *earpiece) listen(d time.Duration, next func([]int16)) {
	for end := e.now.Add(d); e.now.Before(end); {
		e.pass(beat, next)
		e.take()
	}
}

// take plays what was sent by now.
func (e *earpiece) take() {
	for ; e.taken < len(e.sent); e.taken++ {
		ev := e.sent[e.taken]
		at := media.PCMSamples(e.now.Sub(epoch), e.cfg.Format.Rate)
		switch ev.Kind {
		case telephony.Audio:
			for len(e.pcm) < at {
				e.pcm = append(e.pcm, 0)
			}
			e.pcm, _ = e.decoder.Decode(e.pcm, ev.Frame.Payload)
		case telephony.Clear:
			e.pcm = e.pcm[:min(at, len(e.pcm))]
		case telephony.Mark:
			e.marks = append(e.marks, mark{ev.Mark, len(e.pcm)})
		default:
		}
	}
	for len(e.marks) > 0 && e.marks[0].at <= media.PCMSamples(e.now.Sub(epoch), e.cfg.Format.Rate) {
		e.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{Kind: telephony.MarkPlayed, Mark: e.marks[0].name}})
		e.marks = e.marks[1:]
	}
	e.lead = max(0, media.PCMDuration(len(e.pcm), e.cfg.Format.Rate)-e.now.Sub(epoch))
}

// between returns what was heard between two times.
func (e *earpiece) between(from, to time.Time) []int16 {
	rate := e.cfg.Format.Rate
	out := make([]int16, media.PCMSamples(to.Sub(from), rate))
	copy(out, e.pcm[min(media.PCMSamples(from.Sub(epoch), rate), len(e.pcm)):])
	return out
}

// understand answers for the recognizer.
func (e *earpiece) understand() {
	e.step(bridge.Input{Kind: bridge.InHearing, Hearing: conversation.Hearing{
		Utterance: e.last(bridge.OutFinish).ID, Text: "book an appointment", Final: true,
	}})
}
