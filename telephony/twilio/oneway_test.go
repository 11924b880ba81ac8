package twilio_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// listening is a copy of part of a call.
func listening(part telephony.Listening) telephony.Stream {
	return telephony.Stream{
		URL: "wss://bridge.example.com/media/twilio/tkt", Params: map[string]string{"ticket": "tkt"},
		StatusURL: "https://bridge.example.com/status", RecoverURL: "https://bridge.example.com/unused",
		Listen: part, Next: "https://bridge.example.com/next",
	}
}

func TestAOneWayStreamIsFollowedByTheRestOfTheCall(t *testing.T) {
	for part, track := range map[telephony.Listening]string{
		telephony.ListenCaller: "inbound_track", telephony.ListenBoth: "both_tracks",
	} {
		asked := listening(part)
		doc, err := twilio.Carrier().Webhook.Answer(asked)
		want := prolog + `<Response><Start><Stream url="wss://bridge.example.com/media/twilio/tkt" track="` + track +
			`" statusCallback="https://bridge.example.com/status"><Parameter name="listen" value="` + part.String() +
			`"></Parameter><Parameter name="ticket" value="tkt"></Parameter></Stream></Start>` +
			`<Redirect method="POST">https://bridge.example.com/next</Redirect></Response>`
		if err != nil || string(doc.Body) != want {
			t.Errorf("%v\n%s\nwant\n%s", err, doc.Body, want)
		}
		if len(asked.Params) != 1 {
			t.Errorf("the caller's parameters became %v", asked.Params)
		}
		told, err := twilio.Carrier().Peer.ReadAnswer(doc)
		asked.RecoverURL = ""
		asked.Params[telephony.ListenParam] = part.String()
		if diff := cmp.Diff(asked, told); diff != "" || err != nil {
			t.Errorf("%v (-asked +told):\n%s", err, diff)
		}
	}
}

func TestAOneWayStreamWithoutNextIsRefused(t *testing.T) {
	s := listening(telephony.ListenCaller)
	s.Next = ""
	if doc, err := twilio.Carrier().Webhook.Answer(s); !errors.Is(err, telephony.ErrNoNext) {
		t.Errorf("%s, %v", doc.Body, err)
	}
	s.Next, s.Params = "https://b.example.com/n", nil
	if _, err := twilio.Carrier().Webhook.Answer(s); err != nil {
		t.Errorf("without parameters: %v", err)
	}
}

func TestTracksThatAStreamCannotHaveAreRefused(t *testing.T) {
	for track, code := range map[string]string{"": "ok", "inbound_track": "ok", "both_tracks": "ok", "outbound_track": "", "all": "31941"} {
		doc := telephony.Document{ContentType: "text/xml", Body: []byte(
			`<Response><Start><Stream url="wss://b.example.com/m" track="` + track + `"/></Start><Pause/></Response>`)}
		_, err := twilio.Carrier().Peer.ReadAnswer(doc)
		var violation *telephony.Violation
		if errors.As(err, &violation) == (code == "ok") || violation != nil && violation.Code != code {
			t.Errorf("%q: %v", track, err)
		}
	}
}

// copied opens the carrier's end and ours of a one-way stream, and starts it.
func copied(t *testing.T, part telephony.Listening) (telephony.PeerStream, telephony.Wire, telephony.Event) {
	t.Helper()
	params := map[string]string{}
	if part != telephony.ListenNone {
		params[telephony.ListenParam] = part.String()
	}
	peer, err := twilio.Carrier().Peer.Open(
		telephony.Stream{Params: params, Listen: part},
		telephony.PeerCall{CallID: "CA1", StreamID: "MZ00000000000000000000000000000001"})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started})
	if err != nil {
		t.Fatal(err)
	}
	wire := twilio.Carrier().NewWire(nil)
	ev, err := wire.Decode(msg)
	if err != nil {
		t.Fatal(err)
	}
	return peer, wire, ev
}

func TestStartTellsWhichPartIsCopied(t *testing.T) {
	for part, tracks := range map[telephony.Listening]string{
		telephony.ListenNone: `"tracks":["inbound"],`, telephony.ListenCaller: `"tracks":["inbound"],`, telephony.ListenBoth: `"tracks":["inbound","outbound"],`,
	} {
		peer, _, ev := copied(t, part)
		if ev.Start.Listen != part || peer.Start().Listen != part {
			t.Errorf("%q is read as %q", part, ev.Start.Listen)
		}
		again, err := twilio.Carrier().Peer.Open(telephony.Stream{Listen: part}, telephony.PeerCall{CallID: "c", StreamID: "s"})
		if err != nil {
			t.Fatal(err)
		}
		msg, err := again.Encode(nil, telephony.Event{Kind: telephony.Started})
		if err != nil || !bytes.Contains(msg.Data, []byte(tracks)) {
			t.Errorf("%q: %s, %v", part, msg.Data, err)
		}
		// Without our parameter only a copy of both can be told.
		want := part
		if part == telephony.ListenCaller {
			want = telephony.ListenNone
		}
		if ev, err := twilio.Carrier().NewWire(nil).Decode(msg); err != nil || ev.Start.Listen != want {
			t.Errorf("%q without the parameter is %+v, %v", part, ev.Start, err)
		}
	}
}

func TestBothTracksOfACopyAreHeardApart(t *testing.T) {
	peer, wire, _ := copied(t, telephony.ListenBoth)
	for i, step := range []struct {
		callee bool
		at     time.Duration
		sound  byte
	}{
		{false, 0, 1},
		{true, 40 * time.Millisecond, 2},
		{false, 20 * time.Millisecond, 3},
		{true, 60 * time.Millisecond, 4},
	} {
		ev := frame(160, step.at)
		ev.Callee = step.callee
		for i := range ev.Frame.Payload {
			ev.Frame.Payload[i] = step.sound
		}
		msg, err := peer.Encode(nil, ev)
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.Decode(msg)
		if err != nil || got.Kind != telephony.Audio || got.Callee != step.callee || got.Frame.At != step.at ||
			!bytes.Equal(got.Frame.Payload, ev.Frame.Payload) || got.Frame.Seq != uint64(i+2) {
			t.Errorf("frame %d: %+v, %v", i, got, err)
		}
	}
}

func TestNothingIsSentOnAOneWayStream(t *testing.T) {
	const id = `"streamSid":"MZ00000000000000000000000000000001"`
	for _, part := range []telephony.Listening{telephony.ListenCaller, telephony.ListenBoth} {
		peer, wire, _ := copied(t, part)
		for _, ev := range []telephony.Event{frame(160, 0), {Kind: telephony.Mark, Mark: "m"}, {Kind: telephony.Clear}} {
			if _, err := wire.Encode(nil, ev); !errors.Is(err, telephony.ErrUnsendable) {
				t.Errorf("%v to Twilio: %v", ev.Kind, err)
			}
		}
		for _, ev := range []telephony.Event{{Kind: telephony.Digit, Digit: '1'}, {Kind: telephony.MarkPlayed, Mark: "m"}} {
			if _, err := peer.Encode(nil, ev); !errors.Is(err, telephony.ErrUnsendable) {
				t.Errorf("%v from Twilio: %v", ev.Kind, err)
			}
		}
		for json, want := range map[string]telephony.Violation{
			`{"event":"media",` + id + `,"media":{"payload":"//8="}}`: {Code: "31924", Fatal: true},
			`{"event":"mark",` + id + `,"mark":{"name":"m"}}`:         {Code: "31924", Fatal: true},
			`{"event":"clear",` + id + `}`:                            {Code: "31924", Fatal: true},
			`{"event":"hello"}`:                                       {Code: "31951"},
			`hello`:                                                   {Code: "31951"},
		} {
			var got *telephony.Violation
			if _, err := peer.Decode(message(json)); !errors.As(err, &got) || got.Code != want.Code || got.Fatal != want.Fatal {
				t.Errorf("%s: %v", json, err)
			}
		}
		if _, err := peer.Encode(nil, telephony.Event{Kind: telephony.Stopped}); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
	peer, _, _ := copied(t, telephony.ListenCaller)
	callee := frame(160, 0)
	callee.Callee = true
	if _, err := peer.Encode(nil, callee); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("what the caller hears on a copy of the caller: %v", err)
	}
}
