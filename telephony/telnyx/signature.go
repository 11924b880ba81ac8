package telnyx

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// The headers of a signed request: a signature of 64 bytes in base64, and
// seconds since 1970.
const (
	signatureHeader = "telnyx-signature-ed25519"
	timestampHeader = "telnyx-timestamp"
)

// message returns what is signed: the timestamp as sent, a bar, and the body
// as sent.
func message(timestamp string, body []byte) []byte {
	signed := make([]byte, 0, len(timestamp)+1+len(body))
	signed = append(signed, timestamp...)
	signed = append(signed, '|')
	return append(signed, body...)
}

// proof is what a request's headers say.
type proof struct {
	timestamp string
	at        time.Time
	signature []byte
}

// proofOf reads header. The error wraps telephony.ErrUnsigned where a header
// is missing, and telephony.ErrForged where one is none that Telnyx writes.
func proofOf(header http.Header) (proof, error) {
	signature, timestamp := header.Values(signatureHeader), header.Values(timestampHeader)
	if len(signature) == 0 || len(timestamp) == 0 || signature[0] == "" || timestamp[0] == "" {
		return proof{}, fmt.Errorf("%s: %w: needs %s and %s", name, telephony.ErrUnsigned, signatureHeader, timestampHeader)
	}
	if len(signature) > 1 || len(timestamp) > 1 {
		return proof{}, fmt.Errorf("%s: %w: more than one signature or timestamp", name, telephony.ErrForged)
	}
	p := proof{timestamp: timestamp[0]}
	var err error
	// The decoder alone would take the same bytes in other spellings.
	p.signature, err = base64.StdEncoding.Strict().DecodeString(signature[0])
	if err != nil || base64.StdEncoding.EncodeToString(p.signature) != signature[0] || len(p.signature) != ed25519.SignatureSize {
		return proof{}, fmt.Errorf("%s: %w: signature is not 64 bytes in base64", name, telephony.ErrForged)
	}
	seconds, err := strconv.ParseUint(p.timestamp, 10, 40)
	if err != nil {
		return proof{}, fmt.Errorf("%s: %w: timestamp is no number of seconds", name, telephony.ErrForged)
	}
	p.at = time.Unix(int64(seconds), 0)
	return p, nil
}

// once returns a value that no other request has.
func (p proof) once() string {
	sum := sha256.Sum256(message(p.timestamp, p.signature))
	return hex.EncodeToString(sum[:])
}

// signer signs as Telnyx does.
type signer struct{ key ed25519.PrivateKey }

// NewSigner returns what signs a simulated Telnyx's requests with the private
// key that grows from seed: 32 bytes in base64. The error wraps ErrKey, and
// tells nothing of the seed.
func NewSigner(seed string) (telephony.Signer, error) {
	key, err := keyOf(seed)
	if err != nil {
		return nil, fmt.Errorf("%s: seed: %w", name, err)
	}
	return signer{ed25519.NewKeyFromSeed(key)}, nil
}

// Sign implements telephony.Signer.
func (s signer) Sign(r *http.Request, body []byte, now time.Time) error {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	signature := ed25519.Sign(s.key, message(timestamp, body))
	r.Header.Set(timestampHeader, timestamp)
	r.Header.Set(signatureHeader, base64.StdEncoding.EncodeToString(signature))
	return nil
}

// SignSocket implements telephony.Signer: Telnyx signs no upgrade.
func (signer) SignSocket(string, http.Header, time.Time) error { return nil }
