package plivo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

// planted is a stream that can be recovered, as the peer reads it.
func planted() telephony.Stream {
	return telephony.Stream{
		URL: "wss://bridge.example.com/media/plivo/Tkt1", Rate: 16000, Encoding: media.L16,
		Params:     map[string]string{"ticket": "Tkt1"},
		RecoverURL: "https://bridge.example.com/telephony/plivo/recover/Tkt1?a=1&b=2",
		StatusURL:  "https://bridge.example.com/telephony/plivo/status?t=Tkt1",
	}
}

func TestAnswerPlantsTheRecovery(t *testing.T) {
	const (
		head   = `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Response><Stream bidirectional=\"true\" keepCallAlive=\"true\" contentType=\"audio/x-l16;rate=16000\""
		status = ` statusCallbackUrl="https://bridge.example.com/telephony/plivo/status?t=Tkt1" statusCallbackMethod="POST"`
		stream = ` extraHeaders="ticket=Tkt1">wss://bridge.example.com/media/plivo/Tkt1</Stream>`
		next   = `<Redirect method="POST">https://bridge.example.com/telephony/plivo/recover/Tkt1?a=1&amp;b=2</Redirect>`
	)
	both, neither, recovery, reports := planted(), planted(), planted(), planted()
	neither.RecoverURL, neither.StatusURL = "", ""
	recovery.StatusURL, reports.RecoverURL = "", ""
	for want, s := range map[string]telephony.Stream{
		head + status + stream + next + `</Response>`: both,
		head + stream + `</Response>`:                 neither,
		head + stream + next + `</Response>`:          recovery,
		head + status + stream + `</Response>`:        reports,
	} {
		for name, answer := range map[string]func(telephony.Stream) (telephony.Document, error){
			"answer": plivo.Carrier().Webhook.Answer, "resumption": plivo.Carrier().Recovery.Resume,
		} {
			doc, err := answer(s)
			if err != nil || string(doc.Body) != want || doc.ContentType != "application/xml" {
				t.Errorf("%s: %v\n got %s\nwant %s", name, err, doc.Body, want)
			}
			told, err := plivo.Carrier().Peer.ReadAnswer(doc)
			if diff := cmp.Diff(s, told); diff != "" || err != nil {
				t.Errorf("%s: %v (-asked +told):\n%s", name, err, diff)
			}
		}
	}
}

func TestUnusableCallbackURLsAreRefused(t *testing.T) {
	for _, url := range []string{"recover", "/recover", "wss://b.example.com/r", "https://", "https://u:p@b.example.com/", "https://b example", "https://b.example.com/\xff"} {
		recovery, reports := planted(), planted()
		recovery.RecoverURL, reports.StatusURL = url, url
		for _, s := range []telephony.Stream{recovery, reports} {
			if doc, err := plivo.Carrier().Webhook.Answer(s); !errors.Is(err, telephony.ErrCallbackURL) {
				t.Errorf("%q: %s, %v", url, doc.Body, err)
			}
		}
	}
}

func TestLeavingHangsUp(t *testing.T) {
	doc, err := plivo.Carrier().Recovery.Leave()
	const want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Hangup></Hangup></Response>"
	if err != nil || string(doc.Body) != want || doc.ContentType != "application/xml" || doc.Status != 0 {
		t.Errorf("%v, %+v\n%s", err, doc, doc.Body)
	}
	recoverer := plivo.Carrier().Peer
	if s, again, err := recoverer.ReadRecover(doc); !errors.Is(err, telephony.ErrCallOver) || again {
		t.Errorf("%+v, %v, %v", s, again, err)
	}
	empty := telephony.Document{ContentType: "text/xml", Body: []byte("<Response><Speak>bye</Speak></Response>")}
	if s, _, err := recoverer.ReadRecover(empty); !errors.Is(err, telephony.ErrCallOver) {
		t.Errorf("%+v, %v", s, err)
	}
}

// Plivo asks the same whether the stream was closed, broke or never opened.
func TestPlivoAsksHowTheCallGoesOn(t *testing.T) {
	call := telephony.PeerCall{CallID: callID, StreamID: streamID, AccountID: "MA1", From: "14155550100", To: "14155550199"}
	for _, why := range []telephony.StreamEnd{telephony.StreamClosed, telephony.StreamBroken, telephony.StreamFailed} {
		r, err := plivo.Carrier().Peer.AskRecover("https://elsewhere.example.com", planted(), call, why)
		if err != nil || r.URL.String() != planted().RecoverURL {
			t.Fatalf("%v, %v", r, err)
		}
		lost, err := plivo.Carrier().Recovery.ReadLost(r)
		if want := (telephony.Lost{CallID: callID, Asks: true}); err != nil || lost != want {
			t.Errorf("%d: %+v, %v", why, lost, err)
		}
	}
	unplanted := planted()
	unplanted.RecoverURL = ""
	if r, err := plivo.Carrier().Peer.AskRecover("https://elsewhere.example.com", unplanted, call, telephony.StreamBroken); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("%v, %v", r, err)
	}
	resumed, err := plivo.Carrier().Recovery.Resume(planted())
	if err != nil {
		t.Fatal(err)
	}
	s, again, err := plivo.Carrier().Peer.ReadRecover(resumed)
	if diff := cmp.Diff(planted(), s); diff != "" || again || err != nil {
		t.Errorf("%v, %v (-asked +told):\n%s", again, err, diff)
	}
}

func TestWhatAsksForNothingIsToldApart(t *testing.T) {
	for form, want := range map[string]telephony.Lost{
		"&CallStatus=in-progress&Event=Redirect": {Asks: true},
		"":                                       {Asks: true},
		"&CallStatus=completed&Event=Hangup&HangupCauseCode=3010":           {Done: true, Ending: telephony.Busy},
		"&CallStatus=completed":                                             {Done: true, Ending: telephony.CallerHungUp},
		"&StreamID=" + streamID + "&Event=StopStream":                       {StreamID: streamID},
		"&StreamID=" + streamID + "&Event=DroppedStream&StatusReason=reset": {StreamID: streamID, Fault: "DroppedStream: reset"},
	} {
		want.CallID = callID
		if got, err := plivo.Carrier().Recovery.ReadLost(posted("/", "CallUUID="+callID+form)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", form, got, err)
		}
	}
	for _, form := range []string{"", "StreamID=s", "CallUUID=%zz"} {
		if got, err := plivo.Carrier().Recovery.ReadLost(posted("/", form)); err == nil {
			t.Errorf("%s: %+v", form, got)
		}
	}
}

func TestPeerReadsWhatFollowsAStream(t *testing.T) {
	const kind = "application/xml"
	alive := func(attributes, following string) string {
		return `<Response><Stream bidirectional="true" keepCallAlive="true"` + attributes + `>wss://b.example.com/m</Stream>` + following + `</Response>`
	}
	for body, code := range map[string]string{
		alive("", `<Redirect></Redirect>`):                                                   "8014",
		alive("", `<Redirect>/recover</Redirect>`):                                           "8014",
		alive("", `<Speak>x</Speak><Redirect>ftp://b.example.com</Redirect>`):                "8014",
		alive("", `<Redirect method="GET">https://b.example.com/r</Redirect>`):               "",
		alive(` statusCallbackUrl="status"`, ""):                                             "",
		alive(` statusCallbackUrl="https://b.example.com/s" statusCallbackMethod="GET"`, ""): "",
	} {
		_, err := plivo.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: kind, Body: []byte(body)})
		wantViolation(t, body, err, code, true)
	}
	for body, want := range map[string]string{
		alive("", `<Redirect> https://b.example.com/r </Redirect>`):                                                "https://b.example.com/r",
		alive("", `<Speak>sorry</Speak><Redirect>https://b.example.com/r</Redirect>`):                              "https://b.example.com/r",
		alive("", `<Hangup/><Redirect>https://b.example.com/r</Redirect>`):                                         "",
		strings.Replace(alive("", `<Redirect>https://b.example.com/r</Redirect>`), ` keepCallAlive="true"`, "", 1): "",
	} {
		got, err := plivo.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: kind, Body: []byte(body)})
		if err != nil || got.RecoverURL != want {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	redirect := `<Response><Redirect>https://b.example.com/r</Redirect></Response>`
	_, _, err := plivo.Carrier().Peer.ReadRecover(telephony.Document{ContentType: kind, Body: []byte(redirect)})
	wantViolation(t, redirect, err, "", true)
	_, _, err = plivo.Carrier().Peer.ReadRecover(telephony.Document{ContentType: "text/html", Body: []byte(redirect)})
	wantViolation(t, "HTML", err, "8011", true)
}
