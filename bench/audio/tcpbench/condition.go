package tcpbench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// condition is a link and what goes over it.
type condition struct {
	rtt    time.Duration
	loss   float64 // each way
	calls  int
	length time.Duration
	seed   uint64
}

func (c condition) String() string {
	return fmt.Sprintf("RTT %v, %g %% lost each way", c.rtt, 100*c.loss)
}

// longestWait is how long after the last packet the rest of the sound may take.
const longestWait = 10 * time.Second

// errUndelivered reports a call whose sound did not all come through the link,
// which TCP promises.
var errUndelivered = errors.New("the link did not deliver all")

// stage is the two ends and the link between them.
type stage struct {
	near, far *place
	link      *link
	segments  *segments
	listener  net.Listener
}

// newStage sets up a link; its close must be called.
func newStage(ctx context.Context, c condition) (s *stage, err error) {
	s = &stage{segments: newSegments()}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.near, err = newPlace(nearAddr); err != nil {
		return nil, err
	}
	if s.far, err = newPlace(farAddr); err != nil {
		return nil, err
	}
	if s.listener, err = s.far.listen(ctx); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.link = &link{near: s.near.device(), far: s.far.device(), rtt: c.rtt, loss: c.loss, delivered: s.segments.packet}
	s.link.start(c.seed)
	return s, nil
}

func (s *stage) close() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
	if s.link != nil {
		s.link.stop()
	}
	for _, p := range []*place{s.near, s.far} {
		if p != nil {
			p.close()
		}
	}
}

// run carries the calls over the link and returns what became of each.
func (c condition) run(ctx context.Context) ([]call, error) {
	s, err := newStage(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.close()
	r, err := newReceiver(twilio.Carrier())
	if err != nil {
		return nil, err
	}
	serving, stop := context.WithCancel(ctx)
	var server sync.WaitGroup
	server.Go(func() { r.run(serving, s.listener) })
	defer server.Wait()
	defer stop()

	senders, err := c.connectAll(ctx, s)
	defer func() {
		for _, sn := range senders {
			sn.close()
		}
	}()
	if err != nil {
		return nil, err
	}
	if err := c.speakAll(ctx, senders); err != nil {
		return nil, err
	}
	return c.collect(ctx, s, r, senders)
}

// connectAll opens all calls at the same time.
func (c condition) connectAll(ctx context.Context, s *stage) ([]*sender, error) {
	var mu sync.Mutex
	var senders []*sender
	err := together(c.calls, func(i int) error {
		from, err := newCaller(twilio.Carrier(), fmt.Sprint(i))
		if err != nil {
			return err
		}
		sn, err := connect(ctx, s.near, s.listener.Addr(), s.segments.whole, from)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		senders = append(senders, sn)
		return nil
	})
	return senders, err
}

// speakAll lets all calls speak, their packets spread over a packet's time.
func (c condition) speakAll(ctx context.Context, senders []*sender) error {
	start := time.Now().Add(200 * time.Millisecond)
	return together(len(senders), func(i int) error {
		stagger := trace.Interval * time.Duration(i) / time.Duration(len(senders))
		return senders[i].speak(ctx, start.Add(stagger), c.length)
	})
}

// together runs f for each of n numbers at once and returns all that failed.
func together(n int, f func(i int) error) error {
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = f(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// collect waits until all sound has come and takes the figures.
func (c condition) collect(ctx context.Context, s *stage, r *receiver, senders []*sender) ([]call, error) {
	calls := make([]call, 0, len(senders))
	deadline := time.Now().Add(longestWait)
	for _, sn := range senders {
		got := r.from(sn.local.String())
		if got == nil {
			return nil, fmt.Errorf("%w: a call is unknown", errUndelivered)
		}
		for got.upTo() < c.length && time.Now().Before(deadline) && ctx.Err() == nil {
			time.Sleep(trace.Interval)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := join(sn, got, s.segments)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", c, err)
		}
		calls = append(calls, one)
	}
	return calls, nil
}
