package wsconn

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// linger is how long a socket stays open after our close frame, so that
	// the peer can read it and answer. It covers the longest round trip that
	// a carrier has, twice.
	linger = time.Second
	// drainChunk is how much the drain writes at a time: the smaller, the
	// sooner the backlog's room is known to be free.
	drainChunk = 4 << 10
	// keepBytes is the largest buffer that a connection holds on to between
	// messages; it fits the largest chunk that carriers usually send.
	keepBytes = 8 << 10
	// lateAfter is how long a write may take on a socket that can't be tried
	// without waiting before it counts as a stall: one frame of sound.
	lateAfter = 20 * time.Millisecond
)

// errStalled is why a connection whose peer reads nothing ends.
var errStalled = errors.New("peer takes no more bytes")

// outlet carries whole frames to a socket and never makes its callers wait
// for the peer. On plain TCP a frame goes straight to the kernel; only when
// the kernel's buffer is full does the rest wait in the queue, for a
// goroutine that lives until the queue is empty. Sockets that can't be tried
// without waiting (TLS, pipes) use that goroutine for every frame.
type outlet struct {
	raw    net.Conn
	direct syscall.RawConn       // nil where raw isn't plain TCP
	try    func(fd uintptr) bool // attempt, made once so that a write allocates nothing
	masked bool                  // a client's frames
	limit  int                   // bytes of the queue
	stall  time.Duration
	gone   func() // told when the socket is closed; it doesn't wait

	mu       sync.Mutex
	queue    []byte // frames that were accepted
	sent     int    // so many bytes of the queue are gone
	draining bool   // the goroutine runs; otherwise the queue is empty
	last     bool   // the close frame was accepted: nothing may follow it
	hangUp   bool   // close the socket after the close frame, don't await the peer's
	err      error  // why the socket takes nothing any more
	beats    uint64 // frames out at the last beat
	frames   uint64 // frames out, control frames included
	timer    *time.Timer
	stats    Stats
}

func newOutlet(raw net.Conn, masked bool, cfg Config) *outlet {
	o := &outlet{raw: raw, masked: masked, limit: cfg.Backlog, stall: cfg.StallTimeout, gone: func() {}}
	tcp, ok := raw.(*net.TCPConn)
	if !ok {
		return o
	}
	if cfg.SendBuffer > 0 {
		_ = tcp.SetWriteBuffer(cfg.SendBuffer) // a wish; the kernel's own choice works as well
	}
	if direct, err := tcp.SyscallConn(); err == nil {
		o.direct, o.try = direct, o.attempt
	}
	return o
}

// message sends one message, or refuses it whole with ErrBacklog.
func (o *outlet) message(op byte, payload []byte) error {
	o.mu.Lock()
	err := o.accept(op, payload)
	switch {
	case err == nil:
		o.stats.MessagesOut++
		o.stats.BytesOut += uint64(len(payload))
		err = o.err // the attempt may have found the peer gone
	case errors.Is(err, telephony.ErrBacklog):
		o.stats.Dropped++
	}
	broken := o.err != nil
	o.mu.Unlock()
	if broken {
		o.shut()
	}
	return err
}

// control sends a ping or a pong, or forgets it where there is no room: the
// peer that doesn't read wouldn't see it.
func (o *outlet) control(op byte, payload []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.accept(op, payload)
}

// goodbye sends the close frame, after which nothing is sent. With hangUp the
// socket closes behind it; otherwise it half-closes and waits for the peer to
// close, at most for the linger. Only the first goodbye counts.
func (o *outlet) goodbye(payload []byte, hangUp bool) {
	o.mu.Lock()
	if o.last {
		o.mu.Unlock()
		return
	}
	o.last, o.hangUp = true, hangUp
	if o.err == nil {
		o.timer = time.AfterFunc(linger, o.shut)
		o.add(opClose, payload)
	}
	broken, flushed := o.err != nil, !o.draining
	o.mu.Unlock()
	switch {
	case broken:
		o.shut()
	case flushed:
		o.leave()
	}
}

// abandon closes the socket without a word.
func (o *outlet) abandon() {
	o.fail(net.ErrClosed)
}

// failure returns why the socket takes nothing any more, nil while it does.
func (o *outlet) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// quiet tells whether nothing was sent since it was last asked.
func (o *outlet) quiet() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.beats
	o.beats = o.frames
	return was == o.frames
}

func (o *outlet) snapshot() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.stats
	s.Backlog = len(o.queue) - o.sent
	return s
}

// accept takes a frame if the state and the bound allow it. A message larger
// than the bound passes where nothing waits. The caller holds mu.
func (o *outlet) accept(op byte, payload []byte) error {
	if o.err != nil {
		return o.err
	}
	if o.last {
		return net.ErrClosed
	}
	waiting := len(o.queue) - o.sent
	if waiting > 0 && waiting+maxHead+len(payload) > o.limit {
		return telephony.ErrBacklog
	}
	o.add(op, payload)
	return nil
}

// add puts a frame into the queue and sees to it that the queue is sent. The
// drain may be writing from the queue's array, so bytes in there never move:
// where room is short, what waits goes to a new array. The caller holds mu.
func (o *outlet) add(op byte, payload []byte) {
	need := maxHead + len(payload)
	if o.sent > 0 && len(o.queue)+need > cap(o.queue) {
		waiting := o.queue[o.sent:]
		o.queue = append(make([]byte, 0, len(waiting)+need+keepBytes), waiting...)
		o.sent = 0
	}
	o.queue = appendFrame(o.queue, op, payload, o.masked)
	o.frames++
	if o.draining {
		return
	}
	if o.direct != nil {
		if err := o.direct.Write(o.try); err != nil && o.err == nil {
			o.err = fmt.Errorf("write to media socket: %w", err)
		}
		if o.err != nil || o.sent == len(o.queue) {
			o.clear()
			return
		}
		o.stats.Stalls++
	}
	o.draining = true
	go o.drain()
}

// attempt gives the queue to the kernel until that takes no more. It always
// reports true, because false would wait.
func (o *outlet) attempt(fd uintptr) bool {
	for o.sent < len(o.queue) {
		n, err := syscall.Write(int(fd), o.queue[o.sent:])
		switch {
		case err == nil:
			o.sent += n
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return true
		default:
			o.err = fmt.Errorf("write to media socket: %w", err)
			return true
		}
	}
	return true
}

// clear empties the queue and lets go of a large one. The caller holds mu.
func (o *outlet) clear() {
	o.queue, o.sent = o.queue[:0], 0
	if cap(o.queue) > keepBytes {
		o.queue = nil
	}
}

// drain writes the queue to a socket that makes it wait, until the queue is
// empty, stands still for too long, or the socket is closed.
func (o *outlet) drain() {
	for {
		chunk, last := o.front()
		if chunk == nil {
			if last {
				o.leave()
			}
			return
		}
		begun := time.Now()
		_ = o.raw.SetWriteDeadline(begun.Add(o.stall))
		n, err := o.raw.Write(chunk)
		o.advance(n, o.direct == nil && time.Since(begun) > lateAfter)
		switch {
		case err == nil || n > 0 && errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, os.ErrDeadlineExceeded):
			o.fail(errStalled)
			return
		default:
			o.fail(fmt.Errorf("write to media socket: %w", err))
			return
		}
	}
}

// front returns the next bytes to drain, or nil at the end of the drain, and
// then whether the close frame was among what it wrote.
func (o *outlet) front() (chunk []byte, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if waiting := o.queue[o.sent:]; o.err == nil && len(waiting) > 0 {
		return waiting[:min(len(waiting), drainChunk)], false
	}
	_ = o.raw.SetWriteDeadline(time.Time{}) // attempts must not meet an old one
	o.draining = false
	o.clear()
	return nil, o.last && o.err == nil
}

func (o *outlet) advance(n int, late bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = min(o.sent+n, len(o.queue))
	if late {
		o.stats.Stalls++
	}
}

// fail makes err the reason why nothing can be sent, unless there was one
// already, and closes the socket.
func (o *outlet) fail(err error) {
	o.mu.Lock()
	if o.err == nil {
		o.err = err
	}
	o.mu.Unlock()
	o.shut()
}

// leave does what is to be done when the close frame is on its way.
func (o *outlet) leave() {
	if half, ok := o.raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // fails where the peer is gone, which ends the reading too
	}
	o.mu.Lock()
	hangUp := o.hangUp
	o.mu.Unlock()
	if hangUp {
		o.shut()
	}
}

// shut closes the socket, which ends the reader and the drain. It never
// waits: under TLS it closes the transport, since the farewell of TLS itself
// (CloseWrite) was said in the drain or can't be said any more.
func (o *outlet) shut() {
	defer o.gone()
	o.mu.Lock()
	if o.err == nil {
		o.err = net.ErrClosed
	}
	if o.timer != nil {
		o.timer.Stop()
	}
	o.mu.Unlock()
	if secure, ok := o.raw.(*tls.Conn); ok {
		_ = secure.NetConn().Close()
		return
	}
	_ = o.raw.Close() // the second close of a socket reports an error that means nothing
}
