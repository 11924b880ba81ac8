package telephonytest

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// testAllocations checks that neither side allocates for sound, nor ours for
// what it sends besides.
func testAllocations(t *testing.T, c telephony.Carrier, f media.Format) {
	l := started(t, c, f, "a")
	in := l.packet()
	fromCarrier := l.send(in)
	out := telephony.Event{Kind: telephony.Audio, Frame: l.noise(chunk(c.Quirks.Chunk, f, size(f, 20*time.Millisecond)))}
	toCarrier, err := l.wire.Encode(nil, out)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 2*max(len(fromCarrier.Data), len(toCarrier.Data)))

	encode := func(side func([]byte, telephony.Event) (telephony.Message, error), ev telephony.Event) func() {
		return func() {
			if _, err := side(buf, ev); err != nil {
				t.Fatal(err)
			}
		}
	}
	decode := func(side func(telephony.Message) (telephony.Event, error), msg telephony.Message) func() {
		return func() {
			if _, err := side(msg); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		run  func()
	}{
		{"wire decodes sound", decode(l.wire.Decode, fromCarrier)},
		{"wire encodes sound", encode(l.wire.Encode, out)},
		{"wire encodes a mark", encode(l.wire.Encode, telephony.Event{Kind: telephony.Mark, Mark: `u3:"p12"`})},
		{"wire encodes a clear", encode(l.wire.Encode, telephony.Event{Kind: telephony.Clear})},
		{"peer encodes sound", encode(l.peer.Encode, in)},
		{"peer decodes sound", decode(l.peer.Decode, toCarrier)},
	}
	for _, test := range tests {
		if n := testing.AllocsPerRun(200, test.run); n != 0 {
			t.Errorf("%s: %v allocations", test.name, n)
		}
	}
}
