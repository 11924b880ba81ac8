package exotel_test

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
	"github.com/talkpath/talkpath/telephony/exotel"
)

func TestPeerSendsTheDocumentedMessages(t *testing.T) {
	const id = `"stream_sid":"st_000000000000000000000001"`
	peer := openPeer(t, "?agent=a1&sample-rate=16000", 0)
	packet := func(at time.Duration) telephony.Event {
		return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: media.Format{Encoding: media.L16, Rate: 16000}, At: at, Payload: []byte{1, 2, 3, 4},
		}}
	}
	tests := []struct {
		ev   telephony.Event
		want string
	}{
		{telephony.Event{Kind: telephony.Connected}, connected},
		{
			telephony.Event{Kind: telephony.Started},
			`{"event":"start","sequence_number":1,` + id + `,"start":{` + id +
				`,"call_sid":"c0ffee00000000000000000000000001","account_sid":"exampleacct1",` +
				`"from":"09100000001","to":"08000000002","custom_parameters":{"agent":"a1"},` +
				`"media_format":{"encoding":"raw","sample_rate":"16000","bit_rate":"256"}}}`,
		},
		{packet(0), `{"event":"media","sequence_number":2,` + id + `,"media":{"chunk":1,"timestamp":"0","payload":"AQIDBA=="}}`},
		{packet(100 * time.Millisecond), `{"event":"media","sequence_number":3,` + id + `,"media":{"chunk":2,"timestamp":"100","payload":"AQIDBA=="}}`},
		{
			telephony.Event{Kind: telephony.Digit, Digit: '5', Held: 250 * time.Millisecond},
			`{"event":"dtmf","sequence_number":4,` + id + `,"dtmf":{"digit":"5","duration":"250"}}`,
		},
		{
			telephony.Event{Kind: telephony.MarkPlayed, Mark: "utt-7-end"},
			`{"event":"mark","sequence_number":5,` + id + `,"mark":{"name":"utt-7-end"}}`,
		},
		{
			telephony.Event{Kind: telephony.Stopped, Reason: "callended"},
			`{"event":"stop","sequence_number":6,` + id +
				`,"stop":{"call_sid":"c0ffee00000000000000000000000001","account_sid":"exampleacct1","reason":"callended"}}`,
		},
	}
	for _, test := range tests {
		msg, err := peer.Encode(nil, test.ev)
		if err != nil || string(msg.Data) != test.want {
			t.Errorf("%v: %v\n got %s\nwant %s", test.ev.Kind, err, msg.Data, test.want)
		}
	}
}

func TestRateOfAPeersStream(t *testing.T) {
	for _, test := range []struct {
		query      string
		call, want int
	}{
		{"", 0, 8000},
		{"", 16000, 16000},
		{"?sample-rate=24000", 16000, 24000},
		{"?agent=a1", 24000, 24000},
	} {
		if got := openPeer(t, test.query, test.call).Start().Format.Rate; got != test.want {
			t.Errorf("%q and %d Hz give %d Hz, want %d", test.query, test.call, got, test.want)
		}
	}
	for _, query := range []string{
		"?sample-rate=44100", "?sample-rate=", "?a=1&b=2&c=3&d=4", "?a=" + strings.Repeat("x", 255), "?a=%zz",
	} {
		s := telephony.Stream{URL: "wss://b.example.com/m" + query}
		if _, err := exotel.Carrier(exotel.Config{}).Peer.Open(s, telephony.PeerCall{CallID: "c", StreamID: "s"}); !errors.Is(err, exotel.ErrQuery) {
			t.Errorf("%.40s: %v", query, err)
		}
	}
	s := telephony.Stream{URL: "wss://b.example.com/m"}
	if _, err := exotel.Carrier(exotel.Config{}).Peer.Open(s, telephony.PeerCall{CallID: "c", StreamID: "s", Rate: 48000}); !errors.Is(err, telephony.ErrBadFormat) {
		t.Errorf("48 kHz: %v", err)
	}
}

func TestSoundAgainstTheChunkRulesIsHeardWithAViolation(t *testing.T) {
	tests := []struct {
		bytes              int
		heard, bad, tooBig bool
	}{
		{3200, true, false, false},
		{99840, true, false, false},
		{3520, true, false, false},
		{3202, true, true, false},  // not a multiple of 320
		{320, true, true, false},   // too short
		{160, true, true, false},   // both
		{3201, false, true, false}, // half a sample
		{100_000, true, true, false},
		{100_160, false, true, true},
	}
	for _, test := range tests {
		peer := startPeer(t)
		payload := bytes.Repeat([]byte{7}, test.bytes)
		ev, err := peer.Decode(message(`{"event":"media","stream_sid":"st_000000000000000000000001","media":{"payload":"` +
			base64.StdEncoding.EncodeToString(payload) + `"}}`))
		var violation *telephony.Violation
		if errors.As(err, &violation) != test.bad || test.bad && violation.Fatal != test.tooBig {
			t.Errorf("%d bytes: %v", test.bytes, err)
		}
		if heard := ev.Kind == telephony.Audio && bytes.Equal(ev.Frame.Payload, payload); heard != test.heard {
			t.Errorf("%d bytes: heard %v, want %v", test.bytes, heard, test.heard)
		}
	}
}

func TestPeerTakesWhatExotelTakes(t *testing.T) {
	const id = `"stream_sid":"st_000000000000000000000001"`
	peer := startPeer(t)
	for json, want := range map[string]telephony.Event{
		`{"event":"clear",` + id + `}`:                                      {Kind: telephony.Clear},
		`{"event":"clear","streamSid":"st_000000000000000000000001","x":1}`: {Kind: telephony.Clear},
		`{"event":"mark",` + id + `,"mark":{"name":"m"}}`:                   {Kind: telephony.Mark, Mark: "m"},
		`{"event":"hangup"}`:                                                {Kind: telephony.Unknown, Name: "hangup"},
	} {
		if got, err := peer.Decode(message(json)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %+v, %v", json, got, err)
		}
	}
	binary := message(`{"event":"clear",` + id + `}`)
	binary.Binary = true
	for name, msg := range map[string]telephony.Message{
		"binary":         binary,
		"not JSON":       message(`clear`),
		"no event":       message(`{` + id + `}`),
		"no id":          message(`{"event":"clear"}`),
		"another id":     message(`{"event":"clear","stream_sid":"st_2"}`),
		"ids that clash": message(`{"event":"clear",` + id + `,"streamSid":"st_2"}`),
		"no payload":     message(`{"event":"media",` + id + `,"media":{}}`),
		"bad base64":     message(`{"event":"media",` + id + `,"media":{"payload":"!!!!"}}`),
		"no name":        message(`{"event":"mark",` + id + `,"mark":{}}`),
	} {
		ev, err := peer.Decode(msg)
		var violation *telephony.Violation
		if !errors.As(err, &violation) || violation.Fatal || ev.Kind != telephony.Unknown {
			t.Errorf("%s: %+v, %v", name, ev, err)
		}
	}
	var violation *telephony.Violation
	if _, err := openPeer(t, "", 0).Decode(message(`{"event":"clear",` + id + `}`)); !errors.As(err, &violation) {
		t.Errorf("before start: %v", err)
	}
}

// openPeer opens a stream to a fixed URL with query.
func openPeer(t *testing.T, query string, rate int) telephony.PeerStream {
	t.Helper()
	peer, err := exotel.Carrier(exotel.Config{}).Peer.Open(
		telephony.Stream{URL: "wss://bridge.example.com/media/exotel/fixed" + query},
		telephony.PeerCall{
			CallID: "c0ffee00000000000000000000000001", AccountID: "exampleacct1",
			StreamID: "st_000000000000000000000001", From: "09100000001", To: "08000000002", Rate: rate,
		})
	if err != nil {
		t.Fatal(err)
	}
	return peer
}

func startPeer(t *testing.T) telephony.PeerStream {
	t.Helper()
	peer := openPeer(t, "", 0)
	if _, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started}); err != nil {
		t.Fatal(err)
	}
	return peer
}
