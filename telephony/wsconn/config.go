package wsconn

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// What a Config's zero fields stand for.
const (
	defaultPing       = 20 * time.Second
	defaultBacklog    = 64 << 10
	defaultStall      = 10 * time.Second
	defaultHandshake  = 5 * time.Second
	defaultSendBuffer = 64 << 10
)

// Config is how a media socket behaves. Its zero value is good for a carrier.
type Config struct {
	// Ping is how often the socket is looked after: a ping is sent where
	// either direction was silent for so long, and a peer from which nothing
	// came for three such spans is given up. Zero means 20 s, below zero off.
	Ping time.Duration
	// Backlog bounds the bytes that wait for a peer that reads slowly, on top
	// of the kernel's own buffer. A message passes where nothing waits,
	// whatever its size; still, make it twice the largest message sent, or a
	// short one behind a long one is dropped. Zero means 64 KiB.
	Backlog int
	// StallTimeout is how long the backlog may stand still before the
	// connection is given up. Zero means 10 s.
	StallTimeout time.Duration
	// SendBuffer is the size asked for the kernel's send buffer, in bytes.
	// Left to itself the kernel grows it to megabytes, which is minutes of
	// stale sound in front of a slow peer. Zero means 64 KiB, below zero
	// leaves the choice to the kernel.
	SendBuffer int
	// Handshake bounds the upgrade, on either side. Zero means 5 s.
	Handshake time.Duration
	// Subprotocols are what a server picks from and what a client offers.
	Subprotocols []string

	// Server only.

	// Origin tells whether a browser's page may open the socket. Nil admits
	// requests without an Origin header and those from the page's own host.
	Origin func(*http.Request) bool

	// Client only.

	// Poller reads for the connections of a server that call Receive, on plain
	// TCP. Nil lets each read on its own goroutine.
	Poller *Poller

	Header http.Header // added to the upgrade request, such as a signature
	TLS    *tls.Config // for wss; nil means the system's roots
	// NetDial opens the network connection; nil means plain TCP. A test or an
	// impaired network puts its own in.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
}

func (c Config) withDefaults() Config {
	c.Ping = orDefault(c.Ping, defaultPing)
	c.Backlog = orDefault(c.Backlog, defaultBacklog)
	c.StallTimeout = orDefault(c.StallTimeout, defaultStall)
	c.SendBuffer = orDefault(c.SendBuffer, defaultSendBuffer)
	c.Handshake = orDefault(c.Handshake, defaultHandshake)
	if c.NetDial == nil {
		c.NetDial = (&net.Dialer{}).DialContext
	}
	return c
}

func orDefault[T int | time.Duration](value, byDefault T) T {
	if value == 0 {
		return byDefault
	}
	return value
}
