//go:build e2e

package e2e_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const (
	twilioSignature = "X-Twilio-Signature"
	twilioToken     = "test_auth_token_0123456789abcdef"
	form            = "application/x-www-form-urlencoded"
)

func twilioAgrees(t *testing.T, s *sdks) {
	a := agreement{
		carrier: twilio.Carrier(),
		guard:   twilioGuard(twilioToken),
		signer:  twilio.NewSigner(twilioToken),
		other:   twilio.NewSigner("another"),
		validates: func(t reporter, r telephony.Signed) bool {
			return ask[bool](t, s, "twilio.validate", question{
				"token": twilioToken, "signature": r.Header.Get(twilioSignature), "url": r.URL, "form": string(r.Body),
			})
		},
		signs: func(t reporter, r telephony.Signed, known bool) {
			token := map[bool]string{true: twilioToken, false: "another"}[known]
			r.Header.Set(twilioSignature, ask[string](t, s, "twilio.sign", question{"token": token, "url": r.URL, "form": string(r.Body)}))
		},
		changes: []change{otherPath(), otherQuery(), otherForm(), otherHeader("", twilioSignature)},
		random: func(t *rapid.T) telephony.Signed {
			r := randomForm(t)
			// The SDK checks a bare origin with a slash, but signs it as given.
			if u, err := url.Parse(r.URL); err == nil && u.Path == "" {
				r.URL = strings.Replace(r.URL, u.Host, u.Host+"/", 1)
			}
			return r
		},
	}
	a.run(t)
	t.Run("a body that is no form is bound by its hash in the URL", func(t *testing.T) { twilioBodies(t, s, a) })
	t.Run("sockets", func(t *testing.T) { twilioSockets(t, s, a) })
	t.Run("the published signatures are taken by both", func(t *testing.T) { twilioPublished(t, s) })
	t.Run("documents", func(t *testing.T) {
		for name, stream := range documented() {
			t.Run(name, func(t *testing.T) {
				sameXML(t, a.carrier, stream, ask[string](t, s, "twilio.answer", asked(stream, "")))
			})
		}
		sameLeave(t, a.carrier, ask[string](t, s, "twilio.leave", nil))
	})
}

func twilioGuard(token string) telephony.Guard {
	return twilio.NewGuard(twilio.GuardConfig{AuthTokens: []string{token}, SignedSockets: true})
}

func twilioBodies(t *testing.T, s *sdks, a agreement) {
	rapid.Check(t, func(t *rapid.T) {
		body := `{"CallSid":"CA1","Said":"` + strings.NewReplacer(`"`, "", `\`, "").Replace(randomText(20).Draw(t, "body")) + `"}`
		r := telephony.Signed{Method: http.MethodPost, Body: []byte(body), Header: http.Header{"Content-Type": {"application/json"}}}
		r.URL = randomURL(t, url.Values{"tenant": {"acme"}, "bodySHA256": {ask[string](t, s, "twilio.bodyHash", question{"body": body})}})
		if !strings.Contains(r.URL, "/?") && strings.Count(r.URL, "/") == 2 {
			r.URL = strings.Replace(r.URL, "?", "/?", 1) // as above
		}
		validates := func(r telephony.Signed) bool {
			return ask[bool](t, s, "twilio.validate", question{
				"token": twilioToken, "signature": r.Header.Get(twilioSignature), "url": r.URL, "body": string(r.Body),
			})
		}
		now := time.Now()
		ours, theirs := a.signedBy(t, a.signer, r, now), copyOf(r)
		theirs.Header.Set(twilioSignature, ask[string](t, s, "twilio.sign", question{"token": twilioToken, "url": r.URL}))
		if !validates(ours) {
			t.Errorf("the SDK refuses our signature of %s %q", ours.URL, ours.Body)
		}
		if _, err := a.guard.Check(theirs, now); err != nil {
			t.Errorf("we refuse the SDK's signature of %s %q: %v", theirs.URL, theirs.Body, err)
		}
		for _, c := range []change{otherPath(), otherQuery(), otherBody()} {
			changed := copyOf(theirs)
			c.do(&changed)
			if validates(changed) {
				t.Errorf("the SDK takes it with another %s", c.name)
			}
			if _, err := a.guard.Check(changed, now); !errors.Is(err, telephony.ErrForged) {
				t.Errorf("with another %s we say %v", c.name, err)
			}
		}
	})
}

// twilioSockets: what is signed is the wss URL without parameters. With the
// default port in the URL, the SDK's check can't be asked: it takes the port
// away, or adds :80, since it knows no scheme with 443 but https.
func twilioSockets(t *testing.T, s *sdks, a agreement) {
	for _, socket := range []string{
		"wss://bridge.example.com/twilio/media",
		"wss://bridge.example.com/media/twilio/4xYqkzG6VfRb0mHn9TjLcP",
		"wss://bridge.example.com:8443/media",
		"ws://127.0.0.1:8080/media/twilio/abc",
	} {
		now := time.Now()
		header := http.Header{}
		if err := a.signer.SignSocket(socket, header, now); err != nil {
			t.Fatal(err)
		}
		ours := telephony.Signed{Method: http.MethodGet, URL: socket, Header: header}
		if !a.validates(t, ours) {
			t.Errorf("the SDK refuses our signature of %s", socket)
		}
		theirs := copyOf(telephony.Signed{Method: http.MethodGet, URL: socket})
		a.signs(t, theirs, true)
		if _, err := a.guard.CheckSocket(theirs, now); err != nil {
			t.Errorf("we refuse the SDK's signature of %s: %v", socket, err)
		}
		for _, c := range []change{otherPath(), otherHeader("", twilioSignature)} {
			changed := copyOf(theirs)
			c.do(&changed)
			if _, err := a.guard.CheckSocket(changed, now); !errors.Is(err, telephony.ErrForged) || a.validates(t, changed) {
				t.Errorf("of %s with another %s we say %v", socket, c.name, err)
			}
		}
	}
	https := copyOf(telephony.Signed{Method: http.MethodGet, URL: "https://bridge.example.com/twilio/media"})
	a.signs(t, https, true)
	https.URL = "wss://bridge.example.com/twilio/media"
	if _, err := a.guard.CheckSocket(https, time.Now()); !errors.Is(err, telephony.ErrForged) || a.validates(t, https) {
		t.Errorf("of the https form's signature we say %v", err)
	}
}

// twilioPublished checks what twilio-python's tests publish
// (tests/unit/test_request_validator.py), and vectors made with two other
// implementations of HMAC-SHA1.
func twilioPublished(t *testing.T, s *sdks) {
	const (
		published = "12345"
		company   = "https://mycompany.com/myapp.php?foo=1&bar=2"
		caller    = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
		bodyHash  = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
		call      = "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&" +
			"CallSid=CA00000000000000000000000000000001&CallStatus=ringing&Direction=inbound&From=%2B15550100001&To=%2B15550100002"
	)
	for _, v := range []struct{ token, url, form, body, signature string }{
		{published, company, caller, "", "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{published, "https://mycompany.com:443/myapp.php?foo=1&bar=2", caller, "", "kvajT1Ptam85bY51eRf/AJRuM3w="},
		{published, company, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", "", "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
		{published, company + "&bodySHA256=" + bodyHash, "", `{"property": "value", "boolean": true}`, "a9nBmqA0ju/hNViExpshrM61xv4="},
		{twilioToken, "https://bridge.example.com/twilio/voice?tenant=acme", call, "", "5SIJMKC4J6yH7Cn/F7mVgKmfcjI="},
		{twilioToken, "https://bridge.example.com:443/twilio/voice?tenant=acme", call, "", "FBVfur62GQYgFk+rUR8O4sj3QJg="},
		{
			twilioToken, "https://bridge.example.com/twilio/json?bodySHA256=33d4432ca6e81f91dd830087718792958fd397abe736d827909639f4a13d9255",
			"", `{"CallSid":"CA00000000000000000000000000000001","AnsweredBy":"human"}`, "RnT0/52Hw5IMqEYylA5qGPnfuHw=",
		},
		{twilioToken, "https://bridge.example.com/twilio/multi", "Digits=2&Digits=1&Digits=1&Empty=&CallSid=CA1", "", "i20sF6QfZvzr8aQKvLPBiw6Td3I="},
	} {
		q := question{"token": v.token, "url": v.url, "form": v.form, "signature": v.signature}
		r := copyOf(telephony.Signed{Method: http.MethodPost, URL: v.url, Body: []byte(v.form)})
		r.Header.Set(twilioSignature, v.signature)
		r.Header.Set("Content-Type", form)
		if v.body != "" {
			q["body"], r.Body = v.body, []byte(v.body)
			r.Header.Set("Content-Type", "application/json")
		}
		if !ask[bool](t, s, "twilio.validate", q) || ask[string](t, s, "twilio.sign", q) != v.signature {
			t.Errorf("the SDK disagrees with %s of %s", v.signature, v.url)
		}
		if _, err := twilioGuard(v.token).Check(r, time.Now()); err != nil {
			t.Errorf("we refuse %s of %s: %v", v.signature, v.url, err)
		}
		sent := request(t, r)
		if err := twilio.NewSigner(v.token).Sign(sent, r.Body, time.Now()); err != nil || sent.Header.Get(twilioSignature) != v.signature {
			t.Errorf("we sign %s with %s, %v, want %s", v.url, sent.Header.Get(twilioSignature), err, v.signature)
		}
	}
	for socket, signature := range map[string]string{
		"wss://bridge.example.com/twilio/media":     "4FqaCxwCb5NY7IKCX7orIT1bbKA=",
		"wss://bridge.example.com:443/twilio/media": "9mvcHINMoFaQbiGiOcxrjvp0L9w=",
		"wss://bridge.example.com/twilio/media/":    "NWb3QjF9RiqUawSU+kdOk4pPdt8=",
	} {
		header := http.Header{}
		if err := twilio.NewSigner(twilioToken).SignSocket(socket, header, time.Now()); err != nil {
			t.Fatal(err)
		}
		if theirs := ask[string](t, s, "twilio.sign", question{"token": twilioToken, "url": socket}); theirs != signature || header.Get(twilioSignature) != signature {
			t.Errorf("%s: %s of the SDK's, %s of ours, want %s", socket, theirs, header.Get(twilioSignature), signature)
		}
		r := telephony.Signed{Method: http.MethodGet, URL: socket, Header: http.Header{twilioSignature: {signature}}}
		if _, err := twilioGuard(twilioToken).CheckSocket(r, time.Now()); err != nil {
			t.Errorf("we refuse %s of %s: %v", signature, socket, err)
		}
	}
}
