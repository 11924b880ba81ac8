package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// detour stands where the proxy in front of a server stands: the carrier calls
// and signs the public URL, and what it sends arrives at the server's own. Both
// end without a slash.
type detour struct{ public, base string }

// apply makes calls to target take the detour. Without a public URL, or where
// it is the server's own, there is none.
func (d detour) apply(cfg *sim.Config, target *sim.Target) {
	if d.public == "" || d.base == "" || d.public == d.base {
		return
	}
	outward := detour{public: d.base, base: d.public}
	for _, u := range []*string{&target.AnswerURL, &target.StatusURL, &target.RecoverURL} {
		*u = outward.arrives(*u)
	}
	cfg.HTTP = &http.Client{Transport: d}
	dial := cfg.Dial
	cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
		return dial(ctx, d.arrives(url), header)
	}
}

// arrives returns where what is sent to a URL arrives.
func (d detour) arrives(text string) string {
	for _, scheme := range []string{"http", "ws"} {
		public, base := scheme+strings.TrimPrefix(d.public, "http"), scheme+strings.TrimPrefix(d.base, "http")
		rest, found := strings.CutPrefix(text, public)
		if found && (rest == "" || rest[0] == '/' || rest[0] == '?') {
			return base + rest
		}
	}
	return text
}

// RoundTrip implements http.RoundTripper.
func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(d.arrives(r.URL.String()))
	if err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.URL, sent.Host = to, ""
	return http.DefaultTransport.RoundTrip(sent)
}
