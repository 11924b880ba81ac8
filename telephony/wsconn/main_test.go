package wsconn_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve upgrades every request and hands the connection to session, whose
// return ends the handler.
func serve(t testing.TB, cfg wsconn.Config, session func(*wsconn.Conn)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(upgrading(t, cfg, session))
	t.Cleanup(server.Close)
	return server
}

func upgrading(t testing.TB, cfg wsconn.Config, session func(*wsconn.Conn)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := wsconn.Upgrade(w, r, cfg)
		if err != nil {
			t.Logf("upgrade: %v", err)
			return
		}
		session(conn)
	})
}

// echoUntil returns a session that echoes, and the error that ends its Read.
func echoUntil() (session func(*wsconn.Conn), ended <-chan error) {
	errs := make(chan error, 1)
	return func(c *wsconn.Conn) {
		for {
			msg, err := c.Read()
			if err == nil {
				err = c.Write(msg)
			}
			if err != nil {
				errs <- err
				return
			}
		}
	}, errs
}

// accepted returns a session that hands its connection to the test and lasts
// until the test ends.
func accepted(t testing.TB) (session func(*wsconn.Conn), conns <-chan *wsconn.Conn) {
	ch := make(chan *wsconn.Conn, 1)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(c *wsconn.Conn) {
		ch <- c
		<-over
		_ = c.Close(telephony.CloseAbnormal, "")
	}, ch
}

func wsURL(server *httptest.Server) string {
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

func dial(t testing.TB, url string, cfg wsconn.Config) *wsconn.Conn {
	t.Helper()
	conn, err := wsconn.Dial(t.Context(), url, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(telephony.CloseAbnormal, "") })
	return conn
}

func wantClose(t testing.TB, err error, code int) {
	t.Helper()
	var closed *telephony.CloseError
	if !errors.As(err, &closed) || closed.Code != code {
		t.Errorf("read ended with %v, want close %d", err, code)
	}
}

// rawClient is a WebSocket client made of a TCP connection and no library.
type rawClient struct {
	net.Conn
	in     *bufio.Reader
	header http.Header // of the server's answer
}

func dialRaw(t testing.TB, server *httptest.Server, header string) *rawClient {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return handshake(t, conn, header)
}

func handshake(t testing.TB, conn net.Conn, header string) *rawClient {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	_, err := fmt.Fprintf(conn, "GET /media HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n%s\r\n", header)
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake answered %s", response.Status)
	}
	return &rawClient{Conn: conn, in: in, header: response.Header}
}

// frame builds a masked frame. first is its first byte: FIN, RSV and opcode.
func frame(first byte, payload string) []byte {
	out := []byte{first}
	switch n := len(payload); {
	case n <= 125:
		out = append(out, 0x80|byte(n))
	case n <= 0xFFFF:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(n))
	}
	key := [4]byte{0x12, 0x34, 0x56, 0x78}
	out = append(out, key[:]...)
	for i := range len(payload) {
		out = append(out, payload[i]^key[i%4])
	}
	return out
}

func closeFrame(code uint16, reason string) []byte {
	return frame(0x88, string(binary.BigEndian.AppendUint16(nil, code))+reason)
}

// next reads one frame of the server's.
func (c *rawClient) next() (first byte, payload []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(c.in, head[:]); err != nil {
		return 0, nil, err
	}
	if head[1]&0x80 != 0 {
		return 0, nil, errors.New("server masked a frame")
	}
	length := uint64(head[1])
	switch length {
	case 126:
		var n [2]byte
		_, err = io.ReadFull(c.in, n[:])
		length = uint64(binary.BigEndian.Uint16(n[:]))
	case 127:
		var n [8]byte
		_, err = io.ReadFull(c.in, n[:])
		length = binary.BigEndian.Uint64(n[:])
	}
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(c.in, payload)
	return head[0], payload, err
}

// want reads one frame and compares.
func (c *rawClient) want(t testing.TB, first byte, payload string) {
	t.Helper()
	gotFirst, got, err := c.next()
	if err != nil {
		t.Errorf("got %v, want frame %#x", err, first)
		return
	}
	if gotFirst != first || !bytes.Equal(got, []byte(payload)) {
		t.Errorf("got frame %#x with %d bytes %.40q, want %#x with %d bytes %.40q",
			gotFirst, len(got), got, first, len(payload), payload)
	}
}

// wantClosed reads a close frame with the code, then the end of the stream.
func (c *rawClient) wantClosed(t testing.TB, code uint16) {
	t.Helper()
	first, payload, err := c.next()
	if err != nil || first != 0x88 || len(payload) < 2 || binary.BigEndian.Uint16(payload) != code {
		t.Errorf("got frame %#x %q %v, want close %d", first, payload, err, code)
	}
	if _, _, err = c.next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the close frame: %v, want the end of the stream", err)
	}
}

// pipeNet is a network of net.Pipes for use inside a synctest bubble.
type pipeNet struct {
	conns chan net.Conn
	done  chan struct{}
}

// servePipes upgrades what is dialled until the bubble ends.
func servePipes(t testing.TB, cfg wsconn.Config, session func(*wsconn.Conn)) *pipeNet {
	network := &pipeNet{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: upgrading(t, cfg, session), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(network) }()
	t.Cleanup(func() { _ = server.Close() })
	return network
}

func (p *pipeNet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipeNet) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipeNet) Close() error   { close(p.done); return nil }
func (p *pipeNet) Addr() net.Addr { return &net.TCPAddr{} }
