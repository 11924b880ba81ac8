package plivo_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

func TestPeerSendsTheDocumentedMessages(t *testing.T) {
	const headers = `,"extra_headers":"agent=a1;tok=abc123"}`
	packet := func(at time.Duration) telephony.Event {
		return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: wideband, At: at, Payload: []byte{1, 2, 3, 4}}}
	}
	tests := []struct {
		ev   telephony.Event
		want string
	}{
		{
			telephony.Event{Kind: telephony.Started},
			`{"event":"start","sequenceNumber":1,"start":{"callId":"11111111-2222-4333-8444-555555555555",` + id +
				`,"accountId":"MAEXAMPLE00000000001","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-l16","sampleRate":16000}}` + headers,
		},
		{
			packet(0),
			`{"event":"media","sequenceNumber":2,` + id +
				`,"media":{"track":"inbound","timestamp":"946684800000","chunk":1,"payload":"AQIDBA=="}` + headers,
		},
		{
			packet(20 * time.Millisecond),
			`{"event":"media","sequenceNumber":3,` + id +
				`,"media":{"track":"inbound","timestamp":"946684800020","chunk":2,"payload":"AQIDBA=="}` + headers,
		},
		{
			telephony.Event{Kind: telephony.Digit, Digit: '5', Held: time.Second},
			`{"event":"dtmf","sequenceNumber":4,` + id + `,"dtmf":{"track":"inbound","digit":"5","timestamp":"946684800000"}` + headers,
		},
		{
			telephony.Event{Kind: telephony.MarkPlayed, Mark: "utt-7-end"},
			`{"event":"playedStream","sequenceNumber":5,` + id + `,"name":"utt-7-end"}`,
		},
		{telephony.Event{Kind: telephony.Cleared}, `{"event":"clearedAudio","sequenceNumber":6,` + id + `}`},
		{telephony.Event{Kind: telephony.Stopped, Reason: "callended"}, `{"event":"stop","sequenceNumber":7,` + id + `}`},
	}
	synctest.Test(t, func(t *testing.T) { // where it is the first moment of 2000
		peer := openPeer(t, wideband)
		for _, test := range tests {
			msg, err := peer.Encode(nil, test.ev)
			if err != nil || string(msg.Data) != test.want {
				t.Errorf("%v: %v\n got %s\nwant %s", test.ev.Kind, err, msg.Data, test.want)
			}
		}
	})
	if _, err := openPeer(t, wideband).Encode(nil, telephony.Event{Kind: telephony.Connected}); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("Plivo has no greeting: %v", err)
	}
}

func TestPeerTakesWhatPlivoTakes(t *testing.T) {
	heard := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: wideband, Payload: []byte{1, 2, 3, 4}}}
	const format = `"contentType":"audio/x-l16","sampleRate":16000`
	peer := startedPeer(t, wideband)
	for json, want := range map[string]telephony.Event{
		`{"event":"playAudio","media":{` + format + `,"payload":"AQIDBA=="}}`:                                   heard,
		`{"event":"playAudio",` + id + `,"media":{"payload":"AQIDBA==",` + format + `,"x":1}}`:                  heard,
		`{"event":"playAudio","media":{"contentType":"audio/x-l16","sampleRate":"16000","payload":"AQIDBA=="}}`: heard,
		`{"event":"checkpoint",` + id + `,"name":"m"}`:                                                          {Kind: telephony.Mark, Mark: "m"},
		`{"event":"clearAudio",` + id + `}`:                                                                     {Kind: telephony.Clear},
		`{"event":"sendDTMF","dtmf":"5"}`:                                                                       {Kind: telephony.Digit, Digit: '5'},
		`{"event":"sendDTMF","dtmf":"a1234#"}`:                                                                  {Kind: telephony.Digit, Digit: 'A'},
		`{"event":"hangup"}`:                                                                                    {Kind: telephony.Unknown, Name: "hangup"},
	} {
		if got, err := peer.Decode(message(json)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %+v, %v", json, got, err)
		}
	}
}

func TestPeerIsAsStrictAsPlivo(t *testing.T) {
	const format = `"contentType":"audio/x-l16","sampleRate":16000`
	for json, code := range map[string]string{
		``:                                      "",
		`[]`:                                    "",
		`clearAudio`:                            "",
		`{` + id + `}`:                          "",
		`{"event":"clearAudio"}`:                "",
		`{"event":"clearAudio","streamId":"2"}`: "",
		`{"event":"clearAudio","stream_id":"20202020-0000-4000-8000-000000000001"}`: "",
		`{"event":"checkpoint","name":"m"}`:                                         "",
		`{"event":"checkpoint",` + id + `}`:                                         "",
		`{"event":"checkpoint",` + id + `,"name":""}`:                               "",
		`{"event":"checkpoint",` + id + `,"name":5}`:                                "",
		`{"event":"sendDTMF"}`:                                                      "",
		`{"event":"sendDTMF","dtmf":""}`:                                            "",
		`{"event":"sendDTMF","dtmf":"12x"}`:                                         "",
		`{"event":"sendDTMF","dtmf":5}`:                                             "",
		`{"event":"playAudio"}`:                                                     "invalid_content_type",
		`{"event":"playAudio","media":{"payload":"AQIDBA=="}}`:                      "invalid_content_type",
		`{"event":"playAudio","media":{"contentType":"audio/x-l16;rate=16000","sampleRate":16000,"payload":"AA"}}`: "invalid_content_type",
		`{"event":"playAudio","media":{"contentType":"audio/x-mulaw","sampleRate":16000,"payload":"AQIDBA=="}}`:    "invalid_content_type",
		`{"event":"playAudio","media":{"contentType":"audio/x-l16","sampleRate":8000,"payload":"AQIDBA=="}}`:       "invalid_content_type",
		`{"event":"playAudio","media":{"contentType":"audio/x-l16","payload":"AQIDBA=="}}`:                         "invalid_content_type",
		`{"event":"playAudio","streamId":"2","media":{` + format + `,"payload":"AQIDBA=="}}`:                       "",
		`{"event":"playAudio","media":{` + format + `}}`:                                                           "",
		`{"event":"playAudio","media":{` + format + `,"payload":""}}`:                                              "",
		`{"event":"playAudio","media":{` + format + `,"payload":"!!!!"}}`:                                          "",
		`{"event":"playAudio","media":{` + format + `,"payload":"AQID"}}`:                                          "", // 3 bytes
	} {
		ev, err := startedPeer(t, wideband).Decode(message(json))
		wantViolation(t, json, err, code, false)
		if ev.Kind != telephony.Unknown {
			t.Errorf("%s: taken as %v", json, ev.Kind)
		}
	}
	binary := message(`{"event":"clearAudio",` + id + `}`)
	binary.Binary = true
	_, err := startedPeer(t, wideband).Decode(binary)
	wantViolation(t, "binary", err, "", false)

	_, err = openPeer(t, wideband).Decode(message(`{"event":"sendDTMF","dtmf":"5"}`))
	wantViolation(t, "before start", err, "", false)

	clear := `{"event":"clearAudio",` + id
	_, err = startedPeer(t, wideband).Decode(message(clear + strings.Repeat(" ", 64<<10-len(clear)) + `}`))
	wantViolation(t, "65 537 bytes", err, "", true)
	if ev, err := startedPeer(t, wideband).Decode(message(clear + strings.Repeat(" ", 64<<10-len(clear)-1) + `}`)); err != nil {
		t.Errorf("65 536 bytes: %v, %v", ev.Kind, err)
	}
}

func TestAWAVFileIsHeardWithAClick(t *testing.T) {
	mulaw := media.Format{Encoding: media.PCMU, Rate: 8000}
	ev, err := startedPeer(t, mulaw).Decode(message(
		`{"event":"playAudio","media":{"contentType":"audio/x-mulaw","sampleRate":8000,"payload":"UklGRiQ="}}`))
	wantViolation(t, "RIFF", err, "", false)
	if ev.Kind != telephony.Audio || !bytes.Equal(ev.Frame.Payload, []byte("RIFF$")) {
		t.Errorf("heard %+v", ev)
	}
}

func TestFormatOfAPeersStream(t *testing.T) {
	linear := media.Format{Encoding: media.L16, Rate: 8000}
	mulaw := media.Format{Encoding: media.PCMU, Rate: 8000}
	tests := []struct {
		name   string
		stream telephony.Stream
		call   telephony.PeerCall
		want   media.Format // zero where the stream can't be opened
	}{
		{"nobody asks", telephony.Stream{}, telephony.PeerCall{}, mulaw},
		{"call asks for a rate", telephony.Stream{}, telephony.PeerCall{Rate: 16000}, wideband},
		{"call asks for an encoding", telephony.Stream{}, telephony.PeerCall{Encoding: media.L16}, linear},
		{"answer wins", telephony.Stream{Rate: 8000, Encoding: media.L16}, telephony.PeerCall{Rate: 16000}, linear},
		{"24 kHz", telephony.Stream{}, telephony.PeerCall{Rate: 24000}, media.Format{}},
		{"below zero", telephony.Stream{Rate: -8000}, telephony.PeerCall{}, media.Format{}},
		{"A-law", telephony.Stream{Encoding: media.PCMA}, telephony.PeerCall{}, media.Format{}},
		{"mu-law at 16 kHz", telephony.Stream{}, telephony.PeerCall{Rate: 16000, Encoding: media.PCMU}, media.Format{}},
	}
	for _, test := range tests {
		test.call.CallID, test.call.StreamID = "c", "s"
		peer, err := plivo.Carrier().Peer.Open(test.stream, test.call)
		switch {
		case test.want == media.Format{}:
			if !errors.Is(err, telephony.ErrBadFormat) {
				t.Errorf("%s: %v", test.name, err)
			}
		case err != nil || peer.Start().Format != test.want:
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestPeerOpensNoStreamThatPlivoHasNot(t *testing.T) {
	p := plivo.Carrier().Peer
	if _, err := p.Open(telephony.Stream{}, telephony.PeerCall{CallID: "c"}); !errors.Is(err, telephony.ErrNoIDs) {
		t.Errorf("no stream id: %v", err)
	}
	for _, params := range []map[string]string{{"k": "a,b=c"}, {"k": ""}, {"": "v"}, {"k": strings.Repeat("x", 511)}} {
		s := telephony.Stream{Params: params}
		if _, err := p.Open(s, telephony.PeerCall{CallID: "c", StreamID: "s"}); !errors.Is(err, telephony.ErrParameter) {
			t.Errorf("%.20q: %v", params, err)
		}
	}
}

func wantViolation(t *testing.T, what string, err error, code string, fatal bool) {
	t.Helper()
	var violation *telephony.Violation
	if !errors.As(err, &violation) || violation.Code != code || violation.Fatal != fatal {
		t.Errorf("%.100s: %v, want violation %q", what, err, code)
	}
}

// openPeer opens a stream in f.
func openPeer(t *testing.T, f media.Format) telephony.PeerStream {
	t.Helper()
	peer, err := plivo.Carrier().Peer.Open(
		telephony.Stream{Params: map[string]string{"tok": "abc123", "agent": "a1"}, Rate: f.Rate, Encoding: f.Encoding},
		telephony.PeerCall{
			CallID: "11111111-2222-4333-8444-555555555555", AccountID: "MAEXAMPLE00000000001",
			StreamID: "20202020-0000-4000-8000-000000000001", From: "14155550100", To: "14155550199",
		})
	if err != nil {
		t.Fatal(err)
	}
	return peer
}

func startedPeer(t *testing.T, f media.Format) telephony.PeerStream {
	t.Helper()
	peer := openPeer(t, f)
	if _, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started}); err != nil {
		t.Fatal(err)
	}
	return peer
}
