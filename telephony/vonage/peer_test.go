package vonage_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/vonage"
)

func TestPeerSendsTheDocumentedMessages(t *testing.T) {
	peer := openPeer(t)
	frame := bytes.Repeat([]byte{1, 2}, 320)
	for _, test := range []struct {
		ev   telephony.Event
		want telephony.Message
	}{
		{telephony.Event{Kind: telephony.Started}, text(connected)},
		{telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: media.Format{Encoding: media.L16, Rate: 16000}, At: time.Second, Payload: frame,
		}}, binary(frame)},
		{telephony.Event{Kind: telephony.Digit, Digit: '5', Held: 260 * time.Millisecond}, text(key)},
		{telephony.Event{Kind: telephony.MarkPlayed, Mark: "utt-7-end"}, text(notify)},
		{telephony.Event{Kind: telephony.Cleared}, text(cleared)},
	} {
		got, err := peer.Encode(nil, test.ev)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%v: %v (-want +got):\n%s", test.ev.Kind, err, diff)
		}
	}
}

func TestPeerSendsNothingThatVonageDoesNot(t *testing.T) {
	peer := openPeer(t)
	frame := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
		Format: media.Format{Encoding: media.L16, Rate: 16000}, Payload: make([]byte, 320),
	}}
	for _, step := range []struct {
		ev   telephony.Event
		want error
	}{
		{telephony.Event{Kind: telephony.Connected}, telephony.ErrUnsendable},
		{telephony.Event{Kind: telephony.Cleared}, telephony.ErrNotStarted},
		{telephony.Event{Kind: telephony.Started}, nil},
		{telephony.Event{Kind: telephony.Connected}, telephony.ErrUnsendable},
		{telephony.Event{Kind: telephony.Stopped}, telephony.ErrUnsendable},
		{frame, telephony.ErrBadLength},
	} {
		if _, err := peer.Encode(nil, step.ev); !errors.Is(err, step.want) {
			t.Errorf("%v: %v, want %v", step.ev.Kind, err, step.want)
		}
	}
}

func TestFrameOfAnotherLengthEndsTheStream(t *testing.T) {
	for _, n := range []int{0, 1, 320, 638, 641, 642, 1280} {
		_, err := startedPeer(t).Decode(binary(make([]byte, n)))
		var violation *telephony.Violation
		if !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	_, err := startedPeer(t).Decode(binary(make([]byte, 320)))
	if want := "unexpected frame size 160, when required 320"; err.Error() != want {
		t.Errorf("%q, Vonage says %q", err, want)
	}
}

func TestPeerTakesWhatVonageTakes(t *testing.T) {
	for json, want := range map[string]telephony.Event{
		` {"action" : "clear", "new": 1} `:             {Kind: telephony.Clear},
		`{"payload":{"mark":"m\n"},"action":"notify"}`: {Kind: telephony.Mark, Mark: "m\n"},
		`{"action":"hangup"}`:                          {Kind: telephony.Unknown, Name: "hangup"},
	} {
		if got, err := startedPeer(t).Decode(text(json)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %+v, %v", json, got, err)
		}
	}
	for _, json := range []string{
		``, `clear`, `[]`, `{"action":"clear"`, `{"event":"clear"}`, `{"action":5}`, `{"action":"notify"}`,
		`{"action":"notify","payload":"m"}`, `{"action":"notify","payload":{}}`, `{"action":"notify","payload":{"mark":"m","x":1}}`,
	} {
		ev, err := startedPeer(t).Decode(text(json))
		var violation *telephony.Violation
		if !errors.As(err, &violation) || violation.Fatal || ev.Kind != telephony.Unknown {
			t.Errorf("%s: %+v, %v", json, ev, err)
		}
	}
	for _, msg := range []telephony.Message{text(`{"action":"clear"}`), binary(make([]byte, 640))} {
		var violation *telephony.Violation
		if _, err := openPeer(t).Decode(msg); !errors.As(err, &violation) {
			t.Errorf("%.20q before the start: %v", msg.Data, err)
		}
	}
}

func TestPeerReadsNCCOsAsVonageDoes(t *testing.T) {
	const json = "application/json"
	connect := func(endpoint string) string { return `[{"action":"connect","endpoint":[` + endpoint + `]}]` }
	socket := func(uri, kind, more string) string {
		return `{"type":"websocket","uri":"` + uri + `","content-type":"` + kind + `"` + more + `}`
	}
	const uri, kind = "wss://b.example.com/m", "audio/l16;rate=8000"
	good := socket(uri, kind, "")
	for name, doc := range map[string]struct{ kind, body string }{
		"XML":               {"text/xml", connect(good)},
		"no content type":   {"", connect(good)},
		"not JSON":          {json, "hello"},
		"an object":         {json, good},
		"two documents":     {json, connect(good) + connect(good)},
		"cut off":           {json, connect(good)[:40]},
		"empty":             {json, "[]"},
		"no action's name":  {json, `[{"endpoint":[` + good + `]}]`},
		"talk only":         {json, `[{"action":"talk","text":"hello"}]`},
		"a phone":           {json, connect(`{"type":"phone","number":"14155550100"}`)},
		"no endpoint":       {json, connect("")},
		"two endpoints":     {json, connect(good + "," + good)},
		"https":             {json, connect(socket("https://b.example.com/m", kind, ""))},
		"ws to a far host":  {json, connect(socket("ws://b.example.com/m", kind, ""))},
		"no uri":            {json, connect(socket("", kind, ""))},
		"no rate":           {json, connect(socket(uri, "audio/l16", ""))},
		"rate of a CD":      {json, connect(socket(uri, "audio/l16;rate=44100", ""))},
		"headers too long":  {json, connect(socket(uri, kind, `,"headers":{"k":"`+strings.Repeat("x", 505)+`"}`))},
		"headers as a list": {json, connect(socket(uri, kind, `,"headers":["k"]`))},
		"headers nested":    {json, connect(socket(uri, kind, `,"headers":{"k":{"a":"b"}}`))},
		"header event":      {json, connect(socket(uri, kind, `,"headers":{"event":"x"}`))},
	} {
		s, err := vonage.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: doc.kind, Body: []byte(doc.body)})
		var violation *telephony.Violation
		if !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	got, err := vonage.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: json + "; charset=utf-8", Body: []byte(`[
 {"action":"talk","text":"One moment."},
 {"action":"connect","eventType":"synchronous","eventUrl":["https://bridge.example.com/vonage/ws-event"],
  "from":"14155550100","timeout":20,"limit":7200,
  "endpoint":[{"type":"websocket","uri":"ws://127.0.0.1:8080/vonage/ws?a=b","content-type":"audio/l16;rate=24000",
    "headers":{"call_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-000000000001","tok":"abc123"},
    "authorization":{"type":"custom","value":"Bearer example"}}]},
 {"action":"talk","text":"Goodbye."}]`)})
	want := telephony.Stream{
		URL: "ws://127.0.0.1:8080/vonage/ws?a=b", Rate: 24000,
		Params:     map[string]string{"call_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-000000000001", "tok": "abc123"},
		RecoverURL: "https://bridge.example.com/vonage/ws-event",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRateOfAPeersStream(t *testing.T) {
	for _, test := range []struct{ answer, call, want int }{
		{0, 0, 16000}, {0, 8000, 8000}, {24000, 8000, 24000}, {44100, 0, 0}, {0, -1, 0},
	} {
		stream, err := vonage.Carrier().Peer.Open(telephony.Stream{Rate: test.answer}, telephony.PeerCall{Rate: test.call})
		switch {
		case test.want == 0:
			if !errors.Is(err, telephony.ErrBadFormat) {
				t.Errorf("%d and %d Hz: %v", test.answer, test.call, err)
			}
		case err != nil || stream.Start().Format.Rate != test.want:
			t.Errorf("%d and %d Hz: %v", test.answer, test.call, err)
		}
	}
	_, err := vonage.Carrier().Peer.Open(telephony.Stream{}, telephony.PeerCall{Encoding: media.PCMU})
	if !errors.Is(err, telephony.ErrBadFormat) {
		t.Errorf("mu-law: %v", err)
	}
	_, err = vonage.Carrier().Peer.Open(telephony.Stream{Params: map[string]string{"event": "x"}}, telephony.PeerCall{})
	if !errors.Is(err, telephony.ErrParameter) {
		t.Errorf("header event: %v", err)
	}
}

func TestPeerAnnouncesACallInTheQuery(t *testing.T) {
	r, err := vonage.Carrier().Peer.Announce("http://127.0.0.1/answer?agent=a1", telephony.PeerCall{
		CallID: "aaaaaaaa-1", From: "14155550100", To: "14155550199",
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "agent=a1&conversation_uuid=CON-aaaaaaaa-1&from=14155550100&to=14155550199&uuid=aaaaaaaa-1"
	if r.Method != http.MethodGet || r.URL.RawQuery != want {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	if _, err := vonage.Carrier().Peer.Announce("http://bad host", telephony.PeerCall{}); err == nil {
		t.Error("a call was announced nowhere")
	}
}

func openPeer(t *testing.T) telephony.PeerStream {
	t.Helper()
	peer, err := vonage.Carrier().Peer.Open(
		telephony.Stream{Rate: 16000, Params: map[string]string{
			"ticket": "abc123", "call": "aaaaaaaa-bbbb-4ccc-8ddd-000000000001",
		}},
		telephony.PeerCall{CallID: "kept from the socket", StreamID: "s", From: "14155550100"})
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
