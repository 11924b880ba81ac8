package twilio_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

func TestPeerSendsTheDocumentedMessages(t *testing.T) {
	const id = `"streamSid":"MZ00000000000000000000000000000001"`
	peer := openPeer(t)
	tests := []struct {
		ev   telephony.Event
		want string
	}{
		{telephony.Event{Kind: telephony.Connected}, connected},
		{
			telephony.Event{Kind: telephony.Started},
			`{"event":"start","sequenceNumber":"1",` + id + `,"start":{` + id +
				`,"accountSid":"AC00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001",` +
				`"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},` +
				`"customParameters":{"session":"s_01HZX","tenant":"acme"}}}`,
		},
		{
			frame(16, 0),
			`{"event":"media","sequenceNumber":"2",` + id +
				`,"media":{"track":"inbound","chunk":"1","timestamp":"0","payload":"/////////////////////w=="}}`,
		},
		{
			telephony.Event{Kind: telephony.Digit, Digit: '5', Held: time.Second},
			`{"event":"dtmf","sequenceNumber":"3",` + id + `,"dtmf":{"track":"inbound_track","digit":"5"}}`,
		},
		{
			frame(16, 100*time.Millisecond),
			`{"event":"media","sequenceNumber":"4",` + id +
				`,"media":{"track":"inbound","chunk":"2","timestamp":"100","payload":"/////////////////////w=="}}`,
		},
		{
			telephony.Event{Kind: telephony.MarkPlayed, Mark: "u3:p12"},
			`{"event":"mark","sequenceNumber":"5",` + id + `,"mark":{"name":"u3:p12"}}`,
		},
		{
			telephony.Event{Kind: telephony.Stopped, Reason: "callended"},
			`{"event":"stop","sequenceNumber":"6",` + id +
				`,"stop":{"accountSid":"AC00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001"}}`,
		},
	}
	for _, test := range tests {
		msg, err := peer.Encode(nil, test.ev)
		if err != nil || string(msg.Data) != test.want {
			t.Errorf("%v: %v\n got %s\nwant %s", test.ev.Kind, err, msg.Data, test.want)
		}
	}
}

func TestPeerIsAsStrictAsTwilio(t *testing.T) {
	const id = `"streamSid":"MZ00000000000000000000000000000001"`
	bad := []string{
		``,
		`{"event":"media",` + id + `,"media":{"payload":"//8="}`,
		`{"event":"media",` + id + `,"media":{"payload":"//8="},}`,
		"{\"event\":\"mark\"," + id + ",\"mark\":{\"name\":\"a\tb\"}}",
		`[]`,
		`{"event":"stop",` + id + `}`,
		`{"event":"Media",` + id + `,"media":{"payload":"//8="}}`,
		`{` + id + `,"media":{"payload":"//8="}}`,
		`{"event":"media","media":{"payload":"//8="}}`,
		`{"event":"media","streamSid":"MZ2","media":{"payload":"//8="}}`,
		`{"event":"media","stream_sid":"MZ00000000000000000000000000000001","media":{"payload":"//8="}}`,
		`{"event":"media",` + id + `,"media":{"payload":"//8="},"sequenceNumber":"1"}`,
		`{"event":"media",` + id + `,"media":{"payload":"//8=","timestamp":"0"}}`,
		`{"event":"media",` + id + `,` + id + `,"media":{"payload":"//8="}}`,
		`{"event":"media",` + id + `,"media":{}}`,
		`{"event":"media",` + id + `,"media":{"payload":"//8"}}`,
		`{"event":"media",` + id + `,"media":{"payload":""}}`,
		`{"event":"media",` + id + `,"media":{"payload":null}}`,
		`{"event":"media",` + id + `}`,
		`{"event":"mark",` + id + `,"mark":{"name":5}}`,
		`{"event":"mark",` + id + `,"mark":{"name":"m","id":1}}`,
		`{"event":"mark",` + id + `}`,
		`{"event":"clear"}`,
		`{"event":"clear",` + id + `,"clear":{}}`,
	}
	for _, json := range bad {
		_, err := startedPeer(t).Decode(message(json))
		wantViolation(t, json, err, "31951")
	}
	binary := message(`{"event":"clear",` + id + `}`)
	binary.Binary = true
	_, err := startedPeer(t).Decode(binary)
	wantViolation(t, "binary", err, "31950")

	_, err = openPeer(t).Decode(message(`{"event":"clear",` + id + `}`))
	wantViolation(t, "before start", err, "31951")

	if ev, err := startedPeer(t).Decode(message(` {"media" : {"payload":"\/\/8="}, ` + id + `,"event":"media" } `)); err != nil ||
		!bytes.Equal(ev.Frame.Payload, []byte{0xff, 0xff}) {
		t.Errorf("another order of fields and spaces: %+v, %v", ev, err)
	}
}

func TestPeerReadsTwiMLAsTwilioDoes(t *testing.T) {
	const open, end = `<Response><Connect><Stream url="wss://b.example.com/m"`, `</Stream></Connect></Response>`
	tests := []struct {
		name, kind, body, code string
	}{
		{"JSON", "application/json", open + ">" + end, "12300"},
		{"no content type", "", open + ">" + end, "12300"},
		{"not XML", "text/xml", "hello", "12100"},
		{"cut off", "text/xml", open, "12100"},
		{"two roots", "text/xml", open + ">" + end + "<Response/>", "12100"},
		{"garbage behind", "text/xml", open + ">" + end + "<", "12100"},
		{"another root", "text/xml", "<response/>", "12102"},
		{"no verb", "text/xml", "<Response></Response>", ""},
		{"one-way stream", "text/xml", `<Response><Start><Stream url="wss://b.example.com/m"/></Start></Response>`, ""},
		{"track", "text/xml", open + ` track="both_tracks">` + end, "31941"},
		{"https", "text/xml", `<Response><Connect><Stream url="https://b.example.com/m"/></Connect></Response>`, "31922"},
		{"ws to a far host", "text/xml", `<Response><Connect><Stream url="ws://b.example.com/m"/></Connect></Response>`, "31922"},
		{"no URL", "text/xml", `<Response><Connect><Stream/></Connect></Response>`, "31923"},
		{"query", "text/xml", `<Response><Connect><Stream url="wss://b.example.com/m?a=b"/></Connect></Response>`, "31920"},
		{"too large", "text/xml", `<Response><!--` + string(bytes.Repeat([]byte("x"), 64<<10)) + `--></Response>`, ""},
	}
	for _, test := range tests {
		_, err := twilio.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: test.kind, Body: []byte(test.body)})
		var violation *telephony.Violation
		if !errors.As(err, &violation) || violation.Code != test.code || !violation.Fatal {
			t.Errorf("%s: %v, want %s", test.name, err, test.code)
		}
	}
	good := telephony.Document{ContentType: "text/xml; charset=utf-8", Body: []byte(`<?xml version="1.0"?>
<Response>
  <Say>hello</Say>
  <Connect>
    <Stream url="wss://bridge.example.com/twilio/media" statusCallback="https://bridge.example.com/s" track="inbound_track">
      <Parameter name="session" value="s_01HZX"/>
      <Parameter name="tenant" value="a&amp;b"/>
    </Stream>
  </Connect>
</Response>
`)}
	got, err := twilio.Carrier().Peer.ReadAnswer(good)
	want := telephony.Stream{
		URL:    "wss://bridge.example.com/twilio/media",
		Params: map[string]string{"session": "s_01HZX", "tenant": "a&b"},

		StatusURL: "https://bridge.example.com/s",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, host := range []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080"} {
		doc := telephony.Document{ContentType: "text/xml", Body: []byte(
			`<Response><Connect><Stream url="ws://` + host + `/m"/></Connect></Response>`)}
		if _, err := twilio.Carrier().Peer.ReadAnswer(doc); err != nil {
			t.Errorf("ws:// to %s: %v", host, err)
		}
	}
}

func TestPeerOpensNoStreamThatTwilioHasNot(t *testing.T) {
	p := twilio.Carrier().Peer
	if _, err := p.Open(telephony.Stream{}, telephony.PeerCall{CallID: "c", StreamID: "s", Rate: 16000}); !errors.Is(err, telephony.ErrBadFormat) {
		t.Errorf("16 kHz: %v", err)
	}
	if _, err := p.Open(telephony.Stream{}, telephony.PeerCall{CallID: "c"}); !errors.Is(err, telephony.ErrNoIDs) {
		t.Errorf("no stream id: %v", err)
	}
}

func wantViolation(t *testing.T, what string, err error, code string) {
	t.Helper()
	var violation *telephony.Violation
	if !errors.As(err, &violation) || violation.Code != code || violation.Fatal {
		t.Errorf("%s: %v, want violation %s", what, err, code)
	}
}

func frame(n int, at time.Duration) telephony.Event {
	return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
		Format: media.Format{Encoding: media.PCMU, Rate: 8000}, At: at, Payload: bytes.Repeat([]byte{0xff}, n),
	}}
}

func openPeer(t *testing.T) telephony.PeerStream {
	t.Helper()
	peer, err := twilio.Carrier().Peer.Open(
		telephony.Stream{Params: map[string]string{"tenant": "acme", "session": "s_01HZX"}},
		telephony.PeerCall{
			CallID: "CA00000000000000000000000000000001", AccountID: "AC00000000000000000000000000000001",
			StreamID: "MZ00000000000000000000000000000001", From: "+15550100001", To: "+15550100002",
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
