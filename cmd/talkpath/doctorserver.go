package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// onlineWait is how long the public URL may take to answer.
const onlineWait = 3 * time.Second

// lookAtServer looks at what can be reached, and by whom.
func (f *findings) lookAtServer(cfg Config) {
	const listen, public, admin = "server.listen", "server.public_url", "server.admin_listen"
	_, _, unusable := net.SplitHostPort(cfg.Server.Listen)
	switch own := isLoopback(cfg.Server.Listen); {
	case unusable != nil: // a fault of the configuration, which is told already
	case own:
		f.ok(listen, cfg.Server.Listen+": this host only")
	case cfg.Server.PublicURL == "":
		f.warn(listen, cfg.Server.Listen+": strangers may reach it, and it has no TLS, which carriers need",
			"put a proxy with TLS in front and set server.public_url")
	default:
		f.warn(listen, cfg.Server.Listen+": may be reached past the proxy that has the TLS", "let nobody but the proxy reach it")
	}
	f.lookAtPublicURL(public, cfg)
	switch listen := cfg.Server.AdminListen; {
	case listen == "" && cfg.Server.PublicURL == "":
		f.ok(admin, "none: /v1 and /metrics are for clients on this host only")
	case listen == "":
		f.warn(admin, "none: a proxy on this host that forwards /v1 and /metrics and doesn't say so shows them to strangers",
			"set server.admin_listen to an address of this host, such as 127.0.0.1:9090")
	case isLoopback(listen):
		f.ok(admin, listen+": /v1 and /metrics are for clients on this host only")
	case isPrivate(listen):
		f.warn(admin, listen+": whoever is in that network reads numbers and transcripts", "let nobody else reach it")
	default:
		f.fail(admin, listen+": OPEN to strangers: /v1 and /metrics show numbers and transcripts to whoever reaches it",
			"set an address of this host, such as 127.0.0.1:9090, or of a private network")
	}
}

func (f *findings) lookAtPublicURL(about string, cfg Config) {
	u, err := cfg.publicURL()
	switch {
	case err != nil: // a fault of the configuration, which is told already
	case u == nil && cfg.proves():
		f.warn(about, "not set: signatures cover the URL that the carrier calls, and behind a proxy the server can't know it",
			"set it to the address that the carriers have")
	case u == nil:
		f.ok(about, "not set: the Host header of the carrier's request is taken")
	case u.Scheme == "https":
		f.ok(about, u.Redacted())
	case isLoopback(net.JoinHostPort(u.Hostname(), "80")):
		f.warn(about, u.Redacted()+": for trials on this host only", "carriers need https")
	default:
		f.fail(about, u.Redacted()+": carriers open no media socket without TLS", "make it https")
	}
}

// proves reports whether some carrier's requests are checked.
func (c *Config) proves() bool {
	for _, name := range carrierNames() {
		if guard, err := c.Carriers.guard(name); c.Carriers.serves(name) && err == nil && guard != nil {
			return true
		}
	}
	return false
}

// isPrivate reports whether an address to listen on is one of a private
// network.
func isPrivate(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && (addr.IsPrivate() || addr.IsLinkLocalUnicast())
}

// lookOnline asks the public URL whether a server answers there.
func (f *findings) lookOnline(ctx context.Context, cfg Config) {
	const about = "server.public_url online"
	u, err := cfg.publicURL()
	if err != nil || u == nil {
		f.warn(about, "no public URL to ask", "set server.public_url")
		return
	}
	status, err := health(ctx, u)
	const do = "is the server running, the name known and the proxy's certificate good?"
	switch {
	case err != nil:
		f.fail(about, err.Error(), do)
	case status != http.StatusOK:
		f.fail(about, fmt.Sprintf("%s/healthz answers %d", strings.TrimSuffix(u.Redacted(), "/"), status), do)
	default:
		f.ok(about, "answers")
	}
}

// health returns the status of the health page at a base URL.
func health(ctx context.Context, base *url.URL) (status int, err error) {
	ctx, stop := context.WithTimeout(ctx, onlineWait)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath("healthz").String(), nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	_ = res.Body.Close()
	return res.StatusCode, nil
}
