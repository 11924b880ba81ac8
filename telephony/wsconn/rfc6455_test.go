package wsconn_test

import (
	"bytes"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// TestFaultyFramesAreRefused goes through the rules of RFC 6455 sections 5
// and 7.4 that a client can break.
func TestFaultyFramesAreRefused(t *testing.T) {
	tests := map[string]struct {
		sends [][]byte
		code  int
	}{
		"unmasked frame (5.1)":                  {[][]byte{{0x81, 0x02, 'h', 'i'}}, 1002},
		"RSV1 without compression (5.2)":        {[][]byte{frame(0xC1, "hi")}, 1002},
		"RSV2 (5.2)":                            {[][]byte{frame(0xA1, "hi")}, 1002},
		"RSV3 (5.2)":                            {[][]byte{frame(0x91, "hi")}, 1002},
		"reserved data opcode (5.2)":            {[][]byte{frame(0x83, "")}, 1002},
		"reserved control opcode (5.2)":         {[][]byte{frame(0x8B, "")}, 1002},
		"fragmented ping (5.5)":                 {[][]byte{frame(0x09, "hi")}, 1002},
		"fragmented close (5.5)":                {[][]byte{frame(0x08, "\x03\xe8")}, 1002},
		"ping of 126 bytes (5.5)":               {[][]byte{frame(0x89, strings.Repeat("p", 126))}, 1002},
		"continuation of nothing (5.4)":         {[][]byte{frame(0x80, "hi")}, 1002},
		"text inside a fragmented text (5.4)":   {[][]byte{frame(0x01, "a"), frame(0x81, "b")}, 1002},
		"close code 0 (7.4.2)":                  {[][]byte{closeFrame(0, "")}, 1002},
		"close code 999 (7.4.2)":                {[][]byte{closeFrame(999, "")}, 1002},
		"close code 1004 (7.4.1)":               {[][]byte{closeFrame(1004, "")}, 1002},
		"close code 1005 (7.4.1)":               {[][]byte{closeFrame(1005, "")}, 1002},
		"close code 1006 (7.4.1)":               {[][]byte{closeFrame(1006, "")}, 1002},
		"close code 1015 (7.4.1)":               {[][]byte{closeFrame(1015, "")}, 1002},
		"close code 5000 (7.4.2)":               {[][]byte{closeFrame(5000, "")}, 1002},
		"close reason that isn't UTF-8 (5.5.1)": {[][]byte{closeFrame(1000, "\xff\xfe")}, 1002},
		"one byte above the limit":              {[][]byte{frame(0x81, strings.Repeat("x", telephony.MaxMessageBytes+1))}, 1009},
		"1 MiB":                                 {[][]byte{frame(0x81, strings.Repeat("x", 1<<20))}, 1009},
		"10 MiB":                                {[][]byte{frame(0x82, strings.Repeat("x", 10<<20))}, 1009},
		"a promise of 2^62 bytes": {
			[][]byte{{0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}}, 1009,
		},
		"a promise of 2^63 bytes (5.2)": {
			[][]byte{{0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}}, 1009,
		},
		"fragments that add up": {
			[][]byte{frame(0x02, strings.Repeat("x", 200<<10)), frame(0x00, strings.Repeat("x", 200<<10))}, 1009,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, cfg wsconn.Config, session func(*wsconn.Conn), ended <-chan error) {
				client := dialRaw(t, serve(t, cfg, session), "")
				go func() { // the server may close before it has read it all
					for _, bytes := range test.sends {
						_, _ = client.Write(bytes)
					}
				}()
				client.wantClosed(t, uint16(test.code))
				_ = client.Close()
				wantClose(t, <-ended, test.code)
			})
		})
	}
}

func TestGoodFramesAreUnderstood(t *testing.T) {
	type reply struct {
		first   byte
		payload string
	}
	of := func(n int) string { return strings.Repeat("y", n) }
	tests := map[string]struct {
		sends [][]byte
		want  []reply
	}{
		"empty text":                {[][]byte{frame(0x81, "")}, []reply{{0x81, ""}}},
		"binary":                    {[][]byte{frame(0x82, "\x00\xff")}, []reply{{0x82, "\x00\xff"}}},
		"125 bytes":                 {[][]byte{frame(0x81, of(125))}, []reply{{0x81, of(125)}}},
		"126 bytes":                 {[][]byte{frame(0x81, of(126))}, []reply{{0x81, of(126)}}},
		"65535 bytes":               {[][]byte{frame(0x81, of(65535))}, []reply{{0x81, of(65535)}}},
		"65536 bytes":               {[][]byte{frame(0x81, of(65536))}, []reply{{0x81, of(65536)}}},
		"the largest":               {[][]byte{frame(0x82, of(telephony.MaxMessageBytes))}, []reply{{0x82, of(telephony.MaxMessageBytes)}}},
		"text that isn't UTF-8":     {[][]byte{frame(0x81, "\xff")}, []reply{{0x81, "\xff"}}},
		"fragments":                 {[][]byte{frame(0x01, "one "), frame(0x00, "two "), frame(0x00, ""), frame(0x80, "three")}, []reply{{0x81, "one two three"}}},
		"ping between fragments":    {[][]byte{frame(0x01, "a"), frame(0x89, "here?"), frame(0x80, "b")}, []reply{{0x8A, "here?"}, {0x81, "ab"}}},
		"empty ping":                {[][]byte{frame(0x89, "")}, []reply{{0x8A, ""}}},
		"ping of 125 bytes":         {[][]byte{frame(0x89, of(125))}, []reply{{0x8A, of(125)}}},
		"pong that nobody asked":    {[][]byte{frame(0x8A, "x"), frame(0x81, "on")}, []reply{{0x81, "on"}}},
		"small after a large one":   {[][]byte{frame(0x81, of(100<<10)), frame(0x81, "small")}, []reply{{0x81, of(100 << 10)}, {0x81, "small"}}},
		"close":                     {[][]byte{closeFrame(1001, "bye")}, []reply{{0x88, "\x03\xe9"}}},
		"close without code":        {[][]byte{frame(0x88, "")}, []reply{{0x88, ""}}},
		"close with a private code": {[][]byte{closeFrame(4999, "")}, []reply{{0x88, "\x13\x87"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, cfg wsconn.Config, session func(*wsconn.Conn), ended <-chan error) {
				client := dialRaw(t, serve(t, cfg, session), "")
				for _, bytes := range test.sends {
					if _, err := client.Write(bytes); err != nil {
						t.Fatal(err)
					}
				}
				for _, want := range test.want {
					client.want(t, want.first, want.payload)
				}
				_ = client.Close()
				if err := <-ended; err == nil {
					t.Error("read ended without a reason")
				}
			})
		})
	}
}

func TestReadTellsHowThePeerClosed(t *testing.T) {
	tests := map[string]struct {
		send   []byte
		code   int
		reason string
	}{
		"with a code":  {closeFrame(1001, "bye"), telephony.CloseGoingAway, "bye"},
		"without one":  {frame(0x88, ""), telephony.CloseNoStatus, ""},
		"by vanishing": {nil, telephony.CloseAbnormal, "unexpected EOF"},
		"mid-frame":    {frame(0x81, "cut off")[:8], telephony.CloseAbnormal, "unexpected EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, cfg wsconn.Config, session func(*wsconn.Conn), ended <-chan error) {
				client := dialRaw(t, serve(t, cfg, session), "")
				if _, err := client.Write(test.send); err != nil {
					t.Fatal(err)
				}
				_ = client.Conn.(*net.TCPConn).CloseWrite()
				err := <-ended
				wantClose(t, err, test.code)
				if closed := new(telephony.CloseError); asClose(err, &closed) && closed.Reason != test.reason {
					t.Errorf("reason %q, want %q", closed.Reason, test.reason)
				}
			})
		})
	}
}

func TestCompressionIsNotAgreedOn(t *testing.T) {
	session, _ := echoUntil()
	client := dialRaw(t, serve(t, wsconn.Config{}, session),
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
	if got := client.header["Sec-Websocket-Extensions"]; got != nil {
		t.Errorf("server agreed to %q", got)
	}
	if _, err := client.Write(frame(0xC1, "\xca\x48\xcd\xc9\xc9\x07\x00")); err != nil { // "Hello" of RFC 7692
		t.Fatal(err)
	}
	client.wantClosed(t, telephony.CloseProtocol)
}

func TestEndlessFragmentsTakeBoundedMemory(t *testing.T) {
	session, ended := echoUntil()
	client := dialRaw(t, serve(t, wsconn.Config{}, session), "")
	before := heapInUse()
	if _, err := client.Write(frame(0x01, "")); err != nil {
		t.Fatal(err)
	}
	empty := bytes.Repeat(frame(0x00, ""), 10_000)
	for range 20 { // 200,000 fragments without a byte, then one byte each
		if _, err := client.Write(empty); err != nil {
			t.Fatal(err)
		}
	}
	single := bytes.Repeat(frame(0x00, "x"), 10_000)
	go func() {
		for range 100 {
			if _, err := client.Write(single); err != nil {
				return // refused, as is checked below
			}
		}
	}()
	client.wantClosed(t, telephony.CloseTooBig)
	if grown := heapInUse() - before; grown > 2<<20 {
		t.Errorf("heap grew by %d bytes, want at most 2 MiB", grown)
	}
	_ = client.Close()
	wantClose(t, <-ended, telephony.CloseTooBig)
}

func TestEmptyFragmentsForeverDoNotHoldCloseUp(t *testing.T) {
	session, conns := accepted(t)
	client := dialRaw(t, serve(t, wsconn.Config{}, session), "")
	conn := <-conns
	go func() {
		_, _ = client.Write(frame(0x01, ""))
		for empty := bytes.Repeat(frame(0x00, ""), 1000); ; {
			if _, err := client.Write(empty); err != nil {
				return
			}
		}
	}()
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Read()
		ended <- err
	}()
	begun := time.Now()
	_ = conn.Close(telephony.CloseGoingAway, "")
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("read ended with %v, want net.ErrClosed", err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("close took %v", took)
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
