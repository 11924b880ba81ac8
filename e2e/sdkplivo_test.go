//go:build e2e

package e2e_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

const (
	plivoSignature     = "X-Plivo-Signature-V3"
	plivoMainSignature = "X-Plivo-Signature-Ma-V3"
	plivoNonce         = "X-Plivo-Signature-V3-Nonce"
	plivoToken         = "example-plivo-auth-token-0001"
	plivoOnce          = "12345678901234567890"
)

func plivoAgrees(t *testing.T, s *sdks) {
	a := agreement{
		carrier: plivo.Carrier(),
		guard:   plivo.NewGuard(plivo.GuardConfig{AuthTokens: []string{plivoToken}}),
		signer:  plivo.NewSigner(plivoToken),
		other:   plivo.NewSigner("another"),
		validates: func(t reporter, r telephony.Signed) bool {
			return plivoValidates(t, s, plivoToken, r)
		},
		signs: func(t reporter, r telephony.Signed, known bool) {
			token := map[bool]string{true: plivoToken, false: "another"}[known]
			r.Header.Set(plivoNonce, plivoOnce)
			r.Header.Set(plivoSignature, ask[string](t, s, "plivo.sign", question{
				"method": r.Method, "token": token, "nonce": plivoOnce, "url": r.URL, "form": string(r.Body),
			}))
		},
		changes: []change{
			otherPath(), otherQuery(), otherForm(),
			otherHeader("", plivoSignature, plivoMainSignature), otherHeader("", plivoNonce),
		},
		random: randomForm,
	}
	a.run(t)
	t.Run("one of several signatures is enough for both", func(t *testing.T) { plivoSeveral(t, a) })
	t.Run("sockets", func(t *testing.T) { plivoSockets(t, a) })
	t.Run("the published signatures are taken by both", func(t *testing.T) { plivoPublished(t, s) })
	t.Run("documents", func(t *testing.T) {
		for name, stream := range documented() {
			if name == "odd params" {
				continue // Plivo's are of letters and digits
			}
			for rate, contentType := range map[int]string{8000: "audio/x-mulaw;rate=8000", 16000: "audio/x-l16;rate=16000"} {
				stream.Rate = rate
				t.Run(name+" "+contentType, func(t *testing.T) {
					sameXML(t, a.carrier, stream, ask[string](t, s, "plivo.answer", asked(stream, contentType)))
				})
			}
		}
		linear := telephony.Stream{URL: "wss://bridge.example.com/media", Rate: 8000, Encoding: media.L16}
		sameXML(t, a.carrier, linear, ask[string](t, s, "plivo.answer", asked(linear, "audio/x-l16;rate=8000")))
		sameLeave(t, a.carrier, ask[string](t, s, "plivo.leave", nil))
	})
}

// plivoValidates asks the SDK, which is given one header: an application of
// the main account looks at the other of the two. It takes a method but GET
// and POST for a fault of the program's.
func plivoValidates(t reporter, s *sdks, token string, r telephony.Signed) bool {
	return ask[bool](t, s, "plivo.validate", question{
		"method": r.Method, "token": token, "signature": r.Header.Get(plivoSignature),
		"nonce": r.Header.Get(plivoNonce), "url": r.URL, "form": string(r.Body),
	})
}

func plivoSeveral(t *testing.T, a agreement) {
	r := copyOf(telephony.Signed{Method: http.MethodGet, URL: "https://bridge.example.com/plivo/answer?agent=a1"})
	a.signs(t, r, true)
	good := r.Header.Get(plivoSignature)
	for list, want := range map[string]bool{
		"AAAA," + good: true, good + ",AAAA": true, "AAAA,BBBB": false, "AAAA" + good: false,
	} {
		r.Header.Set(plivoSignature, list)
		_, err := a.guard.Check(r, time.Now())
		if a.validates(t, r) != want || (err == nil) != want {
			t.Errorf("of %s the SDK says %t, we %v", list, a.validates(t, r), err)
		}
	}
}

// plivoSockets: Plivo's own sources sign four forms of a socket's URL, and the
// SDK knows nothing of sockets: it signs and checks the form that it is given.
func plivoSockets(t *testing.T, a agreement) {
	for _, socket := range []string{
		"wss://bridge.example.com/plivo/ws",
		"wss://bridge.example.com:8443/media/plivo/4xYqkzG6VfRb0mHn9TjLcP",
		"ws://127.0.0.1:8080/media/plivo/abc",
	} {
		_, rest, _ := strings.Cut(socket, "://")
		now, header := time.Now(), http.Header{}
		if err := a.signer.SignSocket(socket, header, now); err != nil {
			t.Fatal(err)
		}
		if !a.validates(t, telephony.Signed{Method: http.MethodGet, URL: "http://" + rest, Header: header}) {
			t.Errorf("the SDK refuses our signature of %s", socket)
		}
		for _, form := range []string{"http://" + rest, "https://" + rest, "wss://" + rest, "http://" + rest + "/websocket"} {
			theirs := copyOf(telephony.Signed{Method: http.MethodGet, URL: form})
			a.signs(t, theirs, true)
			theirs.URL = socket
			if _, err := a.guard.CheckSocket(theirs, now); err != nil {
				t.Errorf("we refuse the SDK's signature of %s for %s: %v", form, socket, err)
			}
			for _, c := range []change{otherPath(), otherHeader("", plivoSignature), otherHeader("", plivoNonce)} {
				changed := copyOf(theirs)
				c.do(&changed)
				if _, err := a.guard.CheckSocket(changed, now); !errors.Is(err, telephony.ErrForged) {
					t.Errorf("of %s with another %s we say %v", form, c.name, err)
				}
			}
		}
	}
}

// plivoVector is a signature V3 that is published or was made with two other
// SDKs.
type plivoVector struct{ token, nonce, method, url, form, signature string }

// plivoPublished checks what plivo-go's tests publish (utils_test.go), and
// vectors on which plivo-go and plivo-python agree. A form of a GET stands in
// its query, as Plivo sends it.
func plivoPublished(t *testing.T, s *sdks) {
	for _, v := range plivoVectors() {
		r := copyOf(telephony.Signed{Method: v.method, URL: v.url, Body: []byte(v.form)})
		r.Header.Set("Content-Type", form)
		r.Header.Set(plivoNonce, v.nonce)
		sent := request(t, r)
		if err := plivo.NewSigner(v.token).Sign(sent, r.Body, time.Now()); err != nil || sent.Header.Get(plivoSignature) != v.signature {
			t.Errorf("we sign %s %s with %s, %v, want %s", v.method, v.url, sent.Header.Get(plivoSignature), err, v.signature)
		}
		r.Header.Set(plivoSignature, v.signature)
		if !plivoValidates(t, s, v.token, r) {
			t.Errorf("the SDK refuses %s of %s %s", v.signature, v.method, v.url)
		}
		guard := plivo.NewGuard(plivo.GuardConfig{AuthTokens: []string{v.token}})
		if _, err := guard.Check(r, time.Now()); err != nil {
			t.Errorf("we refuse %s of %s %s: %v", v.signature, v.method, v.url, err)
		}
	}
	// V2 covers no body, so that it proves nothing to us.
	old := "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="
	if !ask[bool](t, s, "plivo.validateV2", question{"token": "my_auth_token", "signature": old, "nonce": "12345", "url": "https://answer.url"}) {
		t.Error("the SDK refuses the published signature V2")
	}
	r := telephony.Signed{Method: http.MethodPost, URL: "https://answer.url", Header: http.Header{
		"X-Plivo-Signature-V2": {old}, "X-Plivo-Signature-V2-Nonce": {"12345"},
	}}
	if _, err := plivo.NewGuard(plivo.GuardConfig{AuthTokens: []string{"my_auth_token"}}).Check(r, time.Now()); !errors.Is(err, telephony.ErrUnsigned) {
		t.Errorf("of signature V2 alone we say %v", err)
	}
}

func plivoVectors() []plivoVector {
	const (
		token = "Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4"
		nonce = "31627761595286130198"
		page  = "https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml"
		call  = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"
		// A GET's published parameters are given beside the URL.
		fields = "Direction=outbound&From=19792014278&CallUUID=" + call + "&ALegUUID=" + call + "&RequestUUID=" + call +
			"&ALegRequestUUID=" + call + "&CallStatus=in-progress&BillRate=0.002&ParentAuthID=MANWVLYTK4ZWU1YTY4QA&Event=StartApp" +
			"&SessionStart=2020-04-08+11%3A34%3A33.238707" +
			"&To=sip%3APlivoSignature382029104058171078704104%40phone-qa.voice.plivodev.com" +
			"&SIP-H-To=%3Csip%3APlivoSignature382029104058171078704104%4052.9.11.55%3Btransport%3Dudp%3E%3Btag%3D1"
		ours   = "https://bridge.example.com/plivo/"
		answer = "CallStatus=in-progress&CallUUID=11111111-2222-4333-8444-555555555555&Direction=inbound&Event=StartApp&From=14155550100&To=14155550199"
	)
	own := func(method, url, form, signature string) plivoVector {
		return plivoVector{plivoToken, plivoOnce, method, url, form, signature}
	}
	return []plivoVector{
		{token, nonce, "POST", page + "/?a=b&c=d", fields, "k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c="},
		{token, nonce, "GET", page + "/?a=b&c=d&" + fields, "", "UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ="},
		{token, nonce, "POST", page, fields, "iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0="},
		{token, nonce, "GET", page + "?" + fields, "", "i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc="},
		own("POST", ours+"answer?agent=a1&lang=hi", answer, "05YFldI9couCYMEmHS8QPSS2r4sD37no0T5ntiZ4khg="),
		own("POST", ours+"answer", answer, "vckncCBiKYEkahI4sODgIyiyUPGgyTxGtH3e5AzebPE="),
		own("POST", ours+"answer", "", "BQYq8CkCEHkf3GAVCPNl/70xJAzTEptnT9N29KNKOME="),
		own("POST", ours+"answer?agent=a1", "", "WLraFyyaQHA/4ra5ygdYDepYZ73gRfzCw/CYQUPVuHI="),
		own("GET", ours+"answer?agent=a1&"+answer, "", "7SAa8TxBv6Mpf5hFublRrS7ZRANch6ZhpbyC62NkyVE="),
		own("GET", "https://b.example.com/x?a=1%202&b=%2B91", "", "AojEpgYuDocvSZdm21WAtsDFlsWMYd/26AFjwHRQxD4="),
		own("POST", "https://b.example.com/x", "Q=a+b.&To=%2B91", "/EeuX9DKpsf17TF56rDxVCYVhvSHtzKmVdzuFGHfwPs="),
		own("GET", ours+"ws", "", "rZ3fneIazOEJdbeY8RM2FJynYwts4WSjBjlXqCZg+yo="),
		own("GET", "http://bridge.example.com/plivo/ws", "", "Wg+70EV+TI+7cEYC8f8l5xHBEB7SyDNnwt5q1BMu5V0="),
		own("GET", "wss://bridge.example.com/plivo/ws", "", "AMWYv7QqaFqgYdf8DM+KEXo0cuGEVWUPWY5HcnKRutQ="),
		own("GET", "http://bridge.example.com/plivo/ws/websocket", "", "u8LN4qGM6VV1zsnHcTquRcNnpfFtx9RY67qv03oeCkI="),
	}
}
