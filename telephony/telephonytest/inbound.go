package telephonytest

import (
	"bytes"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

func testInbound(t *testing.T, c telephony.Carrier, f media.Format) {
	t.Run("sound", func(t *testing.T) {
		l := started(t, c, f, "a")
		var last uint64
		for i := range 20 {
			want := l.packet()
			want.Frame.At = time.Duration(i) * c.Quirks.Packet
			if i > 10 {
				want.Frame.At += 3 * time.Second // a gap that the carrier didn't send
			}
			got := l.inbound(want).Frame
			if c.Quirks.Untimed {
				want.Frame.At = time.Duration(i) * c.Quirks.Packet
			}
			if got.Format != f || got.At != want.Frame.At || !bytes.Equal(got.Payload, want.Frame.Payload) {
				t.Fatalf("packet %d: read %v of %d bytes at %v, sent %d bytes at %v",
					i, got.Format, len(got.Payload), got.At, len(want.Frame.Payload), want.Frame.At)
			}
			if c.Quirks.Untimed != (got.Seq == 0) || !c.Quirks.Untimed && got.Seq <= last {
				t.Fatalf("packet %d: sequence went from %d to %d", i, last, got.Seq)
			}
			last = got.Seq
		}
	})
	t.Run("digits", func(t *testing.T) {
		l := started(t, c, f, "a")
		for _, key := range []byte("0123456789*#ABCD") {
			if got := l.inbound(telephony.Event{Kind: telephony.Digit, Digit: key}); got.Digit != key {
				t.Errorf("%q came in as %q", key, got.Digit)
			}
		}
	})
	t.Run("marks", func(t *testing.T) {
		l := started(t, c, f, "a")
		for _, label := range names() {
			if got := l.inbound(telephony.Event{Kind: telephony.MarkPlayed, Mark: label}); got.Mark != label {
				t.Errorf("%q came in as %q", label, got.Mark)
			}
		}
	})
	t.Run("stop", func(t *testing.T) { testStop(t, c, f) })
	t.Run("peer keeps order", func(t *testing.T) { testPeerOrder(t, c, f) })
}

func testStop(t *testing.T, c telephony.Carrier, f media.Format) {
	if c.Quirks.EndsWithSocket {
		_, err := started(t, c, f, "a").peer.Encode(nil, telephony.Event{Kind: telephony.Stopped})
		wantError(t, "stop", err, telephony.ErrUnsendable)
		return
	}
	l := started(t, c, f, "a")
	l.inbound(l.packet())
	if got := l.inbound(telephony.Event{Kind: telephony.Stopped, Reason: "callended"}).Reason; got != "" && got != "callended" {
		t.Errorf("reason %q", got)
	}
	started(t, c, f, "b").inbound(telephony.Event{Kind: telephony.Stopped}) // without sound
}

// testPeerOrder checks that the peer, too, sends nothing that the carrier
// wouldn't.
func testPeerOrder(t *testing.T, c telephony.Carrier, f media.Format) {
	l := newLine(t, c, f, "a")
	type step struct {
		name string
		ev   telephony.Event
		want error
	}
	steps := []step{
		{"sound before start", l.packet(), telephony.ErrNotStarted},
		{"key before start", telephony.Event{Kind: telephony.Digit, Digit: '1'}, telephony.ErrNotStarted},
		{"start", telephony.Event{Kind: telephony.Started}, nil},
		{"start again", telephony.Event{Kind: telephony.Started}, telephony.ErrStartedTwice},
		{"no key", telephony.Event{Kind: telephony.Digit, Digit: 'x'}, telephony.ErrBadDigit},
		{"no sound", telephony.Event{Kind: telephony.Audio, Frame: l.noise(0)}, telephony.ErrBadPayload},
		{"no format", telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Payload: []byte{1, 2}}}, telephony.ErrBadFormat},
		{"clear", telephony.Event{Kind: telephony.Clear}, telephony.ErrUnsendable},
	}
	if !c.Quirks.EndsWithSocket {
		stop := telephony.Event{Kind: telephony.Stopped}
		steps = append([]step{{"stop before start", stop, telephony.ErrNotStarted}}, steps...)
		steps = append(steps, step{"stop", stop, nil}, step{"sound after stop", l.packet(), telephony.ErrNotStarted})
	}
	for _, step := range steps {
		_, err := l.peer.Encode(nil, step.ev)
		wantError(t, step.name, err, step.want)
	}
}
