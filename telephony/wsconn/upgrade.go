package wsconn

import (
	"bufio"
	"fmt"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

// Upgrade answers a WebSocket handshake on the server's side. When it fails
// it has answered the request with an HTTP error already. The request's
// context ends with the handler, not with the connection.
//
// The Conn may outlive the handler. A handler that returns and leaves the
// Conn to another goroutine frees what net/http holds for it, about half of
// what an idle connection costs.
func Upgrade(w http.ResponseWriter, r *http.Request, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	between := &hijacker{ResponseWriter: w, cfg: cfg}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: cfg.Handshake,
		WriteBufferPool:  noWriteBuffers{},
		Subprotocols:     cfg.Subprotocols,
		CheckOrigin:      cfg.Origin,
	}
	ws, err := upgrader.Upgrade(between, r, nil)
	if err != nil {
		return nil, fmt.Errorf("upgrade to websocket: %w", err)
	}
	c := newConn(ws, between.sock)
	c.poller = cfg.Poller
	return c, nil
}

// hijacker hands gorilla a socket of ours in place of the server's.
type hijacker struct {
	http.ResponseWriter
	cfg  Config
	sock *socket
}

// Hijack takes the connection over from the HTTP server.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	raw, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.sock = newSocket(raw, false, h.cfg)
	return h.sock, buffered, nil
}

// IsUpgrade reports whether a request asks for a WebSocket, so that what a
// handshake uses up can be kept for one.
func IsUpgrade(r *http.Request) bool { return websocket.IsWebSocketUpgrade(r) }
