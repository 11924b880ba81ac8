package wsconn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

// errUninvited is why Dial fails where the server picked an extension.
var errUninvited = errors.New("server picked an extension that wasn't offered")

// RefusedError reports a server that answered the handshake with something
// other than 101.
type RefusedError struct {
	Status int
	Body   string // at most 1 KiB of it
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("server refused the websocket: %d %s", e.Status, http.StatusText(e.Status))
}

// Dial opens a media socket as a carrier does; url begins with ws or wss. ctx
// bounds the handshake only. A server that declines gives a *RefusedError.
func Dial(ctx context.Context, url string, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	var sock *socket
	dialer := websocket.Dialer{
		HandshakeTimeout: cfg.Handshake,
		WriteBufferPool:  noWriteBuffers{},
		Subprotocols:     cfg.Subprotocols,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			raw, err := cfg.NetDial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			sock = newSocket(raw, true, cfg)
			return sock, nil
		},
		NetDialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			raw, err := dialTLS(ctx, network, addr, cfg)
			if err != nil {
				return nil, err
			}
			sock = newSocket(raw, true, cfg)
			return sock, nil
		},
	}
	ws, resp, err := dialer.DialContext(ctx, url, cfg.Header)
	if resp != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if errors.Is(err, websocket.ErrBadHandshake) {
		body, _ := io.ReadAll(resp.Body) // in memory already
		return nil, &RefusedError{Status: resp.StatusCode, Body: string(body)}
	}
	if err != nil {
		return nil, fmt.Errorf("dial websocket: %w", err)
	}
	if resp.Header.Get("Sec-WebSocket-Extensions") != "" {
		sock.out.abandon()
		return nil, fmt.Errorf("dial websocket: %w", errUninvited)
	}
	return newConn(ws, sock), nil
}

// dialTLS opens a connection and shakes hands on it.
func dialTLS(ctx context.Context, network, addr string, cfg Config) (net.Conn, error) {
	raw, err := cfg.NetDial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	secrets := cfg.TLS.Clone()
	if secrets == nil {
		secrets = &tls.Config{}
	}
	if secrets.ServerName == "" {
		if secrets.ServerName, _, err = net.SplitHostPort(addr); err != nil {
			_ = raw.Close()
			return nil, err
		}
	}
	secure := tls.Client(raw, secrets)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return secure, nil
}
