package twilio_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const (
	sdkToken = "12345" // of the tests of Twilio's Python library
	token    = "test_auth_token_0123456789abcdef"

	form     = "application/x-www-form-urlencoded"
	jsonType = "application/json"
	header   = "X-Twilio-Signature"

	voice      = "https://bridge.example.com/twilio/voice?tenant=acme"
	voicePort  = "https://bridge.example.com:443/twilio/voice?tenant=acme"
	socket     = "wss://bridge.example.com/twilio/media"
	socketPort = "wss://bridge.example.com:443/twilio/media"
	call       = "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&CallSid=CA00000000000000000000000000000001" +
		"&CallStatus=ringing&Direction=inbound&From=%2B15550100001&To=%2B15550100002"
	hello     = `{"CallSid":"CA00000000000000000000000000000001","AnsweredBy":"human"}`
	helloHash = "33d4432ca6e81f91dd830087718792958fd397abe736d827909639f4a13d9255"

	sdkURL  = "https://mycompany.com/myapp.php?foo=1&bar=2"
	sdkPort = "https://mycompany.com:443/myapp.php?foo=1&bar=2"
	sdkCall = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
	sdkBody = `{"property": "value", "boolean": true}`
	sdkHash = "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
)

// vector is a request and its signature.
type vector struct {
	name, token, method, url, kind, body, signature string
}

// vectors are those that Twilio's Python library publishes, and our own, which
// were computed apart from this package.
func vectors() []vector {
	return []vector{
		{"form", sdkToken, "POST", sdkURL, form, sdkCall, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"form, port", sdkToken, "POST", sdkPort, form, sdkCall, "kvajT1Ptam85bY51eRf/AJRuM3w="},
		{"repeated", sdkToken, "POST", sdkURL, form, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
		{"JSON", sdkToken, "POST", sdkURL + sdkHash, jsonType, sdkBody, "a9nBmqA0ju/hNViExpshrM61xv4="},
		{"own form", token, "POST", voice, form + "; charset=UTF-8", call, "5SIJMKC4J6yH7Cn/F7mVgKmfcjI="},
		{"own form, port", token, "POST", voicePort, form, call, "FBVfur62GQYgFk+rUR8O4sj3QJg="},
		{"own JSON", token, "POST", "https://bridge.example.com/twilio/json?bodySHA256=" + helloHash, jsonType, hello, "RnT0/52Hw5IMqEYylA5qGPnfuHw="},
		{"repeated and blank", token, "POST", "https://bridge.example.com/twilio/multi", form, "Digits=2&Digits=1&Digits=1&Empty=&CallSid=CA1", "i20sF6QfZvzr8aQKvLPBiw6Td3I="},
	}
}

func (v vector) signed() telephony.Signed {
	r := telephony.Signed{Method: v.method, URL: v.url, Header: http.Header{}, Body: []byte(v.body)}
	if v.kind != "" {
		r.Header.Set("Content-Type", v.kind)
	}
	r.Header.Set(header, v.signature)
	return r
}

func guard(tokens ...string) *twilio.Guard {
	return twilio.NewGuard(twilio.GuardConfig{AuthTokens: tokens})
}

func TestPublishedSignaturesAreVerifiedAndMade(t *testing.T) {
	for _, v := range vectors() {
		proof, err := guard(v.token).Check(v.signed(), time.Time{})
		if err != nil || proof != (telephony.Proof{}) {
			t.Errorf("%s: %+v, %v", v.name, proof, err)
		}
		r, err := http.NewRequest(v.method, v.url, strings.NewReader(v.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", v.kind)
		if err := twilio.NewSigner(v.token).Sign(r, []byte(v.body), time.Time{}); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get(header); got != v.signature || r.URL.String() != v.url {
			t.Errorf("%s: signed %s for %s, want %s", v.name, got, r.URL, v.signature)
		}
	}
}

func TestSocketIsSignedOverItsOwnURL(t *testing.T) {
	const (
		exact, port   = "4FqaCxwCb5NY7IKCX7orIT1bbKA=", "9mvcHINMoFaQbiGiOcxrjvp0L9w="
		slash, asHTTP = "NWb3QjF9RiqUawSU+kdOk4pPdt8=", "hnjkLHOBxi5o/pIR0j0mYhbiWFE="
	)
	for _, test := range []struct {
		name, url, signature, form string
		want                       error
	}{
		{"exact", socket, exact, "", nil},
		{"exact with port", socketPort, port, "", nil},
		{"signed with port", socket, port, "with port", nil},
		{"signed without port", socketPort, exact, "without port", nil},
		{"another port is in the way", "wss://bridge.example.com:8443/twilio/media", exact, "without port", nil},
		{"slash on both sides", socket + "/", slash, "", nil},
		{"slash signed", socket, slash, "", telephony.ErrForged},
		{"https", socket, asHTTP, "", telephony.ErrForged},
		{"another path", socket + "2", exact, "", telephony.ErrForged},
		{"nothing in the header", socket, "", "", telephony.ErrForged},
	} {
		r := telephony.Signed{Method: "GET", URL: test.url, Header: http.Header{}}
		r.Header.Set("x-twilio-signature", test.signature)
		proof, err := guard(token).CheckSocket(r, time.Time{})
		if !errors.Is(err, test.want) || proof != (telephony.Proof{Form: test.form}) {
			t.Errorf("%s: %+v, %v", test.name, proof, err)
		}
	}
	for url, want := range map[string]string{socket: exact, socketPort: port, socket + "/": slash, socket + "#rc=2": exact} {
		h := http.Header{}
		if err := twilio.NewSigner(token).SignSocket(url, h, time.Time{}); err != nil || h.Get(header) != want {
			t.Errorf("%s: signed %s, want %s; %v", url, h.Get(header), want, err)
		}
	}
}

func TestSocketOfTheSimulatorIsSignedAsItIsDialled(t *testing.T) {
	const loopback = "ws://127.0.0.1:8080/media/twilio/tkt"
	r := telephony.Signed{Method: "GET", URL: loopback, Header: http.Header{}}
	if err := twilio.NewSigner(token).SignSocket(loopback, r.Header, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if proof, err := guard(token).CheckSocket(r, time.Time{}); err != nil || proof.Form != "" {
		t.Errorf("%+v, %v", proof, err)
	}
	r.URL = "wss://127.0.0.1:8080/media/twilio/tkt"
	if _, err := guard(token).CheckSocket(r, time.Time{}); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("another scheme: %v", err)
	}
}

func TestUnsignedRequestsAndSockets(t *testing.T) {
	r := telephony.Signed{Method: "GET", URL: socket, Header: http.Header{}}
	if _, err := guard(token).Check(r, time.Time{}); !errors.Is(err, telephony.ErrUnsigned) {
		t.Errorf("webhook: %v", err)
	}
	if proof, err := guard(token).CheckSocket(r, time.Time{}); err != nil || proof != (telephony.Proof{}) {
		t.Errorf("socket: %+v, %v", proof, err)
	}
	strict := twilio.NewGuard(twilio.GuardConfig{AuthTokens: []string{token}, SignedSockets: true})
	if _, err := strict.CheckSocket(r, time.Time{}); !errors.Is(err, telephony.ErrUnsigned) {
		t.Errorf("socket that must be signed: %v", err)
	}
	if err := twilio.NewSigner("").SignSocket(socket, r.Header, time.Time{}); err != nil || len(r.Header) != 0 {
		t.Errorf("without a token: %v, %v", r.Header, err)
	}
}

func TestPortAndFragmentOfAWebhooksURLMayDiffer(t *testing.T) {
	for _, test := range []struct {
		name, url, signature, form string
	}{
		{"signed with port", voice, "FBVfur62GQYgFk+rUR8O4sj3QJg=", "with port"},
		{"signed without port", voicePort, "5SIJMKC4J6yH7Cn/F7mVgKmfcjI=", "without port"},
		{"fragment", voice + "#rc=2&ct=2000", "5SIJMKC4J6yH7Cn/F7mVgKmfcjI=", ""},
	} {
		v := vector{method: "POST", url: test.url, kind: form, body: call, signature: test.signature}
		if proof, err := guard(token).Check(v.signed(), time.Time{}); err != nil || proof.Form != test.form {
			t.Errorf("%s: %+v, %v", test.name, proof, err)
		}
	}
	r, err := http.NewRequest(http.MethodPost, voice+"#rc=2", strings.NewReader(call))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form)
	err = twilio.NewSigner(token).Sign(r, []byte(call), time.Time{})
	if got := r.Header.Get(header); err != nil || got != "5SIJMKC4J6yH7Cn/F7mVgKmfcjI=" {
		t.Errorf("signed %s, %v", got, err)
	}
}

func TestWhatIsSignedIsWhatIsVerified(t *testing.T) {
	for name, v := range map[string]vector{
		"GET":                     {method: "GET", url: voice + "&From=%2B15550100001"},
		"not ASCII":               {method: "POST", url: voice, kind: form, body: url.Values{"Größe": {"ü€🎧"}, "a": {" b "}}.Encode()},
		"no value":                {method: "POST", url: voice, kind: form, body: "a&b=&c"},
		"empty form":              {method: "POST", url: voice, kind: form},
		"JSON without its hash":   {method: "POST", url: voice, kind: jsonType, body: hello},
		"JSON, and no query":      {method: "POST", url: "https://b.example.com/j", kind: jsonType, body: hello},
		"no type":                 {method: "POST", url: voice, body: "anything"},
		"form with a hash beside": {method: "POST", url: voice + "&bodySHA256=0", kind: form, body: "a=b"},
		"URL with escapes":        {method: "POST", url: "https://b.example.com/a%2Fb%20c?q=%7e+x", kind: form, body: "a=b"},
	} {
		r, err := http.NewRequest(v.method, v.url, strings.NewReader(v.body))
		if err != nil {
			t.Fatal(err)
		}
		if v.kind != "" {
			r.Header.Set("Content-Type", v.kind)
		}
		if err = twilio.NewSigner(token).Sign(r, []byte(v.body), time.Time{}); err != nil {
			t.Fatal(err)
		}
		got := telephony.Signed{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: []byte(v.body)}
		if _, err := guard(token).Check(got, time.Time{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAlteredByteAnywhereIsRefused(t *testing.T) {
	for _, v := range vectors() {
		for _, part := range []*string{&v.url, &v.body, &v.signature} {
			whole := *part
			for i := range len(whole) {
				altered := []byte(whole)
				altered[i] ^= 1
				*part = string(altered)
				if part == &v.url && samePlace(whole, *part) {
					continue
				}
				if _, err := guard(v.token).Check(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
					t.Errorf("%s: %s: %v", v.name, *part, err)
				}
			}
			*part = whole
		}
	}
}

// samePlace reports whether two URLs differ in their ports only, which the
// server's configuration tells, not the request.
func samePlace(a, b string) bool {
	u, err1 := url.Parse(a)
	v, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && u.Hostname() == v.Hostname() && u.RequestURI() == v.RequestURI() && u.Scheme == v.Scheme
}

func TestABodyThatNoSignatureCoversIsRefused(t *testing.T) {
	get := vector{method: "GET", url: voice}
	r, err := http.NewRequest(get.method, get.url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if err = twilio.NewSigner(token).Sign(r, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]vector{
		"a body behind a signed URL":   {url: voice, kind: jsonType, body: hello},
		"a form called something else": {url: voice, kind: "text/plain", body: call},
		"a form that can't be read":    {url: voice, kind: form, body: "a=%zz"},
		"another body's hash":          {url: voice + "&bodySHA256=" + helloHash, kind: jsonType, body: hello + " "},
		"the hash of no body":          {url: voice + "&bodySHA256=", kind: jsonType, body: hello},
	} {
		v.method, v.signature = "POST", r.Header.Get(header)
		if _, err := guard(token).Check(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTokensAreRotatedInEitherOrder(t *testing.T) {
	v := vectors()[4]
	for _, test := range []struct {
		tokens []string
		key    int
	}{
		{[]string{token}, 0},
		{[]string{token, "next"}, 0},
		{[]string{"next", token}, 1},
		{[]string{"", "next", token, token}, 2},
	} {
		proof, err := guard(test.tokens...).Check(v.signed(), time.Time{})
		if err != nil || proof.Key != test.key {
			t.Errorf("%d tokens: %+v, %v; want key %d", len(test.tokens), proof, err, test.key)
		}
	}
	for _, tokens := range [][]string{nil, {""}, {"next"}, {"next", "", token + "0"}} {
		if _, err := guard(tokens...).Check(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%d tokens, none of them right: %v", len(tokens), err)
		}
	}
}

func TestAnEmptyTokenAndAnEmptySignatureProveNothing(t *testing.T) {
	h := http.Header{}
	// What HMAC gives for an empty key over the URL.
	h.Set(header, "65yx+brdDyleUglTLcDH0wRwe7Q=")
	for _, signature := range []string{"", h.Get(header)} {
		v := vector{method: "GET", url: socket, signature: signature}
		for _, tokens := range [][]string{nil, {""}, {"", ""}, {token}} {
			if _, err := guard(tokens...).Check(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
				t.Errorf("signature %q, %d tokens: %v", signature, len(tokens), err)
			}
			if _, err := guard(tokens...).CheckSocket(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
				t.Errorf("socket, signature %q, %d tokens: %v", signature, len(tokens), err)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, v := range vectors() {
		f.Add(v.url, v.kind, v.body, v.signature)
	}
	f.Add("://", "a/b;", "%", "=")
	f.Fuzz(func(t *testing.T, rawURL, kind, body, signature string) {
		v := vector{method: "POST", url: rawURL, kind: kind, body: body, signature: signature}
		guard := guard(rand.Text(), rand.Text())
		if proof, err := guard.Check(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("accepted without the token: %+v, %v", proof, err)
		}
		if proof, err := guard.CheckSocket(v.signed(), time.Time{}); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("socket accepted without the token: %+v, %v", proof, err)
		}
	})
}

func TestThePeersRequestsPassTheGuardOnceSigned(t *testing.T) {
	c := twilio.Carrier()
	who := telephony.PeerCall{CallID: "CA1", AccountID: "AC1", StreamID: "MZ1", From: "+15550100001", To: "+15550100002"}
	announce, err1 := c.Peer.Announce("https://bridge.example.com/telephony/twilio/answer?tenant=acme#rc=2", who)
	report, err2 := twilio.Carrier().Peer.Report("https://bridge.example.com/telephony/twilio/status", who, telephony.Status{State: telephony.StateRinging})
	recovery, err3 := twilio.Carrier().Peer.AskRecover("", planted(), who, telephony.StreamBroken)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Request{announce, report, recovery} {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := twilio.NewSigner(token).Sign(r, body, time.Time{}); err != nil {
			t.Fatal(err)
		}
		called, _, _ := strings.Cut(r.URL.String(), "#")
		got := telephony.Signed{Method: r.Method, URL: called, Header: r.Header, Body: body}
		if proof, err := guard("next", token).Check(got, time.Time{}); err != nil || proof != (telephony.Proof{Key: 1}) {
			t.Errorf("%s: %+v, %v", r.URL, proof, err)
		}
	}
}
