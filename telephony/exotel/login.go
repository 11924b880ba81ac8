package exotel

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Login is a user and a password of HTTP Basic (RFC 7617), such as an API key
// and its token. It shows neither where it is printed.
type Login struct{ User, Password string }

// String hides what the login is.
func (Login) String() string { return "[login]" }

// GoString hides what the login is.
func (Login) GoString() string { return "[login]" }

// joined returns the login as Basic sends it, before base64.
func (l Login) joined() string { return l.User + ":" + l.Password }

// NewSigner returns what proves a peer's requests: Exotel signs nothing, and
// logs in where the URL that it is given has a login. Without a login the
// requests stay as they are. A URL with a login of its own has that one sent.
func NewSigner(login Login) telephony.Signer { return signer{login} }

type signer struct{ login Login }

// Sign implements telephony.Signer. That Exotel logs in at webhooks as well is
// likely, not documented.
func (s signer) Sign(r *http.Request, _ []byte, _ time.Time) error {
	s.authorize(r.URL.User, r.Header)
	return nil
}

// SignSocket implements telephony.Signer.
func (s signer) SignSocket(rawURL string, header http.Header, _ time.Time) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return telephony.ErrStreamURL // the error of url.Parse may show the login
	}
	s.authorize(u.User, header)
	return nil
}

func (s signer) authorize(own *url.Userinfo, header http.Header) {
	login := s.login
	if own != nil {
		password, _ := own.Password()
		login = Login{own.Username(), password}
	}
	if login != (Login{}) {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(login.joined())))
	}
}

// withLogin returns rawURL with a login before its host, the rest byte for
// byte.
func withLogin(rawURL string, login *url.Userinfo) string {
	if login == nil {
		return rawURL
	}
	return strings.Replace(rawURL, "://", "://"+login.String()+"@", 1)
}

// withoutLogin returns rawURL without the login before its host, the rest byte
// for byte.
func withoutLogin(rawURL string) string {
	scheme, rest, found := strings.Cut(rawURL, "://")
	if !found {
		return rawURL
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return scheme + "://" + rest[strings.LastIndexByte(rest[:end], '@')+1:]
}
