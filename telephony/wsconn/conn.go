// Package wsconn is the media socket: RFC 6455 over TCP or TLS, as a
// telephony.Conn, on the server's side (Upgrade) and on the carrier's side
// (Dial).
//
// gorilla/websocket shakes hands and reads; frames out are built here, so
// that one slow peer can't hold up the goroutine that writes for hundreds of
// calls. Compression is never agreed on, messages are bounded by
// telephony.MaxMessageBytes in both memory and length, and no connection has
// a goroutine of its own except while its peer reads too slowly, for which
// time a drain runs that ends with the backlog or with the socket.
package wsconn

import (
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gorilla/websocket"

	"github.com/talkpath/talkpath/telephony"
)

// firstBytes is what a read buffer starts with: a 20 ms message of most
// carriers fits.
const firstBytes = 512

// Conn is one media socket. It implements telephony.Conn: one goroutine
// reads, any goroutine writes and closes.
type Conn struct {
	ws   *websocket.Conn
	sock *socket
	out  *outlet

	// Owned by the reading goroutine.
	buf   []byte
	ended error // what Read returned last, for good

	messagesIn, bytesIn atomic.Uint64

	poller *Poller // nil where the connection's own goroutine reads
	poll   polled
}

var _ telephony.Conn = (*Conn)(nil)

func newConn(ws *websocket.Conn, sock *socket) *Conn {
	c := &Conn{ws: ws, sock: sock, out: sock.out}
	ws.SetReadLimit(telephony.MaxMessageBytes)
	ws.SetPingHandler(func(payload string) error {
		c.out.control(opPong, []byte(payload))
		return nil
	})
	ws.SetCloseHandler(func(code int, _ string) error {
		c.out.goodbye(closePayload(code, ""), true)
		return nil
	})
	sock.out.gone = c.release
	sock.begin()
	return c
}

// Read waits for the next message. Its Data lies in the connection's one
// buffer and is good until the next Read. It returns a *telephony.CloseError
// with the peer's code when the peer closed, with CloseAbnormal when the peer
// vanished, fell silent or stopped reading, and with CloseTooBig or
// CloseProtocol when we refused what the peer sent; after Close it returns
// net.ErrClosed, once the peer has closed too or a second has passed. An
// error is final.
func (c *Conn) Read() (telephony.Message, error) {
	for c.ended == nil {
		kind, r, err := c.ws.NextReader()
		if err == nil {
			err = c.fill(r)
		}
		if err != nil {
			c.ended = c.end(err)
			break
		}
		if c.sock.leaving.Load() {
			continue
		}
		c.messagesIn.Add(1)
		c.bytesIn.Add(uint64(len(c.buf)))
		return telephony.Message{Binary: kind == websocket.BinaryMessage, Data: c.buf}, nil
	}
	return telephony.Message{}, c.ended
}

// Write sends msg as one frame and keeps nothing of it. It doesn't wait for
// the peer: where the peer reads too slowly it returns telephony.ErrBacklog,
// msg is dropped whole and the connection goes on. Other errors are final:
// net.ErrClosed after either side's close, else why the socket failed.
func (c *Conn) Write(msg telephony.Message) error {
	op := byte(opText)
	if msg.Binary {
		op = opBinary
	}
	return c.out.message(op, msg.Data)
}

// Close sends a close frame with code and at most 123 bytes of reason, and
// returns at once. A Read in progress ends when the peer has closed as well,
// after a second at the latest; without a reader the socket closes after that
// second. With CloseNoStatus the frame is empty; with CloseAbnormal there is
// none and the socket closes at once, as if this side had vanished. Only the
// first Close counts. It always returns nil.
func (c *Conn) Close(code int, reason string) error {
	c.sock.leaving.Store(true)
	c.release()
	if code == telephony.CloseAbnormal {
		c.out.abandon()
		return nil
	}
	c.out.goodbye(closePayload(code, reason), false)
	return nil
}

// RemoteAddr returns the peer's network address.
func (c *Conn) RemoteAddr() net.Addr { return c.ws.RemoteAddr() }

// Subprotocol returns what the handshake agreed on, empty for none.
func (c *Conn) Subprotocol() string { return c.ws.Subprotocol() }

// fill reads one message into the buffer. The buffer grows with the bytes
// that arrive, not with those that a frame's head promises, and is let go
// after a large message.
func (c *Conn) fill(r io.Reader) error {
	if cap(c.buf) > keepBytes {
		c.buf = nil
	}
	c.buf = c.buf[:0]
	for {
		if len(c.buf) == cap(c.buf) {
			c.buf = slices.Grow(c.buf, max(firstBytes, len(c.buf)))
		}
		n, err := r.Read(c.buf[len(c.buf):cap(c.buf)])
		c.buf = c.buf[:len(c.buf)+n]
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// end closes the socket after reading failed with err, saying what is to be
// said, and returns what Read reports from now on.
func (c *Conn) end(err error) error {
	c.buf = nil
	var closed *websocket.CloseError
	switch failure := c.out.failure(); {
	case c.sock.leaving.Load():
		c.out.shut()
		return net.ErrClosed
	case errors.Is(err, websocket.ErrReadLimit):
		return c.refuse(telephony.CloseTooBig, "message too big")
	case c.sock.refused:
		return c.refuse(telephony.CloseProtocol, strings.TrimPrefix(err.Error(), "websocket: "))
	case errors.As(err, &closed) && closed.Code != telephony.CloseAbnormal:
		return &telephony.CloseError{Code: closed.Code, Reason: closed.Text} // goodbye closes the socket
	case failure != nil:
		err = failure
	case closed != nil:
		err = io.ErrUnexpectedEOF
	}
	c.out.shut()
	return &telephony.CloseError{Code: telephony.CloseAbnormal, Reason: err.Error()}
}

// refuse closes the connection for what the peer sent.
func (c *Conn) refuse(code int, reason string) error {
	c.out.goodbye(closePayload(code, reason), false)
	c.sock.exhaust()
	c.out.shut()
	return &telephony.CloseError{Code: code, Reason: reason}
}

// noWriteBuffers keeps gorilla from holding a write buffer per connection; it
// has no use for one here.
type noWriteBuffers struct{}

func (noWriteBuffers) Get() any { return nil }
func (noWriteBuffers) Put(any)  {}
