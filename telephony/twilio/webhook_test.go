package twilio_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

func TestCallIsReadFromPostAndGet(t *testing.T) {
	const form = "CallSid=CA1&AccountSid=AC1&From=%2B15550100001&To=%2B15550100002&CallStatus=ringing&NewField=x"
	post := httptest.NewRequest(http.MethodPost, "/telephony/twilio/answer?tenant=acme", strings.NewReader(form))
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	get := httptest.NewRequest(http.MethodGet, "/telephony/twilio/answer?"+form, http.NoBody)
	want := telephony.Incoming{CallID: "CA1", AccountID: "AC1", From: "+15550100001", To: "+15550100002"}
	for _, r := range []*http.Request{post, get} {
		if got, err := twilio.Carrier().Webhook.ReadCall(r); got != want || err != nil {
			t.Errorf("%s: %+v, %v", r.Method, got, err)
		}
	}
}

func TestCallWithoutIDIsRefused(t *testing.T) {
	for query, want := range map[string]error{
		"From=%2B1": telephony.ErrNoCallID,
		"CallStatus=ringing&CallSid=CA00000000000000000000000000000001C": twilio.ErrCallSid,
		"CallSid=CA00000000000000000000000000000001&From=%2B1":           twilio.ErrNoStatus,
	} {
		r := httptest.NewRequest(http.MethodGet, "/?"+query, http.NoBody)
		if _, err := twilio.Carrier().Webhook.ReadCall(r); !errors.Is(err, want) {
			t.Errorf("%s: error %v", query, err)
		}
	}
}

func TestBodyAboveTheServersLimitIsRefused(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("CallSid=CA1&x="+strings.Repeat("x", 1000)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
	var tooLarge *http.MaxBytesError
	if _, err := twilio.Carrier().Webhook.ReadCall(r); !errors.As(err, &tooLarge) {
		t.Errorf("error %v", err)
	}
}

func TestAnswerIsTwiML(t *testing.T) {
	got, err := twilio.Carrier().Webhook.Answer(telephony.Stream{
		URL:    "wss://bridge.example.com/media/twilio/tkt",
		Params: map[string]string{"ticket": "tkt", "agent": `"a" & <b>`},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<Response><Connect><Stream url="wss://bridge.example.com/media/twilio/tkt">` +
		`<Parameter name="agent" value="&#34;a&#34; &amp; &lt;b&gt;"></Parameter>` +
		`<Parameter name="ticket" value="tkt"></Parameter>` +
		`</Stream></Connect></Response>`
	if got.ContentType != "text/xml" || string(got.Body) != want {
		t.Errorf("%s\n%s\nwant\n%s", got.ContentType, got.Body, want)
	}
}

func TestParametersThatXMLCannotHoldAreRefused(t *testing.T) {
	for _, value := range []string{"nul\x00", "bell\a", "bad \xff", "\uffff"} {
		s := telephony.Stream{URL: "wss://b.example.com/m", Params: map[string]string{"k": value}}
		if doc, err := twilio.Carrier().Webhook.Answer(s); !errors.Is(err, telephony.ErrParameter) {
			t.Errorf("%q: %s, %v", value, doc.Body, err)
		}
	}
}
