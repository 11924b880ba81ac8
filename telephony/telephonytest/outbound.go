package telephonytest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

func testOutbound(t *testing.T, c telephony.Carrier, f media.Format) {
	t.Run("nothing before start", func(t *testing.T) {
		l := newLine(t, c, f, "a")
		for _, ev := range []telephony.Event{l.packet(), {Kind: telephony.Mark, Mark: "m"}, {Kind: telephony.Clear}} {
			_, err := l.wire.Encode(nil, ev)
			wantError(t, ev.Kind.String(), err, telephony.ErrNotStarted)
		}
	})
	t.Run("sound within the chunk rules", func(t *testing.T) {
		l := started(t, c, f, "a")
		rules := c.Quirks.Chunk
		sizes := []int{
			chunk(rules, f, f.Encoding.SampleSize()), chunk(rules, f, size(f, 20*time.Millisecond)), chunk(rules, f, size(f, time.Second)),
		}
		if rules.Max > 0 && f.Encoding != media.Opus {
			sizes = append(sizes, rules.Max)
		}
		for _, n := range sizes {
			want := l.noise(n)
			got := l.outbound(telephony.Event{Kind: telephony.Audio, Frame: want}).Frame
			if got.Format != f || !bytes.Equal(got.Payload, want.Payload) {
				t.Errorf("%d bytes of %v arrived as %d bytes of %v", n, f, len(got.Payload), got.Format)
			}
		}
	})
	t.Run("marks and clear", func(t *testing.T) {
		l := started(t, c, f, "a")
		for _, label := range names() {
			if got := l.outbound(telephony.Event{Kind: telephony.Mark, Mark: label}); got.Mark != label {
				t.Errorf("%q arrived as %q", label, got.Mark)
			}
			l.outbound(telephony.Event{Kind: telephony.Clear})
		}
	})
	t.Run("appends", func(t *testing.T) {
		l := started(t, c, f, "a")
		for _, ev := range []telephony.Event{l.packet(), {Kind: telephony.Mark, Mark: "m"}, {Kind: telephony.Clear}} {
			msg, err := l.wire.Encode([]byte("before"), ev)
			if err != nil || !bytes.HasPrefix(msg.Data, []byte("before")) {
				t.Errorf("%v: %.20q, %v", ev.Kind, msg.Data, err)
			}
		}
	})
	t.Run("unsendable", func(t *testing.T) { testUnsendable(t, c, f) })
	t.Run("other stream", func(t *testing.T) {
		if c.Quirks.Anonymous {
			t.Skip("this carrier's messages don't tell their stream")
		}
		a, b := started(t, c, f, "a"), started(t, c, f, "b")
		msg, err := b.wire.Encode(nil, telephony.Event{Kind: telephony.Clear})
		if err != nil {
			t.Fatal(err)
		}
		var violation *telephony.Violation
		if ev, err := a.peer.Decode(msg); !errors.As(err, &violation) {
			t.Errorf("peer took %v of another stream: %v", ev.Kind, err)
		}
	})
}

func testUnsendable(t *testing.T, c telephony.Carrier, f media.Format) {
	l := started(t, c, f, "a")
	for _, kind := range []telephony.Kind{
		telephony.Unknown, telephony.Connected, telephony.Started, telephony.MarkPlayed, telephony.Cleared, telephony.Stopped,
	} {
		_, err := l.wire.Encode(nil, telephony.Event{Kind: kind})
		wantError(t, kind.String(), err, telephony.ErrUnsendable)
	}
	_, err := l.wire.Encode(nil, telephony.Event{Kind: telephony.Mark})
	wantError(t, "mark without a name", err, telephony.ErrUnsendable)

	_, err = l.wire.Encode(nil, telephony.Event{Kind: telephony.Audio, Frame: l.noise(0)})
	wantError(t, "no sound", err, telephony.ErrBadPayload)

	other := l.packet()
	other.Frame.Format.Rate *= 2
	_, err = l.wire.Encode(nil, other)
	wantError(t, "another rate", err, telephony.ErrBadFormat)

	if exact := c.Quirks.Chunk.Exact; exact > 0 {
		for _, n := range []int{f.Bytes(exact) - f.Encoding.SampleSize(), f.Bytes(exact) + f.Encoding.SampleSize(), 2 * f.Bytes(exact)} {
			_, err = l.wire.Encode(nil, telephony.Event{Kind: telephony.Audio, Frame: l.noise(n)})
			wantError(t, "not exactly one frame", err, telephony.ErrBadLength)
		}
	}
	if f.Encoding.SampleSize() > 1 {
		_, err = l.wire.Encode(nil, telephony.Event{Kind: telephony.Audio, Frame: l.noise(321)})
		wantError(t, "half a sample", err, telephony.ErrBadPayload)
	}
	if f.Encoding == media.Opus {
		packet := l.packet()
		packet.Frame.Payload[0] |= 1 // two frames of the same length, in an odd number of bytes
		_, err = l.wire.Encode(nil, packet)
		wantError(t, "no packet", err, telephony.ErrBadPayload)
	}
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: error %v, want %v", what, got, want)
	}
}
