package wsconn_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// mediaBytes is the usual size of a carrier's message with 20 ms of sound.
const mediaBytes = 382

func TestWriteAllocatesNothing(t *testing.T) {
	session, conns := accepted(t)
	client := dialRaw(t, serve(t, wsconn.Config{}, session), "")
	conn := <-conns
	msg := telephony.Message{Data: []byte(strings.Repeat("m", mediaBytes))}
	back := make([]byte, 4+mediaBytes)
	allocs := testing.AllocsPerRun(2000, func() {
		if err := conn.Write(msg); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(client.in, back); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations per message, want none", allocs)
	}
}

func TestReadAllocatesGorillasReaderOnly(t *testing.T) {
	session, conns := accepted(t)
	client := dialRaw(t, serve(t, wsconn.Config{}, session), "")
	conn := <-conns
	media := frame(0x81, strings.Repeat("m", mediaBytes))
	allocs := testing.AllocsPerRun(2000, func() {
		if _, err := client.Write(media); err != nil {
			t.Fatal(err)
		}
		if msg, err := conn.Read(); err != nil || len(msg.Data) != mediaBytes {
			t.Fatal(err)
		}
	})
	if allocs > 1 {
		t.Errorf("%v allocations per message, want one, of 8 bytes, in gorilla's NextReader", allocs)
	}
}

// BenchmarkEcho is a message there and back; the client is the same raw one.
func BenchmarkEcho(b *testing.B) {
	b.Run("wsconn", func(b *testing.B) {
		session, ended := echoUntil()
		client := dialRaw(b, serve(b, wsconn.Config{}, session), "")
		roundTrips(b, client)
		_ = client.Close()
		if err := <-ended; err == nil {
			b.Error("echo ended without a reason")
		}
	})
	b.Run("gorilla", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
			if err != nil {
				return
			}
			for {
				kind, data, err := conn.ReadMessage()
				if err != nil || conn.WriteMessage(kind, data) != nil {
					return
				}
			}
		}))
		defer server.Close()
		client := dialRaw(b, server, "")
		roundTrips(b, client)
		_ = client.Close()
	})
}

func roundTrips(b *testing.B, client *rawClient) {
	media := frame(0x81, strings.Repeat("m", mediaBytes))
	back := make([]byte, 4+mediaBytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Write(media); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(client.in, back); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite is what the pace wheel pays per message.
func BenchmarkWrite(b *testing.B) {
	session, conns := accepted(b)
	client := dialRaw(b, serve(b, wsconn.Config{}, session), "")
	conn := <-conns
	const batch = 32
	msg := telephony.Message{Data: []byte(strings.Repeat("m", mediaBytes))}
	back := make([]byte, batch*(4+mediaBytes))
	b.ReportAllocs()
	for written := 1; b.Loop(); written++ {
		if err := conn.Write(msg); err != nil {
			b.Fatal(err)
		}
		if written%batch == 0 {
			b.StopTimer()
			if _, err := io.ReadFull(client.in, back); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	}
	_ = client.Close()
}

// BenchmarkIdle opens 500 connections that have carried one message each way
// and tells what one costs: in the handler, and when the handler has
// returned. The raw clients' sockets, about 1 KiB each, are counted too.
func BenchmarkIdle(b *testing.B) {
	const conns = 500
	ready := make(chan struct{}, conns)
	inHandler := func(c *wsconn.Conn) {
		for {
			msg, err := c.Read()
			if err != nil {
				return
			}
			_ = c.Write(msg)
			ready <- struct{}{}
		}
	}
	handedOn := func(c *wsconn.Conn) { go inHandler(c) }
	for name, session := range map[string]func(*wsconn.Conn){"handler": inHandler, "handed on": handedOn} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				server := httptest.NewServer(upgrading(b, wsconn.Config{}, session))
				media := frame(0x81, strings.Repeat("m", mediaBytes))
				clients := make([]*rawClient, conns)
				before := memoryInUse()
				for i := range clients {
					clients[i] = dialRaw(b, server, "")
					if _, err := clients[i].Write(media); err != nil {
						b.Fatal(err)
					}
					<-ready
					clients[i].in, clients[i].header = nil, nil
				}
				b.ReportMetric(float64(memoryInUse()-before)/conns, "B/conn")
				for _, client := range clients {
					_ = client.Close()
				}
				server.Close()
			}
		})
	}
}

func memoryInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
