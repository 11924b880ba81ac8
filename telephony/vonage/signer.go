package vonage

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// SignerConfig says for whom a Signer signs.
type SignerConfig struct {
	Secret        string // the account's signature secret
	ApplicationID string // left out where empty
	APIKey        string // the same
}

// NewSigner returns the Signer that signs as Vonage does.
func NewSigner(cfg SignerConfig) telephony.Signer { return signer{cfg} }

type signer struct{ cfg SignerConfig }

// Sign implements telephony.Signer. Every token has a random id.
func (s signer) Sign(r *http.Request, body []byte, now time.Time) error {
	id, err := newID()
	if err != nil {
		return fmt.Errorf("%s: sign request: %w", name, err)
	}
	return s.sign(r, body, now, id)
}

// SignSocket implements telephony.Signer: Vonage proves nothing there.
func (signer) SignSocket(string, http.Header, time.Time) error { return nil }

func (s signer) sign(r *http.Request, body []byte, now time.Time, id string) error {
	payload := body
	if r.Method == http.MethodGet {
		var err error
		if payload, err = queryPayload(r.URL.String()); err != nil {
			return fmt.Errorf("%s: sign request: %w", name, err)
		}
	}
	issued, hash := float64(now.Unix()), hashOf(payload)
	token, err := compose(claims{
		IssuedAt: &issued, ID: id, Issuer: issuer, PayloadHash: &hash,
		APIKey: s.cfg.APIKey, ApplicationID: s.cfg.ApplicationID,
	}, s.cfg.Secret)
	if err != nil {
		return fmt.Errorf("%s: sign request: %w", name, err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// newID returns a random UUID (RFC 9562 section 5.4).
func newID() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
