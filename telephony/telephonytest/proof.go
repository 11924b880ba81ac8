package telephonytest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Proofs are a carrier's proofs as RunProof tests them: who signs, who checks,
// and what the carrier's scheme covers.
type Proofs struct {
	Carrier telephony.Carrier
	// Guard knows the secret of Signer and no other.
	Guard  telephony.Guard
	Signer telephony.Signer
	// Strangers sign with secrets that Guard doesn't know.
	Strangers []telephony.Signer
	// Rotated knows the secret of Strangers[0] as its first and that of Signer
	// as its second; nil where the scheme has no secret that can be replaced.
	Rotated telephony.Guard
	// AnswerURL is where calls are announced to, with the secret in its path or
	// query where the carrier is given one. BareURL is the same without it, and
	// ForgedURL with a wrong one; both empty where it has none. SocketURL,
	// where streams are opened, is made up where it is empty.
	AnswerURL, BareURL, ForgedURL, SocketURL string
	// From is whom requests come from, where that counts.
	From netip.Addr
	// Post and Get say what the proof of a webhook's request covers, by its
	// method; Socket what that of a socket's does, nil where sockets are not
	// proven.
	Post, Get Covered
	Socket    *Covered
	// Window is how old a proof may be, and how far in the future; zero where
	// it has no time.
	Window time.Duration
	// Once says that each proof has a value of its own.
	Once bool
}

// Covered says what of a request can't be altered without its proof failing.
type Covered struct {
	Body, Query, Path, Method bool
}

// proofTime is when requests are signed.
func proofTime() time.Time { return time.Unix(1_767_225_600, 0) }

// RunProof tests that the carrier's requests pass its guard, and that no others
// do. Carriers' packages call it beside Run.
func RunProof(t *testing.T, p Proofs) {
	for _, ask := range p.requests(t, p.AnswerURL) {
		t.Run(ask.name, func(t *testing.T) {
			t.Run("passes", func(t *testing.T) { p.testPasses(t, ask) })
			t.Run("altered", func(t *testing.T) { p.testAltered(t, ask) })
			t.Run("unsigned", func(t *testing.T) { p.testUnsigned(t, ask) })
			t.Run("strangers", func(t *testing.T) { p.testStrangers(t, ask) })
			t.Run("time", func(t *testing.T) { p.testTime(t, ask) })
			t.Run("rotation", func(t *testing.T) { p.testRotation(t, ask) })
		})
	}
	t.Run("secret in the URL", p.testURLSecret)
	if p.Socket == nil {
		t.Run("socket", p.testUnprovenSocket)
	}
}

// ask is a request of the carrier's, not yet signed.
type ask struct {
	name    string
	method  string
	url     string
	header  http.Header
	body    []byte
	covered Covered
	socket  bool
}

// requests returns one of each kind of request that the carrier makes to base.
func (p Proofs) requests(t testing.TB, base string) []ask {
	t.Helper()
	call := reportedCall("a")
	r, err := p.Carrier.Peer.Announce(base, call)
	asks := []ask{p.webhook(t, "announce", r, err)}
	r, err = p.Carrier.Peer.Report(base, call, telephony.Status{
		State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: time.Minute, At: proofTime(),
	})
	asks = append(asks, p.webhook(t, "report", r, err))
	s := streamTo(p.Carrier, "7fQzTicket0123456789ab")
	s.RecoverURL = base
	r, err = p.Carrier.Peer.AskRecover(base, s, call, telephony.StreamBroken)
	asks = append(asks, p.webhook(t, "recover", r, err))
	if p.Socket != nil {
		url := p.SocketURL
		if url == "" {
			url = "wss://bridge.example.com/media/" + p.Carrier.Name() + "/7fQzTicket0123456789ab"
		}
		asks = append(asks, ask{name: "socket", method: http.MethodGet, url: url, header: http.Header{}, covered: *p.Socket, socket: true})
	}
	return asks
}

// webhook returns what r asks.
func (p Proofs) webhook(t testing.TB, name string, r *http.Request, err error) ask {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	a := ask{name: name, method: r.Method, url: r.URL.String(), header: r.Header, covered: p.Post}
	if r.Method == http.MethodGet {
		a.covered = p.Get
	}
	if r.Body != nil {
		if a.body, err = io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// sign returns the request with by's proof; without any where by is nil.
func (p Proofs) sign(t testing.TB, a ask, by telephony.Signer, now time.Time) telephony.Signed {
	t.Helper()
	signed := telephony.Signed{Method: a.method, URL: a.url, Header: a.header.Clone(), Body: a.body, From: p.From}
	if by == nil {
		return signed
	}
	if a.socket {
		if err := by.SignSocket(a.url, signed.Header, now); err != nil {
			t.Fatalf("sign: %v", err)
		}
		return signed
	}
	r, err := http.NewRequest(a.method, a.url, bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = signed.Header
	if err = by.Sign(r, a.body, now); err != nil {
		t.Fatalf("sign: %v", err)
	}
	signed.URL = r.URL.String() // a proof may stand in the query
	return signed
}

// check asks guard about a request or a socket.
func (a ask) check(guard telephony.Guard, r telephony.Signed, now time.Time) (telephony.Proof, error) {
	if a.socket {
		return guard.CheckSocket(r, now)
	}
	return guard.Check(r, now)
}

// wantRefused checks that err is one of a guard's, and no proof comes with it.
func wantRefused(t *testing.T, what string, proof telephony.Proof, err error, reasons ...error) {
	t.Helper()
	for _, reason := range reasons {
		if errors.Is(err, reason) && proof == (telephony.Proof{}) {
			return
		}
	}
	t.Errorf("%s: %+v, %v; want one of %v", what, proof, err, reasons)
}
