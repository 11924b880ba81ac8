package telephony

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Signed is a carrier's HTTP request with all that its proof may cover.
type Signed struct {
	Method string
	// URL is what the carrier called: scheme, host, path and query as sent,
	// without a fragment. Behind a proxy it comes from the configuration,
	// never from headers that a stranger can set.
	URL    string
	Header http.Header
	Body   []byte     // as sent
	From   netip.Addr // who sent it; the zero Addr where that isn't known
}

// Guard tells a carrier's requests from those of strangers. Its methods may
// run together and compare in constant time.
type Guard interface {
	// Check returns what proves that a webhook's request is the carrier's, or
	// an error that wraps ErrUnsigned, ErrForged or ErrStale. now is ours.
	Check(r Signed, now time.Time) (Proof, error)
	// CheckSocket does the same for the request that opens a media socket.
	// For carriers that prove nothing there it returns the zero Proof.
	CheckSocket(r Signed, now time.Time) (Proof, error)
}

// Proof is what a Guard found.
type Proof struct {
	// Key is which of the configured secrets matched, from 0: a rotation is
	// over when none but the new one does.
	Key int
	// Form is what was signed, where carriers' own sources disagree about it;
	// empty where they don't.
	Form string
	// Once is a value that the carrier gives to one request only, by which a
	// replay is told; empty where it signs none.
	Once string
}

// Why a Guard refuses a request.
var (
	ErrUnsigned = errors.New("the request has no proof of being the carrier's")
	ErrForged   = errors.New("the request's proof is wrong")
	ErrStale    = errors.New("the request's proof is too old, or from the future")
)

// Signer proves a Peer's requests, as its carrier does. Its methods may run
// together.
type Signer interface {
	// Sign adds the proof to r, whose URL is the one that is called and whose
	// body is body.
	Sign(r *http.Request, body []byte, now time.Time) error
	// SignSocket adds the proof of a socket's upgrade request to header. url
	// is the ws:// or wss:// URL that is dialled; it may carry userinfo, which
	// is the login that the document asked for.
	SignSocket(url string, header http.Header, now time.Time) error
}

// MatchAny compares one value with several secrets' and returns the index of
// the one that is equal. The time that it takes tells nothing of the values,
// except their lengths.
func MatchAny(given string, wanted []string) (index int, ok bool) {
	index = -1
	for i, w := range wanted {
		if subtle.ConstantTimeCompare([]byte(given), []byte(w)) == 1 && index < 0 {
			index = i
		}
	}
	return index, index >= 0
}

// WithPort returns raw without a port and with the default port of its
// scheme, for carriers whose senders disagree on which of the two they sign.
// raw itself comes first; the list has no doubles.
func WithPort(raw string) []string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return []string{raw}
	}
	forms := []string{raw}
	add := func(host string) {
		// Only the host is replaced: the rest must stay byte for byte.
		scheme, rest, _ := strings.Cut(raw, "://")
		at := strings.IndexAny(rest, "/?")
		if at < 0 {
			at = len(rest)
		}
		form := scheme + "://" + host + rest[at:]
		for _, f := range forms {
			if f == form {
				return
			}
		}
		forms = append(forms, form)
	}
	host := u.Host
	if port := u.Port(); port != "" {
		host = strings.TrimSuffix(u.Host, ":"+port)
	}
	user := ""
	if u.User != nil {
		user = u.User.String() + "@"
	}
	add(user + host)
	switch u.Scheme {
	case "https", "wss":
		add(user + host + ":443")
	case "http", "ws":
		add(user + host + ":80")
	}
	return forms
}
