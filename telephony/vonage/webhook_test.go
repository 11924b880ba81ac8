package vonage_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/vonage"
)

func TestCallIsReadFromQueryJSONAndForm(t *testing.T) {
	const (
		query = "to=14155550199&from=14155550100&uuid=aaaaaaaa-1&conversation_uuid=CON-2&SipHeader_X-A=b&region_url=x"
		json  = `{"from":"14155550100","to":"14155550199","uuid":"aaaaaaaa-1","conversation_uuid":"CON-2","new":{"a":[1]}}`
		url   = "/telephony/vonage/answer?agent=a1"
	)
	get := httptest.NewRequest(http.MethodGet, url+"&"+query, http.NoBody)
	post := func(kind, body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, url, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return r
	}
	want := telephony.Incoming{CallID: "aaaaaaaa-1", From: "14155550100", To: "14155550199"}
	for name, r := range map[string]*http.Request{
		"GET":              get,
		"JSON":             post("application/json; charset=utf-8", json),
		"JSON by no name":  post("", json),
		"numbers unquoted": post("application/json", `{"from":14155550100,"to":14155550199,"uuid":"aaaaaaaa-1"}`),
		"form":             post("application/x-www-form-urlencoded", query),
	} {
		if got, err := vonage.Carrier().Webhook.ReadCall(r); got != want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestRequestsThatAnnounceNoCallAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		r    *http.Request
		want error
	}{
		"no uuid":         {httptest.NewRequest(http.MethodGet, "/?from=1&to=2", http.NoBody), telephony.ErrNoCallID},
		"no uuid in JSON": {httptest.NewRequest(http.MethodPost, "/?uuid=a", strings.NewReader(`{"from":"1"}`)), telephony.ErrNoCallID},
		"not JSON":        {httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`uuid=a`)), telephony.ErrMalformed},
		"an array":        {httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`[{"uuid":"a"}]`)), telephony.ErrMalformed},
		"nothing":         {httptest.NewRequest(http.MethodPost, "/", http.NoBody), telephony.ErrMalformed},
	} {
		if got, err := vonage.Carrier().Webhook.ReadCall(test.r); !errors.Is(err, test.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, kind := range []string{"application/json", "application/x-www-form-urlencoded"} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", 1000)))
		r.Header.Set("Content-Type", kind)
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
		var tooLarge *http.MaxBytesError
		if _, err := vonage.Carrier().Webhook.ReadCall(r); !errors.As(err, &tooLarge) {
			t.Errorf("a large body of %s: %v", kind, err)
		}
	}
}

func TestAnswerIsAnNCCO(t *testing.T) {
	for _, test := range []struct {
		stream telephony.Stream
		want   string
	}{
		{
			telephony.Stream{
				URL: "wss://bridge.example.com/media/vonage/tkt", Rate: 24000, Encoding: media.L16,
				Params: map[string]string{"ticket": "tkt", "call": "aaaaaaaa-1", "agent": `"a" & <b>`},
			},
			`[{"action":"connect","endpoint":[{"type":"websocket","uri":"wss://bridge.example.com/media/vonage/tkt",` +
				`"content-type":"audio/l16;rate=24000","headers":{"agent":"\"a\" & <b>","call":"aaaaaaaa-1","ticket":"tkt"}}]}]`,
		},
		{
			telephony.Stream{URL: "wss://bridge.example.com/m"},
			`[{"action":"connect","endpoint":[{"type":"websocket","uri":"wss://bridge.example.com/m",` +
				`"content-type":"audio/l16;rate=16000"}]}]`,
		},
	} {
		got, err := vonage.Carrier().Webhook.Answer(test.stream)
		if err != nil || got.ContentType != "application/json" || string(got.Body) != test.want {
			t.Errorf("%v, %s\n got %s\nwant %s", err, got.ContentType, got.Body, test.want)
		}
	}
}

func TestAnswerKeepsToVonagesLimits(t *testing.T) {
	const around = `{"k":""}`
	headers := func(params map[string]string) telephony.Stream { return telephony.Stream{Params: params} }
	for name, test := range map[string]struct {
		s    telephony.Stream
		want error
	}{
		"512 bytes":            {headers(map[string]string{"k": strings.Repeat("x", 512-len(around))}), nil},
		"513 bytes":            {headers(map[string]string{"k": strings.Repeat("x", 513-len(around))}), telephony.ErrParameter},
		"512 bytes of escapes": {headers(map[string]string{"k": strings.Repeat(`"`, (512-len(around))/2)}), nil},
		"514 bytes of escapes": {headers(map[string]string{"k": strings.Repeat(`"`, (512-len(around))/2+1)}), telephony.ErrParameter},
		"what HTML escapes":    {headers(map[string]string{"k": strings.Repeat("&", 512-len(around))}), nil},
		"Vonage's own name":    {headers(map[string]string{"event": "x"}), telephony.ErrParameter},
		"the same by case":     {headers(map[string]string{"Content-Type": "x"}), telephony.ErrParameter},
		"not UTF-8":            {headers(map[string]string{"k": "\xff"}), telephony.ErrParameter},
		"rate of a CD":         {telephony.Stream{Rate: 44100}, telephony.ErrBadFormat},
		"rate below zero":      {telephony.Stream{Rate: -8000}, telephony.ErrBadFormat},
		"mu-law":               {telephony.Stream{Rate: 8000, Encoding: media.PCMU}, telephony.ErrBadFormat},
	} {
		test.s.URL = "wss://b.example.com/m"
		doc, err := vonage.Carrier().Webhook.Answer(test.s)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if test.want != nil {
			continue
		}
		if _, err := vonage.Carrier().Peer.ReadAnswer(doc); err != nil {
			t.Errorf("%s: Vonage refuses %s: %v", name, doc.Body, err)
		}
	}
}

func TestUnusableStreamURLsAreRefused(t *testing.T) {
	for _, url := range []string{
		"", "https://b.example.com/m", "wss:///m", "wss://u:p@b.example.com/m", "wss://b.example.com/m?", "wss://b.example.com/m#f", "wss://b example",
	} {
		if doc, err := vonage.Carrier().Webhook.Answer(telephony.Stream{URL: url}); !errors.Is(err, telephony.ErrStreamURL) {
			t.Errorf("%q: %s, %v", url, doc.Body, err)
		}
	}
}
