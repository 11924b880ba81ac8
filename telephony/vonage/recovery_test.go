package vonage_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// planted is a stream that can be recovered, as the peer reads it.
func planted() telephony.Stream {
	return telephony.Stream{
		URL: "wss://bridge.example.com/media/vonage/tkt", Rate: 8000,
		Params:     map[string]string{"ticket": "tkt", "call": callID},
		RecoverURL: "https://bridge.example.com/telephony/vonage/recover/tkt?a=1&b=<2>",
	}
}

func TestAnswerPlantsTheRecovery(t *testing.T) {
	const (
		open = `[{"action":"connect",`
		asks = `"eventType":"synchronous","eventUrl":["https://bridge.example.com/telephony/vonage/recover/tkt?a=1&b=<2>"],"eventMethod":"POST",`
		end  = `"endpoint":[{"type":"websocket","uri":"wss://bridge.example.com/media/vonage/tkt",` +
			`"content-type":"audio/l16;rate=8000","headers":{"call":"` + callID + `","ticket":"tkt"}}]}]`
	)
	silent, reported := planted(), planted()
	silent.RecoverURL = ""
	reported.StatusURL = "https://bridge.example.com/status" // the application's is set at Vonage
	for _, test := range []struct {
		asked telephony.Stream
		want  string
	}{{planted(), open + asks + end}, {silent, open + end}, {reported, open + asks + end}} {
		for name, answer := range map[string]func(telephony.Stream) (telephony.Document, error){
			"answer": vonage.Carrier().Webhook.Answer, "resumption": vonage.Carrier().Recovery.Resume,
		} {
			doc, err := answer(test.asked)
			if err != nil || string(doc.Body) != test.want || doc.ContentType != "application/json" {
				t.Errorf("%s: %v\n got %s\nwant %s", name, err, doc.Body, test.want)
			}
			told, err := vonage.Carrier().Peer.ReadAnswer(doc)
			test.asked.StatusURL = ""
			if diff := cmp.Diff(test.asked, told); diff != "" || err != nil {
				t.Errorf("%s: %v (-asked +told):\n%s", name, err, diff)
			}
		}
	}
}

func TestUnusableRecoveryURLsAreRefused(t *testing.T) {
	for _, url := range []string{"recover", "/recover", "wss://b.example.com/r", "https://", "https://u:p@b.example.com/", "https://b example", "https://b.example.com/\xff"} {
		s := planted()
		s.RecoverURL = url
		if doc, err := vonage.Carrier().Webhook.Answer(s); !errors.Is(err, telephony.ErrCallbackURL) {
			t.Errorf("%q: %s, %v", url, doc.Body, err)
		}
	}
}

func TestNoStreamIsOneWay(t *testing.T) {
	for _, l := range []telephony.Listening{telephony.ListenCaller, telephony.ListenBoth} {
		s := planted()
		s.Listen = l
		if doc, err := vonage.Carrier().Webhook.Answer(s); !errors.Is(err, vonage.ErrOneWay) {
			t.Errorf("%s: %s, %v", l, doc.Body, err)
		}
	}
}

func TestLeavingIsAnEmptyNCCO(t *testing.T) {
	doc, err := vonage.Carrier().Recovery.Leave()
	if err != nil || string(doc.Body) != "[]" || doc.ContentType != "application/json" || doc.Status != 0 {
		t.Errorf("%v, %+v\n%s", err, doc, doc.Body)
	}
	for _, doc := range []telephony.Document{doc, {Status: http.StatusNoContent}} {
		if s, again, err := vonage.Carrier().Peer.ReadRecover(doc); !errors.Is(err, telephony.ErrCallOver) || again {
			t.Errorf("%+v, %v, %v", s, again, err)
		}
	}
}

func TestVonageAsksHowTheCallGoesOn(t *testing.T) {
	call := telephony.PeerCall{CallID: callID, StreamID: "dddddddd-leg", From: "14155550100", To: "14155550199"}
	for why, fault := range map[telephony.StreamEnd]string{
		telephony.StreamClosed: "disconnected", telephony.StreamBroken: "disconnected", telephony.StreamFailed: "failed",
	} {
		r, err := vonage.Carrier().Peer.AskRecover("https://elsewhere.example.com", planted(), call, why)
		if err != nil || r.Method != http.MethodPost || r.URL.String() != "https://bridge.example.com/telephony/vonage/recover/tkt?a=1&b=<2>" {
			t.Fatalf("%v, %v", r, err)
		}
		lost, err := vonage.Carrier().Recovery.ReadLost(r)
		if want := (telephony.Lost{CallID: callID, Asks: true, Fault: fault}); err != nil || lost != want {
			t.Errorf("%d: %+v, %v", why, lost, err)
		}
	}
	silent := planted()
	silent.RecoverURL = ""
	if r, err := vonage.Carrier().Peer.AskRecover("https://elsewhere.example.com", silent, call, telephony.StreamBroken); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("%v, %v", r, err)
	}
	resumed, err := vonage.Carrier().Recovery.Resume(planted())
	if err != nil {
		t.Fatal(err)
	}
	s, again, err := vonage.Carrier().Peer.ReadRecover(resumed)
	if diff := cmp.Diff(planted(), s); diff != "" || again || err != nil {
		t.Errorf("%v, %v (-asked +told):\n%s", again, err, diff)
	}
}

func TestOnlyALostSocketAsks(t *testing.T) {
	const leg = `"uuid":"dddddddd-leg","to":"wss://b.example.com/m","conversation_uuid":"CON-1"`
	for body, want := range map[string]telephony.Lost{
		`{` + leg + `,"status":"disconnected","headers":{"call":"c1","ticket":"t"}}`: {CallID: "c1", Asks: true, Fault: "disconnected"},
		`{` + leg + `,"status":"disconnected","call":"c1","ticket":"t"}`:             {CallID: "c1", Asks: true, Fault: "disconnected"},
		`{` + leg + `,"status":"failed","detail":"internal_error","reason":"x"}`:     {Asks: true, Fault: "failed/internal_error: x"},
		`{` + leg + `,"status":"unanswered"}`:                                        {Asks: true, Fault: "unanswered"},
		`{` + leg + `,"status":"started"}`:                                           {},
		`{` + leg + `,"status":"ringing"}`:                                           {},
		`{` + leg + `,"status":"answered","headers":{"call":"c1"}}`:                  {CallID: "c1"},
		`{` + leg + `,"status":"completed","headers":{"call":"c1"}}`:                 {CallID: "c1", Done: true},
		`{` + leg + `,"status":"brand_new"}`:                                         {},
		`{` + leg + `,"status":7}`:                                                   {},
		`{"uuid":"` + callID + `","to":"14155550199","status":"answered"}`:           {CallID: callID},
	} {
		if got, err := vonage.Carrier().Recovery.ReadLost(eventRequest(body)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	asked := httptest.NewRequest(http.MethodGet, "/?uuid=leg&to=wss%3A%2F%2Fb.example.com%2Fm&status=disconnected&call=c1", http.NoBody)
	if got, err := vonage.Carrier().Recovery.ReadLost(asked); err != nil || !got.Asks || got.CallID != "c1" {
		t.Errorf("as a query: %+v, %v", got, err)
	}
	for body, want := range map[string]error{`{"status":"disconnected"}`: telephony.ErrNoCallID, `[]`: telephony.ErrMalformed, ``: telephony.ErrMalformed} {
		if got, err := vonage.Carrier().Recovery.ReadLost(eventRequest(body)); !errors.Is(err, want) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func TestPeerReadsEventsOfAConnectActionAsVonageDoes(t *testing.T) {
	ncco := func(events string) telephony.Document {
		return telephony.Document{ContentType: "application/json", Body: []byte(
			`[{"action":"connect",` + events + `"endpoint":[{"type":"websocket","uri":"wss://b.example.com/m","content-type":"audio/l16;rate=8000"}]}]`)}
	}
	const url = `"eventUrl":["https://b.example.com/r"],`
	for events, want := range map[string]string{
		`"eventType":"synchronous",` + url:                      "https://b.example.com/r",
		`"eventType":"synchronous","eventMethod":"POST",` + url: "https://b.example.com/r",
		url:                          "", // its answers don't count
		`"eventType":"synchronous",`: "",
	} {
		if got, err := vonage.Carrier().Peer.ReadAnswer(ncco(events)); err != nil || got.RecoverURL != want {
			t.Errorf("%s: %+v, %v", events, got, err)
		}
	}
	for _, events := range []string{
		`"eventType":"asynchronous",` + url, `"eventType":"synchronous","eventMethod":"GET",` + url,
		`"eventUrl":["https://b.example.com/r","https://b.example.com/s"],`, `"eventUrl":["/recover"],`, `"eventUrl":"https://b.example.com/r",`,
	} {
		_, err := vonage.Carrier().Peer.ReadAnswer(ncco(events))
		var violation *telephony.Violation
		if !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%s: %v", events, err)
		}
	}
	for _, body := range []string{`{}`, `[{"action":"talk","text":"bye"}]`} {
		_, _, err := vonage.Carrier().Peer.ReadRecover(telephony.Document{ContentType: "application/json", Body: []byte(body)})
		var violation *telephony.Violation
		if !errors.As(err, &violation) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
