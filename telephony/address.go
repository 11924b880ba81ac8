package telephony

import (
	"net"
	"net/url"
)

// Dialable reports whether a Peer opens a socket to u, as far as its scheme
// tells: wss:// anywhere, ws:// on a loopback host only, where the carriers
// themselves take no ws:// at all.
func Dialable(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Scheme == "wss" || u.Scheme == "ws" && loopback
}

// CheckStreamURL returns ErrStreamURL where raw, a Stream's, is no address that
// a document can hold. The simulator takes ws:// too, so it is not refused. The
// error doesn't show raw, which may hold a ticket.
func CheckStreamURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || !IsXMLText(raw) {
		return ErrStreamURL
	}
	return nil
}

// ParseCallback reads a URL for a carrier to call. The error is ErrCallbackURL,
// without raw, which may hold a secret. A login and a fragment are for the
// carrier to refuse.
func ParseCallback(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || !IsXMLText(raw) {
		return nil, ErrCallbackURL
	}
	return u, nil
}
