package api

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// base returns where carriers reach the server: scheme http or https, host,
// and the path before ours, which ends without a slash.
func (s *Server) base(r *http.Request) (scheme, host, path string) {
	if public := s.cfg.PublicURL; public != nil {
		scheme = "http"
		if public.Scheme == "https" || public.Scheme == "wss" {
			scheme = "https"
		}
		return scheme, public.Host, strings.TrimSuffix(public.EscapedPath(), "/")
	}
	if r.TLS != nil {
		return "https", r.Host, ""
	}
	return "http", r.Host, ""
}

// calledURL returns the URL that a carrier called, as it called it: path and
// query byte for byte.
func (s *Server) calledURL(r *http.Request) string {
	scheme, host, path := s.base(r)
	target := r.RequestURI
	if !strings.HasPrefix(target, "/") { // a request to a proxy has a whole URL there
		target = r.URL.RequestURI()
	}
	return scheme + "://" + host + path + target
}

// dialledURL returns the URL of the media socket that a carrier opens.
func (s *Server) dialledURL(r *http.Request) string {
	return "ws" + strings.TrimPrefix(s.calledURL(r), "http")
}

// mediaURL returns where the carrier shall open its socket.
func (s *Server) mediaURL(r *http.Request, carrier, ticket string) string {
	scheme, host, path := s.base(r)
	return "ws" + strings.TrimPrefix(scheme, "http") + "://" + host + path + "/media/" + carrier + "/" + ticket
}

// hookURL returns the URL of another webhook of a carrier's. key is its last
// segment; empty for none.
func (s *Server) hookURL(r *http.Request, carrier, hook, key string) string {
	scheme, host, path := s.base(r)
	if key != "" {
		hook += "/" + url.PathEscape(key)
	}
	return scheme + "://" + host + path + "/telephony/" + carrier + "/" + hook
}

// from returns the address of the client: the peer's or, where the peer is a
// proxy that is trusted, the last one in X-Forwarded-For that isn't another
// such. It returns the zero Addr where it can't be known.
func (s *Server) from(r *http.Request) netip.Addr {
	peer := readAddr(r.RemoteAddr)
	if !s.trusts(peer) {
		return peer
	}
	list := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if list == "" {
		return peer // the proxy itself asks
	}
	for _, text := range slices.Backward(strings.Split(list, ",")) {
		if peer = readAddr(strings.TrimSpace(text)); !s.trusts(peer) {
			break
		}
	}
	return peer
}

func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.cfg.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// readAddr reads an address, with or without a port.
func readAddr(text string) netip.Addr {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap()
	}
	a, _ := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap()
}
