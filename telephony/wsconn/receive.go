package wsconn

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// pollFirst and pollMost bound the buffer of a polled connection. A longer
	// message is read by the connection's own goroutine.
	pollFirst = 1 << 10
	pollMost  = 64 << 10
)

// polled is the state of a connection that a Poller reads for.
type polled struct {
	want atomic.Bool   // whoever closes the connection wants it back
	back chan struct{} // closed when the connection is its own again

	mu     sync.Mutex // held while the poller works on the connection
	on     bool
	fd     int32 // as long as on
	handle func(telephony.Message)
	buf    []byte // bytes that are not a whole frame yet
	err    error  // why the socket gave no more
	direct syscall.RawConn
	try    func(fd uintptr) bool // attempt, made once so that a read allocates nothing
	n      int                   // what attempt has read
	failed error
}

// Receive hands every message to handle, one at a time, until the connection
// ends, and returns what Read would have. A message's Data is good until
// handle returns. With a Poller, handle runs on its goroutine, which all its
// connections share: it must not wait. Receive is called once, in place of
// Read; handle may call any method but Read and Receive.
func (c *Conn) Receive(handle func(telephony.Message)) error {
	if c.poller != nil && c.poller.add(c, handle) {
		<-c.poll.back
		if c.poll.err != nil {
			c.ended = c.end(c.poll.err)
			return c.ended
		}
		c.sock.take(c.poll.buf)
	}
	for {
		msg, err := c.Read()
		if err != nil {
			return err
		}
		handle(msg)
	}
}

// release asks for the connection back from its poller. It doesn't wait.
func (c *Conn) release() {
	c.poll.want.Store(true)
	c.giveBack()
}

// giveBack takes the connection from its poller where it is wanted back and
// the poller isn't at work on it; the poller looks again when it has been.
func (c *Conn) giveBack() {
	if !c.poll.want.Load() || !c.poll.mu.TryLock() {
		return
	}
	defer c.poll.mu.Unlock()
	c.leave(nil)
}

// leave ends the polling, because of err where it isn't nil. mu is held.
func (c *Conn) leave(err error) {
	if c.poll.on {
		c.poll.on, c.poll.err = false, err
		c.poller.remove(c)
		close(c.poll.back)
	}
}

// readable reads what the socket has and hands on the messages in it; the
// poller calls it.
func (c *Conn) readable() {
	c.poll.mu.Lock()
	if c.poll.on {
		if done, err := c.readAll(); done {
			c.leave(err)
		}
	}
	c.poll.mu.Unlock()
	c.giveBack() // who wanted it meanwhile was turned away
}

// readAll reads until the socket is empty. done says that the poller's part
// is over: because of err, or since something came that the connection's own
// goroutine has to read.
func (c *Conn) readAll() (done bool, err error) {
	p := &c.poll
	for !p.want.Load() {
		if len(p.buf) == cap(p.buf) {
			p.buf = slices.Grow(p.buf, max(pollFirst, len(p.buf)))
		}
		room := cap(p.buf) - len(p.buf)
		p.n, p.failed = 0, nil
		if err := p.direct.Read(p.try); err != nil {
			return true, err
		}
		switch {
		case errors.Is(p.failed, syscall.EAGAIN):
			return false, nil
		case p.failed != nil:
			return true, p.failed
		case p.n == 0:
			return true, io.ErrUnexpectedEOF
		}
		p.buf = p.buf[:len(p.buf)+p.n]
		c.sock.heard = true
		if plain := c.frames(); !plain {
			return true, nil
		}
		if p.n < room {
			return false, nil
		}
	}
	return true, nil
}

// attempt reads once, without waiting. It always reports true, because false
// would wait.
func (c *Conn) attempt(fd uintptr) bool {
	p := &c.poll
	for {
		p.n, p.failed = syscall.Read(int(fd), p.buf[len(p.buf):cap(p.buf)])
		if !errors.Is(p.failed, syscall.EINTR) {
			p.n = max(p.n, 0)
			return true
		}
	}
}

// frames hands on the whole frames in the buffer and keeps the rest. It
// returns false where a frame is not a plain one, which then begins the
// buffer: gorilla knows what to do with it.
func (c *Conn) frames() (plain bool) {
	p := &c.poll
	rest := p.buf
	plain = true
	for !p.want.Load() {
		f, size := parseFrame(rest)
		if size < 0 {
			plain = false
			break
		}
		if size == 0 || size > len(rest) {
			break
		}
		rest = rest[size:]
		switch f.op {
		case opPing:
			c.out.control(opPong, f.payload)
		case opPong:
		default:
			c.messagesIn.Add(1)
			c.bytesIn.Add(uint64(len(f.payload)))
			p.handle(telephony.Message{Binary: f.op == opBinary, Data: f.payload})
		}
	}
	if len(rest) == 0 && cap(p.buf) > 2*keepBytes {
		p.buf = nil // let go after a large message
	}
	p.buf = append(p.buf[:0], rest...)
	return plain
}

// frame is a frame that a client sent whole.
type frame struct {
	op      byte
	payload []byte // unmasked in place
}

// parseFrame returns the frame that data begins with and its size in bytes;
// size is more than data holds, or zero, where the frame isn't complete, and
// -1 where it is none of the plain ones: a final, masked frame of data up to
// pollMost, a ping or a pong (RFC 6455 section 5.2).
func parseFrame(data []byte) (f frame, size int) {
	if len(data) < 2 {
		return f, 0
	}
	f.op = data[0] & 0x0F
	length, head := int(data[1]&0x7F), 2
	control := f.op == opPing || f.op == opPong
	if data[0]&0xF0 != finalBit || data[1]&maskBit == 0 || !control && f.op != opText && f.op != opBinary || control && length > maxControl {
		return f, -1
	}
	switch length {
	case 126:
		if len(data) < 4 {
			return f, 0
		}
		length, head = int(binary.BigEndian.Uint16(data[2:])), 4
	case 127:
		return f, -1
	}
	size = head + 4 + length
	if size > pollMost {
		return f, -1
	}
	if len(data) < size {
		return f, size
	}
	key := binary.LittleEndian.Uint32(data[head:])
	f.payload = data[head+4 : size]
	applyMask(f.payload, key)
	return f, size
}
