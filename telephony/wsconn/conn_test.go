package wsconn_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

func asClose(err error, target **telephony.CloseError) bool { return errors.As(err, target) }

// overBoth runs a test over TCP and over TLS.
func overBoth(t *testing.T, rule func(t *testing.T, open func(session func(*wsconn.Conn)) *wsconn.Conn)) {
	t.Run("TCP", func(t *testing.T) {
		rule(t, func(session func(*wsconn.Conn)) *wsconn.Conn {
			return dial(t, wsURL(serve(t, wsconn.Config{}, session)), wsconn.Config{})
		})
	})
	t.Run("TLS", func(t *testing.T) {
		rule(t, func(session func(*wsconn.Conn)) *wsconn.Conn {
			server := httptest.NewTLSServer(upgrading(t, wsconn.Config{Backlog: 1 << 20}, session))
			t.Cleanup(server.Close)
			secrets := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			secrets.NextProtos = nil
			return dial(t, wsURL(server), wsconn.Config{TLS: secrets, Backlog: 1 << 20})
		})
	})
}

func TestBothEndsCarryMessages(t *testing.T) {
	overBoth(t, func(t *testing.T, open func(func(*wsconn.Conn)) *wsconn.Conn) {
		session, ended := echoUntil()
		conn := open(session)
		for _, n := range []int{0, 1, 7, 8, 9, 125, 126, 4096, 65536, telephony.MaxMessageBytes} {
			for _, binary := range []bool{false, true} {
				data := strings.Repeat("m", n)
				if err := conn.Write(telephony.Message{Binary: binary, Data: []byte(data)}); err != nil {
					t.Fatal(err)
				}
				msg, err := conn.Read()
				if err != nil || msg.Binary != binary || string(msg.Data) != data {
					t.Fatalf("%d bytes came back as %d (%v), binary %v, want %v", n, len(msg.Data), err, msg.Binary, binary)
				}
			}
		}
		if got := conn.Stats(); got.MessagesIn != 20 || got.MessagesOut != 20 || got.BytesIn != got.BytesOut || got.Dropped != 0 {
			t.Errorf("stats %+v, want 20 messages each way", got)
		}
		_ = conn.Close(telephony.CloseNormal, "done")
		wantClose(t, <-ended, telephony.CloseNormal)
	})
}

func TestCloseReachesThePeerAndEndsTheOwnRead(t *testing.T) {
	overBoth(t, func(t *testing.T, open func(func(*wsconn.Conn)) *wsconn.Conn) {
		session, ended := echoUntil()
		conn := open(session)
		read := make(chan error, 1)
		go func() {
			_, err := conn.Read()
			read <- err
		}()
		if err := conn.Write(telephony.Message{Data: []byte("x")}); err != nil {
			t.Fatal(err)
		}
		var closers sync.WaitGroup
		for range 8 {
			closers.Go(func() { _ = conn.Close(telephony.CloseTryAgain, "full") })
		}
		closers.Wait()
		err := <-ended
		wantClose(t, err, telephony.CloseTryAgain)
		if closed := new(telephony.CloseError); asClose(err, &closed) && closed.Reason != "full" {
			t.Errorf("reason %q, want full", closed.Reason)
		}
		if err := <-read; err == nil { // the echo may have come first
			_, err = conn.Read()
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("read after close gave %v, want net.ErrClosed", err)
			}
		} else if !errors.Is(err, net.ErrClosed) {
			t.Errorf("read in progress ended with %v, want net.ErrClosed", err)
		}
		if err := conn.Write(telephony.Message{Data: []byte("late")}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after close gave %v, want net.ErrClosed", err)
		}
	})
}

func TestServerCloseReachesTheClient(t *testing.T) {
	overBoth(t, func(t *testing.T, open func(func(*wsconn.Conn)) *wsconn.Conn) {
		over := make(chan error, 1)
		conn := open(func(c *wsconn.Conn) {
			_ = c.Write(telephony.Message{Data: []byte("goodbye")})
			_ = c.Close(telephony.CloseGoingAway, "deploy")
			_, err := c.Read()
			over <- err
		})
		if msg, err := conn.Read(); err != nil || string(msg.Data) != "goodbye" {
			t.Errorf("got %q %v, want what was written before the close", msg.Data, err)
		}
		for range 2 {
			_, err := conn.Read()
			wantClose(t, err, telephony.CloseGoingAway)
		}
		if err := <-over; !errors.Is(err, net.ErrClosed) {
			t.Errorf("server's read ended with %v, want net.ErrClosed", err)
		}
		if err := conn.Write(telephony.Message{}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after the peer's close gave %v, want net.ErrClosed", err)
		}
	})
}

func TestVanishingSaysNothing(t *testing.T) {
	overBoth(t, func(t *testing.T, open func(func(*wsconn.Conn)) *wsconn.Conn) {
		session, ended := echoUntil()
		conn := open(session)
		_ = conn.Close(telephony.CloseAbnormal, "")
		wantClose(t, <-ended, telephony.CloseAbnormal)
		if _, err := conn.Read(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("own read gave %v, want net.ErrClosed", err)
		}
	})
}

func TestCloseFramesStayWithinTheRules(t *testing.T) {
	long := strings.Repeat("é", 100)
	tests := map[string]struct {
		code       int
		reason     string
		wantCode   int
		wantReason string
	}{
		"long reason":           {1000, long, 1000, long[:122]},
		"reason of 123 bytes":   {1000, long[:122] + "x", 1000, long[:122] + "x"},
		"reason not UTF-8":      {1000, "a\xffb", 1000, "a?b"},
		"no status":             {telephony.CloseNoStatus, "ignored", telephony.CloseNoStatus, ""},
		"code that can't go":    {1015, "tls", telephony.CloseInternal, "tls"},
		"code out of the range": {42, "", telephony.CloseInternal, ""},
		"application's code":    {4001, "ours", 4001, "ours"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			session, ended := echoUntil()
			conn := dial(t, wsURL(serve(t, wsconn.Config{}, session)), wsconn.Config{})
			_ = conn.Close(test.code, test.reason)
			var closed *telephony.CloseError
			if err := <-ended; !errors.As(err, &closed) {
				t.Fatalf("peer's read ended with %v", err)
			}
			if closed.Code != test.wantCode || closed.Reason != test.wantReason || !utf8.ValidString(closed.Reason) {
				t.Errorf("peer got %d %q, want %d %q", closed.Code, closed.Reason, test.wantCode, test.wantReason)
			}
		})
	}
}

func TestClientRefusesTooBigAMessageAsWell(t *testing.T) {
	over := make(chan error, 1)
	conn := dial(t, wsURL(serve(t, wsconn.Config{Backlog: 1 << 20}, func(c *wsconn.Conn) {
		_ = c.Write(telephony.Message{Data: make([]byte, telephony.MaxMessageBytes+1)})
		_, err := c.Read()
		over <- err
	})), wsconn.Config{})
	_, err := conn.Read()
	wantClose(t, err, telephony.CloseTooBig)
	wantClose(t, <-over, telephony.CloseTooBig)
}

func TestDialTellsHowItWasRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "ticket used", http.StatusForbidden)
	}))
	defer server.Close()
	_, err := wsconn.Dial(t.Context(), wsURL(server), wsconn.Config{})
	var refused *wsconn.RefusedError
	if !errors.As(err, &refused) || refused.Status != http.StatusForbidden || !strings.Contains(refused.Body, "ticket used") {
		t.Errorf("got %v, want a refusal with 403 and its body", err)
	}
	server.Close()
	if _, err = wsconn.Dial(t.Context(), wsURL(server), wsconn.Config{}); err == nil || errors.As(err, &refused) {
		t.Errorf("nobody listens, yet dial gave %v", err)
	}
}

func TestDialRefusesAnExtensionThatItDidNotOffer(t *testing.T) {
	session, _ := echoUntil()
	pushy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrading(t, wsconn.Config{}, session).ServeHTTP(w, r)
	})
	server := httptest.NewServer(pushy)
	defer server.Close()
	_, err := wsconn.Dial(t.Context(), wsURL(server), wsconn.Config{NetDial: extending})
	if err == nil || !strings.Contains(err.Error(), "extension") {
		t.Errorf("dial gave %v, want a refusal of the extension", err)
	}
}

// extending dials TCP and slips an extension into the server's answer.
func extending(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	return &extender{Conn: conn}, err
}

type extender struct {
	net.Conn
	done bool
}

func (e *extender) Read(p []byte) (int, error) {
	if e.done {
		return e.Conn.Read(p)
	}
	e.done = true
	n, err := e.Conn.Read(p[:len(p)-200])
	answer := strings.Replace(string(p[:n]), "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate; "+
		"server_no_context_takeover; client_no_context_takeover\r\n\r\n", 1)
	return copy(p, answer), err
}

func TestHandshakeCarriesHeadersAndSubprotocol(t *testing.T) {
	header := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header <- r.Header.Get("X-Carrier-Signature")
		conn, err := wsconn.Upgrade(w, r, wsconn.Config{Subprotocols: []string{"audio"}})
		if err != nil {
			return
		}
		_, _ = conn.Read()
	}))
	defer server.Close()
	conn := dial(t, wsURL(server), wsconn.Config{
		Header:       http.Header{"X-Carrier-Signature": {"abc"}},
		Subprotocols: []string{"video", "audio"},
	})
	if got := <-header; got != "abc" || conn.Subprotocol() != "audio" {
		t.Errorf("header %q and subprotocol %q, want abc and audio", got, conn.Subprotocol())
	}
	_ = conn.Close(telephony.CloseNormal, "")
}

func TestAForeignPageIsTurnedAwayUnlessAdmitted(t *testing.T) {
	foreign := wsconn.Config{Header: http.Header{"Origin": {"https://elsewhere.example"}}}
	session, _ := echoUntil()
	_, err := wsconn.Dial(t.Context(), wsURL(serve(t, wsconn.Config{}, session)), foreign)
	var refused *wsconn.RefusedError
	if !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Errorf("foreign origin gave %v, want 403", err)
	}
	admits := wsconn.Config{Origin: func(*http.Request) bool { return true }}
	session, _ = echoUntil()
	_ = dial(t, wsURL(serve(t, admits, session)), foreign).Close(telephony.CloseNormal, "")
}

func TestAPlainRequestIsAnsweredInHTTP(t *testing.T) {
	session, _ := echoUntil()
	server := serve(t, wsconn.Config{}, session)
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("plain GET answered %s, want 400", resp.Status)
	}
}

func TestALargeMessageDoesNotStayInMemory(t *testing.T) {
	session, conns := accepted(t)
	client := dial(t, wsURL(serve(t, wsconn.Config{}, session)), wsconn.Config{})
	conn := <-conns
	for _, n := range []int{100, 200 << 10, 100, 4300} {
		if err := client.Write(telephony.Message{Data: make([]byte, n)}); err != nil {
			t.Fatal(err)
		}
		msg, err := conn.Read()
		if err != nil || len(msg.Data) != n {
			t.Fatalf("%d bytes came as %d, %v", n, len(msg.Data), err)
		}
		if size := cap(msg.Data); n < 8<<10 && size > 8<<10 {
			t.Errorf("%d bytes are read into a buffer of %d", n, size)
		}
	}
}

func TestAResetEndsReadAndWriteForGood(t *testing.T) {
	session, conns := accepted(t)
	client := dialRaw(t, serve(t, wsconn.Config{}, session), "")
	conn := <-conns
	_ = client.Conn.(*net.TCPConn).SetLinger(0)
	_ = client.Close()
	var err error
	for err == nil {
		err = conn.Write(telephony.Message{Data: []byte("anyone?")})
	}
	if errors.Is(err, telephony.ErrBacklog) {
		t.Errorf("write to a peer that is gone gave %v", err)
	}
	if again := conn.Write(telephony.Message{}); !errors.Is(again, err) {
		t.Errorf("second write gave %v, want the first one's %v", again, err)
	}
	_, err = conn.Read()
	wantClose(t, err, telephony.CloseAbnormal)
}

func TestDialDistrustsAnUnknownCertificate(t *testing.T) {
	session, _ := echoUntil()
	server := httptest.NewUnstartedServer(upgrading(t, wsconn.Config{}, session))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of the handshake
	server.StartTLS()
	defer server.Close()
	var unknown x509.UnknownAuthorityError
	if _, err := wsconn.Dial(t.Context(), wsURL(server), wsconn.Config{}); !errors.As(err, &unknown) {
		t.Errorf("dial gave %v, want an unknown authority", err)
	}
}
