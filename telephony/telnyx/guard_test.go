package telnyx_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

// The vector's key pair grows from the bytes 00 to 1f. Python's cryptography
// and Go's crypto/ed25519 agree on it.
const (
	vectorKey  = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
	vectorSeed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	vectorTime = "1700000000"
	vectorSum  = "051501a587796dac43490a9df8dfb00a2713b7f2a10610ddd140c6771523a914"
	vectorSign = "Q35iaxMjR6+1qCKVMnpochrBZVFBRZ+sE67u+koLRYQv7ccw3n075LEGzLkK4jJY1ur+VcBejw0mnLSo5H9ECg=="
	vectorBody = `{"data":{"event_type":"call.initiated","id":"00000000-0000-4000-8000-000000000001",` +
		`"occurred_at":"2023-11-14T22:13:20.000000Z","payload":{"call_control_id":"v3:test-call-control-id",` +
		`"direction":"incoming","from":"+15550100001","to":"+15550100002"},"record_type":"event"},` +
		`"meta":{"attempt":1,"delivered_to":"https://bridge.example.com/telnyx/events"}}`
)

// Other key pairs, of seeds of one byte throughout.
var (
	oldSeed, oldKey = strings.Repeat("AQEB", 10) + "AQE=", "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
	thirdSeed       = strings.Repeat("AgIC", 10) + "AgI="
)

func proofs(t testing.TB) telephonytest.Proofs {
	t.Helper()
	return telephonytest.Proofs{
		Carrier:   telnyx.Carrier(telnyx.Config{}),
		Guard:     newGuard(t, vectorKey),
		Signer:    newSigner(t, vectorSeed),
		Strangers: []telephony.Signer{newSigner(t, oldSeed), newSigner(t, thirdSeed)},
		Rotated:   newGuard(t, oldKey, vectorKey),
		AnswerURL: "https://bridge.example.com/telephony/telnyx/answer?agent=a1",
		Post:      telephonytest.Covered{Body: true},
		Window:    5 * time.Minute,
		Once:      true,
	}
}

func TestTelnyxsRequestsAreToldFromThoseOfStrangers(t *testing.T) {
	telephonytest.RunProof(t, proofs(t))
}

func TestTheVectorIsSignedAndVerified(t *testing.T) {
	if sum := sha256.Sum256([]byte(vectorBody)); hex.EncodeToString(sum[:]) != vectorSum || len(vectorBody) != 350 {
		t.Fatalf("the body is not the vector's: %x", sum)
	}
	now := time.Unix(1_700_000_000, 0)
	header := http.Header{"Telnyx-Signature-Ed25519": {vectorSign}, "Telnyx-Timestamp": {vectorTime}}
	proof, err := newGuard(t, vectorKey).Check(telephony.Signed{Method: http.MethodPost, Header: header, Body: []byte(vectorBody)}, now)
	if err != nil || proof.Key != 0 || proof.Once == "" {
		t.Errorf("verify: %+v, %v", proof, err)
	}
	r, err := http.NewRequest(http.MethodPost, "https://bridge.example.com/telnyx/events", strings.NewReader(vectorBody))
	if err != nil {
		t.Fatal(err)
	}
	if err := newSigner(t, vectorSeed).Sign(r, []byte(vectorBody), now); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("telnyx-signature-ed25519"); got != vectorSign || r.Header.Get("telnyx-timestamp") != vectorTime {
		t.Errorf("signed %s at %s", got, r.Header.Get("telnyx-timestamp"))
	}
}

func TestASignatureIsTakenInOneSpellingOnly(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	raw, err := base64.StdEncoding.DecodeString(vectorSign)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		signature, timestamp []string
		want                 error
	}{
		"as sent":               {[]string{vectorSign}, []string{vectorTime}, nil},
		"without padding":       {[]string{strings.TrimRight(vectorSign, "=")}, []string{vectorTime}, telephony.ErrForged},
		"URL alphabet":          {[]string{base64.URLEncoding.EncodeToString(raw)}, []string{vectorTime}, telephony.ErrForged},
		"bits behind its end":   {[]string{strings.Replace(vectorSign, "g==", "h==", 1)}, []string{vectorTime}, telephony.ErrForged},
		"line break inside":     {[]string{vectorSign[:40] + "\n" + vectorSign[40:]}, []string{vectorTime}, telephony.ErrForged},
		"hexadecimal":           {[]string{hex.EncodeToString(raw)}, []string{vectorTime}, telephony.ErrForged},
		"63 bytes":              {[]string{base64.StdEncoding.EncodeToString(raw[:63])}, []string{vectorTime}, telephony.ErrForged},
		"65 bytes":              {[]string{base64.StdEncoding.EncodeToString(append(bytes.Clone(raw), 0))}, []string{vectorTime}, telephony.ErrForged},
		"twice":                 {[]string{vectorSign, vectorSign}, []string{vectorTime}, telephony.ErrForged},
		"two times":             {[]string{vectorSign}, []string{vectorTime, "1"}, telephony.ErrForged},
		"time with a zero":      {[]string{vectorSign}, []string{"0" + vectorTime}, telephony.ErrForged},
		"time with a sign":      {[]string{vectorSign}, []string{"+" + vectorTime}, telephony.ErrForged},
		"time of milliseconds":  {[]string{vectorSign}, []string{vectorTime + "000"}, telephony.ErrForged},
		"no time":               {[]string{vectorSign}, nil, telephony.ErrUnsigned},
		"no signature":          {nil, []string{vectorTime}, telephony.ErrUnsigned},
		"empty signature first": {[]string{"", vectorSign}, []string{vectorTime}, telephony.ErrUnsigned},
	} {
		header := http.Header{"Telnyx-Signature-Ed25519": test.signature, "Telnyx-Timestamp": test.timestamp}
		_, err := newGuard(t, vectorKey).Check(telephony.Signed{Header: header, Body: []byte(vectorBody)}, now)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestTheTimeIsHeldToTheToleranceThatIsSet(t *testing.T) {
	g, err := telnyx.NewGuard(telnyx.GuardConfig{PublicKeys: []string{vectorKey}, Tolerance: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Telnyx-Signature-Ed25519": {vectorSign}, "Telnyx-Timestamp": {vectorTime}}
	for off, want := range map[time.Duration]error{
		-61 * time.Second: telephony.ErrStale, -time.Minute: nil, 0: nil, time.Minute: nil,
		time.Minute + time.Millisecond: telephony.ErrStale, 100 * 365 * 24 * time.Hour: telephony.ErrStale,
	} {
		_, err := g.Check(telephony.Signed{Header: header, Body: []byte(vectorBody)}, time.Unix(1_700_000_000, 0).Add(off))
		if !errors.Is(err, want) {
			t.Errorf("%v later: %v, want %v", off, err, want)
		}
	}
}

// Telnyx signs what it posts; the query of a GET is covered by nothing.
func TestTheQueryOfAGetIsNotProven(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	r, err := http.NewRequest(http.MethodGet, "https://bridge.example.com/answer?CallSid=v3", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if err := newSigner(t, vectorSeed).Sign(r, nil, now); err != nil {
		t.Fatal(err)
	}
	signed := telephony.Signed{Method: r.Method, URL: r.URL.String(), Header: r.Header}
	if _, err := newGuard(t, vectorKey).Check(signed, now); err != nil {
		t.Error(err)
	}
	signed.Body = []byte("CallSid=v3")
	if _, err := newGuard(t, vectorKey).Check(signed, now); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("with a body: %v", err)
	}
}

func TestKeysThatAreNoneAreRefusedWithoutBeingTold(t *testing.T) {
	const secret = "c2VjcmV0IHNlY3JldA=="
	for _, keys := range [][]string{nil, {}, {""}, {secret}, {vectorKey, secret}, {vectorKey + "!"}, {strings.TrimRight(vectorKey, "=")}} {
		g, err := telnyx.NewGuard(telnyx.GuardConfig{PublicKeys: keys})
		if !errors.Is(err, telnyx.ErrKey) || g != nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v, %v", keys, g, err)
		}
	}
	for _, seed := range []string{"", secret, "not base64"} {
		s, err := telnyx.NewSigner(seed)
		if !errors.Is(err, telnyx.ErrKey) || s != nil || seed != "" && strings.Contains(err.Error(), seed) {
			t.Errorf("%q: %v, %v", seed, s, err)
		}
	}
}

func FuzzCheck(f *testing.F) { telephonytest.FuzzProof(f, proofs(f)) }

func newGuard(t testing.TB, keys ...string) telephony.Guard {
	t.Helper()
	g, err := telnyx.NewGuard(telnyx.GuardConfig{PublicKeys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func newSigner(t testing.TB, seed string) telephony.Signer {
	t.Helper()
	s, err := telnyx.NewSigner(seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
