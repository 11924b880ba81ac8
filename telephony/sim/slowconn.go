package sim

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// goodbyeWait is how long a close may wait for the messages before it; what
// has not arrived by then is lost.
const goodbyeWait = time.Second

// slowConn is a media socket whose messages take their time. In a direction
// without Arrivals they take none. It has a goroutine for each direction that
// has, and both have ended when Read has returned an error.
type slowConn struct {
	conn     telephony.Conn
	up, down *lane // nil where messages take no time
	work     sync.WaitGroup
	stopping sync.Once
	stop     chan struct{} // closed when nothing arrives any more

	mu      sync.Mutex
	closed  bool // whether this side has said goodbye
	ended   bool // whether Read has told the end
	backlog int  // messages that the socket dropped and nobody was told of
}

// newSlowConn puts a network before conn, which it owns from then on.
func newSlowConn(conn telephony.Conn, up, down *Arrivals) *slowConn {
	c := &slowConn{conn: conn, stop: make(chan struct{})}
	if up != nil {
		c.up = newLane(up, c.stop)
		c.work.Go(c.carry)
	}
	if down != nil {
		c.down = newLane(down, c.stop)
		c.work.Go(c.fetch)
	}
	return c
}

// Read waits for the next message to arrive, or for the end.
func (c *slowConn) Read() (telephony.Message, error) {
	for {
		msg, err := c.read()
		c.mu.Lock()
		leaving := c.closed
		c.ended = err != nil
		c.mu.Unlock()
		if err != nil {
			c.halt()
			c.work.Wait()
			return telephony.Message{}, err
		}
		if !leaving {
			return msg, nil
		}
	}
}

func (c *slowConn) read() (telephony.Message, error) {
	if c.down == nil {
		return c.conn.Read()
	}
	p, ok := c.down.next()
	if !ok {
		return telephony.Message{}, net.ErrClosed
	}
	return p.msg, p.end
}

// Write sends a copy of msg on its way. Where more than laneBytes are under
// way it returns telephony.ErrBacklog; where the socket itself dropped an
// earlier message, it says so once.
func (c *slowConn) Write(msg telephony.Message) error {
	c.mu.Lock()
	closed, backlog := c.closed || c.ended, c.backlog > 0
	if backlog {
		c.backlog--
	}
	c.mu.Unlock()
	switch {
	case closed:
		return fmt.Errorf("write to media socket: %w", net.ErrClosed)
	case c.up == nil:
		return c.conn.Write(msg)
	case !c.up.add(parcel{msg: msg}), backlog:
		return telephony.ErrBacklog
	}
	return nil
}

// Close says goodbye behind what was written, as TCP does, and nothing of that
// arrives earlier for it; after goodbyeWait the rest is lost. CloseAbnormal
// loses all that is under way.
func (c *slowConn) Close(code int, reason string) error {
	c.mu.Lock()
	again, ended := c.closed, c.ended
	c.closed = true
	c.mu.Unlock()
	switch {
	case c.up == nil || ended || code == telephony.CloseAbnormal:
		return c.shut(code, reason)
	case !again:
		c.up.finish(parcel{code: code, reason: reason}, time.Now().Add(goodbyeWait))
	}
	return nil
}

// shut closes the socket at once.
func (c *slowConn) shut(code int, reason string) error {
	err := c.conn.Close(code, reason)
	c.halt()
	return err
}

// halt ends both goroutines, the one that reads with the socket.
func (c *slowConn) halt() { c.stopping.Do(func() { close(c.stop) }) }

// carry brings what was written to the socket when it arrives.
func (c *slowConn) carry() {
	for {
		p, ok := c.up.next()
		if !ok {
			return
		}
		if p.code != 0 {
			_ = c.shut(p.code, p.reason)
			return
		}
		// A socket that has ended takes nothing; Read tells of its end.
		if err := c.conn.Write(p.msg); errors.Is(err, telephony.ErrBacklog) {
			c.mu.Lock()
			c.backlog++
			c.mu.Unlock()
		}
	}
}

// fetch reads the socket as messages come in.
func (c *slowConn) fetch() {
	for {
		msg, err := c.conn.Read()
		for !c.down.add(parcel{msg: msg, end: err}) {
			if !c.down.waitForRoom() {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
