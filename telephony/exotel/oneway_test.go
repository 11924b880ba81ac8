package exotel_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
)

func TestAOneWayStreamIsMarkedInItsURL(t *testing.T) {
	c := exotel.Carrier(exotel.Config{})
	asked := telephony.Stream{
		URL: socketURL, Params: map[string]string{"a": "1"}, Listen: telephony.ListenCaller,
		Next: "https://b.example.com/unused", RecoverURL: "https://b.example.com/unused", StatusURL: "https://b.example.com/unused",
	}
	doc, err := c.Webhook.Answer(asked)
	if want := `{"url":"` + socketURL + `?sample-rate=8000&a=1&listen=caller"}`; err != nil || strings.TrimSpace(string(doc.Body)) != want {
		t.Errorf("%s, %v", doc.Body, err)
	}
	if len(asked.Params) != 1 {
		t.Errorf("the caller's parameters became %v", asked.Params)
	}
	told, err := c.Peer.ReadAnswer(doc)
	want := telephony.Stream{
		URL: socketURL + "?sample-rate=8000&a=1&listen=caller", Rate: 8000, Listen: telephony.ListenCaller,
		Params: map[string]string{"a": "1", "listen": "caller"},
	}
	if diff := cmp.Diff(want, told); diff != "" || err != nil {
		t.Errorf("%v (-want +told):\n%s", err, diff)
	}
	asked.Params = map[string]string{"a": "1", "b": "2", "c": "3"}
	if _, err := c.Webhook.Answer(asked); !errors.Is(err, exotel.ErrQuery) {
		t.Errorf("three parameters beside: %v", err)
	}
	asked.Params, asked.Listen = nil, telephony.ListenBoth
	if _, err := c.Webhook.Answer(asked); !errors.Is(err, exotel.ErrListening) {
		t.Errorf("both parts: %v", err)
	}
}

func TestAOneWayStreamIsToldByTheStartOrTheURL(t *testing.T) {
	inside := strings.Replace(start, `{"agent":"a1"}`, `{"agent":"a1","listen":"caller"}`, 1)
	for _, test := range []struct {
		query, start string
		want         telephony.Listening
	}{
		{"", start, telephony.ListenNone},
		{"", inside, telephony.ListenCaller},
		{"listen=caller", start, telephony.ListenCaller},
		{"sample-rate=8000&listen=both", start, telephony.ListenCaller}, // there is no such stream
		{"listen=nobody", start, telephony.ListenNone},
		{"listen=caller", strings.Replace(inside, `"caller"`, `""`, 1), telephony.ListenNone},
	} {
		ev, err := newWire(test.query).Decode(message(test.start))
		if err != nil || ev.Start.Listen != test.want {
			t.Errorf("%q: %+v, %v", test.query, ev.Start, err)
		}
	}
}

func TestNothingIsSentOnAOneWayStream(t *testing.T) {
	const id = `"stream_sid":"st_000000000000000000000001"`
	peer := openPeer(t, "?listen=caller", 0)
	for _, kind := range []telephony.Kind{telephony.Connected, telephony.Started} {
		if _, err := peer.Encode(nil, telephony.Event{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	sound := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
		Format: media.Format{Encoding: media.L16, Rate: 8000}, Payload: make([]byte, 3200),
	}}
	callee := sound
	callee.Callee = true
	for _, ev := range []telephony.Event{callee, {Kind: telephony.Digit, Digit: '1'}, {Kind: telephony.MarkPlayed, Mark: "m"}} {
		if _, err := peer.Encode(nil, ev); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%v from Exotel: %v", ev.Kind, err)
		}
	}
	for _, json := range []string{
		`{"event":"media",` + id + `,"media":{"payload":"AQIDBA=="}}`,
		`{"event":"mark",` + id + `,"mark":{"name":"m"}}`,
		`{"event":"clear",` + id + `}`,
		`{"event":"hello"}`,
	} {
		var violation *telephony.Violation
		if ev, err := peer.Decode(message(json)); !errors.As(err, &violation) || ev.Kind != telephony.Unknown || ev.Name != "" {
			t.Errorf("%s: %+v, %v", json, ev, err)
		}
	}
	wire := newWire("listen=caller")
	if _, err := wire.Decode(message(start)); err != nil {
		t.Fatal(err)
	}
	for _, ev := range []telephony.Event{sound, {Kind: telephony.Mark, Mark: "m"}, {Kind: telephony.Clear}} {
		if _, err := wire.Encode(nil, ev); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%v to Exotel: %v", ev.Kind, err)
		}
	}
	for _, ev := range []telephony.Event{sound, {Kind: telephony.Stopped, Reason: "stopped"}} {
		msg, err := peer.Encode(nil, ev)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := wire.Decode(msg); err != nil || got.Kind != ev.Kind || got.Callee {
			t.Errorf("%v: %+v, %v", ev.Kind, got, err)
		}
	}
}

func TestAStreamAppletWithAFixedURLIsOneWay(t *testing.T) {
	peer, err := exotel.Carrier(exotel.Config{}).Peer.Open(
		telephony.Stream{URL: "wss://b.example.com/m", Listen: telephony.ListenCaller}, telephony.PeerCall{CallID: "c", StreamID: "s"})
	if err != nil || peer.Start().Listen != telephony.ListenCaller {
		t.Fatal(err)
	}
	if _, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started}); err != nil {
		t.Fatal(err)
	}
	var violation *telephony.Violation
	if _, err := peer.Decode(message(`{"event":"clear","stream_sid":"s"}`)); !errors.As(err, &violation) {
		t.Errorf("error %v", err)
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add(`{"url":"wss://k:t@bridge.example.com/m?sample-rate=8000&listen=caller"}`)
	f.Add(`{"url":"wss://b@c@d/m#@x?@"}`)
	f.Fuzz(func(t *testing.T, body string) {
		s, err := exotel.Carrier(exotel.Config{}).Peer.ReadAnswer(telephony.Document{Body: []byte(body)})
		var violation *telephony.Violation
		if err != nil {
			if !errors.As(err, &violation) {
				t.Errorf("%q: %v is no violation", body, err)
			}
			return
		}
		u, err := url.Parse(s.URL)
		if err != nil || u.User != nil || u.Hostname() == "" {
			t.Errorf("%q leads to %q, %v", body, s.URL, err)
		}
	})
}
