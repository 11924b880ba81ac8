package telnyx_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

func TestMessagesToTelnyxAreTheDocumentedOnesWithTheStreamsID(t *testing.T) {
	wire := startedWire(t, "sound=PCMU/8000")
	for _, test := range []struct {
		ev   telephony.Event
		want string
	}{
		{
			telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: mulaw, Payload: bytes.Repeat([]byte{0xff}, 16)}},
			`{"event":"media",` + id + `,"media":{"payload":"/////////////////////w=="}}`,
		},
		{telephony.Event{Kind: telephony.Mark, Mark: "u3:p12"}, `{"event":"mark",` + id + `,"mark":{"name":"u3:p12"}}`},
		{telephony.Event{Kind: telephony.Clear}, `{"event":"clear",` + id + `}`},
	} {
		msg, err := wire.Encode(nil, test.ev)
		if err != nil || msg.Binary || string(msg.Data) != test.want {
			t.Errorf("%s, %v; want %s", msg.Data, err, test.want)
		}
	}
}

func TestNoMessageHoldsMoreThanHalfAMinute(t *testing.T) {
	wire := startedWire(t, "")
	for n, want := range map[int]error{240_000: nil, 240_001: telephony.ErrUnsendable} {
		ev := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: mulaw, Payload: make([]byte, n)}}
		if _, err := wire.Encode(nil, ev); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// A leg may speak the other law than the one in which we promised to speak.
func TestOurSoundIsInTheLawThatWasAskedFor(t *testing.T) {
	laws := map[media.Encoding]codec.Codec{media.PCMU: law(t, g711.NewMuLaw), media.PCMA: law(t, g711.NewALaw)}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for from, to := range map[media.Encoding]media.Encoding{media.PCMU: media.PCMA, media.PCMA: media.PCMU} {
		wire := newWire(fmt.Sprintf("sound=%v/8000", to))
		if _, err := wire.Decode(declares(fmt.Sprintf(`"encoding":"%v","sample_rate":8000`, from))); err != nil {
			t.Fatal(err)
		}
		said := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: media.Format{Encoding: from, Rate: 8000}, Payload: every}}
		msg, err := wire.Encode(nil, said)
		if err != nil {
			t.Fatal(err)
		}
		sent := payloadOf(t, msg)
		want, best := levels(t, laws[from], every), levels(t, laws[to], every)
		for i, level := range levels(t, laws[to], sent) {
			for code, other := range best {
				if off(other, want[i]) < off(level, want[i]) {
					t.Errorf("%v %#02x at %d became %v %#02x at %d, %#02x at %d is nearer", from, i, want[i], to, sent[i], level, code, other)
					break
				}
			}
		}
		if n := testing.AllocsPerRun(100, func() { _, err = wire.Encode(msg.Data[:0], said) }); n != 0 || err != nil {
			t.Errorf("%v allocations, %v", n, err)
		}
	}
}

func law(t *testing.T, build func(int) (codec.Codec, error)) codec.Codec {
	t.Helper()
	c, err := build(8000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func levels(t *testing.T, c codec.Codec, payload []byte) []int16 {
	t.Helper()
	pcm, err := c.Decode(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

func off(a, b int16) int { return max(int(a)-int(b), int(b)-int(a)) }

func payloadOf(t *testing.T, msg telephony.Message) []byte {
	t.Helper()
	var body struct{ Media struct{ Payload string } }
	if err := json.Unmarshal(msg.Data, &body); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(body.Media.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}
