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
