package tcpbench

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// sender is one call as the carrier sends it.
type sender struct {
	caller *caller
	conn   *wsconn.Conn
	local  *net.TCPAddr

	written uint64      // bytes of the stream so far
	sent    []time.Time // when each packet was written
	ends    []uint64    // where it ends in the stream
}

// handshake bounds the opening of a socket over a bad link.
const handshake = 20 * time.Second

// connect opens a call's socket and starts its stream. whole tells how many
// bytes of a port's stream have reached the other side.
func connect(ctx context.Context, from *place, to net.Addr, whole func(port uint16) uint64, c *caller) (*sender, error) {
	s := &sender{caller: c}
	cfg := wsconn.Config{Ping: -1, Handshake: handshake, NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := from.dial(ctx, network, addr)
		if err == nil {
			s.local, _ = conn.LocalAddr().(*net.TCPAddr)
		}
		return conn, err
	}}
	var err error
	if s.conn, err = wsconn.Dial(ctx, "ws://"+to.String()+"/media", cfg); err != nil {
		return nil, err
	}
	s.written = whole(s.port()) // the request, which has been answered
	greeting, err := c.greeting()
	if err != nil {
		return nil, err
	}
	for _, msg := range greeting {
		if err := s.write(msg); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *sender) port() uint16 { return uint16(s.local.Port) }

// speak sends sound for a time, in real time from start on.
func (s *sender) speak(ctx context.Context, start time.Time, length time.Duration) error {
	n := int(length / trace.Interval)
	s.sent, s.ends = make([]time.Time, 0, n), make([]uint64, 0, n)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var buf []byte
	for i := range n {
		at := time.Duration(i) * trace.Interval
		timer.Reset(time.Until(start.Add(at)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		msg, err := s.caller.packet(buf[:0], at)
		if err != nil {
			return err
		}
		buf = msg.Data
		s.sent = append(s.sent, time.Now())
		if err := s.write(msg); err != nil {
			return err
		}
		s.ends = append(s.ends, s.written)
	}
	return nil
}

// write sends a message as one masked frame (RFC 6455 section 5.2) and counts
// its bytes.
func (s *sender) write(msg telephony.Message) error {
	const head, mask, short, extended = 2, 4, 125, 2
	size := head + mask + len(msg.Data)
	if len(msg.Data) > short {
		size += extended
	}
	s.written += uint64(size)
	if err := s.conn.Write(msg); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

func (s *sender) close() { _ = s.conn.Close(telephony.CloseAbnormal, "") }
