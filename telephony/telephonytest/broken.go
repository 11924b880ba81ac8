package telephonytest

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// testBroken sends what breaks the protocol. Each time the message is told
// apart, skipped, and the next good one is read.
func testBroken(t *testing.T, c telephony.Carrier, f media.Format) {
	t.Run("anything before start", func(t *testing.T) {
		from := started(t, c, f, "a")
		to := newLine(t, c, f, "a")
		for _, ev := range from.anything() {
			to.refused(from.send(ev), telephony.ErrNotStarted)
		}
		to.inbound(telephony.Event{Kind: telephony.Started})
	})
	t.Run("start twice", func(t *testing.T) {
		l, other := started(t, c, f, "a"), newLine(t, c, f, "b")
		l.refused(other.send(telephony.Event{Kind: telephony.Started}), telephony.ErrStartedTwice)
		l.inbound(l.packet()) // the first start still holds
		l.outbound(telephony.Event{Kind: telephony.Clear})
	})
	t.Run("another stream", func(t *testing.T) {
		if c.Quirks.Anonymous {
			t.Skip("this carrier's messages don't tell their stream")
		}
		l, other := started(t, c, f, "a"), started(t, c, f, "b")
		for _, ev := range other.anything() {
			l.refused(other.send(ev), telephony.ErrWrongStream)
		}
		l.inbound(l.packet())
	})
	t.Run("sound as the other type of message", func(t *testing.T) {
		l := started(t, c, f, "a")
		msg, want := l.send(l.packet()), telephony.ErrNotText
		if msg.Binary {
			want = telephony.ErrMalformed
		}
		msg.Binary = !msg.Binary
		l.refused(msg, want)
		l.inbound(l.packet())
	})
	t.Run("garbage", func(t *testing.T) {
		l := started(t, c, f, "a")
		whole := l.send(l.packet()).Data
		for _, bad := range []string{
			"", " ", "hello", "null", "5", `"event"`, "[]", "{", `{"event":`, `{}`, `{"event":null}`, "\xff\xfe",
			string(whole[:len(whole)/2]), string(whole) + "}", strings.Repeat("[", 100_000),
		} {
			l.refused(telephony.Message{Data: []byte(bad)}, telephony.ErrMalformed)
		}
		l.inbound(l.packet())
	})
	t.Run("payload", func(t *testing.T) { testBrokenPayload(t, c, f) })
	t.Run("length", func(t *testing.T) { testBrokenLength(t, c, f) })
	t.Run("unknown event", func(t *testing.T) { testUnknownEvent(t, c, f) })
}

func testBrokenPayload(t *testing.T, c telephony.Carrier, f media.Format) {
	l := started(t, c, f, "a")
	packet := l.packet()
	msg := string(l.send(packet).Data)
	good := base64.StdEncoding.EncodeToString(packet.Frame.Payload)
	if !strings.Contains(msg, good) {
		t.Skip("this carrier's sound isn't base64")
	}
	bad := map[string]string{
		"empty":          "",
		"not base64":     "!" + good[1:],
		"cut off":        good[:len(good)-1],
		"not at its end": good[:4] + "=" + good[5:],
		"URL alphabet":   "-_" + good[2:],
	}
	if f.Encoding == media.Opus {
		bad["no packet"] = base64.StdEncoding.EncodeToString([]byte{opusHead | 3, 0, 1})
	}
	if f.Encoding.SampleSize() > 1 {
		bad["half a sample"] = base64.StdEncoding.EncodeToString(packet.Frame.Payload[1:])
	}
	for name, text := range bad {
		broken := telephony.Message{Data: []byte(strings.Replace(msg, good, text, 1))}
		if event := l.refused(broken, telephony.ErrBadPayload); event == "" {
			t.Errorf("%s: error doesn't name the event", name)
		}
		if got := l.inbound(packet); !bytes.Equal(got.Frame.Payload, packet.Frame.Payload) {
			t.Errorf("%s: the next packet is damaged", name)
		}
	}
}

// testBrokenLength checks that binary sound is exactly one frame, and that what
// is not takes no time.
func testBrokenLength(t *testing.T, c telephony.Carrier, f media.Format) {
	l := started(t, c, f, "a")
	first := l.inbound(l.packet()).Frame
	if c.Quirks.Chunk.Exact == 0 || !l.send(l.packet()).Binary {
		t.Skip("this carrier's sound isn't binary messages of one length")
	}
	n := f.Bytes(c.Quirks.Packet)
	for _, wrong := range []int{0, 1, f.Encoding.SampleSize(), n - f.Encoding.SampleSize(), n - 1, n + 1, n + f.Encoding.SampleSize(), 2 * n} {
		l.refused(telephony.Message{Binary: true, Data: l.noise(wrong).Payload}, telephony.ErrBadLength)
	}
	if got := l.inbound(l.packet()).Frame; c.Quirks.Untimed && got.At != first.At+c.Quirks.Packet {
		t.Errorf("the frame after them is at %v", got.At)
	}
}

func testUnknownEvent(t *testing.T, c telephony.Carrier, f media.Format) {
	long := strings.Repeat("ü", 60)
	for _, l := range []*line{newLine(t, c, f, "a"), started(t, c, f, "a")} {
		for name, want := range map[string]string{"weather": "weather", long: long[:64]} {
			msg := telephony.Message{Data: []byte(`{"event":"` + name + `","sunny":{"very":[true]}}`)}
			got, err := l.wire.Decode(msg)
			if err != nil || got.Kind != telephony.Unknown || got.Name != want {
				t.Errorf("event %q: %v, %q, %v", name, got.Kind, got.Name, err)
			}
		}
	}
}
