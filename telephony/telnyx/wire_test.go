package telnyx_test

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
	"github.com/talkpath/talkpath/telephony/telnyx"
)

// Messages as Telnyx documents them.
const (
	id        = `"stream_id":"7c9e6679-0000-4000-8000-000000000001"`
	connected = `{"event":"connected","version":"1.0.0"}`
	start     = `{"event":"start","sequence_number":"1",` + id + `,
 "start":{"user_id":"3e6f0000-0000-4000-8000-000000000002","call_control_id":"v3:demo-call-control-id",
  "call_session_id":"ff550000-0000-11ef-9692-000000000003","from":"+15550100001","to":"+15550100002",
  "tags":["vip"],"client_state":"c2Vzc2lvbj1zXzE=","custom_parameters":{"session":"s_01HZX"},
  "media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1}}}`
	sound = `{"event":"media","sequence_number":"9",` + id + `,
 "media":{"track":"inbound","chunk":"8","timestamp":"160","payload":"/////////////////////w=="}}`
	key   = `{"event":"dtmf","sequence_number":"40",` + id + `,"dtmf":{"digit":"5"}}`
	mark  = `{"event":"mark","sequence_number":"41",` + id + `,"mark":{"name":"u3:p12"}}`
	fault = `{"event":"error",` + id + `,"payload":{"code":100003,"title":"demo_title","detail":"demo detail"}}`
	stop  = `{"event":"stop","sequence_number":"512",` + id + `,
 "stop":{"user_id":"3e6f0000-0000-4000-8000-000000000002","call_control_id":"v3:demo-call-control-id"}}`
)

var mulaw = media.Format{Encoding: media.PCMU, Rate: 8000}

func TestDocumentedMessagesAreRead(t *testing.T) {
	tests := []struct {
		json string
		want telephony.Event
	}{
		{connected, telephony.Event{Kind: telephony.Connected}},
		{start, telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
			StreamID:  "7c9e6679-0000-4000-8000-000000000001",
			CallID:    "v3:demo-call-control-id",
			AccountID: "3e6f0000-0000-4000-8000-000000000002",
			From:      "+15550100001",
			To:        "+15550100002",
			Params:    map[string]string{"session": "s_01HZX"},
			Format:    mulaw,
		}}},
		{sound, telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: mulaw, Seq: 8, At: 160 * time.Millisecond, Payload: bytes.Repeat([]byte{0xff}, 16),
		}}},
		{key, telephony.Event{Kind: telephony.Digit, Digit: '5'}},
		{mark, telephony.Event{Kind: telephony.MarkPlayed, Mark: "u3:p12"}},
		{stop, telephony.Event{Kind: telephony.Stopped}},
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

func TestOtherFormsOfMessagesAreRead(t *testing.T) {
	tests := []struct {
		name, json string
		check      func(telephony.Event) bool
	}{
		{
			"connected with the token of the stream", `{"event":"connected","version":"1.0.0","connected":{"x-telnyx-streaming-auth-token":"t"}}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Connected },
		},
		{
			"counters as numbers",
			`{"event":"media","sequence_number":9,` + id + `,"media":{"track":"inbound","chunk":8,"timestamp":160,"payload":"//8="}}`,
			func(ev telephony.Event) bool { return ev.Frame.Seq == 8 && ev.Frame.At == 160*time.Millisecond },
		},
		{
			"no id, counter or track", `{"event":"media","media":{"timestamp":"0","payload":"//8="}}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Audio && ev.Frame.Seq == 0 },
		},
		{
			"escaped slashes, unknown fields", `{"event":"media","new":{"a":[1]},` + id + `,"media":{"payload":"\/\/8=","new":null}}`,
			func(ev telephony.Event) bool { return bytes.Equal(ev.Frame.Payload, []byte{0xff, 0xff}) },
		},
		{
			"sound of ours", `{"event":"media",` + id + `,"media":{"track":"outbound","payload":"//8="}}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Unknown && ev.Name == "media outbound" },
		},
		{
			"key with its time", `{"event":"dtmf",` + id + `,"occurred_at":"2026-01-02T03:04:05Z","dtmf":{"digit":"#"}}`,
			func(ev telephony.Event) bool { return ev.Digit == '#' },
		},
		{
			"key as a number", `{"event":"dtmf",` + id + `,"dtmf":{"digit":5}}`,
			func(ev telephony.Event) bool { return ev.Digit == '5' },
		},
		{
			"stop without a body", `{"event":"stop",` + id + `}`,
			func(ev telephony.Event) bool { return ev.Kind == telephony.Stopped },
		},
	}
	for _, test := range tests {
		got, err := startedWire(t, "").Decode(message(test.json))
		if err != nil || !test.check(got) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func TestIDsAreFoundOnEitherSideOfStart(t *testing.T) {
	for name, changed := range map[string]string{
		"stream inside": strings.Replace(strings.Replace(start, id+`,`, "", 1), `"start":{`, `"start":{`+id+`,`, 1),
		"call outside": strings.Replace(strings.Replace(start, `"call_control_id":"v3:demo-call-control-id",`, "", 1),
			`{"event"`, `{"call_control_id":"v3:demo-call-control-id","event"`, 1),
	} {
		ev, err := newWire("").Decode(message(changed))
		if err != nil || ev.Start.StreamID != "7c9e6679-0000-4000-8000-000000000001" || ev.Start.CallID != "v3:demo-call-control-id" {
			t.Errorf("%s: %+v, %v", name, ev.Start, err)
		}
	}
	for name, changed := range map[string]string{
		"no id":   strings.ReplaceAll(start, "stream_id", "stream"),
		"no body": strings.ReplaceAll(start, `"start":{`, `"begin":{`),
	} {
		if ev, err := newWire("").Decode(message(changed)); !errors.Is(err, telephony.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, ev, err)
		}
	}
}

func TestMalformedMessagesAreSkipped(t *testing.T) {
	for json, want := range map[string]error{
		`{"event":"media",` + id + `}`:                                              telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":[]}`:                                   telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":{"payload":5}}`:                        telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":{"chunk":"//8="}}`:                     telephony.ErrMalformed,
		`{"event":"media",` + id + `,"media":{"payload":"//8"}}`:                    telephony.ErrBadPayload,
		`{"event":"media",` + id + `,"media":{"payload":""}}`:                       telephony.ErrBadPayload,
		`{"event":"media","stream_id":"7c9e6679","media":{"payload":"//8="}}`:       telephony.ErrWrongStream,
		`{"event":"error","stream_id":"7c9e6679","payload":{"code":1,"title":"t"}}`: telephony.ErrWrongStream,
		`{"event":"dtmf",` + id + `}`:                                               telephony.ErrMalformed,
		`{"event":"dtmf",` + id + `,"dtmf":{"digit":"12"}}`:                         telephony.ErrBadDigit,
		`{"event":"mark",` + id + `,"mark":{"name":""}}`:                            telephony.ErrMalformed,
		`{"event":"stop","stream_id":""}`:                                           telephony.ErrWrongStream,
		`{"event":5}`:                                                               telephony.ErrMalformed,
	} {
		if ev, err := startedWire(t, "").Decode(message(json)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want %v", json, ev.Kind, err, want)
		}
	}
}

func TestWhatTelnyxReportsIsToldInItsWordsAndTheStreamGoesOn(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, test := range []struct {
		json string
		want telnyx.Fault
		text string
	}{
		{fault, telnyx.Fault{Code: "100003", Title: "demo_title", Detail: "demo detail"}, `telnyx: event "error": Telnyx reports error 100003 demo_title: demo detail`},
		{
			`{"event":"error","payload":{"code":"100004","title":"invalid_media"}}`,
			telnyx.Fault{Code: "100004", Title: "invalid_media"},
			`telnyx: event "error": Telnyx reports error 100004 invalid_media`,
		},
		{`{"event":"error"}`, telnyx.Fault{}, `telnyx: event "error": Telnyx reports error`},
		{
			`{"event":"error","payload":{"title":"` + long + `"}}`,
			telnyx.Fault{Title: long[:64]},
			`telnyx: event "error": Telnyx reports error ` + long[:64],
		},
	} {
		for name, wire := range map[string]telephony.Wire{"before start": newWire(""), "in the stream": startedWire(t, "")} {
			_, err := wire.Decode(message(test.json))
			var wireErr *telephony.WireError
			var told *telnyx.Fault
			if !errors.As(err, &wireErr) || !errors.As(err, &told) || *told != test.want || err.Error() != test.text {
				t.Errorf("%s, %s: %v", name, test.json, err)
			}
			next := sound
			if name == "before start" {
				next = start
			}
			if _, err := wire.Decode(message(next)); err != nil {
				t.Errorf("%s: what follows: %v", name, err)
			}
		}
	}
}

func TestFramesOutOfOrderKeepTheirPlace(t *testing.T) {
	wire := startedWire(t, "")
	for _, place := range []struct {
		chunk, ms string
		seq       uint64
		at        time.Duration
	}{
		{"1", "0", 1, 0},
		{"3", "40", 3, 40 * time.Millisecond},
		{"2", "20", 2, 20 * time.Millisecond},
		{"5", "80", 5, 80 * time.Millisecond},
		{"4", "60", 4, 60 * time.Millisecond},
	} {
		ev, err := wire.Decode(message(`{"event":"media",` + id + `,"media":{"track":"inbound","chunk":"` +
			place.chunk + `","timestamp":"` + place.ms + `","payload":"//8="}}`))
		if err != nil || ev.Frame.Seq != place.seq || ev.Frame.At != place.at {
			t.Errorf("chunk %s: %d at %v, %v", place.chunk, ev.Frame.Seq, ev.Frame.At, err)
		}
	}
	if wait := telnyx.Carrier(telnyx.Config{}).Quirks.ReorderWait; wait < 20*time.Millisecond || wait > 100*time.Millisecond {
		t.Errorf("a frame that was overtaken is waited for %v", wait)
	}
}

func TestSamplesAreCountedWhereTimestampsAreMissing(t *testing.T) {
	wire := startedWire(t, "")
	packet := `"payload":"` + strings.Repeat("////", 40) + `"` // 120 samples, 15 ms
	for _, step := range []struct {
		media string
		at    time.Duration
	}{
		{packet, 0},
		{packet, 15 * time.Millisecond},
		{`"timestamp":"100",` + packet, 100 * time.Millisecond},
		{`"timestamp":"",` + packet, 115 * time.Millisecond},
	} {
		ev, err := wire.Decode(message(`{"event":"media","media":{` + step.media + `}}`))
		if err != nil || ev.Frame.At != step.at {
			t.Errorf("%.30s: at %v, want %v; %v", step.media, ev.Frame.At, step.at, err)
		}
	}
}

func FuzzWireDecode(f *testing.F) {
	flat := strings.NewReplacer("\n", "")
	rest := "\n" + flat.Replace(sound) + "\n" + key + "\n" + mark + "\n" + fault + "\n" + flat.Replace(stop)
	telephonytest.FuzzDecode(f, telnyx.Carrier(telnyx.Config{BigEndian: true}),
		connected+"\n"+flat.Replace(start)+rest,
		fault+"\n"+flat.Replace(strings.Replace(start, "PCMU", "g722", 1))+"\n"+flat.Replace(strings.Replace(start, "PCMU", "pcma", 1))+rest,
		flat.Replace(sound)+"\n"+flat.Replace(strings.Replace(start, `PCMU","sample_rate":8000`, `L16","sample_rate":"24000"`, 1))+rest,
	)
}

func BenchmarkWire(b *testing.B) { telephonytest.Benchmark(b, telnyx.Carrier(telnyx.Config{})) }

func message(json string) telephony.Message { return telephony.Message{Data: []byte(json)} }

func newWire(query string) telephony.Wire {
	values, _ := url.ParseQuery(query)
	return telnyx.Carrier(telnyx.Config{}).NewWire(values)
}

// startedWire returns a wire that has read start.
func startedWire(t *testing.T, query string) telephony.Wire {
	t.Helper()
	wire := newWire(query)
	if _, err := wire.Decode(message(start)); err != nil {
		t.Fatal(err)
	}
	return wire
}
