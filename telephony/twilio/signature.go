package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	// signatureHeader holds a request's signature, standard base64.
	signatureHeader = "X-Twilio-Signature"
	// bodyHashKey is the parameter of a URL that holds the hexadecimal SHA-256
	// of a body that is no form.
	bodyHashKey = "bodySHA256"

	formType = "application/x-www-form-urlencoded"
)

// sign returns the signature of text: HMAC-SHA1 is what Twilio signs with
// (twilio.com/docs/usage/security).
func sign(authToken, text string) string {
	mac := hmac.New(sha1.New, []byte(authToken))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// formTail returns what is signed of a form behind the URL: each name, in the
// order of bytes, with each of its values, sorted and without doubles. Twilio's
// libraries disagree about names that stand in a form more than once; this is
// the rule of the Python one.
func formTail(form url.Values) string {
	var tail strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Sorted(slices.Values(form[name]))
		for _, value := range slices.Compact(values) {
			tail.WriteString(name)
			tail.WriteString(value)
		}
	}
	return tail.String()
}

// bodyTail returns what is signed of a body behind the URL. A body that is no
// form is covered by its hash in the URL. The error tells of a body that no
// signature can cover.
func bodyTail(rawURL string, header http.Header, body []byte) (string, error) {
	if isForm(header) {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "", errors.New("the form can't be read")
		}
		return formTail(form), nil
	}
	told, found := bodyHash(rawURL)
	switch {
	case !found && len(body) == 0:
		return "", nil
	case !found:
		return "", errors.New("no signature covers a body that is no form without " + bodyHashKey)
	case !hmac.Equal([]byte(told), []byte(hashOf(body))):
		return "", errors.New("the body is not that of " + bodyHashKey)
	}
	return "", nil
}

// isForm reports whether a request's parameters are signed one by one.
func isForm(header http.Header) bool {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && kind == formType
}

// bodyHash returns the hash of the body that stands in a URL's query.
func bodyHash(rawURL string) (hash string, found bool) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", false
	}
	query := u.Query()
	return query.Get(bodyHashKey), query.Has(bodyHashKey)
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// withoutFragment cuts what never reaches a server: Twilio's settings for one
// URL stand there.
func withoutFragment(rawURL string) string {
	rawURL, _, _ = strings.Cut(rawURL, "#")
	return rawURL
}
