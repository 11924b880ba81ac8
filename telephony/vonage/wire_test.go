package vonage_test

import (
	"bytes"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// Messages as Vonage documents them; the headers are ours.
const (
	connected = `{"event":"websocket:connected","content-type":"audio/l16;rate=16000",` +
		`"call":"aaaaaaaa-bbbb-4ccc-8ddd-000000000001","ticket":"abc123"}`
	key     = `{"event":"websocket:dtmf","digit":"5","duration":260}`
	cleared = `{"event":"websocket:cleared"}`
	notify  = `{"event":"websocket:notify","payload":{"mark":"utt-7-end"}}`
)

func TestDocumentedMessagesAreRead(t *testing.T) {
	format := media.Format{Encoding: media.L16, Rate: 16000}
	sound := bytes.Repeat([]byte{1, 2}, 320)
	steps := []struct {
		msg  telephony.Message
		want telephony.Event
	}{
		{text(connected), telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
			StreamID: "ws-b56b21bb42bebc01b2d2e4eeb75ed746",
			CallID:   "aaaaaaaa-bbbb-4ccc-8ddd-000000000001",
			Params:   map[string]string{"call": "aaaaaaaa-bbbb-4ccc-8ddd-000000000001", "ticket": "abc123"},
			Format:   format,
		}}},
		{binary(sound), telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: format, Payload: sound}}},
		{text(key), telephony.Event{Kind: telephony.Digit, Digit: '5', Held: 260 * time.Millisecond}},
		{text(notify), telephony.Event{Kind: telephony.MarkPlayed, Mark: "utt-7-end"}},
		{text(cleared), telephony.Event{Kind: telephony.Cleared}},
		{binary(sound), telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: format, At: 20 * time.Millisecond, Payload: sound,
		}}},
		{text(`{"event":"websocket:disconnected"}`), telephony.Event{Kind: telephony.Unknown, Name: "websocket:disconnected"}},
	}
	wire := vonage.Carrier().NewWire(url.Values{"ignored": {"1"}})
	for _, step := range steps {
		got, err := wire.Decode(step.msg)
		if err != nil {
			t.Fatalf("%.100q: %v", step.msg.Data, err)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%.100q (-want +got):\n%s", step.msg.Data, diff)
		}
	}
}

func TestOtherFormsOfMessagesAreRead(t *testing.T) {
	pressed := telephony.Event{Kind: telephony.Digit, Digit: '5', Held: 260 * time.Millisecond}
	for json, want := range map[string]telephony.Event{
		`{"event":"websocket:dtmf","digit":5,"duration":"260"}`:                       pressed,
		`{"event":"websocket:dtmf","digit":"5","duration":260.4,"new":{"a":[1]}}`:     pressed,
		`{"event":"websocket:dtmf","dtmf":{"digit":"5","duration":260}}`:              pressed,
		`{"event":"websocket:dtmf","digit":"#"}`:                                      {Kind: telephony.Digit, Digit: '#'},
		`{"payload":{"mark":"m","gen":7},"event":"websocket:notify","timestamp":"x"}`: {Kind: telephony.MarkPlayed, Mark: "m"},
		`{"event":"websocket:notify","payload":{"mark":7}}`:                           {Kind: telephony.MarkPlayed, Mark: "7"},
		`{"event":"websocket:cleared","payload":{}}`:                                  {Kind: telephony.Cleared},
		`{"event":"websocket:media:update","active":false}`:                           {Kind: telephony.Unknown, Name: "websocket:media:update"},
	} {
		got, err := startedWire(t).Decode(text(json))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", json, err, diff)
		}
	}
}

func TestRateIsThatOfTheContentType(t *testing.T) {
	const declared = `"audio/l16;rate=16000"`
	for form, want := range map[string]int{ // zero where the start must be refused
		declared:                           16000,
		`"audio/l16;rate=8000"`:            8000,
		`"audio/l16;rate=24000"`:           24000,
		`"audio/L16; rate=8000"`:           8000,
		`"audio/l16; Rate=\"8000\"; ch=1"`: 8000,
		`"audio/l16;rate=44100"`:           0,
		`"audio/l16;rate=-8000"`:           0,
		`"audio/l16;rate=1e4"`:             0,
		`"audio/l16"`:                      0,
		`"audio/pcmu;rate=8000"`:           0,
		`""`:                               0,
		`16000`:                            0,
		`null`:                             0,
	} {
		wire := vonage.Carrier().NewWire(nil)
		ev, err := wire.Decode(text(strings.Replace(connected, declared, form, 1)))
		switch {
		case want != 0:
			if err != nil || ev.Start.Format != (media.Format{Encoding: media.L16, Rate: want}) {
				t.Errorf("%s: %+v, %v", form, ev.Start, err)
			}
			continue
		case !errors.Is(err, telephony.ErrBadFormat):
			t.Errorf("%s: %+v, %v", form, ev, err)
		}
		if _, err := wire.Decode(text(connected)); err != nil {
			t.Errorf("%s: a good start afterwards: %v", form, err)
		}
	}
}

func TestHeadersOfEveryTypeArePassedOn(t *testing.T) {
	ev, err := vonage.Carrier().NewWire(nil).Decode(text(
		`{"a":"x","event":"websocket:connected","n":7,"content-type":"audio/l16;rate=8000","yes":true,"no":null,"o":{"k":"v"},"call":12}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "x", "n": "7", "yes": "true", "call": "12"}
	if diff := cmp.Diff(want, ev.Start.Params); diff != "" || ev.Start.CallID != "12" {
		t.Errorf("call %q (-want +got):\n%s", ev.Start.CallID, diff)
	}
}

func TestStreamsAreNamedAfterTheirHeaders(t *testing.T) {
	id := func(headers string) string {
		t.Helper()
		ev, err := vonage.Carrier().NewWire(nil).Decode(text(`{"event":"websocket:connected","content-type":"audio/l16;rate=8000"` + headers + `}`))
		if err != nil {
			t.Fatal(err)
		}
		return ev.Start.StreamID
	}
	one := id(`,"ticket":"7fQzTicket","call":"c"`)
	if again := id(`,"call":"c","ticket":"7fQzTicket"`); again != one {
		t.Errorf("the same headers in another order name it %s and %s", one, again)
	}
	if strings.Contains(one, "7fQzTicket") {
		t.Errorf("%s tells the ticket", one)
	}
	seen := map[string]string{one: "one"}
	for _, headers := range []string{``, `,"ticket":"other","call":"c"`, `,"ticket":"7fQzTicket"`, `,"call":"7fQzTicket","ticket":"c"`} {
		got := id(headers)
		if before, twice := seen[got]; twice || got == "" {
			t.Errorf("%q and %q are both %q", before, headers, got)
		}
		seen[got] = headers
	}
}

func TestMalformedMessagesAreSkipped(t *testing.T) {
	for json, want := range map[string]error{
		`{"event":"websocket:dtmf"}`:                          telephony.ErrBadDigit,
		`{"event":"websocket:dtmf","digit":"12"}`:             telephony.ErrBadDigit,
		`{"event":"websocket:dtmf","digit":"E"}`:              telephony.ErrBadDigit,
		`{"event":"websocket:notify"}`:                        telephony.ErrMalformed,
		`{"event":"websocket:notify","payload":"utt-7-end"}`:  telephony.ErrMalformed,
		`{"event":"websocket:notify","payload":{"name":"m"}}`: telephony.ErrMalformed,
		`{"event":"websocket:notify","payload":{"mark":""}}`:  telephony.ErrMalformed,
		`{"event":5}`:                     telephony.ErrMalformed,
		`{"Event":"websocket:cleared"}`:   telephony.ErrMalformed,
		`[{"event":"websocket:cleared"}]`: telephony.ErrMalformed,
		connected:                         telephony.ErrStartedTwice,
	} {
		if ev, err := startedWire(t).Decode(text(json)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want %v", json, ev.Kind, err, want)
		}
	}
	if _, err := vonage.Carrier().NewWire(nil).Decode(text(cleared)); !errors.Is(err, telephony.ErrNotStarted) {
		t.Errorf("cleared before the start: %v", err)
	}
	if _, err := startedWire(t).Decode(binary([]byte(cleared))); !errors.Is(err, telephony.ErrBadLength) {
		t.Errorf("an event as a binary message: %v", err)
	}
}

func TestBinaryMessagesAreOneFrameAtEachRate(t *testing.T) {
	for rate, want := range map[string]int{"8000": 320, "16000": 640, "24000": 960} {
		wire := vonage.Carrier().NewWire(nil)
		if _, err := wire.Decode(text(strings.Replace(connected, "16000", rate, 1))); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 160, 320, 640, 960, 1920} {
			_, err := wire.Decode(binary(make([]byte, n)))
			var wireErr *telephony.WireError
			refused := errors.As(err, &wireErr) && errors.Is(err, telephony.ErrBadLength)
			if refused != (n != want) || !refused && err != nil {
				t.Errorf("%s Hz: %d bytes: %v", rate, n, err)
			}
		}
	}
}

func TestMessagesToVonageAreFramesAndCommands(t *testing.T) {
	wire := startedWire(t)
	frame := bytes.Repeat([]byte{3, 4}, 320)
	for _, test := range []struct {
		ev   telephony.Event
		want telephony.Message
	}{
		{telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: media.Format{Encoding: media.L16, Rate: 16000}, Payload: frame,
		}}, binary(frame)},
		{telephony.Event{Kind: telephony.Mark, Mark: `utt-7 "end"`}, text(`{"action":"notify","payload":{"mark":"utt-7 \"end\""}}`)},
		{telephony.Event{Kind: telephony.Clear}, text(`{"action":"clear"}`)},
	} {
		got, err := wire.Encode(nil, test.ev)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%v: %v (-want +got):\n%s", test.ev.Kind, err, diff)
		}
	}
}

// A shorter frame makes Vonage stop listening, a longer one too.
func TestNoFrameOfAnotherLengthEverLeaves(t *testing.T) {
	for rate, want := range map[int]int{8000: 320, 16000: 640, 24000: 960} {
		wire := vonage.Carrier().NewWire(nil)
		if _, err := wire.Decode(text(strings.Replace(connected, "16000", strconv.Itoa(rate), 1))); err != nil {
			t.Fatal(err)
		}
		format := media.Format{Encoding: media.L16, Rate: rate}
		for n := range 2000 {
			msg, err := wire.Encode(nil, telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: format, Payload: make([]byte, n)}})
			if left := err == nil; left != (n == want) || left && (!msg.Binary || len(msg.Data) != want) || !left && len(msg.Data) > 0 {
				t.Errorf("%d Hz: %d bytes: %d left, %v", rate, n, len(msg.Data), err)
			}
		}
	}
}

func TestVonageHoldsAMinuteOfSound(t *testing.T) {
	q := vonage.Carrier().Quirks
	if q.Queue/q.Packet != 3072 || q.Queue.Round(time.Second) != 61*time.Second || q.Chunk.Exact != 20*time.Millisecond {
		t.Errorf("queue of %v, packets of %v, messages of %v", q.Queue, q.Packet, q.Chunk.Exact)
	}
}

func FuzzWireDecode(f *testing.F) {
	frame := "!" + strings.Repeat("AB", 320)
	telephonytest.FuzzDecode(f, vonage.Carrier(),
		connected+"\n"+frame+"\n"+key+"\n"+notify+"\n"+cleared+"\n"+frame+"\n!short",
		frame+"\n"+connected+"\n"+connected+"\n"+frame,
		strings.Replace(connected, "16000", "8000", 1)+"\n"+frame[:321]+"\n"+frame,
	)
}

func BenchmarkWire(b *testing.B) { telephonytest.Benchmark(b, vonage.Carrier()) }

func text(json string) telephony.Message { return telephony.Message{Data: []byte(json)} }

func binary(data []byte) telephony.Message { return telephony.Message{Binary: true, Data: data} }

// startedWire returns a wire that has read connected.
func startedWire(t *testing.T) telephony.Wire {
	t.Helper()
	wire := vonage.Carrier().NewWire(nil)
	if _, err := wire.Decode(text(connected)); err != nil {
		t.Fatal(err)
	}
	return wire
}
