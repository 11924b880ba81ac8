package telephonytest

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/talkpath/talkpath/telephony"
)

// FuzzRequests feeds c's webhook with any requests: none makes it panic, and
// what it reads keeps to its bounds. The peer's requests are the seeds; more
// are bodies of JSON or of forms.
func FuzzRequests(f *testing.F, c telephony.Carrier, more ...string) {
	p := Proofs{Carrier: c}
	for _, a := range p.requests(f, "https://bridge.example.com/telephony/carrier/answer") {
		_, query, _ := strings.Cut(a.url, "?")
		f.Add(a.method, a.header.Get("Content-Type"), query, string(a.body))
	}
	for _, body := range more {
		kind := "application/x-www-form-urlencoded"
		if strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[") {
			kind = "application/json"
		}
		f.Add(http.MethodPost, kind, "", body)
		f.Add(http.MethodGet, "", body, "")
	}
	f.Fuzz(func(t *testing.T, method, kind, query, body string) {
		request := func() *http.Request {
			return &http.Request{
				Method: method, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{"Content-Type": {kind}},
				Body: http.MaxBytesReader(nil, readCloser{strings.NewReader(body)}, 64<<10),
			}
		}
		if call, err := c.Webhook.ReadCall(request()); err != nil && call != (telephony.Incoming{}) {
			t.Fatalf("%+v beside %v", call, err)
		}
		told, err := c.Webhook.ReadStatus(request())
		checkStatus(t, told, err)
		if c.Recovery != nil {
			if lost, err := c.Recovery.ReadLost(request()); err != nil && lost != (telephony.Lost{}) {
				t.Fatalf("%+v beside %v", lost, err)
			}
		}
	})
}

// readCloser is a body that needs no closing.
type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// checkStatus checks what holds of every status event.
func checkStatus(t *testing.T, told telephony.Status, err error) {
	t.Helper()
	if err != nil {
		if told != (telephony.Status{}) {
			t.Fatalf("%+v beside %v", told, err)
		}
		return
	}
	if told.ID == "" || told.State > telephony.StateEnded || told.Duration < 0 {
		t.Fatalf("%+v", told)
	}
	if (told.State == telephony.StateEnded) != known(told.Ending) {
		t.Fatalf("%v with ending %q", told.State, told.Ending)
	}
	for _, text := range []string{told.ID, told.Event, told.Cause, told.Fault} {
		if len(text) > 64 || !utf8.ValidString(text) {
			t.Fatalf("%q", text)
		}
	}
}

// FuzzProof feeds p's guard with any requests, none of which has the secret:
// none passes, and each is refused for one of a guard's reasons. The seeds are
// signed by p's first stranger.
func FuzzProof(f *testing.F, p Proofs) {
	base := p.AnswerURL
	if p.ForgedURL != "" {
		base = p.ForgedURL
	}
	for _, a := range p.requests(f, base) {
		var by telephony.Signer
		if len(p.Strangers) > 0 {
			by = p.Strangers[0]
		}
		signed := p.sign(f, a, by, proofTime())
		var lines []string
		for header, values := range signed.Header {
			lines = append(lines, header+": "+values[0])
		}
		f.Add(a.socket, signed.Method, signed.URL, strings.Join(lines, "\n"), signed.Body)
	}
	f.Fuzz(func(t *testing.T, socket bool, method, to, lines string, body []byte) {
		header := http.Header{}
		for line := range strings.Lines(lines) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			header.Add(key, value)
		}
		r := telephony.Signed{Method: method, URL: to, Header: header, Body: body, From: p.From}
		if socket && p.Socket == nil {
			return
		}
		proof, err := ask{socket: socket}.check(p.Guard, r, proofTime())
		if err == nil || proof != (telephony.Proof{}) || !errors.Is(err, telephony.ErrForged) &&
			!errors.Is(err, telephony.ErrUnsigned) && !errors.Is(err, telephony.ErrStale) {
			t.Fatalf("%+v passes as %+v, %v", r, proof, err)
		}
	})
}
