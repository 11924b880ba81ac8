package bridge_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

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
