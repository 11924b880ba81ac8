package wsconn_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// fill writes messages of size bytes until the backlog is full, and returns
// how many were accepted.
func fill(t testing.TB, conn *wsconn.Conn, size int) (accepted int) {
	t.Helper()
	data := []byte(strings.Repeat("f", size))
	for range 100_000 {
		err := conn.Write(telephony.Message{Data: data})
		if errors.Is(err, telephony.ErrBacklog) {
			return accepted
		}
		if err != nil {
			t.Fatal(err)
		}
		accepted++
	}
	t.Fatal("the backlog never filled")
	return 0
}

func TestASlowReaderCostsWholeMessagesNotTheStream(t *testing.T) {
	session, conns := accepted(t)
	client := dialRaw(t, serve(t, wsconn.Config{Backlog: 8 << 10}, session), "")
	conn := <-conns
	accepted := fill(t, conn, 400)
	stats := conn.Stats()
	if stats.Dropped != 1 || stats.Stalls == 0 || stats.MessagesOut != uint64(accepted) {
		t.Errorf("stats %+v, want %d out, one dropped and a stall", stats, accepted)
	}
	if stats.Backlog == 0 || stats.Backlog > 8<<10 {
		t.Errorf("backlog of %d bytes, want some and at most 8 KiB", stats.Backlog)
	}
	if limit := 4 << 20; int(stats.BytesOut) > limit {
		t.Errorf("%d bytes were taken for a peer that reads nothing, want less than %d", stats.BytesOut, limit)
	}
	for range accepted {
		client.want(t, 0x81, strings.Repeat("f", 400))
	}
	if err := conn.Write(telephony.Message{Data: []byte("fresh")}); err != nil {
		t.Fatalf("peer reads again, yet: %v", err)
	}
	client.want(t, 0x81, "fresh")
}

func TestManyWritersAndPingsNeverMixTheirFrames(t *testing.T) {
	const writers, each = 8, 400
	session, conns := accepted(t)
	client := dialRaw(t, serve(t, wsconn.Config{Backlog: 32 << 10}, session), "")
	conn := <-conns
	go func() {
		for { // answers pings, ends with the connection
			if _, err := conn.Read(); err != nil {
				return
			}
		}
	}()
	go func() {
		for range each {
			if _, err := client.Write(frame(0x89, "still here?")); err != nil {
				return
			}
		}
	}()
	var taken atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				body := strings.Repeat(string(rune('a'+w)), 1+(i*37)%3000)
				err := conn.Write(telephony.Message{Data: []byte(body)})
				if err == nil {
					taken.Add(1)
				} else if !errors.Is(err, telephony.ErrBacklog) {
					t.Error(err)
				}
			}
		})
	}
	go func() {
		all.Wait()
		_ = conn.Close(telephony.CloseNormal, "")
	}()
	var texts int64
	for {
		first, payload, err := client.next()
		if err != nil {
			t.Fatalf("after %d messages: %v", texts, err)
		}
		if first == 0x88 {
			break
		}
		switch {
		case first == 0x8A && string(payload) == "still here?":
		case first == 0x81 && strings.Count(string(payload), string(payload[:1])) == len(payload):
			texts++
		default:
			t.Fatalf("frame %#x %.60q", first, payload)
		}
	}
	stats := conn.Stats()
	if texts != taken.Load() || uint64(texts) != stats.MessagesOut || stats.Dropped != uint64(writers*each-texts) {
		t.Errorf("%d messages arrived, %d were accepted, stats %+v", texts, taken.Load(), stats)
	}
}

func TestAPeerThatStopsReadingIsGivenUp(t *testing.T) {
	session, conns := accepted(t)
	_ = dialRaw(t, serve(t, wsconn.Config{StallTimeout: 30 * time.Millisecond}, session), "")
	conn := <-conns
	for data := make([]byte, 2000); conn.Write(telephony.Message{Data: data}) == nil; {
		continue // until the kernel and the backlog are full
	}
	_, err := conn.Read()
	wantClose(t, err, telephony.CloseAbnormal)
	if !strings.Contains(err.Error(), "takes no more bytes") {
		t.Errorf("read ended with %v, want the reason", err)
	}
	if err := conn.Write(telephony.Message{}); err == nil || errors.Is(err, telephony.ErrBacklog) {
		t.Errorf("write on a connection given up gave %v", err)
	}
}

func TestCloseDoesNotWaitForAPeerThatStoppedReading(t *testing.T) {
	session, conns := accepted(t)
	_ = dialRaw(t, serve(t, wsconn.Config{}, session), "")
	conn := <-conns
	fill(t, conn, 2000)
	begun := time.Now()
	_ = conn.Close(telephony.CloseNormal, "")
	if took := time.Since(begun); took > 500*time.Millisecond {
		t.Errorf("close took %v", took)
	}
	if _, err := conn.Read(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read gave %v, want net.ErrClosed", err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("read ended after %v, want about a second", took)
	}
}

// The tests below run over net.Pipe in a bubble, where time is fake.

func TestStallTimeoutCountsFromTheLastByteTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, conns := accepted(t)
		network := servePipes(t, wsconn.Config{Ping: -1}, session)
		raw, _ := network.dial(t.Context(), "", "")
		client := handshake(t, raw, "")
		_ = client.SetDeadline(time.Time{})
		conn := <-conns
		if err := conn.Write(telephony.Message{Data: make([]byte, 16<<10)}); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		var one [1]byte
		for range 3 { // a byte every 9 s keeps it alive
			time.Sleep(9 * time.Second)
			if _, err := io.ReadFull(raw, one[:]); err != nil {
				t.Fatal(err)
			}
		}
		_, err := conn.Read()
		wantClose(t, err, telephony.CloseAbnormal)
		if took := time.Since(begun); took < 30*time.Second || took > 40*time.Second {
			t.Errorf("given up after %v, want 10 s after the third byte, give or take a period", took)
		}
	})
}

func TestPingsLookAfterAnIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, conns := accepted(t)
		network := servePipes(t, wsconn.Config{Ping: 20 * time.Second}, session)
		raw, _ := network.dial(t.Context(), "", "")
		client := handshake(t, raw, "")
		_ = client.SetDeadline(time.Time{})
		conn := <-conns
		begun := time.Now()
		ended := make(chan error, 1)
		go func() {
			_, err := conn.Read()
			ended <- err
		}()
		for beat := 1; beat <= 10; beat++ { // answered
			client.want(t, 0x89, "")
			if took, want := time.Since(begun), time.Duration(beat)*20*time.Second; took != want {
				t.Errorf("ping %d came after %v, want %v", beat, took, want)
			}
			if _, err := client.Write(frame(0x8A, "")); err != nil {
				t.Fatal(err)
			}
		}
		begun = time.Now()
		for range 3 { // unanswered
			client.want(t, 0x89, "")
		}
		err := <-ended
		wantClose(t, err, telephony.CloseAbnormal)
		if took := time.Since(begun); took != 80*time.Second {
			t.Errorf("given up after %v, want 80 s: the beat of the last pong and three in silence", took)
		}
	})
}

func TestNoPingsWhereBothDirectionsAreBusyOrPingsAreOff(t *testing.T) {
	for name, ping := range map[string]time.Duration{"busy": 20 * time.Second, "off": -1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				session, _ := echoUntil()
				network := servePipes(t, wsconn.Config{Ping: ping}, session)
				raw, _ := network.dial(t.Context(), "", "")
				client := handshake(t, raw, "")
				_ = client.SetDeadline(time.Time{})
				for range 100 {
					if ping > 0 {
						time.Sleep(5 * time.Second)
					} else {
						time.Sleep(time.Hour)
					}
					if _, err := client.Write(frame(0x81, "media")); err != nil {
						t.Fatal(err)
					}
					client.want(t, 0x81, "media") // and no ping before it
				}
				_ = client.Close()
			})
		})
	}
}

func TestPingsGoOutWhileThePeerSendsAndWeAreSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, conns := accepted(t)
		network := servePipes(t, wsconn.Config{Ping: 20 * time.Second}, session)
		raw, _ := network.dial(t.Context(), "", "")
		client := handshake(t, raw, "")
		_ = client.SetDeadline(time.Time{})
		conn := <-conns
		go func() {
			for {
				if _, err := conn.Read(); err != nil {
					return
				}
			}
		}()
		var sender sync.WaitGroup
		sender.Go(func() {
			for {
				time.Sleep(time.Second)
				if _, err := client.Write(frame(0x81, "media")); err != nil {
					return
				}
			}
		})
		begun := time.Now()
		for range 6 {
			client.want(t, 0x89, "")
		}
		if took := time.Since(begun); took != 2*time.Minute {
			t.Errorf("six pings took %v, want two minutes", took)
		}
		_ = client.Close()
		sender.Wait()
	})
}

func TestBothEndsKeepEachOtherAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, _ := echoUntil()
		network := servePipes(t, wsconn.Config{}, session)
		conn, err := wsconn.Dial(t.Context(), "ws://carrier/media", wsconn.Config{NetDial: network.dial})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		time.AfterFunc(time.Hour, func() { _ = conn.Close(telephony.CloseNormal, "") })
		if _, err = conn.Read(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("idle connection ended with %v", err)
		}
		if took := time.Since(begun); took < time.Hour || took > time.Hour+time.Second {
			t.Errorf("idle connection lasted %v, want an hour", took)
		}
	})
}

func TestCloseLingersASecondForASilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, conns := accepted(t)
		network := servePipes(t, wsconn.Config{}, session)
		raw, _ := network.dial(t.Context(), "", "")
		client := handshake(t, raw, "")
		conn := <-conns
		ended := make(chan error, 1)
		go func() {
			_, err := conn.Read()
			ended <- err
		}()
		begun := time.Now()
		_ = conn.Close(telephony.CloseGoingAway, "")
		if took := time.Since(begun); took != 0 {
			t.Errorf("close took %v, want no time", took)
		}
		if first, payload, err := client.next(); err != nil || first != 0x88 || binary.BigEndian.Uint16(payload) != 1001 {
			t.Errorf("got %#x %q %v, want close 1001", first, payload, err)
		}
		if _, err := client.Write(frame(0x81, "late")); err != nil { // thrown away, not a reason to stay
			t.Errorf("the lingering side didn't read: %v", err)
		}
		_, _, err := client.next()
		if took := time.Since(begun); !errors.Is(err, io.EOF) || took != time.Second {
			t.Errorf("%v after %v, want the end of the stream after a second", err, took)
		}
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("read ended with %v, want net.ErrClosed", err)
		}
	})
}
