package plivo

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// maxNonce is the length of the longest nonce that is remembered. Plivo's have
// 20 digits.
const maxNonce = 64

// GuardConfig says whose requests a Guard takes.
type GuardConfig struct {
	// AuthTokens are those of the account, of its main account, or, while a
	// token is being replaced, the old and the new one. An empty one vouches
	// for nothing.
	AuthTokens []string
}

// NewGuard returns the Guard of signature V3 for webhooks and for sockets.
// Plivo dates nothing, so that a request is never stale: Proof.Once is the
// nonce, of which the caller refuses one that it has seen.
func NewGuard(cfg GuardConfig) telephony.Guard {
	return guard{tokens: append([]string(nil), cfg.AuthTokens...)}
}

// guard is immutable.
type guard struct{ tokens []string }

// Check implements telephony.Guard. A request with nothing but signature V2
// counts as unsigned: V2 covers no body.
func (g guard) Check(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	given, nonce, err := readSignatures(r.Header)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w", name, err)
	}
	text, err := signedText(r.Method, r.URL, r.Body)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w: %w", name, telephony.ErrForged, err)
	}
	key, ok := g.match(given, text, nonce)
	if !ok {
		return telephony.Proof{}, fmt.Errorf("%s webhook: %w", name, telephony.ErrForged)
	}
	return telephony.Proof{Key: key, Once: nonce}, nil
}

// CheckSocket implements telephony.Guard. A socket must be signed too. Plivo's
// own sources disagree about the URL that is; Proof.Form is the scheme that
// was signed, and the suffix of the path where there was one.
func (g guard) CheckSocket(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	given, nonce, err := readSignatures(r.Header)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%s socket: %w", name, err)
	}
	for _, form := range socketForms() {
		text, err := signedText(http.MethodGet, form.of(r.URL), nil)
		if err != nil {
			return telephony.Proof{}, fmt.Errorf("%s socket: %w: %w", name, telephony.ErrForged, err)
		}
		if key, ok := g.match(given, text, nonce); ok {
			return telephony.Proof{Key: key, Form: form.String(), Once: nonce}, nil
		}
	}
	return telephony.Proof{}, fmt.Errorf("%s socket: %w", name, telephony.ErrForged)
}

// match returns the first token with which one of the given signatures was
// made.
func (g guard) match(given []string, text, nonce string) (key int, ok bool) {
	wanted := make([]string, len(g.tokens))
	for i, token := range g.tokens {
		if token != "" {
			wanted[i] = sign(token, text, nonce)
		}
	}
	for _, signature := range given {
		if i, found := telephony.MatchAny(signature, wanted); found && (!ok || i < key) {
			key, ok = i, true
		}
	}
	return key, ok
}

// readSignatures returns the signatures V3 that a request has, none of them
// empty, and its nonce. A header may hold several with commas between.
func readSignatures(header http.Header) (given []string, nonce string, err error) {
	for _, field := range []string{signatureHeader, mainSignatureHeader} {
		for signature := range strings.SplitSeq(strings.Join(header.Values(field), ","), ",") {
			if signature = strings.TrimSpace(signature); signature != "" {
				given = append(given, signature)
			}
		}
	}
	nonce = header.Get(nonceHeader)
	switch {
	case len(given) == 0 && header.Get(oldSignatureHeader) != "":
		return nil, "", fmt.Errorf("%w: signature V2 alone doesn't cover a body", telephony.ErrUnsigned)
	case len(given) == 0:
		return nil, "", fmt.Errorf("%w: %s is missing", telephony.ErrUnsigned, signatureHeader)
	case nonce == "":
		return nil, "", fmt.Errorf("%w: %s is missing", telephony.ErrUnsigned, nonceHeader)
	case len(nonce) > maxNonce:
		return nil, "", fmt.Errorf("%w: the nonce has %d characters", telephony.ErrForged, len(nonce))
	}
	return given, nonce, nil
}

// NewSigner returns the Signer that signs as Plivo does for an account with
// this auth token. A nonce that a request's header holds already is kept;
// otherwise it gets a random one of 20 digits.
func NewSigner(authToken string) telephony.Signer { return signer{token: authToken} }

type signer struct{ token string }

// Sign implements telephony.Signer. The account is its own main account, so
// that both headers hold the same signature.
func (s signer) Sign(r *http.Request, body []byte, _ time.Time) error {
	return s.add(r.Header, r.Method, r.URL.String(), body)
}

// SignSocket implements telephony.Signer. It signs the http form of the URL,
// which a test on live calls has shown (plivo.com's published agent skill
// plivo-audio-streaming).
func (s signer) SignSocket(url string, header http.Header, _ time.Time) error {
	return s.add(header, http.MethodGet, socketForms()[0].of(url), nil)
}

func (s signer) add(header http.Header, method, url string, body []byte) error {
	text, err := signedText(method, url, body)
	if err != nil {
		return fmt.Errorf("%s: sign request: %w", name, err)
	}
	nonce := header.Get(nonceHeader)
	if nonce == "" {
		if nonce, err = newNonce(); err != nil {
			return fmt.Errorf("%s: sign request: %w", name, err)
		}
	}
	header.Set(nonceHeader, nonce)
	signature := sign(s.token, text, nonce)
	header.Set(signatureHeader, signature)
	header.Set(mainSignatureHeader, signature)
	return nil
}

// newNonce returns 20 random digits.
func newNonce() (string, error) {
	const digits = 20
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%0*d", digits, n), nil
}
