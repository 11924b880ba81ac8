package telephonytest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

func (p Proofs) testPasses(t *testing.T, a ask) {
	now := proofTime()
	first := p.sign(t, a, p.Signer, now)
	proof, err := a.check(p.Guard, first, now)
	if err != nil || proof.Key != 0 {
		t.Fatalf("%+v, %v", proof, err)
	}
	again, err := a.check(p.Guard, first, now)
	if err != nil || again != proof {
		t.Errorf("checked again: %+v, %v; was %+v", again, err, proof)
	}
	next, err := a.check(p.Guard, p.sign(t, a, p.Signer, now.Add(time.Second)), now.Add(time.Second))
	if err != nil || p.Once != (proof.Once != "") || p.Once && next.Once == proof.Once {
		t.Errorf("the proof of one request is %q, that of the next %q; %v", proof.Once, next.Once, err)
	}
}

// testAltered checks that no byte of what the proof covers can be another, and
// no byte of the proof itself.
func (p Proofs) testAltered(t *testing.T, a ask) {
	now := proofTime()
	signed := p.sign(t, a, p.Signer, now)
	refused := func(what string, r telephony.Signed) {
		t.Helper()
		proof, err := a.check(p.Guard, r, now)
		wantRefused(t, what, proof, err, telephony.ErrForged, telephony.ErrUnsigned)
	}
	if a.covered.Body {
		each(string(signed.Body), func(body string) {
			r := signed
			r.Body = []byte(body)
			refused("body "+body, r)
		})
		for _, body := range []string{string(signed.Body) + "&x=y", string(signed.Body) + " "} {
			r := signed
			r.Body = []byte(body)
			refused("longer body", r)
		}
	}
	path, query, _ := strings.Cut(signed.URL, "?")
	if a.covered.Query {
		each(query, func(query string) {
			r := signed
			r.URL = path + "?" + query
			refused("query "+query, r)
		})
		r := signed
		r.URL = strings.TrimSuffix(signed.URL, "?"+query) + "?" + strings.TrimPrefix(query+"&x=y", "&")
		refused("longer query", r)
	}
	if a.covered.Path {
		at := strings.Index(path, "://") + len("://")
		at += strings.IndexByte(path[at:], '/') + 1
		each(path[at:], func(changed string) {
			r := signed
			r.URL = path[:at] + changed + strings.TrimPrefix(signed.URL, path)
			refused("path "+changed, r)
		})
	}
	if a.covered.Method {
		r := signed
		r.Method = map[string]string{http.MethodGet: http.MethodPost, http.MethodPost: http.MethodGet}[r.Method]
		refused("method "+r.Method, r)
	}
	for _, header := range proofHeaders(a, signed) {
		each(signed.Header.Get(header), func(value string) {
			refused(header+" "+value, withHeader(signed, header, value))
		})
	}
}

// withHeader returns r with other values of a header, or without it where there
// are none. A carrier may give the same proof in several headers, of which one
// is enough: those of equal value change with it.
func withHeader(r telephony.Signed, header string, values ...string) telephony.Signed {
	was := r.Header.Get(header)
	r.Header = r.Header.Clone()
	for other := range r.Header {
		switch {
		case r.Header.Get(other) != was:
		case len(values) == 0:
			delete(r.Header, other)
		default:
			r.Header[other] = values
		}
	}
	return r
}

// each calls altered with text in which one byte is another, for every byte in
// turn. The bytes are changed so that they stay what may stand in a URL's query,
// and so that letters don't merely change their case.
func each(text string, altered func(string)) {
	for i := range len(text) {
		changed := []byte(text)
		changed[i] ^= 1
		altered(string(changed))
	}
}

// proofHeaders returns the headers that signing has added.
func proofHeaders(a ask, signed telephony.Signed) []string {
	var added []string
	for header := range signed.Header {
		if _, was := a.header[header]; !was {
			added = append(added, header)
		}
	}
	slices.Sort(added)
	return added
}

// testUnsigned checks requests without a proof, or with only a part of one.
func (p Proofs) testUnsigned(t *testing.T, a ask) {
	now := proofTime()
	signed := p.sign(t, a, p.Signer, now)
	headers := proofHeaders(a, signed)
	if len(headers) == 0 {
		t.Skip("this carrier's proof stands in no header")
	}
	proof, err := a.check(p.Guard, p.sign(t, a, nil, now), now)
	wantRefused(t, "no proof", proof, err, telephony.ErrUnsigned)
	for _, header := range headers {
		proof, err := a.check(p.Guard, withHeader(signed, header), now)
		wantRefused(t, "no "+header, proof, err, telephony.ErrUnsigned)
		proof, err = a.check(p.Guard, withHeader(signed, header, ""), now)
		wantRefused(t, "empty "+header, proof, err, telephony.ErrUnsigned, telephony.ErrForged)
	}
}

func (p Proofs) testStrangers(t *testing.T, a ask) {
	now := proofTime()
	if len(p.Strangers) == 0 && p.ForgedURL == "" {
		t.Error("Proofs name no stranger")
	}
	for i, stranger := range p.Strangers {
		proof, err := a.check(p.Guard, p.sign(t, a, stranger, now), now)
		wantRefused(t, "stranger", proof, err, telephony.ErrForged)
		if p.Window > 0 && i == 0 {
			// A stranger is not told that his clock is wrong.
			proof, err = a.check(p.Guard, p.sign(t, a, stranger, now), now.Add(2*p.Window))
			wantRefused(t, "stranger, late", proof, err, telephony.ErrForged)
		}
	}
}

func (p Proofs) testTime(t *testing.T, a ask) {
	now := proofTime()
	signed := p.sign(t, a, p.Signer, now)
	passes, stale := []time.Duration{-365 * 24 * time.Hour, 365 * 24 * time.Hour}, []time.Duration(nil)
	if p.Window > 0 {
		passes = []time.Duration{-p.Window, p.Window}
		stale = []time.Duration{-p.Window - time.Second, p.Window + time.Second, -24 * time.Hour, 24 * time.Hour}
	}
	for _, off := range passes {
		if _, err := a.check(p.Guard, signed, now.Add(off)); err != nil {
			t.Errorf("%v later: %v", off, err)
		}
	}
	for _, off := range stale {
		proof, err := a.check(p.Guard, signed, now.Add(off))
		wantRefused(t, off.String()+" later", proof, err, telephony.ErrStale)
	}
}

// testRotation checks a guard that knows two secrets, and tells which it was.
func (p Proofs) testRotation(t *testing.T, a ask) {
	if p.Rotated == nil {
		t.Skip("this carrier's secret is not replaced so")
	}
	now := proofTime()
	for key, signer := range []telephony.Signer{p.Strangers[0], p.Signer} {
		proof, err := a.check(p.Rotated, p.sign(t, a, signer, now), now)
		if err != nil || proof.Key != key {
			t.Errorf("secret %d: %+v, %v", key, proof, err)
		}
	}
	for _, stranger := range p.Strangers[1:] {
		proof, err := a.check(p.Rotated, p.sign(t, a, stranger, now), now)
		wantRefused(t, "stranger", proof, err, telephony.ErrForged)
	}
}

// testURLSecret checks requests to URLs that lack the secret, or have another.
func (p Proofs) testURLSecret(t *testing.T) {
	now := proofTime()
	for url, reason := range map[string]error{p.BareURL: telephony.ErrUnsigned, p.ForgedURL: telephony.ErrForged} {
		if url == "" {
			continue
		}
		for _, a := range p.requests(t, url) {
			if a.socket {
				continue
			}
			proof, err := a.check(p.Guard, p.sign(t, a, p.Signer, now), now)
			wantRefused(t, a.name, proof, err, reason)
		}
	}
}

// testUnprovenSocket checks that a carrier which proves nothing on its sockets
// is not held to it.
func (p Proofs) testUnprovenSocket(t *testing.T) {
	now, header := proofTime(), http.Header{}
	const url = "wss://bridge.example.com/media/carrier/ticket"
	if err := p.Signer.SignSocket(url, header, now); err != nil || len(header) > 0 {
		t.Errorf("signed with %d headers, %v", len(header), err)
	}
	proof, err := p.Guard.CheckSocket(telephony.Signed{Method: http.MethodGet, URL: url, Header: header, From: p.From}, now)
	if err != nil || proof != (telephony.Proof{}) {
		t.Errorf("%+v, %v", proof, err)
	}
}
