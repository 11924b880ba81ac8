package telnyx

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// ErrKey reports a key that a guard or a signer can't use.
var ErrKey = errors.New("key must be 32 bytes in base64")

// defaultTolerance is what Telnyx's own libraries allow.
const defaultTolerance = 5 * time.Minute

// GuardConfig tells how Telnyx's webhooks are known.
type GuardConfig struct {
	// PublicKeys are the account's, as the portal shows them: 32 bytes in
	// base64. At least one; while a key is replaced, the old and the new.
	PublicKeys []string
	// Tolerance is how far a request's timestamp may be from our clock, in
	// either direction; five minutes when zero.
	Tolerance time.Duration
}

// guard checks Telnyx's signatures, which Call Control's and TeXML's webhooks
// both have (team-telnyx/telnyx-go: lib/webhook_verification.go).
type guard struct {
	keys      []ed25519.PublicKey
	tolerance time.Duration
}

// NewGuard returns Telnyx's guard. The error wraps ErrKey, and tells no key.
//
// A signature covers the time and the body, and neither URL nor method: a
// webhook that is set to GET has its fields in the query, which nothing
// proves, since the signed body is then empty. Leave Telnyx's webhooks at POST.
// A stream's socket is not signed at all, and TeXML has no token for it: the
// ticket is what tells it from a stranger's.
func NewGuard(cfg GuardConfig) (telephony.Guard, error) {
	if len(cfg.PublicKeys) == 0 {
		return nil, fmt.Errorf("%s: no public key: %w", name, ErrKey)
	}
	g := guard{tolerance: cfg.Tolerance}
	if g.tolerance <= 0 {
		g.tolerance = defaultTolerance
	}
	for i, text := range cfg.PublicKeys {
		key, err := keyOf(text)
		if err != nil {
			return nil, fmt.Errorf("%s: public key %d: %w", name, i+1, err)
		}
		g.keys = append(g.keys, key)
	}
	return g, nil
}

// Check implements telephony.Guard. The time counts once the signature is
// known to be good, so that a stranger learns nothing of our clock.
func (g guard) Check(r telephony.Signed, now time.Time) (telephony.Proof, error) {
	p, err := proofOf(r.Header)
	if err != nil {
		return telephony.Proof{}, err
	}
	signed := message(p.timestamp, r.Body)
	for i, key := range g.keys {
		if !ed25519.Verify(key, signed, p.signature) {
			continue
		}
		if age := now.Sub(p.at); age > g.tolerance || age < -g.tolerance {
			return telephony.Proof{}, fmt.Errorf("%s: %w: %v off", name, telephony.ErrStale, age.Round(time.Second))
		}
		return telephony.Proof{Key: i, Once: p.once()}, nil
	}
	return telephony.Proof{}, fmt.Errorf("%s: %w: no key fits the signature", name, telephony.ErrForged)
}

// CheckSocket implements telephony.Guard: Telnyx proves nothing there.
func (guard) CheckSocket(telephony.Signed, time.Time) (telephony.Proof, error) {
	return telephony.Proof{}, nil
}

// keyOf reads the 32 bytes of a public key or of a seed.
func keyOf(text string) ([]byte, error) {
	key, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, ErrKey
	}
	return key, nil
}
