package plivo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telephonytest"
)

// Messages as Plivo documents them.
const (
	id    = `"streamId":"20202020-0000-4000-8000-000000000001"`
	start = `{"event":"start","sequenceNumber":1,
 "start":{"callId":"11111111-2222-4333-8444-555555555555","streamId":"20202020-0000-4000-8000-000000000001",
  "accountId":"MAEXAMPLE00000000001","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-l16","sampleRate":16000}},
 "extra_headers":"agent=a1;tok=abc123"}`
	sound = `{"event":"media","sequenceNumber":2,` + id + `,
 "media":{"track":"inbound","timestamp":"1767225600020","chunk":1,"payload":"AQIDBA=="},"extra_headers":"agent=a1;tok=abc123"}`
	later = `{"event":"media","sequenceNumber":7,` + id + `,
 "media":{"track":"inbound","timestamp":"1767225600120","chunk":6,"payload":"AQIDBA=="},"extra_headers":"agent=a1;tok=abc123"}`
	key = `{"event":"dtmf","sequenceNumber":50,` + id + `,
 "dtmf":{"track":"inbound","digit":"5","timestamp":"1767225601000"},"extra_headers":""}`
	played  = `{"event":"playedStream","sequenceNumber":77,` + id + `,"name":"utt-7-end"}`
	cleared = `{"event":"clearedAudio","sequenceNumber":78,` + id + `}`
)

var wideband = media.Format{Encoding: media.L16, Rate: 16000}

func TestDocumentedMessagesAreRead(t *testing.T) {
	frame := func(seq uint64, at time.Duration) telephony.Event {
		return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: wideband, Seq: seq, At: at, Payload: []byte{1, 2, 3, 4},
		}}
	}
	tests := []struct {
		json string
		want telephony.Event
	}{
		{start, started(wideband)},
		{sound, frame(2, 0)},
		{later, frame(7, 100*time.Millisecond)},
		{key, telephony.Event{Kind: telephony.Digit, Digit: '5'}},
		{played, telephony.Event{Kind: telephony.MarkPlayed, Mark: "utt-7-end"}},
		{cleared, telephony.Event{Kind: telephony.Cleared}},
	}
	wire := plivo.Carrier().NewWire(nil)
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

func TestFormsThatSomeSourcesShowAreRead(t *testing.T) {
	packet := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: wideband, Seq: 2, Payload: []byte{1, 2, 3, 4}}}
	tests := []struct {
		name, json string
		want       telephony.Event
	}{
		{
			"counters as strings, time as a number",
			`{"event":"media","sequenceNumber":"2",` + id + `,"media":{"timestamp":20,"chunk":"1","payload":"AQIDBA=="}}`, packet,
		},
		{"no id", `{"event":"media","sequenceNumber":2,"media":{"payload":"AQIDBA=="}}`, packet},
		{"key as a number", `{"event":"dtmf","dtmf":{"digit":5}}`, telephony.Event{Kind: telephony.Digit, Digit: '5'}},
		{"fourth column", `{"event":"dtmf",` + id + `,"dtmf":{"digit":"d"}}`, telephony.Event{Kind: telephony.Digit, Digit: 'D'}},
		{"old name of playedStream", `{"event":"played",` + id + `,"name":"m"}`, telephony.Event{Kind: telephony.MarkPlayed, Mark: "m"}},
		{"stop of the guide", `{"event":"stop",` + id + `,"stop":{"reason":"callended"}}`, telephony.Event{Kind: telephony.Stopped, Reason: "callended"}},
		{"stop without a body", `{"event":"stop"}`, telephony.Event{Kind: telephony.Stopped}},
		{"our own speech", `{"event":"media",` + id + `,"media":{"track":"outbound","payload":"AQIDBA=="}}`, telephony.Event{Kind: telephony.Unknown, Name: "media outbound"}},
		{"error", `{"event":"error","reason":"buffer_overflow"}`, telephony.Event{Kind: telephony.Unknown, Name: "error"}},
		{"playFailed", `{"event":"playFailed","reason":"x"}`, telephony.Event{Kind: telephony.Unknown, Name: "playFailed"}},
		{"muteStream", `{"event":"muteStream"}`, telephony.Event{Kind: telephony.Unknown, Name: "muteStream"}},
	}
	for _, test := range tests {
		got, err := startedWire(t).Decode(message(test.json))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestExtraHeadersAreReadInEachShape(t *testing.T) {
	const shown = `"extra_headers":"agent=a1;tok=abc123"`
	both := map[string]string{"agent": "a1", "tok": "abc123"}
	many := make([]string, 0, 2*telephony.MaxParams)
	for i := range cap(many) {
		many = append(many, strings.Repeat("k", i+1)+"=v")
	}
	tests := []struct {
		headers string
		want    map[string]string
	}{
		{shown, both},
		{`"extra_headers":"agent=a1,tok=abc123"`, both},
		{`"extra_headers":{"agent":"a1","tok":"abc123"}`, both},
		{`"extra_headers":"{\"agent\":\"a1\",\"tok\":\"abc123\"}"`, both},
		{`"extra_headers":" { \"agent\" : \"a1\" , \"tok\" : \"abc123\" } "`, both},
		{`"extraHeaders":"agent=a1, tok=abc123"`, both},
		{`"extra_headers":" agent = a1 ; tok=abc123;"`, both},
		{`"extra_headers":"agent=a1"`, map[string]string{"agent": "a1"}},
		{`"extra_headers":"agent=a=1"`, map[string]string{"agent": "a=1"}},
		{`"extra_headers":"agent=;=a1;tok"`, map[string]string{"agent": ""}},
		{`"extra_headers":{"n":5,"yes":true,"list":[1]}`, map[string]string{"n": "5", "yes": "true"}},
		{`"extra_headers":""`, nil},
		{`"extra_headers":"{}"`, nil},
		{`"extra_headers":{}`, nil},
		{`"extra_headers":null`, nil},
		{`"extra_headers":[1]`, nil},
		{`"extra_headers":"{broken=1"`, nil},
		{`"extra_headers":"{}},\"x\":{"`, nil},
		{`"other":"agent=a1"`, nil},
	}
	for _, test := range tests {
		ev, err := plivo.Carrier().NewWire(nil).Decode(message(strings.Replace(start, shown, test.headers, 1)))
		if err != nil {
			t.Errorf("%s: %v", test.headers, err)
			continue
		}
		if diff := cmp.Diff(test.want, ev.Start.Params); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.headers, diff)
		}
	}
	inside := strings.Replace(strings.Replace(start, ",\n "+shown, "", 1), `"tracks"`, shown+`,"tracks"`, 1)
	if ev, err := plivo.Carrier().NewWire(nil).Decode(message(inside)); err != nil || !cmp.Equal(ev.Start.Params, both) {
		t.Errorf("inside of start: %+v, %v", ev, err)
	}
	lots := strings.Replace(start, "agent=a1;tok=abc123", strings.Join(many, ";"), 1)
	if ev, err := plivo.Carrier().NewWire(nil).Decode(message(lots)); err != nil || len(ev.Start.Params) != telephony.MaxParams {
		t.Errorf("of %d parameters %d are kept, %v", len(many), len(ev.Start.Params), err)
	}
}

func TestFormatIsTheOneThatStartDeclares(t *testing.T) {
	const declared = `{"encoding":"audio/x-l16","sampleRate":16000}`
	for json, want := range map[string]media.Format{
		declared: wideband,
		`{"encoding":"audio/x-l16","sampleRate":8000}`:     {Encoding: media.L16, Rate: 8000},
		`{"encoding":"audio/x-mulaw","sampleRate":8000}`:   {Encoding: media.PCMU, Rate: 8000},
		`{"encoding":"audio/x-mulaw","sampleRate":"8000"}`: {Encoding: media.PCMU, Rate: 8000},
		`{"encoding":"audio/x-l16","sampleRate":24000}`:    {},
		`{"encoding":"audio/x-mulaw","sampleRate":16000}`:  {},
		`{"encoding":"audio/x-alaw","sampleRate":8000}`:    {},
		`{"encoding":"audio/x-l16"}`:                       {},
		`{"sampleRate":8000}`:                              {},
		`{"encoding":"audio/x-l16","sampleRate":-8000}`:    {},
		`{"encoding":"audio/x-l16","sampleRate":1e30}`:     {},
		`"audio/x-l16"`: {},
	} {
		ev, err := plivo.Carrier().NewWire(nil).Decode(message(strings.Replace(start, declared, json, 1)))
		switch {
		case want == media.Format{}:
			if !errors.Is(err, telephony.ErrBadFormat) {
				t.Errorf("%s: %+v, %v", json, ev, err)
			}
		case err != nil || ev.Start.Format != want:
			t.Errorf("%s: %+v, %v; want %v", json, ev.Start, err, want)
		}
	}
}

func TestStartWithoutItsPartsIsMalformed(t *testing.T) {
	for name, changed := range map[string]string{
		"no id":   strings.ReplaceAll(start, "streamId", "stream"),
		"no body": strings.ReplaceAll(start, `"start":{`, `"begin":{`),
	} {
		if ev, err := plivo.Carrier().NewWire(nil).Decode(message(changed)); !errors.Is(err, telephony.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, ev, err)
		}
	}
	outside := strings.Replace(strings.ReplaceAll(start, `"streamId"`, `"other"`), `{"event"`, `{`+id+`,"event"`, 1)
	if ev, err := plivo.Carrier().NewWire(nil).Decode(message(outside)); err != nil || ev.Start.StreamID != "20202020-0000-4000-8000-000000000001" {
		t.Errorf("id outside only: %+v, %v", ev, err)
	}
}

func TestMalformedMessagesAreSkipped(t *testing.T) {
	for json, want := range map[string]error{
		`{"event":"media"}`:                                                telephony.ErrMalformed,
		`{"event":"media","media":{}}`:                                     telephony.ErrMalformed,
		`{"event":"media","media":{"payload":"AQID"}}`:                     telephony.ErrBadPayload, // 3 bytes
		`{"event":"media","media":{"payload":""}}`:                         telephony.ErrBadPayload,
		`{"event":"media","streamId":"2","media":{"payload":"AQIDBA=="}}`:  telephony.ErrWrongStream,
		`{"event":"clearedAudio","streamId":"2"}`:                          telephony.ErrWrongStream,
		`{"event":"dtmf","dtmf":{"digit":"E"}}`:                            telephony.ErrBadDigit,
		`{"event":"dtmf","dtmf":{"digit":"12"}}`:                           telephony.ErrBadDigit,
		`{"event":"dtmf"}`:                                                 telephony.ErrMalformed,
		`{"event":"playedStream"}`:                                         telephony.ErrMalformed,
		`{"event":"playedStream","name":""}`:                               telephony.ErrMalformed,
		strings.ReplaceAll(start, `"audio/x-l16"`, `"audio/x-l16;rate=1"`): telephony.ErrStartedTwice,
	} {
		if ev, err := startedWire(t).Decode(message(json)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want %v", json, ev.Kind, err, want)
		}
	}
	if _, err := plivo.Carrier().NewWire(nil).Decode(message(cleared)); !errors.Is(err, telephony.ErrNotStarted) {
		t.Errorf("cleared before start: %v", err)
	}
}

// Timestamps count from 1970 or from the stream's start: their differences
// are the same.
func TestTimeIsThatSinceTheFirstFrame(t *testing.T) {
	packet := `"payload":"` + strings.Repeat("AAAA", 320) + `"` // 960 bytes, 30 ms
	const ms = time.Millisecond
	type step struct {
		stamp string
		at    time.Duration
	}
	for name, steps := range map[string][]step{
		"since 1970":        {{`"1767225600020"`, 0}, {`"1767225600050"`, 30 * ms}, {`"1767225601020"`, time.Second}, {`"1767225600080"`, 60 * ms}},
		"since the start":   {{`"0"`, 0}, {`"30"`, 30 * ms}, {`"1000"`, time.Second}},
		"from 20 ms on":     {{`20`, 0}, {`50`, 30 * ms}},
		"none":              {{``, 0}, {``, 30 * ms}, {``, 60 * ms}},
		"some":              {{``, 0}, {`"1767225600020"`, 30 * ms}, {``, 60 * ms}, {`"1767225600120"`, 130 * ms}, {``, 160 * ms}},
		"before the first":  {{`"1767225600020"`, 0}, {`"1767225600000"`, 0}, {`"1767225600050"`, 30 * ms}},
		"no time":           {{`"soon"`, 0}, {`-5`, 30 * ms}},
		"the end of time":   {{`"9223372036854"`, 0}, {``, 30 * ms}, {`"0"`, 0}},
		"an end at its end": {{`"0"`, 0}, {`"9223372036854"`, 9223372036854 * ms}, {``, 0}},
	} {
		wire := startedWire(t)
		for i, step := range steps {
			field := ""
			if step.stamp != "" {
				field = `"timestamp":` + step.stamp + `,`
			}
			ev, err := wire.Decode(message(`{"event":"media","media":{` + field + packet + `}}`))
			if err != nil || ev.Frame.At != step.at {
				t.Errorf("%s, frame %d: at %v, want %v; %v", name, i, ev.Frame.At, step.at, err)
			}
		}
	}
}

// Headers that hold JSON come escaped in each message, which no pattern fits.
func TestSoundWithEscapedHeadersCostsNoAllocation(t *testing.T) {
	wire := startedWire(t)
	escaped := message(strings.Replace(sound, `"agent=a1;tok=abc123"`, `"{\"agent\":\"a1\",\"tok\":\"abc123\"}"`, 1))
	decode := func() {
		if ev, err := wire.Decode(escaped); err != nil || ev.Kind != telephony.Audio {
			t.Fatalf("%v, %v", ev.Kind, err)
		}
	}
	for range 20 {
		decode() // until it has been given up to learn from them
	}
	if n := testing.AllocsPerRun(200, decode); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzWireDecode(f *testing.F) {
	flat := strings.NewReplacer("\n", "")
	rest := "\n" + flat.Replace(sound) + "\n" + flat.Replace(later) + "\n" + flat.Replace(key) + "\n" + played + "\n" + cleared
	telephonytest.FuzzDecode(f, plivo.Carrier(),
		flat.Replace(start)+rest+"\n"+`{"event":"stop"}`,
		strings.Replace(flat.Replace(start), `"agent=a1;tok=abc123"`, `"{\"agent\":\"a1\"}"`, 1)+rest,
		strings.Replace(flat.Replace(start), `"agent=a1;tok=abc123"`, `{"agent":"a1"}`, 1)+rest,
		flat.Replace(sound)+"\n"+flat.Replace(start)+"\n"+flat.Replace(start)+rest,
	)
}

func BenchmarkWire(b *testing.B) { telephonytest.Benchmark(b, plivo.Carrier()) }

func message(json string) telephony.Message { return telephony.Message{Data: []byte(json)} }

// startedWire returns a wire that has read start.
func startedWire(t *testing.T) telephony.Wire {
	t.Helper()
	wire := plivo.Carrier().NewWire(nil)
	if _, err := wire.Decode(message(start)); err != nil {
		t.Fatal(err)
	}
	return wire
}

// started is the event that start means in format.
func started(f media.Format) telephony.Event {
	return telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
		StreamID:  "20202020-0000-4000-8000-000000000001",
		CallID:    "11111111-2222-4333-8444-555555555555",
		AccountID: "MAEXAMPLE00000000001",
		Params:    map[string]string{"agent": "a1", "tok": "abc123"},
		Format:    f,
	}}
}
