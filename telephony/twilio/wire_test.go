package twilio_test

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// Messages as Twilio documents them.
const (
	connected = `{"event":"connected","protocol":"Call","version":"1.0.0"}`
	start     = `{"event":"start","sequenceNumber":"1","streamSid":"MZ00000000000000000000000000000001",
 "start":{"streamSid":"MZ00000000000000000000000000000001","accountSid":"AC00000000000000000000000000000001",
  "callSid":"CA00000000000000000000000000000001","tracks":["inbound"],
  "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
  "customParameters":{"session":"s_01HZX","tenant":"acme"}}}`
	sound = `{"event":"media","sequenceNumber":"7","streamSid":"MZ00000000000000000000000000000001",
 "media":{"track":"inbound","chunk":"6","timestamp":"100","payload":"/////////////////////w=="}}`
	key = `{"event":"dtmf","sequenceNumber":"60","streamSid":"MZ00000000000000000000000000000001",
 "dtmf":{"track":"inbound_track","digit":"5"}}`
	mark = `{"event":"mark","sequenceNumber":"88","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"u3:p12"}}`
	stop = `{"event":"stop","sequenceNumber":"512","streamSid":"MZ00000000000000000000000000000001",
 "stop":{"accountSid":"AC00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001"}}`
)

func TestDocumentedMessagesAreRead(t *testing.T) {
	format := media.Format{Encoding: media.PCMU, Rate: 8000}
	tests := []struct {
		json string
		want telephony.Event
	}{
		{connected, telephony.Event{Kind: telephony.Connected}},
		{start, telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
			StreamID:  "MZ00000000000000000000000000000001",
			CallID:    "CA00000000000000000000000000000001",
			AccountID: "AC00000000000000000000000000000001",
			Params:    map[string]string{"session": "s_01HZX", "tenant": "acme"},
			Format:    format,
		}}},
		{sound, telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: format, Seq: 7, At: 100 * time.Millisecond, Payload: bytes.Repeat([]byte{0xff}, 16),
		}}},
		{key, telephony.Event{Kind: telephony.Digit, Digit: '5'}},
		{mark, telephony.Event{Kind: telephony.MarkPlayed, Mark: "u3:p12"}},
		{stop, telephony.Event{Kind: telephony.Stopped}},
	}
	wire := twilio.Carrier().NewWire(nil)
	for _, test := range tests {
		got, err := wire.Decode(message(test.json))
		if err != nil {
			t.Fatalf("%s: %v", test.json, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.json, diff)
		}
	}
}

func TestOtherFormsOfMessagesAreRead(t *testing.T) {
	const id = `"streamSid":"MZ00000000000000000000000000000001"`
	tests := []struct {
		name, json string
		check      func(telephony.Event) bool
	}{
		{
			"counters as numbers",
			`{"event":"media","sequenceNumber":7,` + id + `,"media":{"chunk":6,"timestamp":100,"payload":"//8="}}`,
			func(ev telephony.Event) bool { return ev.Frame.Seq == 7 && ev.Frame.At == 100*time.Millisecond },
		},
		{
			"no id, counter or track",
			`{"event":"media","media":{"timestamp":"0","payload":"//8="}}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Audio && ev.Frame.Seq == 0 },
		},
		{
			"escaped slashes, unknown fields",
			`{"event":"media","new":{"a":[1]},` + id + `,"media":{"payload":"\/\/8=","new":null}}`,
			func(ev telephony.Event) bool { return bytes.Equal(ev.Frame.Payload, []byte{0xff, 0xff}) },
		},
		{
			"sound of ours",
			`{"event":"media",` + id + `,"media":{"track":"outbound","payload":"//8="}}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Unknown },
		},
		{
			"key as a number",
			`{"event":"dtmf",` + id + `,"dtmf":{"digit":5}}`,
			func(ev telephony.Event) bool { return ev.Digit == '5' },
		},
		{
			"stop without a body",
			`{"event":"stop",` + id + `}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Stopped },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := startedWire(t).Decode(message(test.json))
			if err != nil || !test.check(got) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestStartIsReadAsFarAsItCanBeTwilios(t *testing.T) {
	tests := []struct {
		name, old, new string
		want           error
	}{
		{"other rate", `"sampleRate":8000`, `"sampleRate":16000`, telephony.ErrBadFormat},
		{"absurd rate", `"sampleRate":8000`, `"sampleRate":-8e99`, telephony.ErrBadFormat},
		{"rate in words", `"sampleRate":8000`, `"sampleRate":"fast"`, telephony.ErrBadFormat},
		{"rate as text", `"sampleRate":8000`, `"sampleRate":"8000"`, nil},
		{"no rate", `"sampleRate":8000,`, ``, nil},
		{"encoding of another name", `audio/x-mulaw`, `PCMU;whatever`, nil},
		{"id inside only", `"1","streamSid":"MZ00000000000000000000000000000001"`, `"1"`, nil},
		{"no id", `streamSid`, `stream`, telephony.ErrMalformed},
		{"no body", `"start":{`, `"begin":{`, telephony.ErrMalformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.ReplaceAll(start, test.old, test.new)
			if changed == start {
				t.Fatal("nothing was changed")
			}
			wire := twilio.Carrier().NewWire(nil)
			if _, err := wire.Decode(message(changed)); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if test.want == nil {
				return
			}
			if _, err := wire.Decode(message(start)); err != nil {
				t.Errorf("a good start afterwards: %v", err)
			}
		})
	}
}

func TestMalformedMessagesAreSkipped(t *testing.T) {
	const id = `"streamSid":"MZ00000000000000000000000000000001"`
	for json, want := range map[string]error{
		`{"event":"media",` + id + `}`:                                    telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":[]}`:                         telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":{"payload":5}}`:              telephony.ErrMalformed,
		`{"event":"dtmf",` + id + `}`:                                     telephony.ErrMalformed,
		`{"event":"dtmf",` + id + `,"dtmf":{"digit":"12"}}`:               telephony.ErrBadDigit,
		`{"event":"dtmf",` + id + `,"dtmf":{"digit":""}}`:                 telephony.ErrBadDigit,
		`{"event":"mark",` + id + `,"mark":{"name":""}}`:                  telephony.ErrMalformed,
		`{"event":"mark","streamSid":"MZ2","mark":{"name":"m"}}`:          telephony.ErrWrongStream,
		`{"event":"stop","streamSid":""}`:                                 telephony.ErrWrongStream,
		`{"event":5}`:                                                     telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":{"payload":"//8"}}`:          telephony.ErrBadPayload,
		`{"event":"media",` + id + `,"media":{"payload":"","chunk":"1"}}`: telephony.ErrBadPayload,
	} {
		if ev, err := startedWire(t).Decode(message(json)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want %v", json, ev.Kind, err, want)
		}
	}
}

func TestSamplesAreCountedWhereTimestampsAreMissing(t *testing.T) {
	wire := startedWire(t)
	steps := []struct {
		media string
		at    time.Duration
	}{
		{`"payload":"` + strings.Repeat("////", 40) + `"`, 0}, // 120 samples
		{`"payload":"` + strings.Repeat("////", 40) + `"`, 15 * time.Millisecond},
		{`"timestamp":"100","payload":"` + strings.Repeat("////", 40) + `"`, 100 * time.Millisecond},
		{`"timestamp":"","payload":"//8="`, 115 * time.Millisecond},
		{`"timestamp":"99999999999999999999","payload":"//8="`, 115*time.Millisecond + 250*time.Microsecond},
		{`"timestamp":"40","payload":"//8="`, 40 * time.Millisecond},
	}
	for _, step := range steps {
		ev, err := wire.Decode(message(`{"event":"media","media":{` + step.media + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		if ev.Frame.At != step.at {
			t.Errorf("%.30s: at %v, want %v", step.media, ev.Frame.At, step.at)
		}
	}
}

func TestMessagesToTwilioHaveExactlyTheDocumentedFields(t *testing.T) {
	wire := startedWire(t)
	tests := []struct {
		ev   telephony.Event
		want string
	}{
		{
			telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
				Format: media.Format{Encoding: media.PCMU, Rate: 8000}, Payload: bytes.Repeat([]byte{0xff}, 16),
			}},
			`{"event":"media","streamSid":"MZ00000000000000000000000000000001","media":{"payload":"/////////////////////w=="}}`,
		},
		{
			telephony.Event{Kind: telephony.Mark, Mark: "u3:p12"},
			`{"event":"mark","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"u3:p12"}}`,
		},
		{
			telephony.Event{Kind: telephony.Clear},
			`{"event":"clear","streamSid":"MZ00000000000000000000000000000001"}`,
		},
	}
	for _, test := range tests {
		msg, err := wire.Encode(nil, test.ev)
		if err != nil || msg.Binary || string(msg.Data) != test.want {
			t.Errorf("%s, %v; want %s", msg.Data, err, test.want)
		}
	}
}

func FuzzWireDecode(f *testing.F) {
	flat := strings.NewReplacer("\n", "")
	telephonytest.FuzzDecode(f, twilio.Carrier(),
		flat.Replace(connected)+"\n"+flat.Replace(start)+"\n"+flat.Replace(sound)+"\n"+flat.Replace(key)+
			"\n"+flat.Replace(mark)+"\n"+flat.Replace(stop),
		flat.Replace(sound)+"\n"+flat.Replace(start)+"\n"+flat.Replace(start)+"\n"+`{"event":"media","media":{"payload":"/w=="}}`,
		strings.Replace(flat.Replace(start), `["inbound"]`, `["inbound","outbound"]`, 1)+"\n"+flat.Replace(sound)+"\n"+
			strings.Replace(flat.Replace(sound), `"inbound"`, `"outbound"`, 1)+"\n"+flat.Replace(mark),
	)
}

func BenchmarkWire(b *testing.B) { telephonytest.Benchmark(b, twilio.Carrier()) }

func message(json string) telephony.Message { return telephony.Message{Data: []byte(json)} }

// startedWire returns a wire that has read start.
func startedWire(t *testing.T) telephony.Wire {
	t.Helper()
	wire := twilio.Carrier().NewWire(url.Values{"ignored": {"1"}})
	if _, err := wire.Decode(message(start)); err != nil {
		t.Fatal(err)
	}
	return wire
}
