package vonage

import (
	"errors"
	"fmt"
	"net/http"
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
	if err = g.checkClaims(c); err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w: %w", name, telephony.ErrForged, err)
	}
	if err = checkTime(c, now); err != nil {
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
