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
)

func copied(l telephony.Listening) telephony.Stream {
	return telephony.Stream{
		URL: "wss://bridge.example.com/m", Params: map[string]string{"ticket": "Tkt1"},
		RecoverURL: "https://bridge.example.com/recover", Listen: l, Next: "https://bridge.example.com/next",
	}
}

func TestAOneWayStreamRunsBesideTheCall(t *testing.T) {
	for l, track := range map[telephony.Listening]string{telephony.ListenCaller: "inbound", telephony.ListenBoth: "both"} {
		asked := copied(l)
		doc, err := plivo.Carrier().Webhook.Answer(asked)
		want := `<Response><Stream bidirectional="false" contentType="audio/x-mulaw;rate=8000" audioTrack="` + track +
			`" extraHeaders="listen=` + l.String() + `,ticket=Tkt1">wss://bridge.example.com/m</Stream>` +
			`<Redirect method="POST">https://bridge.example.com/next</Redirect></Response>`
		if err != nil || !strings.HasSuffix(string(doc.Body), want) {
			t.Errorf("%v\n got %s\nwant %s", err, doc.Body, want)
		}
		if len(asked.Params) != 1 {
			t.Errorf("the caller's parameters became %v", asked.Params)
		}
		told, err := plivo.Carrier().Peer.ReadAnswer(doc)
		asked.RecoverURL, asked.Rate, asked.Encoding = "", 8000, media.PCMU
		asked.Params = map[string]string{"ticket": "Tkt1", "listen": l.String()}
		if diff := cmp.Diff(asked, told); diff != "" || err != nil {
			t.Errorf("%v (-asked +told):\n%s", err, diff)
		}
		peer, wire := onOneWay(t, told)
		if got := peer.Start().Listen; got != l {
			t.Errorf("the peer copies %q", got)
		}
		frame := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
			Format: media.Format{Encoding: media.PCMU, Rate: 8000}, At: time.Second, Payload: []byte{1, 2, 3, 4},
		}}
		msg, err := peer.Encode(nil, frame)
		if err != nil {
			t.Fatal(err)
		}
		if ev, err := wire.Decode(msg); err != nil || ev.Kind != telephony.Audio {
			t.Errorf("%v, %v", ev.Kind, err)
		}
		for _, json := range []string{`{"event":"clearAudio"}`, `{"event":"hangup"}`, `{"event":"sendDTMF","dtmf":"1"}`} {
			_, err := peer.Decode(message(json))
			wantViolation(t, json, err, "", false)
		}
	}
	s := copied(telephony.ListenBoth)
	s.Next = ""
	if doc, err := plivo.Carrier().Webhook.Answer(s); !errors.Is(err, telephony.ErrNoNext) {
		t.Errorf("%s, %v", doc.Body, err)
	}
}

func TestWhatTheCallerHearsIsOfTheOutboundTrack(t *testing.T) {
	peer, _ := onOneWay(t, telephony.Stream{Listen: telephony.ListenBoth, Params: map[string]string{"listen": "both"}})
	for callee, want := range map[bool]string{false: `"media":{"track":"inbound",`, true: `"media":{"track":"outbound",`} {
		msg, err := peer.Encode(nil, telephony.Event{Kind: telephony.Audio, Callee: callee, Frame: media.Frame{
			Format: media.Format{Encoding: media.PCMU, Rate: 8000}, Payload: []byte{1},
		}})
		if err != nil || !strings.Contains(string(msg.Data), want) {
			t.Errorf("%v: %s, %v", callee, msg.Data, err)
		}
	}
}

func TestPeerReadsOneWayStreamsAsPlivoDoes(t *testing.T) {
	for body, code := range map[string]string{
		`<Response><Stream>wss://b.example.com/m</Stream></Response>`:                                               "4010",
		`<Response><Stream audioTrack="outbound">wss://b.example.com/m</Stream><Wait/></Response>`:                  "",
		`<Response><Stream audioTrack="x">wss://b.example.com/m</Stream><Wait/></Response>`:                         "",
		`<Response><Stream keepCallAlive="true">wss://b.example.com/m</Stream><Wait/></Response>`:                   "",
		`<Response><Stream bidirectional="true" audioTrack="both">wss://b.example.com/m</Stream><Wait/></Response>`: "",
		`<Response><Stream>wss://b.example.com/m</Stream><Redirect>next</Redirect></Response>`:                      "8014",
	} {
		_, err := plivo.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: "text/xml", Body: []byte(body)})
		wantViolation(t, body, err, code, true)
	}
	body := `<Response><Stream>wss://b.example.com/m</Stream><Wait length="600"/></Response>`
	got, err := plivo.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: "text/xml", Body: []byte(body)})
	if err != nil || got.Listen != telephony.ListenCaller || got.Next != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

// onOneWay opens s at both ends and starts it.
func onOneWay(t *testing.T, s telephony.Stream) (telephony.PeerStream, telephony.Wire) {
	t.Helper()
	peer, err := plivo.Carrier().Peer.Open(s, telephony.PeerCall{CallID: "c", StreamID: "s"})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started})
	if err != nil {
		t.Fatal(err)
	}
	wire := plivo.Carrier().NewWire(nil)
	ev, err := wire.Decode(msg)
	if err != nil || ev.Start.Listen != s.Listen {
		t.Fatalf("%+v, %v", ev.Start, err)
	}
	if s.Listen == telephony.ListenBoth != strings.Contains(string(msg.Data), `"tracks":["inbound","outbound"]`) {
		t.Errorf("start %s", msg.Data)
	}
	return peer, wire
}
