package plivo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

func TestMessagesToPlivo(t *testing.T) {
	for kind, f := range map[string]media.Format{
		`"audio/x-mulaw","sampleRate":8000`: {Encoding: media.PCMU, Rate: 8000},
		`"audio/x-l16","sampleRate":8000`:   {Encoding: media.L16, Rate: 8000},
		`"audio/x-l16","sampleRate":16000`:  {Encoding: media.L16, Rate: 16000},
	} {
		declared := strings.Replace(start, `"audio/x-l16","sampleRate":16000`, kind, 1)
		wire := plivo.Carrier().NewWire(nil)
		if _, err := wire.Decode(message(declared)); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			ev   telephony.Event
			want string
		}{
			{sounding(f, 4), `{"event":"playAudio","media":{"contentType":` + kind + `,"payload":"AAAAAA=="}}`},
			{telephony.Event{Kind: telephony.Mark, Mark: `7 "end"`}, `{"event":"checkpoint",` + id + `,"name":"7 \"end\""}`},
			{telephony.Event{Kind: telephony.Clear}, `{"event":"clearAudio",` + id + `}`},
			{telephony.Event{Kind: telephony.Digit, Digit: '#'}, `{"event":"sendDTMF","dtmf":"#"}`},
		} {
			msg, err := wire.Encode(nil, step.ev)
			if err != nil || msg.Binary || string(msg.Data) != step.want {
				t.Errorf("%v: %v\n got %s\nwant %s", step.ev.Kind, err, msg.Data, step.want)
			}
		}
	}
}

func TestKeysOffTheTelephoneAreNotSent(t *testing.T) {
	press := telephony.Event{Kind: telephony.Digit, Digit: '"'}
	if msg, err := startedWire(t).Encode(nil, press); !errors.Is(err, telephony.ErrBadDigit) {
		t.Errorf("%s, %v", msg.Data, err)
	}
	press.Digit = '1'
	if msg, err := plivo.Carrier().NewWire(nil).Encode(nil, press); !errors.Is(err, telephony.ErrNotStarted) {
		t.Errorf("before start: %s, %v", msg.Data, err)
	}
}

func TestNoMessageIsLargerThanPlivoTakes(t *testing.T) {
	wire := startedWire(t)
	largest := 0
	for _, n := range []int{12288, 32000, 47000, 47900, 47940, 48000, 64000} {
		msg, err := wire.Encode(nil, sounding(wideband, n))
		if err != nil && !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if err == nil {
			largest = max(largest, len(msg.Data))
		}
		if n <= 47900 && err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if largest < 63_000 || largest > 64_000 {
		t.Errorf("the largest message has %d bytes, want just within 64 000", largest)
	}
	advised := plivo.Carrier().Quirks.Chunk.Max
	if msg, err := wire.Encode(nil, sounding(wideband, advised)); err != nil || !strings.Contains(string(msg.Data), `"`+strings.Repeat("A", 16<<10)+`"`) {
		t.Errorf("a chunk of %d bytes is not 16 KB of base64: %v", advised, err)
	}
}

func sounding(f media.Format, n int) telephony.Event {
	return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: f, Payload: make([]byte, n)}}
}
