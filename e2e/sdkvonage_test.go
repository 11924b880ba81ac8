//go:build e2e

package e2e_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/vonage"
)

const (
	vonageSecret      = "example-vonage-signature-secret-0001"
	vonageKey         = "abcd1234"
	vonageApplication = "00000000-0000-4000-8000-0000000000aa"
	bearer            = "Bearer "
)

// vonageAgrees: the SDK checks a token's signature; the hash of what it came
// with is left to the application, and is taken with Node's own SHA-256. The
// tokens are made by the library that the SDK makes its own with.
func vonageAgrees(t *testing.T, s *sdks) {
	a := agreement{
		carrier: vonage.Carrier(),
		guard:   vonage.NewGuard(vonage.GuardConfig{Secrets: []string{vonageSecret}, ApplicationID: vonageApplication, APIKey: vonageKey}),
		signer:  vonage.NewSigner(vonage.SignerConfig{Secret: vonageSecret, ApplicationID: vonageApplication, APIKey: vonageKey}),
		other:   vonage.NewSigner(vonage.SignerConfig{Secret: "another", ApplicationID: vonageApplication, APIKey: vonageKey}),
		validates: func(t reporter, r telephony.Signed) bool {
			return vonageValidates(t, s, vonageSecret, r)
		},
		signs: func(t reporter, r telephony.Signed, known bool) {
			secret := map[bool]string{true: vonageSecret, false: "another"}[known]
			vonageSigns(t, s, r, vonageQuestion(r, secret, time.Now()))
		},
		// Of a GET the query is bound, of a POST the body; neither binds more.
		changes: []change{vonageOtherQuery(), otherBody(), otherHeader(bearer, "Authorization"), vonageOtherPart(1), vonageOtherPart(2)},
		random: func(t *rapid.T) telephony.Signed {
			// A JSON object has a name once, and JavaScript moves names that
			// are numbers to its front.
			r := telephony.Signed{Method: http.MethodGet, Header: http.Header{}}
			r.URL = randomURL(t, randomFields(t, "query", false))
			if rapid.Bool().Draw(t, "post") {
				r.Method, r.Body = http.MethodPost, []byte(randomText(200).Draw(t, "body"))
				r.Header.Set("Content-Type", "application/json")
			}
			return r
		},
	}
	a.run(t)
	t.Run("both take HS256 only", func(t *testing.T) { vonageAlgorithms(t, s, a) })
	t.Run("the published tokens are taken by both", func(t *testing.T) { vonagePublished(t, s) })
	t.Run("documents", func(t *testing.T) {
		for name, stream := range documented() {
			if stream.Listen != telephony.ListenNone {
				continue // Vonage opens no such stream
			}
			for _, rate := range []int{8000, 16000, 24000} {
				stream.Rate = rate
				theirs := ask[string](t, s, "vonage.answer", asked(stream, "audio/l16;rate="+strconv.Itoa(rate)))
				t.Run(name+" "+strconv.Itoa(rate), func(t *testing.T) {
					ours, err := a.carrier.Webhook.Answer(stream)
					if err != nil {
						t.Fatal(err)
					}
					sameJSON(t, ours, theirs)
					sameReading(t, a.carrier, ours, theirs)
				})
			}
		}
		ours, err := a.carrier.Recovery.Leave()
		if err != nil {
			t.Fatal(err)
		}
		sameJSON(t, ours, ask[string](t, s, "vonage.leave", nil))
	})
}

// vonageQuestion asks for a token with the claims that Vonage makes.
func vonageQuestion(r telephony.Signed, secret string, at time.Time) question {
	q := question{"secret": secret, "url": r.URL, "claims": map[string]any{
		"iat": at.Unix(), "jti": "00000000-0000-4000-8000-000000000001", "iss": "Vonage",
		"api_key": vonageKey, "application_id": vonageApplication,
	}}
	if r.Method == http.MethodPost {
		q["body"] = string(r.Body)
	}
	return q
}

func vonageSigns(t reporter, s *sdks, r telephony.Signed, q question) {
	t.Helper()
	r.Header.Set("Authorization", bearer+ask[string](t, s, "vonage.sign", q))
}

func vonageValidates(t reporter, s *sdks, secret string, r telephony.Signed) bool {
	t.Helper()
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), bearer)
	q := question{"jwt": token, "secret": secret, "url": r.URL}
	if r.Method == http.MethodPost {
		q["body"] = string(r.Body)
	}
	says := ask[struct{ Signed, Payload bool }](t, s, "vonage.verify", q)
	return says.Signed && says.Payload
}

func vonageOtherQuery() change {
	query := otherQuery()
	return change{query.name, func(r *telephony.Signed) bool { return r.Method == http.MethodGet && query.do(r) }}
}

// vonageOtherPart changes a letter inside a token's claims, or its signature.
func vonageOtherPart(part int) change {
	return change{"part " + strconv.Itoa(part) + " of the token", func(r *telephony.Signed) bool {
		parts := strings.Split(r.Header.Get("Authorization"), ".")
		if len(parts) != 3 {
			return false
		}
		letter := "A"
		if parts[part][8:9] == letter {
			letter = "B"
		}
		parts[part] = parts[part][:8] + letter + parts[part][9:]
		r.Header.Set("Authorization", strings.Join(parts, "."))
		return true
	}}
}

func vonageAlgorithms(t *testing.T, s *sdks, a agreement) {
	for algorithm, want := range map[string]bool{"HS256": true, "HS384": false, "HS512": false, "none": false} {
		r := copyOf(telephony.Signed{Method: http.MethodPost, URL: "https://bridge.example.com/vonage/event", Body: []byte(`{"uuid":"a"}`)})
		r.Header.Set("Content-Type", "application/json")
		q := vonageQuestion(r, vonageSecret, time.Now())
		q["algorithm"] = algorithm
		vonageSigns(t, s, r, q)
		_, err := a.guard.Check(r, time.Now())
		if a.validates(t, r) != want || (err == nil) != want || !want && !errors.Is(err, telephony.ErrForged) {
			t.Errorf("of %s the SDK says %t, we %v", algorithm, a.validates(t, r), err)
		}
	}
}

// vonagePublished checks the token that vonage-python-sdk's tests publish
// (jwt/tests/test_verify_jwt.py), which has none of Vonage's claims and so is
// for the SDK only, and one that was made with another implementation.
func vonagePublished(t *testing.T, s *sdks) {
	const (
		published = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIiLCJpYXQiOjE2OTc2MzQ2ODAsImV4cCI6MzMyNTQ1NDA4MjgsIm" +
			"F1ZCI6IiIsInN1YiI6IiJ9.88vJc3I2HhuqEDixHXVhc9R30tA6U_HQHZTC29y6CGM"
		body = `{"from":"14155550100","to":"14155550199","uuid":"aaaaaaaa-bbbb-4ccc-8ddd-000000000001","conversation_uuid":"CON-aaaaaaaa-bbbb-4ccc-8ddd-000000000002"}`
		own  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NjcyMjU2MDAsImp0aSI6IjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSIsImlzcyI6IlZvbmFnZSIs" +
			"InBheWxvYWRfaGFzaCI6ImIxMjU5MDlkN2NjODRkZjY2YmVhNzZjMTlhMDYxYTQzZjNiZDlmZTBkNjIxNWYyMGU4M2FjNWQ0ZjY5YTllZTciLCJhcGlfa2V5IjoiYWJjZDEyMzQiLCJhcHBsaWNh" +
			"dGlvbl9pZCI6IjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDBhYSJ9.jsDGvH93lVculzHZKv3y_FgmPxA8aJCwobQYHneuWp0"
	)
	at := time.Unix(1767225600, 0)
	r := copyOf(telephony.Signed{Method: http.MethodPost, URL: "https://bridge.example.com/vonage/event", Body: []byte(body)})
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", bearer+own)
	guard := vonage.NewGuard(vonage.GuardConfig{Secrets: []string{vonageSecret}, ApplicationID: vonageApplication, APIKey: vonageKey})
	if _, err := guard.Check(r, at.Add(time.Minute)); err != nil || !vonageValidates(t, s, vonageSecret, r) {
		t.Errorf("of the own token we say %v", err)
	}
	if _, err := guard.Check(r, at.Add(time.Hour)); !errors.Is(err, telephony.ErrStale) {
		t.Errorf("of the own token after an hour we say %v", err)
	}
	says := ask[struct{ Signed, Payload bool }](t, s, "vonage.verify", question{
		"jwt": published, "secret": "qwertyuiopasdfghjklzxcvbnm123456", "url": r.URL, "body": body,
	})
	if !says.Signed || says.Payload {
		t.Errorf("of the published token the SDK says %+v", says)
	}
	r.Header.Set("Authorization", bearer+published)
	guard = vonage.NewGuard(vonage.GuardConfig{Secrets: []string{"qwertyuiopasdfghjklzxcvbnm123456"}})
	if _, err := guard.Check(r, at); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("of a token that binds no body we say %v", err)
	}
}

// sameJSON compares our document with that of the SDK's builder.
func sameJSON(t *testing.T, ours telephony.Document, theirs string) {
	t.Helper()
	var a, b any
	decode(t, theirs, &a)
	decode(t, string(ours.Body), &b)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the SDK's builder and ours differ (-SDK +ours):\n%s", diff)
	}
}
