package api_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
)

// FuzzWebhook sends the webhooks whatever a stranger may: nothing of it makes
// the server fail, and what a signature is checked over is the target as sent.
func FuzzWebhook(f *testing.F) {
	f.Add("POST", "/telephony/twilio/answer?agent=demo&sample-rate=8000&encoding=pcmu", "CallSid=CA1", "", "192.0.2.1")
	f.Add("GET", "/telephony/twilio/answer/k%2Fy?listen=both&next=https%3A%2F%2Fa.example.com", "", "0/1", "10.0.0.1, x")
	f.Add("POST", "/telephony/twilio/status", "event=%zz", "stale", "[::1]:5")
	f.Add("POST", "/telephony/twilio/recover/AAAAAAAAAAAAAAAAAAAAAA", "CallSid=CA1&done=1", "0/", ",")
	f.Add("GET", "/media/twilio/AAAAAAAAAAAAAAAAAAAAAA?a=%20", "", "", "")
	g := &guard{}
	s := api.New(api.Config{
		Carriers: []api.CarrierConfig{{Guard: g, Carrier: fakeCarrier(func(c *telephony.Carrier) {
			c.Quirks.OneWay, c.Quirks.BothTracks = true, true
		})}},
		Board: &board{resumes: true}, Ledger: ledger.New(1), Metrics: http.NotFoundHandler(), Agents: []string{"demo"},
		Log: zerolog.New(io.Discard), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
		PublicURL: &url.URL{Scheme: "https", Host: "voice.example.com"},
	})
	f.Fuzz(func(t *testing.T, method, target, body, proof, forwarded string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Host != "" || u.Scheme != "" || method != http.MethodGet && method != http.MethodPost {
			return
		}
		r := httptest.NewRequest(method, "/", bytes.NewReader([]byte(body)))
		r.URL, r.RequestURI = u, target
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header["X-Proof"], r.Header["X-Forwarded-For"] = []string{proof}, []string{forwarded}
		g.last = telephony.Signed{}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusServiceUnavailable { // which many announcements may lead to
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if got := g.last.URL; got != "" && got != "https://voice.example.com"+target {
			t.Errorf("the guard got %q of %q", got, target)
		}
	})
}
