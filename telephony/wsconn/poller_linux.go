package wsconn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// pollBatch is how many sockets are told of at a time.
	pollBatch = 128
	// pollBeat is how often the connections are looked after.
	pollBeat = time.Second
)

// Poller reads for many connections on one goroutine. A connection that is
// woken for each message on a goroutine of its own pays for two reads, of
// which one finds nothing, and for the scheduler; here many messages share
// one wake. What is no plain message is left to the connection's goroutine.
// Its methods may run together.
type Poller struct {
	epoll  int
	file   *os.File // the same, for Go's scheduler to wait on
	direct syscall.RawConn
	events [pollBatch]syscall.EpollEvent

	mu     sync.Mutex
	closed bool
	conns  map[int32]*pollee
}

// pollee is a connection that is read for.
type pollee struct {
	conn *Conn
	next time.Time // when it is looked after again
}

// NewPoller returns a Poller, which reads while it runs.
func NewPoller() (*Poller, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("poller: %w", err)
	}
	if err = syscall.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(fmt.Errorf("poller: %w", err), syscall.Close(fd))
	}
	p := &Poller{epoll: fd, file: os.NewFile(uintptr(fd), "epoll"), conns: map[int32]*pollee{}}
	if p.direct, err = p.file.SyscallConn(); err != nil {
		return nil, errors.Join(fmt.Errorf("poller: %w", err), p.file.Close())
	}
	return p, nil
}

// Run reads until ctx ends; then its connections read for themselves again.
// It runs once.
func (p *Poller) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = p.file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var failed error
	for failed == nil {
		_ = p.file.SetReadDeadline(time.Now().Add(pollBeat))
		if ctx.Err() != nil {
			break
		}
		if err := p.direct.Read(p.ready); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			failed = fmt.Errorf("poller: %w", err)
		}
		p.lookAfter(time.Now())
	}
	p.mu.Lock()
	p.closed = true
	left := slices.Collect(maps.Values(p.conns))
	p.mu.Unlock()
	for _, one := range left {
		one.conn.release()
	}
	return errors.Join(failed, p.file.Close())
}

// ready reads from the sockets that have something. It always reports false:
// wait for more.
func (p *Poller) ready(uintptr) bool {
	for {
		n, err := syscall.EpollWait(p.epoll, p.events[:], 0)
		if err != nil || n == 0 {
			return false
		}
		for _, ev := range p.events[:n] {
			p.mu.Lock()
			one := p.conns[ev.Fd]
			p.mu.Unlock()
			if one != nil {
				one.conn.readable()
			}
		}
	}
}

// lookAfter sees to the connections whose interval has passed.
func (p *Poller) lookAfter(now time.Time) {
	p.mu.Lock()
	var due []*Conn
	for _, one := range p.conns {
		if every := one.conn.sock.every; every > 0 && !now.Before(one.next) {
			one.next = now.Add(every)
			due = append(due, one.conn)
		}
	}
	p.mu.Unlock()
	for _, c := range due {
		c.poll.mu.Lock()
		if c.poll.on {
			if err := c.sock.look(); err != nil {
				c.leave(err)
			}
		}
		c.poll.mu.Unlock()
		c.giveBack()
	}
}

// add takes a connection on, unless it can't be read this way.
func (p *Poller) add(c *Conn, handle func(telephony.Message)) bool {
	tcp, ok := c.sock.Conn.(*net.TCPConn)
	if !ok {
		return false
	}
	direct, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	c.poll.mu.Lock()
	defer c.poll.mu.Unlock()
	c.poll.direct, c.poll.try, c.poll.handle = direct, c.attempt, handle
	c.poll.back = make(chan struct{})
	_ = tcp.SetReadDeadline(time.Time{}) // the poller looks after it
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if !c.poll.on {
			c.sock.begin()
		}
	}()
	if p.closed || c.poll.want.Load() {
		return false
	}
	err = direct.Control(func(fd uintptr) {
		ev := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP, Fd: int32(fd)}
		if ok = syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_ADD, int(fd), &ev) == nil; ok {
			c.poll.fd = int32(fd)
			p.conns[c.poll.fd] = &pollee{conn: c, next: time.Now().Add(c.sock.every)}
		}
	})
	c.poll.on = ok && err == nil
	return c.poll.on
}

// remove lets a connection go. A socket that is closed has left by itself, and
// its number may be another's already.
func (p *Poller) remove(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = c.poll.direct.Control(func(fd uintptr) {
		_ = syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_DEL, int(fd), nil)
	})
	if one := p.conns[c.poll.fd]; one != nil && one.conn == c {
		delete(p.conns, c.poll.fd)
	}
}
