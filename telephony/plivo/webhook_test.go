package plivo_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

const callForm = "CallUUID=11111111-2222-4333-8444-555555555555&ParentAuthID=MA1&From=14155550100&To=14155550199&Direction=inbound"

func TestCallIsReadFromPostAndGet(t *testing.T) {
	const form = callForm + "&CallStatus=ringing&Event=StartApp&SIP-H-To=x"
	post := posted("/telephony/plivo/answer?agent=a1", form)
	get := httptest.NewRequest(http.MethodGet, "/telephony/plivo/answer?"+form, http.NoBody)
	want := telephony.Incoming{
		CallID: "11111111-2222-4333-8444-555555555555", AccountID: "MA1", From: "14155550100", To: "14155550199",
	}
	for _, r := range []*http.Request{post, get} {
		if got, err := plivo.Carrier().Webhook.ReadCall(r); got != want || err != nil {
			t.Errorf("%s: %+v, %v", r.Method, got, err)
		}
	}
}

func TestCallWithoutIDIsRefused(t *testing.T) {
	if _, err := plivo.Carrier().Webhook.ReadCall(posted("/", "From=1")); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("error %v", err)
	}
}

// Without a hangup URL, Plivo tells the end of a call at the answer URL.
func TestTheEndOfACallIsNoCall(t *testing.T) {
	for state, over := range map[string]bool{
		"CallStatus=ringing":                 false,
		"CallStatus=in-progress":             false,
		"CallStatus=completed&Event=Hangup":  true,
		"CallStatus=no-answer":               true,
		"CallStatus=busy":                    true,
		"CallStatus=failed":                  true,
		"CallStatus=timeout":                 true,
		"Event=Hangup":                       true,
		"CallStatus=in-progress&Event=Other": false,
	} {
		_, err := plivo.Carrier().Webhook.ReadCall(posted("/", callForm+"&"+state))
		if errors.Is(err, telephony.ErrCallOver) != over || !over && err != nil {
			t.Errorf("%s: %v", state, err)
		}
	}
}

func TestBodyAboveTheServersLimitIsRefused(t *testing.T) {
	r := posted("/", callForm+"&x="+strings.Repeat("x", 1000))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
	var tooLarge *http.MaxBytesError
	if _, err := plivo.Carrier().Webhook.ReadCall(r); !errors.As(err, &tooLarge) {
		t.Errorf("error %v", err)
	}
}

func TestAnswerIsPlivoXML(t *testing.T) {
	const (
		open = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Response><Stream bidirectional="true" keepCallAlive="true" contentType=`
		end  = `wss://bridge.example.com/media/plivo/a&amp;b</Stream></Response>`
	)
	for _, test := range []struct {
		stream telephony.Stream
		want   string
	}{
		{telephony.Stream{}, `"audio/x-mulaw;rate=8000">`},
		{telephony.Stream{Rate: 8000, Params: map[string]string{"ticket": "Tkt1"}}, `"audio/x-mulaw;rate=8000" extraHeaders="ticket=Tkt1">`},
		{telephony.Stream{Encoding: media.L16}, `"audio/x-l16;rate=8000">`},
		{telephony.Stream{Rate: 16000, Params: map[string]string{"ticket": "t", "agent": "a1"}}, `"audio/x-l16;rate=16000" extraHeaders="agent=a1,ticket=t">`},
	} {
		test.stream.URL = "wss://bridge.example.com/media/plivo/a&b"
		got, err := plivo.Carrier().Webhook.Answer(test.stream)
		if err != nil || got.ContentType != "application/xml" || string(got.Body) != open+test.want+end {
			t.Errorf("%s, %v\n%s\nwant\n%s", got.ContentType, err, got.Body, open+test.want+end)
		}
	}
}

func TestAnswerKeepsToPlivosLimits(t *testing.T) {
	const base = "wss://b.example.com/"
	long := strings.Repeat("x", 2048-len(base))
	for name, test := range map[string]struct {
		s    telephony.Stream
		want error
	}{
		"512 bytes":       {telephony.Stream{Params: map[string]string{"k": strings.Repeat("x", 510)}}, nil},
		"513 bytes":       {telephony.Stream{Params: map[string]string{"k": strings.Repeat("x", 511)}}, telephony.ErrParameter},
		"comma":           {telephony.Stream{Params: map[string]string{"k": "a,b"}}, telephony.ErrParameter},
		"underscore":      {telephony.Stream{Params: map[string]string{"k": "a_b"}}, telephony.ErrParameter},
		"no value":        {telephony.Stream{Params: map[string]string{"k": ""}}, telephony.ErrParameter},
		"another letter":  {telephony.Stream{Params: map[string]string{"ü": "a"}}, telephony.ErrParameter},
		"24 kHz":          {telephony.Stream{Rate: 24000}, telephony.ErrBadFormat},
		"A-law":           {telephony.Stream{Encoding: media.PCMA}, telephony.ErrBadFormat},
		"rate below zero": {telephony.Stream{Rate: -8000}, telephony.ErrBadFormat},
		"2048 characters": {telephony.Stream{URL: base + long}, nil},
		"2049 characters": {telephony.Stream{URL: base + long + "x"}, telephony.ErrStreamURL},
		"user":            {telephony.Stream{URL: "wss://u:p@b.example.com/m"}, telephony.ErrStreamURL},
	} {
		if test.s.URL == "" {
			test.s.URL = base + "m"
		}
		doc, err := plivo.Carrier().Webhook.Answer(test.s)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %s, %v", name, doc.Body, err)
		}
	}
}

func TestPeerReadsXMLAsPlivoDoes(t *testing.T) {
	const (
		kind  = "application/xml"
		alive = `<Response><Stream bidirectional="true" keepCallAlive="true"`
		end   = `wss://b.example.com/m</Stream></Response>`
	)
	for _, test := range []struct{ name, kind, body, code string }{
		{"JSON", "application/json", alive + ">" + end, "8011"},
		{"no content type", "", alive + ">" + end, "8011"},
		{"not XML", kind, "hello", "8011"},
		{"cut off", kind, alive, "8011"},
		{"two roots", kind, alive + ">" + end + "<Response/>", "8011"},
		{"garbage behind", kind, alive + ">" + end + "<", "8011"},
		{"another root", kind, "<response/>", "8011"},
		{"too large", kind, "<Response><!--" + strings.Repeat("x", 100<<10) + "--></Response>", "8011"},
		{"no verb", kind, "<Response></Response>", "4010"},
		{"other verbs", kind, "<Response><Speak>hello</Speak></Response>", "4010"},
		{"call not kept alive", kind, `<Response><Stream bidirectional="true">` + end, "4010"},
		{"one way", kind, `<Response><Stream keepCallAlive="true">` + end, ""},
		{"both tracks", kind, alive + ` audioTrack="both">` + end, ""},
		{"24 kHz", kind, alive + ` contentType="audio/x-l16;rate=24000">` + end, "invalid_content_type"},
		{"no rate", kind, alive + ` contentType="audio/x-mulaw">` + end, "invalid_content_type"},
		{"no encoding", kind, alive + ` contentType=";rate=8000">` + end, "invalid_content_type"},
		{"no URL", kind, alive + "></Stream></Response>", ""},
		{"https", kind, alive + ">https://b.example.com/m</Stream></Response>", ""},
		{"ws to a far host", kind, alive + ">ws://b.example.com/m</Stream></Response>", ""},
		{"long URL", kind, alive + ">wss://b.example.com/" + strings.Repeat("x", 2048) + "</Stream></Response>", ""},
		{"no pair", kind, alive + ` extraHeaders="agent">` + end, ""},
		{"no value", kind, alive + ` extraHeaders="agent=">` + end, ""},
		{"list of the guide", kind, alive + ` extraHeaders="a=1;b=2">` + end, ""},
		{"513 bytes", kind, alive + ` extraHeaders="a=` + strings.Repeat("x", 511) + `">` + end, ""},
	} {
		_, err := plivo.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: test.kind, Body: []byte(test.body)})
		wantViolation(t, test.name, err, test.code, true)
	}
}

func TestPeerTakesTheDocumentedXML(t *testing.T) {
	for body, want := range map[string]telephony.Stream{
		`<Response>
  <Speak>hello</Speak>
  <Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-l16;rate=16000" audioTrack="inbound"
          streamTimeout="14400" statusCallbackUrl="https://bridge.example.com/plivo/stream-status"
          statusCallbackMethod="POST" extraHeaders="agent=a_1,tok=abc-123">
    wss://bridge.example.com/plivo/ws?a=b&amp;c=d
  </Stream>
  <Redirect>https://bridge.example.com/plivo/recover</Redirect>
</Response>
`: {
			URL: "wss://bridge.example.com/plivo/ws?a=b&c=d", Rate: 16000, Encoding: media.L16,
			Params:     map[string]string{"agent": "a_1", "tok": "abc-123"},
			RecoverURL: "https://bridge.example.com/plivo/recover", StatusURL: "https://bridge.example.com/plivo/stream-status",
		},
		`<?xml version="1.0"?><Response><Stream bidirectional="true">ws://localhost:8080/m</Stream><Wait length="600"/></Response>`: {
			URL: "ws://localhost:8080/m", Rate: 8000, Encoding: media.L16,
		},
	} {
		got, err := plivo.Carrier().Peer.ReadAnswer(telephony.Document{ContentType: "text/xml; charset=utf-8", Body: []byte(body)})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestPeerAnnouncesACallWithTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := plivo.Carrier().Peer.Announce("http://127.0.0.1/answer?agent=a1", telephony.PeerCall{CallID: "c"})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.ParseForm(); err != nil {
			t.Fatal(err)
		}
		if r.Method != http.MethodPost || r.PostForm.Get("Event") != "StartApp" || r.PostForm.Get("SessionStart") != "2000-01-01 00:00:00.000000" {
			t.Errorf("%s %v", r.Method, r.PostForm)
		}
	})
}

func posted(target, form string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
