package telnyx_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

func TestPeerSendsTheDocumentedMessages(t *testing.T) {
	peer := openPeer(t)
	for _, test := range []struct {
		ev   telephony.Event
		want string
	}{
		{telephony.Event{Kind: telephony.Connected}, connected},
		{
			telephony.Event{Kind: telephony.Started},
			`{"event":"start","sequence_number":"1",` + id + `,"start":{"user_id":"3e6f0000-0000-4000-8000-000000000002",` +
				`"call_control_id":"v3:demo-call-control-id","from":"+15550100001","to":"+15550100002","tags":[],` +
				`"custom_parameters":{"session":"s_01HZX","tenant":"acme"},` + declaredFormat + `}}`,
		},
		{
			frame(0, 0),
			`{"event":"media","sequence_number":"2",` + id + `,"media":{"track":"inbound","chunk":"1","timestamp":"0","payload":"/////////////////////w=="}}`,
		},
		{
			frame(4, 60*time.Millisecond),
			`{"event":"media","sequence_number":"3",` + id + `,"media":{"track":"inbound","chunk":"4","timestamp":"60","payload":"/////////////////////w=="}}`,
		},
		{
			frame(3, 40*time.Millisecond), // out of order, as it is told to
			`{"event":"media","sequence_number":"4",` + id + `,"media":{"track":"inbound","chunk":"3","timestamp":"40","payload":"/////////////////////w=="}}`,
		},
		{
			frame(0, 80*time.Millisecond),
			`{"event":"media","sequence_number":"5",` + id + `,"media":{"track":"inbound","chunk":"5","timestamp":"80","payload":"/////////////////////w=="}}`,
		},
		{
			telephony.Event{Kind: telephony.Digit, Digit: '5', Held: time.Second},
			`{"event":"dtmf","sequence_number":"6",` + id + `,"dtmf":{"digit":"5"}}`,
		},
		{
			telephony.Event{Kind: telephony.MarkPlayed, Mark: "u3:p12"},
			`{"event":"mark","sequence_number":"7",` + id + `,"mark":{"name":"u3:p12"}}`,
		},
		{
			telephony.Event{Kind: telephony.Stopped, Reason: "hangup"},
			`{"event":"stop","sequence_number":"8",` + id +
				`,"stop":{"user_id":"3e6f0000-0000-4000-8000-000000000002","call_control_id":"v3:demo-call-control-id"}}`,
		},
	} {
		msg, err := peer.Encode(nil, test.ev)
		if err != nil || string(msg.Data) != test.want {
			t.Errorf("%v: %v\n got %s\nwant %s", test.ev.Kind, err, msg.Data, test.want)
		}
	}
}

func TestPeerIsAsStrictAsTelnyxDocuments(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(make([]byte, 160))
	short := base64.StdEncoding.EncodeToString(make([]byte, 159))
	long := base64.StdEncoding.EncodeToString(make([]byte, 240_001))
	for _, json := range []string{
		``, `[]`, `{"event":"media",` + id + `,"media":{"payload":"` + good + `"}`, "{\"event\":\"mark\",\"mark\":{\"name\":\"a\tb\"}}",
		`{"event":"stop",` + id + `}`, `{"event":"Media",` + id + `,"media":{"payload":"` + good + `"}}`, `{"media":{"payload":"` + good + `"}}`,
		`{"event":"media","stream_id":"other","media":{"payload":"` + good + `"}}`, `{"event":"clear","stream_id":5}`, `{"event":"clear","stream_id":""}`,
		`{"event":"media",` + id + `,"media":{}}`, `{"event":"media",` + id + `}`, `{"event":"media",` + id + `,"media":{"chunk":"` + good + `"}}`,
		`{"event":"media",` + id + `,"media":{"payload":"` + good[1:] + `"}}`, `{"event":"media",` + id + `,"media":{"payload":""}}`,
		`{"event":"media",` + id + `,"media":{"payload":"` + short + `"}}`, `{"event":"media",` + id + `,"media":{"payload":"` + long + `"}}`,
		`{"event":"mark",` + id + `}`, `{"event":"mark",` + id + `,"mark":{"name":5}}`, `{"event":"mark",` + id + `,"mark":{"name":""}}`,
	} {
		ev, err := startedPeer(t).Decode(message(json))
		wantViolation(t, json, ev, err)
	}
	binary := message(`{"event":"clear",` + id + `}`)
	binary.Binary = true
	ev, err := startedPeer(t).Decode(binary)
	wantViolation(t, "binary", ev, err)
	ev, err = openPeer(t).Decode(message(`{"event":"clear",` + id + `}`))
	wantViolation(t, "before start", ev, err)

	for json, want := range map[string]telephony.Kind{ // Telnyx doesn't need the id
		`{"event":"media","media":{"payload":"` + good + `"}}`:                          telephony.Audio,
		`{"event":"mark","mark":{"name":"m"}}`:                                          telephony.Mark,
		`{"event":"clear"}`:                                                             telephony.Clear,
		` {"media" : {"payload":"` + good + `","new":1}, ` + id + `,"event":"media" } `: telephony.Audio,
	} {
		if ev, err := startedPeer(t).Decode(message(json)); err != nil || ev.Kind != want {
			t.Errorf("%.60s: %v, %v", json, ev.Kind, err)
		}
	}
}

func TestPeerReadsTeXMLAsTelnyxDoes(t *testing.T) {
	stream := func(attributes string) string {
		return `<Response><Connect><Stream ` + attributes + `/></Connect></Response>`
	}
	const url, rtp = `url="wss://b.example.com/m"`, ` bidirectionalMode="rtp"`
	for name, test := range map[string]struct{ kind, body string }{
		"JSON":                    {"application/json", stream(url + rtp)},
		"no content type":         {"", stream(url + rtp)},
		"not XML":                 {"text/xml", "hello"},
		"cut off":                 {"text/xml", `<Response><Connect>`},
		"two roots":               {"text/xml", stream(url+rtp) + "<Response/>"},
		"garbage behind":          {"text/xml", stream(url+rtp) + "<"},
		"another root":            {"text/xml", "<response/>"},
		"no verb":                 {"text/xml", "<Response></Response>"},
		"one-way stream":          {"text/xml", `<Response><Start><Stream ` + url + rtp + `/></Start></Response>`},
		"no mode, which is mp3":   {"text/xml", stream(url)},
		"mp3":                     {"text/xml", stream(url + ` bidirectionalMode="mp3"`)},
		"https":                   {"text/xml", stream(`url="https://b.example.com/m"` + rtp)},
		"ws to a far host":        {"text/xml", stream(`url="ws://b.example.com/m"` + rtp)},
		"no URL":                  {"text/xml", stream(rtp)},
		"long URL":                {"text/xml", stream(`url="wss://b.example.com/` + strings.Repeat("x", 2000) + `"` + rtp)},
		"track":                   {"text/xml", stream(url + rtp + ` track="inbound"`)},
		"codec in the wrong case": {"text/xml", stream(url + rtp + ` bidirectionalCodec="pcmu"`)},
		"codec of nobody":         {"text/xml", stream(url + rtp + ` codec="GSM"`)},
		"rate":                    {"text/xml", stream(url + rtp + ` bidirectionalSamplingRate="22050"`)},
	} {
		_, err := telnyx.Carrier(telnyx.Config{}).Peer.ReadAnswer(telephony.Document{ContentType: test.kind, Body: []byte(test.body)})
		var violation *telephony.Violation
		if !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%s: %v", name, err)
		}
	}
	doc := telephony.Document{ContentType: "text/xml", Body: []byte(stream(url + rtp + ` bidirectionalCodec="AMR-WB"`))}
	if _, err := telnyx.Carrier(telnyx.Config{}).Peer.ReadAnswer(doc); !errors.Is(err, telephony.ErrBadFormat) || !strings.Contains(err.Error(), "AMR-WB") {
		t.Errorf("AMR-WB: %v", err)
	}
	for encoding, rates := range map[media.Encoding][]string{media.G722: {"8000", "16000"}, media.Opus: {"8000", "16000", "24000"}} {
		for _, rate := range rates {
			doc.Body = []byte(stream(url + rtp + ` bidirectionalCodec="` + encoding.String() + `" bidirectionalSamplingRate="` + rate + `"`))
			got, err := telnyx.Carrier(telnyx.Config{}).Peer.ReadAnswer(doc)
			if err != nil || got.Encoding != encoding || got.Rate != 16000 {
				t.Errorf("%v at %s: %v at %d, %v", encoding, rate, got.Encoding, got.Rate, err)
			}
		}
	}
	got, err := telnyx.Carrier(telnyx.Config{}).Peer.ReadAnswer(telephony.Document{ContentType: "application/xml", Body: []byte(`<?xml version="1.0"?>
<Response>
  <Say>hello</Say>
  <Connect>
    <Stream url="wss://bridge.example.com/m?a=b" name="n" bidirectionalMode="rtp"><Parameter name="tenant" value="a&amp;b"/></Stream>
  </Connect>
</Response>
`)})
	want := telephony.Stream{
		URL: "wss://bridge.example.com/m?a=b", Params: map[string]string{"tenant": "a&b"}, Rate: 8000, Encoding: media.PCMU,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, host := range []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080"} {
		doc := telephony.Document{ContentType: "text/xml", Body: []byte(stream(`url="ws://` + host + `/m"` + rtp))}
		if _, err := telnyx.Carrier(telnyx.Config{}).Peer.ReadAnswer(doc); err != nil {
			t.Errorf("ws:// to %s: %v", host, err)
		}
	}
}

func TestPeerOpensWhatTheDocumentAskedFor(t *testing.T) {
	p := telnyx.Carrier(telnyx.Config{}).Peer
	call := telephony.PeerCall{CallID: "c", StreamID: "s"}
	for name, test := range map[string]struct {
		s    telephony.Stream
		rate int
		enc  media.Encoding
		want string
	}{
		"nothing said":          {telephony.Stream{}, 0, 0, "PCMU/8000"},
		"leg of its own":        {telephony.Stream{}, 8000, media.PCMA, "PCMA/8000"},
		"document before leg":   {telephony.Stream{Rate: 8000, Encoding: media.PCMU}, 8000, media.PCMA, "PCMU/8000"},
		"wide leg":              {telephony.Stream{}, 16000, 0, "L16/16000"},
		"encoding without rate": {telephony.Stream{Encoding: media.L16}, 0, 0, "L16/16000"},
	} {
		call.Rate, call.Encoding = test.rate, test.enc
		stream, err := p.Open(test.s, call)
		if err != nil || stream.Start().Format.String() != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := p.Open(telephony.Stream{}, telephony.PeerCall{CallID: "c", StreamID: "s", Rate: 44100}); !errors.Is(err, telephony.ErrBadFormat) {
		t.Errorf("44.1 kHz: %v", err)
	}
	if _, err := p.Open(telephony.Stream{}, telephony.PeerCall{CallID: "c"}); !errors.Is(err, telephony.ErrNoIDs) {
		t.Errorf("no stream id: %v", err)
	}
}

func wantViolation(t *testing.T, what string, ev telephony.Event, err error) {
	t.Helper()
	var violation *telephony.Violation
	if !errors.As(err, &violation) || violation.Fatal || ev.Kind != telephony.Unknown {
		t.Errorf("%.80s: %v, %v; want a violation that drops the message", what, ev.Kind, err)
	}
}

func frame(seq uint64, at time.Duration) telephony.Event {
	return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: mulaw, Seq: seq, At: at, Payload: bytes.Repeat([]byte{0xff}, 16)}}
}

func openPeer(t *testing.T) telephony.PeerStream {
	t.Helper()
	peer, err := telnyx.Carrier(telnyx.Config{}).Peer.Open(
		telephony.Stream{Params: map[string]string{"tenant": "acme", "session": "s_01HZX"}},
		telephony.PeerCall{
			CallID: "v3:demo-call-control-id", AccountID: "3e6f0000-0000-4000-8000-000000000002",
			StreamID: "7c9e6679-0000-4000-8000-000000000001", From: "+15550100001", To: "+15550100002",
		})
	if err != nil {
		t.Fatal(err)
	}
	return peer
}

func startedPeer(t *testing.T) telephony.PeerStream {
	t.Helper()
	peer := openPeer(t)
	if _, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started}); err != nil {
		t.Fatal(err)
	}
	return peer
}
