package twilio_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const prolog = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// planted is a stream whose call goes on after it.
func planted() telephony.Stream {
	return telephony.Stream{
		URL:        "wss://bridge.example.com/media/twilio/tkt",
		Params:     map[string]string{"ticket": "tkt"},
		RecoverURL: "https://bridge.example.com/telephony/twilio/recover?a=1&b=2",
		StatusURL:  "https://bridge.example.com/telephony/twilio/status",
	}
}

const plantedTwiML = prolog + `<Response><Connect>` +
	`<Stream url="wss://bridge.example.com/media/twilio/tkt" statusCallback="https://bridge.example.com/telephony/twilio/status">` +
	`<Parameter name="ticket" value="tkt"></Parameter></Stream></Connect>` +
	`<Redirect method="POST">https://bridge.example.com/telephony/twilio/recover?a=1&amp;b=2</Redirect></Response>`

func TestRecoveryIsPlantedInTheAnswer(t *testing.T) {
	c := twilio.Carrier()
	for name, write := range map[string]func(telephony.Stream) (telephony.Document, error){
		"answer": c.Webhook.Answer, "resume": c.Recovery.Resume,
	} {
		doc, err := write(planted())
		if err != nil || doc.ContentType != "text/xml" || string(doc.Body) != plantedTwiML {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, doc.Body, plantedTwiML)
		}
		told, err := c.Peer.ReadAnswer(doc)
		if diff := cmp.Diff(planted(), told); diff != "" || err != nil {
			t.Errorf("%s: %v (-asked +told):\n%s", name, err, diff)
		}
	}
}

func TestACallbackThatCannotBeCalledIsNotPlanted(t *testing.T) {
	for _, bad := range []string{"wss://b.example.com/", "/recover", "https://", "https://b.example.com/\x01", "http://%zz"} {
		recoverURL, statusURL, next := planted(), planted(), planted()
		recoverURL.RecoverURL, statusURL.StatusURL = bad, bad
		next.Listen, next.Next = telephony.ListenCaller, bad
		for name, s := range map[string]telephony.Stream{"recover": recoverURL, "status": statusURL, "next": next} {
			if doc, err := twilio.Carrier().Webhook.Answer(s); !errors.Is(err, telephony.ErrCallbackURL) {
				t.Errorf("%s %q: %s, %v", name, bad, doc.Body, err)
			}
		}
	}
}

func TestThePeerAsksHowACallGoesOn(t *testing.T) {
	call := telephony.PeerCall{CallID: "CA1", AccountID: "AC1", From: "+15550100001", To: "+15550100002"}
	for _, why := range []telephony.StreamEnd{telephony.StreamClosed, telephony.StreamBroken, telephony.StreamFailed} {
		r, err := twilio.Carrier().Peer.AskRecover("", planted(), call, why)
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != http.MethodPost || r.URL.String() != planted().RecoverURL {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		got, err := twilio.Carrier().Recovery.ReadLost(r)
		if want := (telephony.Lost{CallID: "CA1", Asks: true}); got != want || err != nil {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := twilio.Carrier().Peer.AskRecover("https://b.example.com/", telephony.Stream{}, call, 0); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("no verb behind the stream: %v", err)
	}
}

func TestALostStreamIsRead(t *testing.T) {
	for form, want := range map[string]telephony.Lost{
		"CallSid=CA1&CallStatus=in-progress": {CallID: "CA1", Asks: true},
		"CallSid=CA1":                        {CallID: "CA1", Asks: true},
		"CallSid=CA1&CallStatus=completed":   {CallID: "CA1", Asks: true, Done: true, Ending: telephony.CallerHungUp},
		"CallSid=CA1&CallStatus=no-answer":   {CallID: "CA1", Asks: true, Done: true, Ending: telephony.NoAnswer},
		"CallSid=CA1&CallStatus=in-progress&ErrorCode=31920&StreamSid=MZ1": {
			CallID: "CA1", StreamID: "MZ1", Asks: true, Fault: "31920: the upgrade was answered with something other than 101",
		},
		"CallSid=CA1&ErrorCode=11200": {CallID: "CA1", Asks: true, Fault: "11200"},
	} {
		got, err := twilio.Carrier().Recovery.ReadLost(posted(form))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", form, err, diff)
		}
	}
	if _, err := twilio.Carrier().Recovery.ReadLost(posted("CallStatus=completed")); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("no call: %v", err)
	}
	if _, err := twilio.Carrier().Recovery.ReadLost(posted("CallSid=%zz")); err == nil {
		t.Error("a form that can't be read is taken")
	}
}

func TestLeavingHangsUp(t *testing.T) {
	doc, err := twilio.Carrier().Recovery.Leave()
	if want := prolog + `<Response><Hangup></Hangup></Response>`; err != nil || string(doc.Body) != want {
		t.Errorf("%s, %v", doc.Body, err)
	}
	if _, again, err := twilio.Carrier().Peer.ReadRecover(doc); !errors.Is(err, telephony.ErrCallOver) || again {
		t.Errorf("again %v, %v", again, err)
	}
	var violation *telephony.Violation
	if _, err := twilio.Carrier().Peer.ReadAnswer(doc); !errors.As(err, &violation) || !violation.Fatal {
		t.Errorf("as an answer: %v", err)
	}
}

func TestThePeerFollowsTheVerbsInTheirOrder(t *testing.T) {
	const (
		stream   = `<Connect><Stream url="wss://b.example.com/m"/></Connect>`
		listen   = `<Start><Stream url="wss://b.example.com/l"/></Start>`
		redirect = `<Redirect> https://b.example.com/r </Redirect>`
	)
	conversation := telephony.Stream{URL: "wss://b.example.com/m"}
	recoverable := conversation
	recoverable.RecoverURL = "https://b.example.com/r"
	copied := telephony.Stream{URL: "wss://b.example.com/l", Listen: telephony.ListenCaller}
	next := copied
	next.Next = "https://b.example.com/r"
	over := &telephony.Violation{}
	for verbs, want := range map[string]any{
		stream:                               conversation,
		stream + redirect:                    recoverable,
		stream + `<Say>bye</Say>` + redirect: recoverable,
		stream + `<Hangup/>` + redirect:      conversation,
		stream + `<Nonsense/>` + redirect:    recoverable,
		`<Nonsense/><Pause/>` + stream:       conversation,
		`<Connect><Room>x</Room></Connect>`:  telephony.ErrCallOver,
		`<Hangup/>` + stream:                 telephony.ErrCallOver,
		`<Reject/>` + stream:                 telephony.ErrCallOver,
		``:                                   telephony.ErrCallOver,
		redirect + stream:                    over,
		listen + redirect:                    next,
		listen + `<Dial>+15550100003</Dial>`: copied,
		listen + `<Say>hi</Say>` + redirect:  next,
		listen + `<Stop/>`:                   over,
		listen + `<Hangup/>` + redirect:      over,
		listen:                               over,
		listen + stream + redirect:           recoverable,
		listen + redirect + stream:           next,
		stream + `<Redirect>/r</Redirect>`:   over,
		stream + `<Redirect/>`:               over,
		stream + `<Redirect method="GET">https://b.example.com/r</Redirect>`: over,
	} {
		doc := telephony.Document{ContentType: "text/xml", Body: []byte("<Response>" + verbs + "</Response>")}
		got, again, err := twilio.Carrier().Peer.ReadRecover(doc)
		var violation *telephony.Violation
		switch want := want.(type) {
		case telephony.Stream:
			if diff := cmp.Diff(want, got); diff != "" || err != nil || again {
				t.Errorf("%s: again %v, %v (-want +got):\n%s", verbs, again, err, diff)
			}
		case *telephony.Violation:
			if !errors.As(err, &violation) || !violation.Fatal {
				t.Errorf("%s: %+v, %v", verbs, got, err)
			}
		case error:
			if !errors.Is(err, want) {
				t.Errorf("%s: %+v, %v", verbs, got, err)
			}
		}
	}
}

func FuzzTwiML(f *testing.F) {
	f.Add(plantedTwiML)
	f.Add(`<Response><Start><Stream url="wss://b.example.com/l" track="both_tracks"/></Start><Redirect>https://b/</Redirect></Response>`)
	f.Add(`<Response><Hangup/></Response>`)
	f.Fuzz(func(t *testing.T, body string) {
		doc := telephony.Document{ContentType: "text/xml", Body: []byte(body)}
		s, err := twilio.Carrier().Peer.ReadAnswer(doc)
		var violation *telephony.Violation
		if err != nil && !errors.As(err, &violation) {
			t.Errorf("%q: %v is no violation", body, err)
		}
		if err == nil && s.URL == "" {
			t.Errorf("%q opens a stream to nowhere", body)
		}
	})
}
