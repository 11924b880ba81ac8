package vonage

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

const (
	issuer = "Vonage"
	// window is how old a token may be, and how far in the future. Tokens
	// have no end of their own in Vonage's sample.
	window = 5 * time.Minute
	// maxID is the length of the longest token id that is remembered.
	maxID = 128
)

// What is wrong with what a token tells.
var (
	errIssuer      = errors.New("the token is not issued by " + issuer)
	errApplication = errors.New("the token is for another application")
	errAPIKey      = errors.New("the token is for another API key")
	errID          = errors.New("the token has no id of a usable length")
	errTime        = errors.New("the token has no time of issue, or one that is none")
	errPayload     = errors.New("the payload is not the one that was signed")
	errNoPayload   = errors.New("the token doesn't cover the body")
	errMethod      = errors.New("method is neither GET nor POST")
)

// What a Proof.Form says of a GET, whose query should be signed.
const (
	formQuery   = "query"   // it is
	formEmpty   = "empty"   // an empty body is signed instead
	formNothing = "nothing" // the token has no hash
)

// GuardConfig says whose requests a Guard takes.
type GuardConfig struct {
	// Secrets are the account's signature secrets: one, or while it is being
	// replaced, the old and the new one. An empty one vouches for nothing.
	Secrets []string
	// ApplicationID and APIKey are what tokens must be for; empty for any.
	ApplicationID, APIKey string
}

// NewGuard returns the Guard of signed webhooks. Proof.Once is the token's id,
// of which the caller refuses one that it has seen. Sockets prove nothing: the
// ticket in their path and headers does.
func NewGuard(cfg GuardConfig) telephony.Guard {
	cfg.Secrets = append([]string(nil), cfg.Secrets...)
	return guard{cfg}
}

// guard is immutable.
type guard struct{ cfg GuardConfig }

// Check implements telephony.Guard.
//
// A POST's token must cover its body as sent. A GET has its data in the query,
// whose hash, by Vonage's support article, is that of a JSON object; a token
// that covers an empty body instead, or nothing, passes all the same, since no
// sample shows what is sent. Proof.Form tells which it was. Then it is the
// token's id, used once, that keeps it from being put to another query.
func (g guard) Check(r telephony.Signed, now time.Time) (telephony.Proof, error) {
	token, err := bearer(r.Header)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w", name, err)
	}
	c, key, err := open(token, g.cfg.Secrets)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w: %w", name, telephony.ErrForged, err)
	}
	if err := g.checkClaims(c); err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w: %w", name, telephony.ErrForged, err)
	}
	if err := checkTime(c, now); err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w", name, err)
	}
	form, err := checkPayload(c.PayloadHash, r)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w: %w", name, telephony.ErrForged, err)
	}
	return telephony.Proof{Key: key, Form: form, Once: c.ID}, nil
}

// CheckSocket implements telephony.Guard: there is nothing to check.
func (guard) CheckSocket(telephony.Signed, time.Time) (telephony.Proof, error) {
	return telephony.Proof{}, nil
}

// bearer returns the token that a request carries (RFC 6750 section 2.1).
func bearer(h http.Header) (string, error) {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "Bearer") {
		return "", fmt.Errorf("%w: it has no bearer token", telephony.ErrUnsigned)
	}
	return token, nil
}

// checkClaims returns why a token is not for us.
func (g guard) checkClaims(c claims) error {
	switch {
	case c.Issuer != issuer:
		return errIssuer
	case g.cfg.ApplicationID != "" && c.ApplicationID != g.cfg.ApplicationID:
		return errApplication
	case g.cfg.APIKey != "" && c.APIKey != g.cfg.APIKey:
		return errAPIKey
	case c.ID == "" || len(c.ID) > maxID:
		return errID
	}
	return nil
}

// checkTime returns telephony.ErrStale for a token that isn't good now.
func checkTime(c claims, now time.Time) error {
	if c.IssuedAt == nil {
		return fmt.Errorf("%w: %w", telephony.ErrForged, errTime)
	}
	issued, ok := timeOf(*c.IssuedAt)
	if !ok {
		return fmt.Errorf("%w: %w", telephony.ErrForged, errTime)
	}
	if age := now.Sub(issued); age > window || age < -window {
		return fmt.Errorf("%w: issued %v ago", telephony.ErrStale, age)
	}
	if c.Expires != nil {
		if at, ok := timeOf(*c.Expires); !ok || !now.Before(at) {
			return fmt.Errorf("%w: it has expired", telephony.ErrStale)
		}
	}
	if c.NotBefore != nil {
		if at, ok := timeOf(*c.NotBefore); !ok || now.Before(at) {
			return fmt.Errorf("%w: it isn't good yet", telephony.ErrStale)
		}
	}
	return nil
}

// checkPayload returns why a request's data are not those that were signed,
// and for a GET what was.
func checkPayload(hash *string, r telephony.Signed) (form string, err error) {
	switch {
	case r.Method == http.MethodPost && hash == nil && len(r.Body) > 0:
		return "", errNoPayload
	case r.Method == http.MethodPost && (hash == nil || equal(*hash, hashOf(r.Body))):
		return "", nil
	case r.Method == http.MethodPost, len(r.Body) > 0:
		return "", errPayload
	case r.Method != http.MethodGet:
		return "", errMethod
	case hash == nil:
		return formNothing, nil
	}
	payload, err := queryPayload(r.URL)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", errPayload, err)
	case equal(*hash, hashOf(payload)):
		return formQuery, nil
	case equal(*hash, hashOf(nil)):
		return formEmpty, nil
	}
	return "", errPayload
}

// equal compares two hashes in constant time.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// queryPayload returns what a GET's hash is of: the compact JSON object of its
// query's parameters in their order.
//
// Source: api.support.vonage.com, article 19033783342876.
func queryPayload(rawURL string) ([]byte, error) {
	rawURL, _, _ = strings.Cut(rawURL, "#")
	_, query, _ := strings.Cut(rawURL, "?")
	object := []byte{'{'}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, err
		}
		if len(object) > 1 {
			object = append(object, ',')
		}
		object = append(telephony.AppendJSONString(object, key), ':')
		object = telephony.AppendJSONString(object, value)
	}
	return append(object, '}'), nil
}

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
