package plivo

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Headers of signature V3, and that of V2, which doesn't cover a body.
const (
	signatureHeader     = "X-Plivo-Signature-V3"
	mainSignatureHeader = "X-Plivo-Signature-Ma-V3"
	nonceHeader         = "X-Plivo-Signature-V3-Nonce"
	oldSignatureHeader  = "X-Plivo-Signature-V2"
)

// What no signature V3 covers.
var (
	errMethod  = errors.New("method is neither GET nor POST")
	errGetBody = errors.New("a GET has a body")
)

// sign returns signature V3: base64 of HMAC-SHA256 over the text and the
// nonce.
func sign(token, text, nonce string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte(text + "." + nonce))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// signedText returns what signature V3 covers of a request beside the nonce.
// The URL stays as it was called but for its query, which is decoded and
// sorted, and for its fragment, which is not signed. The fields of a POST's
// body follow, whatever its content type says of it.
//
// Source: github.com/plivo/plivo-python plivo/utils/signature_v3.py and
// github.com/plivo/plivo-go utils.go.
func signedText(method, rawURL string, body []byte) (string, error) {
	rawURL, _, _ = strings.Cut(rawURL, "#")
	base, rawQuery, _ := strings.Cut(rawURL, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	text := sorted(query, "=", "&")
	if method == http.MethodGet {
		if len(body) > 0 {
			return "", errGetBody
		}
		if text != "" {
			base += "?" + text
		}
		return base, nil
	}
	if method != http.MethodPost {
		return "", errMethod
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", fmt.Errorf("form: %w", err)
	}
	fields := sorted(form, "", "")
	if text != "" && fields != "" {
		text += "."
	}
	// Without a query, the question mark stands before the form.
	if text += fields; text != "" {
		base += "?" + text
	}
	return base, nil
}

// sorted joins values in the order of their keys, and those of one key in
// their own order. Nothing is encoded, and blank values stay.
func sorted(values url.Values, is, between string) string {
	pairs := make([]string, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		for _, value := range slices.Sorted(slices.Values(values[key])) {
			pairs = append(pairs, key+is+value)
		}
	}
	return strings.Join(pairs, between)
}

// socketForm is one way to write a socket's URL for its signature.
type socketForm struct{ scheme, suffix string }

// socketForms returns the ways in which Plivo may sign the URL of a socket,
// the likeliest first: its own sources name http, https by whether the socket
// is encrypted, the wss URL itself, and http with a suffix of the path.
func socketForms() []socketForm {
	var forms []socketForm
	for _, suffix := range []string{"", "/websocket"} {
		for _, scheme := range []string{"http", "https", "wss", "ws"} {
			forms = append(forms, socketForm{scheme, suffix})
		}
	}
	return forms
}

// String returns the form's name in a telephony.Proof.
func (f socketForm) String() string { return f.scheme + f.suffix }

// of returns a socket's URL in this form.
func (f socketForm) of(rawURL string) string {
	if _, rest, found := strings.Cut(rawURL, "://"); found {
		rawURL = rest
	}
	base, query, found := strings.Cut(rawURL, "?")
	if found {
		query = "?" + query
	}
	return f.scheme + "://" + base + f.suffix + query
}
