package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/talkpath/talkpath/api"
)

// Threat T29: records and metrics are for those who are meant to see them.
func TestWhoSeesRecordsAndMetrics(t *testing.T) {
	type client struct {
		peer, host string
		header     http.Header
	}
	clients := map[string]client{
		"this host":           {"127.0.0.1:9", "127.0.0.1:8080", nil},
		"this host by name":   {"[::1]:9", "localhost:8080", nil},
		"a stranger":          {"192.0.2.9:9", "localhost", nil},
		"through a proxy":     {"127.0.0.1:9", "127.0.0.1", http.Header{"X-Forwarded-For": {"192.0.2.9"}}},
		"through another":     {"127.0.0.1:9", "127.0.0.1", http.Header{"Forwarded": {"for=192.0.2.9"}}},
		"under a public name": {"127.0.0.1:9", "voice.example.com", nil},
	}
	for admin, seen := range map[api.Admin]map[string]bool{
		api.AdminHere:      {"this host": true, "this host by name": true},
		api.AdminElsewhere: {},
	} {
		s := newSite(t, func(c *api.Config) {
			c.Admin = admin
			c.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		})
		for name, c := range clients {
			get := func(h http.Handler, path string) int {
				r := httptest.NewRequest("GET", path, nil)
				r.RemoteAddr, r.Host = c.peer, c.host
				for k, v := range c.header {
					r.Header[k] = v
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				return w.Code
			}
			for path, there := range map[string]int{"/v1/calls": 200, "/v1/calls/x": 404, "/metrics": 200} {
				want := there
				if !seen[name] {
					want = map[api.Admin]int{api.AdminHere: 403, api.AdminElsewhere: 404}[admin]
				}
				if got := get(s.api, path); got != want {
					t.Errorf("policy %d, %s, %s: %d, want %d", admin, name, path, got, want)
				}
				if got := get(s.api.Admin(), path); got != there {
					t.Errorf("the listener of its own, %s, %s: %d, want %d", name, path, got, there)
				}
			}
			if get(s.api, "/healthz") != 200 || get(s.api.Admin(), "/healthz") != 200 || get(s.api.Admin(), "/readyz") != 200 {
				t.Errorf("policy %d, %s: health isn't told", admin, name)
			}
			for _, path := range []string{"/telephony/twilio/answer", "/media/twilio/x"} {
				if got := get(s.api.Admin(), path); got != 404 {
					t.Errorf("the listener of its own serves %s: %d", path, got)
				}
			}
		}
	}
}
