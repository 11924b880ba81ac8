package exotel_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/telephonytest"
)

// Messages as Exotel documents them.
const (
	connected = `{"event":"connected"}`
	start     = `{"event":"start","sequence_number":1,"stream_sid":"st_000000000000000000000001",
 "start":{"stream_sid":"st_000000000000000000000001","call_sid":"c0ffee00000000000000000000000001",
  "account_sid":"exampleacct1","from":"09100000001","to":"08000000002",
  "custom_parameters":{"agent":"a1"},
  "media_format":{"encoding":"raw","sample_rate":"8000","bit_rate":"128"}}}`
	sound = `{"event":"media","sequence_number":3,"stream_sid":"st_000000000000000000000001",
 "media":{"chunk":2,"timestamp":"100","payload":"AQIDBA=="}}`
	key  = `{"event":"dtmf","sequence_number":9,"stream_sid":"st_000000000000000000000001","dtmf":{"digit":"5","duration":"250"}}`
	mark = `{"event":"mark","sequence_number":12,"stream_sid":"st_000000000000000000000001","mark":{"name":"utt-7-end"}}`
	stop = `{"event":"stop","sequence_number":400,"stream_sid":"st_000000000000000000000001",
 "stop":{"call_sid":"c0ffee00000000000000000000000001","account_sid":"exampleacct1","reason":"callended"}}`
)

// camel is start in the other spelling, with the other types.
const camel = `{"event":"start","sequenceNumber":"1","streamSid":"st_000000000000000000000001",
 "start":{"streamSid":"st_000000000000000000000001","callSid":"c0ffee00000000000000000000000001",
  "accountSid":"exampleacct1","from":"09100000001","to":"08000000002",
  "customParameters":{"agent":"a1"},
  "mediaFormat":{"encoding":"audio/x-raw","sampleRate":8000,"bitRate":16}}}`

func TestDocumentedMessagesAreRead(t *testing.T) {
	format := media.Format{Encoding: media.L16, Rate: 8000}
	tests := []struct {
		json string
		want telephony.Event
	}{
		{connected, telephony.Event{Kind: telephony.Connected}},
		{start, started(8000)},
		{sound, telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: format, Seq: 3, At: 100 * time.Millisecond, Payload: []byte{1, 2, 3, 4},
		}}},
		{key, telephony.Event{Kind: telephony.Digit, Digit: '5', Held: 250 * time.Millisecond}},
		{mark, telephony.Event{Kind: telephony.MarkPlayed, Mark: "utt-7-end"}},
		{`{"event":"clear","stream_sid":"st_000000000000000000000001"}`, telephony.Event{Kind: telephony.Unknown, Name: "clear"}},
		{stop, telephony.Event{Kind: telephony.Stopped, Reason: "callended"}},
	}
	wire := newWire("")
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

func TestEitherSpellingAndTypeIsRead(t *testing.T) {
	format := media.Format{Encoding: media.L16, Rate: 8000}
	packet := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
		Format: format, Seq: 3, At: 100 * time.Millisecond, Payload: []byte{1, 2, 3, 4},
	}}
	pressed := telephony.Event{Kind: telephony.Digit, Digit: '5', Held: 250 * time.Millisecond}
	tests := []struct {
		name, json string
		want       telephony.Event
	}{
		{
			"camel case, counters as strings",
			`{"event":"media","sequenceNumber":"3","streamSid":"st_000000000000000000000001","media":{"chunk":"2","timestamp":"100","payload":"AQIDBA=="}}`,
			packet,
		},
		{
			"both spellings",
			`{"event":"media","sequence_number":"3","sequenceNumber":"4","stream_sid":"st_000000000000000000000001","streamSid":"st_000000000000000000000001","media":{"timestamp":100,"payload":"AQIDBA=="}}`,
			packet,
		},
		{
			"no id",
			`{"event":"media","sequence_number":3,"media":{"timestamp":100,"payload":"AQIDBA=="}}`,
			packet,
		},
		{"key and duration as numbers", `{"event":"dtmf","dtmf":{"digit":5,"duration":250}}`, pressed},
		{"key without a duration", `{"event":"dtmf","dtmf":{"digit":"#"}}`, telephony.Event{Kind: telephony.Digit, Digit: '#'}},
		{
			"stop of the applet", `{"event":"stop","streamSid":"st_000000000000000000000001","stop":{"reason":"stopped"}}`,
			telephony.Event{Kind: telephony.Stopped, Reason: "stopped"},
		},
		{"stop without a body", `{"event":"stop"}`, telephony.Event{Kind: telephony.Stopped}},
		{"silence event of one page", `{"event":"silence"}`, telephony.Event{Kind: telephony.Unknown, Name: "silence"}},
		{"connected with parameters", `{"event":"connected","custom_parameters":{"a":"b"}}`, telephony.Event{Kind: telephony.Connected}},
	}
	for _, begin := range []string{start, camel} {
		for _, test := range tests {
			wire := newWire("")
			if got, err := wire.Decode(message(begin)); err != nil || !cmp.Equal(got, started(8000)) {
				t.Fatalf("%+v, %v", got, err)
			}
			got, err := wire.Decode(message(test.json))
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	}
}

func TestRateOfTheURLWinsOverThatOfStart(t *testing.T) {
	const declared = `"sample_rate":"8000"`
	tests := []struct {
		query, declared string
		want            int // zero where start must be refused
	}{
		{"", declared, 8000},
		{"", `"sample_rate":16000`, 16000},
		{"", `"sample_rate":"24000"`, 24000},
		{"", `"sampleRate":"24000"`, 24000},
		{"", `"sample_rate":""`, 8000},
		{"", `"sample_rate":null`, 8000},
		{"", `"other":1`, 8000},
		{"", `"sample_rate":"44100"`, 0},
		{"", `"sample_rate":0`, 0},
		{"", `"sample_rate":-8000`, 0},
		{"", `"sample_rate":1e30`, 0},
		{"", `"sample_rate":"fast"`, 0},
		{"sample-rate=16000", declared, 16000},
		{"sample-rate=24000&agent=a1", `"sample_rate":1e30`, 24000},
		{"sample-rate=8000", `"sample_rate":16000`, 8000},
		{"sample-rate=44100", `"sample_rate":16000`, 16000},
		{"sample-rate=", declared, 8000},
	}
	for _, test := range tests {
		ev, err := newWire(test.query).Decode(message(strings.Replace(start, declared, test.declared, 1)))
		switch {
		case test.want == 0:
			if !errors.Is(err, telephony.ErrBadFormat) {
				t.Errorf("%q, %s: %+v, %v", test.query, test.declared, ev, err)
			}
		case err != nil || ev.Start.Format.Rate != test.want:
			t.Errorf("%q, %s: %+v, %v; want %d", test.query, test.declared, ev.Start, err, test.want)
		}
	}
}

func TestStartWithoutItsPartsIsMalformed(t *testing.T) {
	for name, changed := range map[string]string{
		"no id":   strings.ReplaceAll(start, "stream_sid", "stream"),
		"no body": strings.ReplaceAll(start, `"start":{`, `"begin":{`),
	} {
		if ev, err := newWire("").Decode(message(changed)); !errors.Is(err, telephony.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, ev, err)
		}
	}
	inside := strings.Replace(start, `1,"stream_sid":"st_000000000000000000000001"`, `1`, 1)
	if ev, err := newWire("").Decode(message(inside)); err != nil || ev.Start.StreamID != "st_000000000000000000000001" {
		t.Errorf("id inside only: %+v, %v", ev, err)
	}
}

func TestMalformedMessagesAreSkipped(t *testing.T) {
	for json, want := range map[string]error{
		`{"event":"media"}`:                                                   telephony.ErrMalformed,
		`{"event":"media","media":{}}`:                                        telephony.ErrMalformed,
		`{"event":"media","media":{"payload":"AQID"}}`:                        telephony.ErrBadPayload, // 3 bytes
		`{"event":"media","media":{"payload":""}}`:                            telephony.ErrBadPayload,
		`{"event":"media","streamSid":"st_2","media":{"payload":"AQIDBA=="}}`: telephony.ErrWrongStream,
		`{"event":"dtmf","dtmf":{"digit":"E"}}`:                               telephony.ErrBadDigit,
		`{"event":"dtmf"}`:                                                    telephony.ErrMalformed,
		`{"event":"mark","mark":{}}`:                                          telephony.ErrMalformed,
		`{"Event":"mark"}`:                                                    telephony.ErrMalformed,
	} {
		wire := newWire("")
		if _, err := wire.Decode(message(start)); err != nil {
			t.Fatal(err)
		}
		if ev, err := wire.Decode(message(json)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want %v", json, ev.Kind, err, want)
		}
	}
}

func TestSamplesAreCountedWhereTimestampsAreMissing(t *testing.T) {
	wire := newWire("sample-rate=16000")
	if _, err := wire.Decode(message(start)); err != nil {
		t.Fatal(err)
	}
	packet := `"payload":"` + strings.Repeat("AAAA", 320) + `"` // 960 bytes, 30 ms
	for _, step := range []struct {
		media string
		at    time.Duration
	}{
		{packet, 0},
		{packet, 30 * time.Millisecond},
		{`"timestamp":"1000",` + packet, time.Second},
		{packet, 1030 * time.Millisecond},
	} {
		ev, err := wire.Decode(message(`{"event":"media","media":{` + step.media + `}}`))
		if err != nil || ev.Frame.At != step.at {
			t.Errorf("at %v, want %v; %v", ev.Frame.At, step.at, err)
		}
	}
}

func FuzzWireDecode(f *testing.F) {
	flat := strings.NewReplacer("\n", "")
	rest := "\n" + flat.Replace(sound) + "\n" + key + "\n" + mark + "\n" + flat.Replace(stop)
	telephonytest.FuzzDecode(f, exotel.Carrier(exotel.Config{}),
		connected+"\n"+flat.Replace(start)+rest,
		flat.Replace(camel)+rest,
		flat.Replace(sound)+"\n"+flat.Replace(start)+"\n"+flat.Replace(camel)+rest,
		strings.Replace(flat.Replace(start), `"agent":"a1"`, `"listen":"caller"`, 1)+rest,
	)
}

func BenchmarkWire(b *testing.B) { telephonytest.Benchmark(b, exotel.Carrier(exotel.Config{})) }

func message(json string) telephony.Message { return telephony.Message{Data: []byte(json)} }

func newWire(query string) telephony.Wire {
	values, _ := url.ParseQuery(query)
	return exotel.Carrier(exotel.Config{}).NewWire(values)
}

// started is the event that start means at rate.
func started(rate int) telephony.Event {
	return telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
		StreamID:  "st_000000000000000000000001",
		CallID:    "c0ffee00000000000000000000000001",
		AccountID: "exampleacct1",
		From:      "09100000001",
		To:        "08000000002",
		Params:    map[string]string{"agent": "a1"},
		Format:    media.Format{Encoding: media.L16, Rate: rate},
	}}
}
