package wsconn_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// poller returns a Poller that runs until stop, or the test's end.
func poller(t testing.TB) (p *wsconn.Poller, stop func()) {
	t.Helper()
	p, err := wsconn.NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("poller: %v", err)
		}
		done <- nil
	}
	t.Cleanup(stop)
	return p, stop
}

// receiveUntil returns a session that echoes what it is handed, and the error
// that ends it.
func receiveUntil() (session func(*wsconn.Conn), ended <-chan error) {
	errs := make(chan error, 1)
	return func(c *wsconn.Conn) {
		errs <- c.Receive(func(msg telephony.Message) { _ = c.Write(msg) })
	}, errs
}

// bothWays runs a test of an echo that reads on its own goroutine, and of one
// that a poller reads for.
func bothWays(t *testing.T, test func(t *testing.T, cfg wsconn.Config, session func(*wsconn.Conn), ended <-chan error)) {
	t.Run("own goroutine", func(t *testing.T) {
		session, ended := echoUntil()
		test(t, wsconn.Config{}, session, ended)
	})
	t.Run("poller", func(t *testing.T) {
		session, ended := receiveUntil()
		p, _ := poller(t)
		test(t, wsconn.Config{Poller: p}, session, ended)
	})
}

func TestAMessageThatComesByteByByteIsHandedOnWhole(t *testing.T) {
	p, _ := poller(t)
	session, _ := receiveUntil()
	client := dialRaw(t, serve(t, wsconn.Config{Poller: p}, session), "")
	long := strings.Repeat("long ", 400)
	for _, b := range append(append(frame(0x81, "short"), frame(0x81, long)...), frame(0x82, "\x01")...) {
		if _, err := client.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	client.want(t, 0x81, "short")
	client.want(t, 0x81, long)
	client.want(t, 0x82, "\x01")
}

func TestManyConnectionsShareAPollerAndGetTheirOwn(t *testing.T) {
	const calls, messages = 40, 50
	p, _ := poller(t)
	server := serve(t, wsconn.Config{Poller: p}, func(c *wsconn.Conn) {
		_ = c.Receive(func(m telephony.Message) { _ = c.Write(m) })
	})
	done := make(chan error, calls)
	for i := range calls {
		conn, err := wsconn.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), wsconn.Config{})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer func() { _ = conn.Close(telephony.CloseNormal, "") }()
			for n := range messages {
				want := fmt.Sprintf("call %d, message %d", i, n)
				if err := conn.Write(telephony.Message{Data: []byte(want)}); err != nil {
					done <- err
					return
				}
				got, err := conn.Read()
				if err != nil || string(got.Data) != want {
					done <- fmt.Errorf("%q for %q: %w", got.Data, want, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range calls {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestAConnectionOutlivesItsPoller(t *testing.T) {
	p, stop := poller(t)
	session, _ := receiveUntil()
	client := dialRaw(t, serve(t, wsconn.Config{Poller: p}, session), "")
	for i, behind := range []bool{false, true, true} {
		if behind && i == 1 {
			stop()
		}
		if _, err := client.Write(frame(0x81, "on")); err != nil {
			t.Fatal(err)
		}
		client.want(t, 0x81, "on")
	}
}

func TestClosingEndsReceive(t *testing.T) {
	for name, leave := range map[string]func(*wsconn.Conn){
		"from inside":  nil,
		"from outside": func(c *wsconn.Conn) { _ = c.Close(telephony.CloseGoingAway, "bye") },
		"abandoned":    func(c *wsconn.Conn) { _ = c.Close(telephony.CloseAbnormal, "") },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := poller(t)
			conns, ended := make(chan *wsconn.Conn, 1), make(chan error, 1)
			var handed atomic.Int32
			client := dialRaw(t, serve(t, wsconn.Config{Poller: p}, func(c *wsconn.Conn) {
				conns <- c
				ended <- c.Receive(func(telephony.Message) {
					handed.Add(1)
					if leave == nil {
						_ = c.Close(telephony.CloseGoingAway, "bye")
					}
				})
			}), "")
			conn := <-conns
			if _, err := client.Write(append(frame(0x81, "one"), frame(0x81, "two")...)); err != nil {
				t.Fatal(err)
			}
			if leave != nil {
				leave(conn)
			}
			if name != "abandoned" {
				client.wantClosed(t, telephony.CloseGoingAway)
			}
			_ = client.Close()
			if err := <-ended; !errors.Is(err, net.ErrClosed) {
				t.Errorf("ended with %v", err)
			}
			if leave == nil && handed.Load() != 1 {
				t.Errorf("%d messages were handed on after the close", handed.Load()-1)
			}
		})
	}
}

func TestAPolledPeerThatSaysNothingIsAskedAndGivenUp(t *testing.T) {
	p, _ := poller(t)
	session, ended := receiveUntil()
	client := dialRaw(t, serve(t, wsconn.Config{Poller: p, Ping: 10 * time.Millisecond}, session), "")
	client.want(t, 0x89, "")
	select {
	case err := <-ended:
		wantClose(t, err, telephony.CloseAbnormal)
	case <-time.After(20 * time.Second):
		t.Fatal("a dead peer was kept")
	}
}
