package vonage

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// What is wrong with a request's payload.
var (
	errPayload   = errors.New("the payload is not the one that was signed")
	errNoPayload = errors.New("the token doesn't cover the body")
	errMethod    = errors.New("method is neither GET nor POST")
)

// What a Proof.Form says of a GET, whose query should be signed.
const (
	formQuery   = "query"   // it is
	formEmpty   = "empty"   // an empty body is signed instead
	formNothing = "nothing" // the token has no hash
)

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

// hashOf returns a payload's hash as it stands in a token.
func hashOf(payload []byte) string {
	sum := sha256.Sum256(payload)
	return hex.EncodeToString(sum[:])
}
