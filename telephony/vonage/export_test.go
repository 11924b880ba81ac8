package vonage

import (
	"net/http"
	"time"
)

// SignAs signs r as a Signer does, with a token of this id.
func SignAs(cfg SignerConfig, id string, r *http.Request, body []byte, now time.Time) error {
	return signer{cfg}.sign(r, body, now, id)
}

// SignatureOf returns the third part of a token, of the two before it.
func SignatureOf(signed, secret string) string { return signatureOf(signed, secret) }

// SignedBy returns which of the secrets signed a token.
func SignedBy(token string, secrets ...string) (key int, err error) {
	_, key, err = open(token, secrets)
	return key, err
}
