package vonage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// maxToken is the size of the largest token that is looked at, in bytes.
// Vonage's have about 500.
const maxToken = 4 << 10

// algorithm is the only one that a token may name, whatever else it says of
// itself (RFC 8725 section 3.1).
const algorithm = "HS256"

// What is wrong with a token.
var (
	errTokenForm = errors.New("not a JSON Web Token")
	errAlgorithm = errors.New("the token's algorithm is not " + algorithm)
	errSignature = errors.New("no secret made the token's signature")
)

// claims are what a token tells (developer.vonage.com/en/getting-started/
// concepts/webhooks), in the order in which they are signed here. Times are in
// seconds since 1970; those that may be missing are nil.
type claims struct {
	IssuedAt      *float64 `json:"iat"`
	ID            string   `json:"jti"`
	Issuer        string   `json:"iss"`
	PayloadHash   *string  `json:"payload_hash,omitempty"`
	APIKey        string   `json:"api_key,omitempty"`
	ApplicationID string   `json:"application_id,omitempty"`
	Expires       *float64 `json:"exp,omitempty"`
	NotBefore     *float64 `json:"nbf,omitempty"`
}

// header is a token's first part. Critical names what must be understood to
// read the token (RFC 7515 section 4.1.11), of which nothing is here.
type header struct {
	Algorithm string          `json:"alg"`
	Type      string          `json:"typ,omitempty"`
	Critical  json.RawMessage `json:"crit,omitempty"`
}

// encoding is that of a token's parts: no padding, and one spelling only.
func encoding() *base64.Encoding { return base64.RawURLEncoding.Strict() }

// compose returns the token that tells c, signed with secret.
func compose(c claims, secret string) (string, error) {
	head, err := json.Marshal(header{Algorithm: algorithm, Type: "JWT"})
	if err != nil {
		return "", fmt.Errorf("write token: %w", err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write token: %w", err)
	}
	signed := encoding().EncodeToString(head) + "." + encoding().EncodeToString(body)
	return signed + "." + signatureOf(signed, secret), nil
}

// signatureOf returns a token's third part: HMAC-SHA256 over what precedes it
// (RFC 7518 section 3.2).
func signatureOf(signed, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return encoding().EncodeToString(mac.Sum(nil))
}

// open returns what a token tells, and which of the secrets signed it. Nothing
// that it tells is looked at before that is known, but for its algorithm. An
// empty secret signs nothing.
func open(token string, secrets []string) (c claims, key int, err error) {
	at := strings.LastIndexByte(token, '.')
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return claims{}, 0, errTokenForm
	}
	head, body, _ := strings.Cut(token[:at], ".")
	var h header
	if err := decode(head, &h); err != nil {
		return claims{}, 0, err
	}
	if h.Algorithm != algorithm || h.Critical != nil {
		return claims{}, 0, errAlgorithm
	}
	key, ok := signedBy(token[:at], token[at+1:], secrets)
	if !ok {
		return claims{}, 0, errSignature
	}
	if err := decode(body, &c); err != nil {
		return claims{}, 0, err
	}
	return c, key, nil
}

// signedBy returns which of the secrets made a signature.
func signedBy(signed, signature string, secrets []string) (key int, ok bool) {
	wanted := make([]string, len(secrets))
	for i, secret := range secrets {
		if secret != "" {
			wanted[i] = signatureOf(signed, secret)
		}
	}
	if signature == "" {
		return 0, false
	}
	return telephony.MatchAny(signature, wanted)
}

// decode reads one part of a token.
func decode(part string, into any) error {
	data, err := encoding().DecodeString(part)
	if err != nil || json.Unmarshal(data, into) != nil {
		return errTokenForm
	}
	return nil
}

// timeOf returns a claim's time.
func timeOf(seconds float64) (time.Time, bool) {
	if math.IsNaN(seconds) || math.Abs(seconds) > 1e12 {
		return time.Time{}, false
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)), true
}
