package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
)

// public reports whether the server may be reached from other hosts. An address
// that none can listen on is a fault of its own.
func (c *Config) public() bool {
	_, _, err := net.SplitHostPort(c.Server.Listen)
	return c.Server.PublicURL != "" || err == nil && !isLoopback(c.Server.Listen)
}

// isLoopback reports whether an address to listen on is this host's own.
func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// prefixes reads networks, and addresses that stand for themselves.
func prefixes(texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		p, failed := netip.ParsePrefix(text)
		if addr, isAddr := netip.ParseAddr(text); isAddr == nil {
			p, failed = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%q is no address and no network such as 10.0.0.0/8", text))
			continue
		}
		all = append(all, p.Masked())
	}
	return all, err
}

// publicURL returns where carriers reach the server, nil where it isn't set.
func (c *Config) publicURL() (*url.URL, error) {
	if c.Server.PublicURL == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Server.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" {
		return nil, fmt.Errorf("%q is not http(s)://host[/path]", c.Server.PublicURL)
	}
	return u, nil
}
