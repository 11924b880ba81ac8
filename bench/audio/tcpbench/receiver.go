package tcpbench

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// receiver is the bridge's side: a server of media sockets, read by one poller,
// with a leg for each call and a beat of 20 ms for all of them.
type receiver struct {
	carrier telephony.Carrier
	poller  *wsconn.Poller
	server  *http.Server
	sockets sync.WaitGroup

	mu    sync.Mutex
	calls map[string]*reception // by the caller's address
}

// reception is one call as it came in.
type reception struct {
	conn *wsconn.Conn

	mu     sync.Mutex
	leg    *leg
	read   handings // when messages were read
	handed handings // when their sound was handed on
	heard  int      // samples that the recognizer got
	err    error
}

func newReceiver(c telephony.Carrier) (*receiver, error) {
	poller, err := wsconn.NewPoller()
	if err != nil {
		return nil, err
	}
	r := &receiver{carrier: c, poller: poller, calls: map[string]*reception{}}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	return r, nil
}

// run serves what comes in on l until ctx ends, and returns when all is quiet.
func (r *receiver) run(ctx context.Context, l net.Listener) {
	var parts sync.WaitGroup
	parts.Go(func() { _ = r.server.Serve(l) })
	parts.Go(func() { _ = r.poller.Run(ctx) })
	parts.Go(func() { r.beat(ctx) })
	<-ctx.Done()
	_ = r.server.Close()
	for _, call := range r.all() {
		_ = call.conn.Close(telephony.CloseAbnormal, "")
	}
	parts.Wait()
	r.sockets.Wait()
}

// ServeHTTP serves one call.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	conn, err := wsconn.Upgrade(w, req, wsconn.Config{Poller: r.poller})
	if err != nil {
		return // Upgrade has answered
	}
	call := &reception{conn: conn}
	call.leg = newLeg(r.carrier, func(pcm []int16) { call.heard += len(pcm) })
	r.mu.Lock()
	r.calls[req.RemoteAddr] = call
	r.mu.Unlock()
	r.sockets.Add(1)
	defer r.sockets.Done()
	_ = conn.Receive(call.message)
}

func (r *receiver) all() (calls []*reception) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, call := range r.calls {
		calls = append(calls, call)
	}
	return calls
}

// from returns the call of a caller's address, nil for none.
func (r *receiver) from(addr string) *reception {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[addr]
}

// beat lets time pass in every call.
func (r *receiver) beat(ctx context.Context) {
	beats := time.NewTicker(trace.Interval)
	defer beats.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beats.C:
		}
		for _, call := range r.all() {
			call.tick()
		}
	}
}

func (c *reception) message(msg telephony.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	upTo, err := c.leg.message(now, msg)
	if err != nil {
		c.err = err
		return
	}
	c.read.note(upTo, now)
	c.handed.note(upTo, time.Now())
}

func (c *reception) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.handed.note(c.leg.tick(time.Now()), time.Now())
}

// upTo returns how much sound was handed on.
func (c *reception) upTo() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.handed); n > 0 {
		return c.handed[n-1].upTo
	}
	return 0
}
