package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// GuardConfig says what a Guard asks for.
type GuardConfig struct {
	// AuthTokens are the account's primary token and, during a rotation, the
	// next one; those of subaccounts too. An empty one is no token.
	AuthTokens []string
	// SignedSockets refuses a media socket without a signature. Twilio's own
	// sources disagree about whether it signs them; a wrong signature is
	// refused in any case.
	SignedSockets bool
}

// Guard checks the signature of Twilio's requests, the header
// X-Twilio-Signature. It has no time in it, so that a replay is for others to
// tell.
type Guard struct {
	tokens        []string
	signedSockets bool
}

// NewGuard returns a guard. Without a token it takes no signature at all.
func NewGuard(cfg GuardConfig) *Guard {
	return &Guard{tokens: slices.Clone(cfg.AuthTokens), signedSockets: cfg.SignedSockets}
}

// Check implements telephony.Guard. The signature covers the URL and each
// parameter of a form, or the hash of another body.
func (g *Guard) Check(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	given := r.Header.Values(signatureHeader)
	if len(given) == 0 {
		return telephony.Proof{}, telephony.ErrUnsigned
	}
	called := withoutFragment(r.URL)
	tail, err := bodyTail(called, r.Header, r.Body)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%w: %w", telephony.ErrForged, err)
	}
	return g.match(given[0], called, tail)
}

// CheckSocket implements telephony.Guard. What is signed is the URL with ws://
// or wss://, as the TwiML has it.
func (g *Guard) CheckSocket(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	given := r.Header.Values(signatureHeader)
	if len(given) == 0 {
		if g.signedSockets {
			return telephony.Proof{}, telephony.ErrUnsigned
		}
		return telephony.Proof{}, nil
	}
	return g.match(given[0], withoutFragment(r.URL), "")
}

// match looks for the token and the form of the URL that give the signature.
// It tries them all, whichever fits.
func (g *Guard) match(given, called, tail string) (telephony.Proof, error) {
	forms := telephony.WithPort(called)
	var proof telephony.Proof
	var found bool
	for key, token := range g.tokens {
		signatures := make([]string, len(forms))
		for i, form := range forms {
			signatures[i] = sign(token, form+tail)
		}
		i, ok := telephony.MatchAny(given, signatures)
		if ok && token != "" && !found {
			proof, found = telephony.Proof{Key: key, Form: formName(forms, i)}, true
		}
	}
	if !found {
		return telephony.Proof{}, fmt.Errorf("%w: %s", telephony.ErrForged, signatureHeader)
	}
	return proof, nil
}

// formName says how the URL that was signed differs from the one that was
// called, which is the first of forms; empty where it doesn't.
func formName(forms []string, i int) string {
	if i == 0 {
		return ""
	}
	if u, err := url.Parse(forms[i]); err == nil && u.Port() == "" {
		return "without port"
	}
	return "with port"
}

// NewSigner returns what signs a peer's requests. Without a token they stay
// unsigned.
func NewSigner(authToken string) telephony.Signer { return signer{authToken} }

type signer struct{ token string }

// Sign implements telephony.Signer. Where the body is no form, its hash goes
// into the URL first, if it isn't there.
func (s signer) Sign(r *http.Request, body []byte, _ time.Time) error {
	if s.token == "" {
		return nil
	}
	if len(body) > 0 && !isForm(r.Header) && !r.URL.Query().Has(bodyHashKey) {
		if r.URL.RawQuery != "" {
			r.URL.RawQuery += "&"
		}
		r.URL.RawQuery += bodyHashKey + "=" + hashOf(body)
	}
	called := withoutFragment(r.URL.String())
	tail, err := bodyTail(called, r.Header, body)
	if err != nil {
		return fmt.Errorf("%s: sign: %w", name, err)
	}
	r.Header.Set(signatureHeader, sign(s.token, called+tail))
	return nil
}

// SignSocket implements telephony.Signer.
func (s signer) SignSocket(rawURL string, header http.Header, _ time.Time) error {
	if s.token != "" {
		header.Set(signatureHeader, sign(s.token, withoutFragment(rawURL)))
	}
	return nil
}
