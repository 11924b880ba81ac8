package wsconn

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// silentBeats is how many beats without a byte from the peer end the call.
const silentBeats = 3

// errSilent is why a connection whose peer says nothing ends.
var errSilent = errors.New("peer answers no pings")

// socket is the net.Conn that gorilla gets. It lets gorilla shake hands and
// read; after the handshake gorilla writes nothing: its close frames are
// noted as refusals, and the Conn says them through the outlet, so that no
// frame is ever cut in two. Reading looks after the connection as well: the
// read deadline is the heartbeat, so that no goroutine or timer is needed.
type socket struct {
	net.Conn
	out     *outlet
	every   time.Duration // between beats, zero or less for none
	leaving atomic.Bool   // Close was called: what still comes is thrown away

	// Owned by the reading goroutine.
	open    bool   // the handshake is over
	refused bool   // gorilla wanted to close the connection for what it read
	heard   bool   // bytes came since the last beat
	silent  int    // beats in a row without any
	taken   []byte // read by a poller before, and to be read again
}

func newSocket(raw net.Conn, client bool, cfg Config) *socket {
	return &socket{Conn: raw, out: newOutlet(raw, client, cfg), every: cfg.Ping}
}

// begin ends the handshake; from here on gorilla only reads.
func (s *socket) begin() {
	s.open, s.heard = true, true
	if s.every > 0 {
		_ = s.SetReadDeadline(time.Now().Add(s.every)) // fails on a closed socket, as the next read will
	}
}

// take gives the socket back to the reading goroutine, with bytes that a
// poller has read from it.
func (s *socket) take(data []byte) {
	s.taken = data
	s.begin()
}

// Read reads for gorilla. It returns no timeouts: those are beats.
func (s *socket) Read(p []byte) (int, error) {
	if len(s.taken) > 0 && !s.leaving.Load() {
		n := copy(p, s.taken)
		s.taken = s.taken[n:]
		return n, nil
	}
	for {
		n, err := s.Conn.Read(p)
		switch {
		case s.leaving.Load():
			if err != nil && !s.isBeat(err) {
				return 0, net.ErrClosed
			}
			if err != nil {
				_ = s.SetReadDeadline(time.Time{}) // the linger's timer ends the read
			}
		case n > 0:
			s.heard = true
			return n, nil
		case s.isBeat(err):
			if err = s.beat(); err != nil {
				return 0, err
			}
		case err != nil:
			return 0, err
		}
	}
}

// Write passes the handshake on. Later frames of gorilla's are the close
// frames of a refusal; they are kept for the Conn to say.
func (s *socket) Write(p []byte) (int, error) {
	if s.open {
		s.refused = true
		return len(p), nil
	}
	return s.Conn.Write(p)
}

// SetWriteDeadline belongs to the outlet once the handshake is over.
func (s *socket) SetWriteDeadline(t time.Time) error {
	if s.open {
		return nil
	}
	return s.Conn.SetWriteDeadline(t)
}

// exhaust reads and forgets what the peer still sends, until it closes or the
// outlet's linger ends: a socket closed with unread bytes is reset, and a
// reset can overtake our close frame.
func (s *socket) exhaust() {
	s.leaving.Store(true)
	var sink [1024]byte
	_, _ = s.Read(sink[:])
}

func (s *socket) isBeat(err error) bool {
	return s.open && s.every > 0 && errors.Is(err, os.ErrDeadlineExceeded)
}

// beat looks after the connection once per interval, and arms the next.
func (s *socket) beat() error {
	if err := s.look(); err != nil {
		return err
	}
	return s.SetReadDeadline(time.Now().Add(s.every))
}

// look gives a peer up that says nothing, and asks a quiet one.
func (s *socket) look() error {
	quiet := s.out.quiet()
	if s.heard {
		s.silent = 0
	} else {
		s.silent++
	}
	if s.silent >= silentBeats {
		return errSilent
	}
	if quiet || !s.heard {
		s.out.control(opPing, nil)
		s.out.quiet() // the ping itself is no sign of life from the program
	}
	s.heard = false
	return nil
}
