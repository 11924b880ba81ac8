package telnyx_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

var hook = telnyx.Carrier(telnyx.Config{}).Webhook

func TestCallIsReadFromPostAndGet(t *testing.T) {
	const form = "CallSid=v3%3Ademo&AccountSid=acc-1&From=%2B15550100001&To=%2B15550100002&CallStatus=ringing&NewField=x"
	old := strings.Replace(form, "CallSid", "CallSidLegacy", 1)
	post := httptest.NewRequest(http.MethodPost, "/telephony/telnyx/answer?tenant=acme", strings.NewReader(form))
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	want := telephony.Incoming{CallID: "v3:demo", AccountID: "acc-1", From: "+15550100001", To: "+15550100002"}
	for name, r := range map[string]*http.Request{
		"POST": post, "GET": httptest.NewRequest(http.MethodGet, "/telephony/telnyx/answer?"+form, http.NoBody),
		"legacy id": httptest.NewRequest(http.MethodGet, "/telephony/telnyx/answer?"+old, http.NoBody),
	} {
		if got, err := hook.ReadCall(r); got != want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestARequestThatIsNoTeXMLCallIsRefusedWithItsReason(t *testing.T) {
	if _, err := hook.ReadCall(httptest.NewRequest(http.MethodGet, "/?From=%2B1", http.NoBody)); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("no id: %v", err)
	}
	event := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(
		`{"data":{"record_type":"event","event_type":"call.initiated","payload":{"call_control_id":"v3:demo"}}}`))
	event.Header.Set("Content-Type", "application/json; charset=utf-8")
	if _, err := hook.ReadCall(event); !errors.Is(err, telnyx.ErrCallControl) {
		t.Errorf("Call Control: %v", err)
	}
	large := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("CallSid=v3&x="+strings.Repeat("x", 1000)))
	large.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	large.Body = http.MaxBytesReader(httptest.NewRecorder(), large.Body, 100)
	var tooLarge *http.MaxBytesError
	if _, err := hook.ReadCall(large); !errors.As(err, &tooLarge) {
		t.Errorf("large body: %v", err)
	}
}

func TestAnswerIsTeXMLThatStreamsRawSoundBothWays(t *testing.T) {
	const url = "wss://bridge.example.com/media/telnyx/tkt"
	for _, test := range []struct {
		stream telephony.Stream
		want   string
	}{
		{
			telephony.Stream{URL: url, Params: map[string]string{"ticket": "tkt", "agent": `"a" & <b>`}},
			`<Stream url="` + url + `?sound=PCMU/8000" codec="PCMU" bidirectionalMode="rtp" bidirectionalCodec="PCMU" bidirectionalSamplingRate="8000">` +
				`<Parameter name="agent" value="&#34;a&#34; &amp; &lt;b&gt;"></Parameter><Parameter name="ticket" value="tkt"></Parameter></Stream>`,
		},
		{
			telephony.Stream{URL: url, Encoding: media.PCMA},
			`<Stream url="` + url + `?sound=PCMA/8000" codec="PCMA" bidirectionalMode="rtp" bidirectionalCodec="PCMA" bidirectionalSamplingRate="8000"></Stream>`,
		},
		{
			telephony.Stream{URL: url, Rate: 16000},
			`<Stream url="` + url + `?sound=L16/16000" codec="L16" bidirectionalMode="rtp" bidirectionalCodec="L16" bidirectionalSamplingRate="16000"></Stream>`,
		},
		{
			telephony.Stream{URL: url, Encoding: media.L16, Rate: 8000},
			`<Stream url="` + url + `?sound=L16/8000" codec="L16" bidirectionalMode="rtp" bidirectionalCodec="L16" bidirectionalSamplingRate="8000"></Stream>`,
		},
	} {
		got, err := hook.Answer(test.stream)
		want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Response><Connect>" + test.want + "</Connect><Hangup></Hangup></Response>"
		if err != nil || got.ContentType != "text/xml" || string(got.Body) != want {
			t.Errorf("%s, %v\n%s\nwant\n%s", got.ContentType, err, got.Body, want)
		}
	}
}

func TestWhatTelnyxCannotStreamIsNotAskedFor(t *testing.T) {
	const good = "wss://b.example.com/m"
	for name, test := range map[string]struct {
		s    telephony.Stream
		want error
	}{
		"rate of a CD":        {telephony.Stream{URL: good, Rate: 44100}, telephony.ErrBadFormat},
		"mu-law at 16 kHz":    {telephony.Stream{URL: good, Encoding: media.PCMU, Rate: 16000}, telephony.ErrBadFormat},
		"no such encoding":    {telephony.Stream{URL: good, Encoding: 99}, telephony.ErrBadFormat},
		"rate below zero":     {telephony.Stream{URL: good, Rate: -8000}, telephony.ErrBadFormat},
		"2001 characters":     {telephony.Stream{URL: good + strings.Repeat("x", 2001-len(good)-len("?sound=PCMU/8000"))}, telephony.ErrStreamURL},
		"user":                {telephony.Stream{URL: "wss://u:p@b.example.com/m"}, telephony.ErrStreamURL},
		"nul in a parameter":  {telephony.Stream{URL: good, Params: map[string]string{"k": "nul\x00"}}, telephony.ErrParameter},
		"bell in a name":      {telephony.Stream{URL: good, Params: map[string]string{"bell\a": "v"}}, telephony.ErrParameter},
		"not UTF-8":           {telephony.Stream{URL: good, Params: map[string]string{"k": "bad \xff"}}, telephony.ErrParameter},
		"not a character":     {telephony.Stream{URL: good, Params: map[string]string{"k": "\uffff"}}, telephony.ErrParameter},
		"parameter of no one": {telephony.Stream{URL: good, Params: map[string]string{"": "v"}}, telephony.ErrParameter},
	} {
		if doc, err := hook.Answer(test.s); !errors.Is(err, test.want) {
			t.Errorf("%s: %s, %v", name, doc.Body, err)
		}
	}
	longest := telephony.Stream{URL: good + strings.Repeat("x", 2000-len(good)-len("?sound=PCMU/8000"))}
	if _, err := hook.Answer(longest); err != nil {
		t.Errorf("2000 characters: %v", err)
	}
}
