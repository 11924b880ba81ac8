//go:build e2e

package e2e_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

const (
	telnyxSignature = "Telnyx-Signature-Ed25519"
	telnyxTimestamp = "Telnyx-Timestamp"
	// The seed of the bytes 0 to 31, and its public key.
	telnyxSeed  = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	telnyxKey   = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
	anotherSeed = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
)

// telnyxAgrees: the SDK checks signatures but makes none, and writes no
// documents. What it checks, Node's own Ed25519 signs and checks as well.
func telnyxAgrees(t *testing.T, s *sdks) {
	guard, err := telnyx.NewGuard(telnyx.GuardConfig{PublicKeys: []string{telnyxKey}})
	if err != nil {
		t.Fatal(err)
	}
	a := agreement{
		carrier: telnyx.Carrier(telnyx.Config{}),
		guard:   guard,
		signer:  telnyxSigner(t, telnyxSeed),
		other:   telnyxSigner(t, anotherSeed),
		validates: func(t reporter, r telephony.Signed) bool {
			return telnyxValidates(t, s, r)
		},
		signs: func(t reporter, r telephony.Signed, known bool) {
			seed := map[bool]string{true: telnyxSeed, false: anotherSeed}[known]
			telnyxSigns(t, s, r, seed, time.Now())
		},
		// Neither URL nor method is signed, so that a change there goes unseen.
		changes: []change{otherBody(), otherHeader("", telnyxSignature), otherHeader("", telnyxTimestamp)},
		random: func(t *rapid.T) telephony.Signed {
			r := randomForm(t)
			r.Method = http.MethodPost
			if rapid.Bool().Draw(t, "text") {
				r.Body = []byte(randomText(300).Draw(t, "body"))
				r.Header.Set("Content-Type", "application/json")
			}
			return r
		},
	}
	a.run(t)
	t.Run("both refuse what is older than five minutes", func(t *testing.T) { telnyxOld(t, s, a) })
	t.Run("the vector is taken by both", func(t *testing.T) { telnyxVector(t, s, a) })
}

func telnyxSigner(t *testing.T, seed string) telephony.Signer {
	t.Helper()
	signer, err := telnyx.NewSigner(seed)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// telnyxValidates asks the SDK and Node's Ed25519, which must agree but for
// the time, of which the latter knows nothing.
func telnyxValidates(t reporter, s *sdks, r telephony.Signed) bool {
	t.Helper()
	q := question{
		"publicKey": telnyxKey, "signature": r.Header.Get(telnyxSignature),
		"timestamp": r.Header.Get(telnyxTimestamp), "body": string(r.Body),
	}
	valid := ask[bool](t, s, "telnyx.verify", q)
	if node := ask[bool](t, s, "ed25519.verify", q); node != valid {
		t.Errorf("the SDK says %t, Node's Ed25519 %t of %v", valid, node, q)
	}
	return valid
}

func telnyxSigns(t reporter, s *sdks, r telephony.Signed, seed string, at time.Time) {
	t.Helper()
	timestamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set(telnyxTimestamp, timestamp)
	r.Header.Set(telnyxSignature, ask[string](t, s, "telnyx.sign", question{"seed": seed, "timestamp": timestamp, "body": string(r.Body)}))
}

// telnyxOld: of a time in the future the SDK says nothing; we hold it to the
// same five minutes.
func telnyxOld(t *testing.T, s *sdks, a agreement) {
	now := time.Now()
	for age, want := range map[time.Duration]bool{4 * time.Minute: true, 6 * time.Minute: false} {
		r := copyOf(telephony.Signed{Method: http.MethodPost, URL: "https://bridge.example.com/telnyx", Body: []byte("a=b")})
		telnyxSigns(t, s, r, telnyxSeed, now.Add(-age))
		valid := ask[bool](t, s, "telnyx.verify", question{
			"publicKey": telnyxKey, "signature": r.Header.Get(telnyxSignature),
			"timestamp": r.Header.Get(telnyxTimestamp), "body": string(r.Body), "tolerance": 300,
		})
		_, err := a.guard.Check(r, now)
		if valid != want || (err == nil) != want || !want && !errors.Is(err, telephony.ErrStale) {
			t.Errorf("of a request %v old the SDK says %t, we %v", age, valid, err)
		}
	}
}

func telnyxVector(t *testing.T, s *sdks, a agreement) {
	const (
		body = `{"data":{"event_type":"call.initiated","id":"00000000-0000-4000-8000-000000000001",` +
			`"occurred_at":"2023-11-14T22:13:20.000000Z","payload":{"call_control_id":"v3:test-call-control-id",` +
			`"direction":"incoming","from":"+15550100001","to":"+15550100002"},"record_type":"event"},` +
			`"meta":{"attempt":1,"delivered_to":"https://bridge.example.com/telnyx/events"}}`
		signature = "Q35iaxMjR6+1qCKVMnpochrBZVFBRZ+sE67u+koLRYQv7ccw3n075LEGzLkK4jJY1ur+VcBejw0mnLSo5H9ECg=="
	)
	at := time.Unix(1700000000, 0)
	r := copyOf(telephony.Signed{Method: http.MethodPost, URL: "https://bridge.example.com/telnyx/events", Body: []byte(body)})
	ours, theirs := a.signedBy(t, a.signer, r, at), copyOf(r)
	telnyxSigns(t, s, theirs, telnyxSeed, at)
	for who, r := range map[string]telephony.Signed{"we": ours, "Node's Ed25519": theirs} {
		if r.Header.Get(telnyxSignature) != signature || r.Header.Get(telnyxTimestamp) != "1700000000" {
			t.Errorf("%s: %v", who, r.Header)
		}
		if _, err := a.guard.Check(r, at); err != nil || !a.validates(t, r) {
			t.Errorf("%s: %v", who, err)
		}
	}
	seed, err := base64.StdEncoding.DecodeString(telnyxSeed)
	if err != nil || base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)) != telnyxKey {
		t.Errorf("the key is not the seed's: %v", err)
	}
}
