package exotel_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
)

func TestCallIsReadFromWhateverExotelAsksWith(t *testing.T) {
	const form = "CallSid=c0ffee01&CallFrom=09100000001&CallTo=08000000002&Direction=incoming"
	get := httptest.NewRequest(http.MethodGet, "/telephony/exotel/answer?"+form, http.NoBody)
	unescaped := httptest.NewRequest(http.MethodGet, "/telephony/exotel/answer", http.NoBody)
	unescaped.URL.RawQuery = form + "&CustomField=100%"
	short := httptest.NewRequest(http.MethodGet, "/?CallSid=c0ffee01&From=09100000001&To=08000000002", http.NoBody)
	post := httptest.NewRequest(http.MethodPost, "/telephony/exotel/answer", strings.NewReader(form))
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, field := range [][2]string{{"CallSid", "c0ffee01"}, {"CallFrom", "09100000001"}, {"CallTo", "08000000002"}} {
		if err := parts.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	multi := httptest.NewRequest(http.MethodPost, "/telephony/exotel/answer", &body)
	multi.Header.Set("Content-Type", parts.FormDataContentType())

	want := telephony.Incoming{CallID: "c0ffee01", From: "09100000001", To: "08000000002"}
	for name, r := range map[string]*http.Request{
		"GET": get, "badly encoded GET": unescaped, "From and To": short, "POST": post, "multipart": multi,
	} {
		if got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadCall(r); got != want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestNoParameterOfACallIsRequired(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := httptest.NewRequest(method, "/telephony/exotel/answer", http.NoBody)
		if got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadCall(r); err != nil || got != (telephony.Incoming{}) {
			t.Errorf("%s: %+v, %v", method, got, err)
		}
	}
}

func TestBodyAboveTheServersLimitIsRefused(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("CallSid=c&x="+strings.Repeat("x", 1000)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
	var tooLarge *http.MaxBytesError
	if _, err := exotel.Carrier(exotel.Config{}).Webhook.ReadCall(r); !errors.As(err, &tooLarge) {
		t.Errorf("error %v", err)
	}
}

func TestAnswerIsAURLWithTheRateFirst(t *testing.T) {
	for _, test := range []struct {
		stream telephony.Stream
		want   string
	}{
		{
			telephony.Stream{URL: "wss://bridge.example.com/media/exotel/tkt", Rate: 16000, Params: map[string]string{"k": "v"}},
			`{"url":"wss://bridge.example.com/media/exotel/tkt?sample-rate=16000&k=v"}`,
		},
		{
			telephony.Stream{URL: "wss://bridge.example.com/m", Params: map[string]string{"b": "x y&z=+", "a": ""}},
			`{"url":"wss://bridge.example.com/m?sample-rate=8000&a=&b=x%20y%26z%3D%2B"}`,
		},
	} {
		got, err := exotel.Carrier(exotel.Config{}).Webhook.Answer(test.stream)
		if err != nil || got.ContentType != "application/json" || strings.TrimSpace(string(got.Body)) != test.want {
			t.Errorf("%s %s, %v; want %s", got.ContentType, got.Body, err, test.want)
		}
	}
}

func TestAnswerKeepsToExotelsLimits(t *testing.T) {
	const rate = "sample-rate=8000&k=" // what stands before the value
	for name, test := range map[string]struct {
		s    telephony.Stream
		fits bool
	}{
		"256 characters":  {telephony.Stream{Params: map[string]string{"k": strings.Repeat("x", 256-len(rate))}}, true},
		"257 characters":  {telephony.Stream{Params: map[string]string{"k": strings.Repeat("x", 257-len(rate))}}, false},
		"3 parameters":    {telephony.Stream{Params: map[string]string{"a": "", "b": "", "c": ""}}, true},
		"4 parameters":    {telephony.Stream{Params: map[string]string{"a": "", "b": "", "c": "", "d": ""}}, false},
		"its own name":    {telephony.Stream{Params: map[string]string{"sample-rate": "8000"}}, false},
		"rate of a CD":    {telephony.Stream{Rate: 44100}, false},
		"rate below zero": {telephony.Stream{Rate: -8000}, false},
	} {
		test.s.URL = "wss://b.example.com/m"
		_, err := exotel.Carrier(exotel.Config{}).Webhook.Answer(test.s)
		if test.fits != (err == nil) || err != nil && !errors.Is(err, exotel.ErrQuery) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPeerRefusesAnswersThatExotelCannotDial(t *testing.T) {
	for _, url := range []string{
		"", "https://b.example.com/m", "ws://b.example.com/m", "wss:///m", "wss://b.example.com/m?sample-rate=11025",
		"wss://b.example.com/m?a=1&b=2&c=3&d=4", "wss://b.example.com/m?a=" + strings.Repeat("x", 255),
	} {
		var violation *telephony.Violation
		doc := telephony.Document{Body: []byte(`{"url":"` + url + `"}`)}
		if s, err := exotel.Carrier(exotel.Config{}).Peer.ReadAnswer(doc); !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%.40q: %+v, %v", url, s, err)
		}
	}
}

func TestPeerAnnouncesACallWithTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := exotel.Carrier(exotel.Config{}).Peer.Announce("http://127.0.0.1/answer", telephony.PeerCall{CallID: "c"})
		if err != nil {
			t.Fatal(err)
		}
		got := r.URL.Query()
		if r.Method != http.MethodGet || got.Get("Direction") != "incoming" || !strings.HasPrefix(got.Get("CurrentTime"), "2000-01-0") {
			t.Errorf("%s %v", r.Method, got)
		}
	})
}
