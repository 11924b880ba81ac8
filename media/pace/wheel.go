package pace

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// ErrRunning reports a second Run of a Wheel that is running.
var ErrRunning = errors.New("wheel is running already")

// defaultPeriod is the beat of telephony: one frame of 20 ms.
const defaultPeriod = 20 * time.Millisecond

// WheelConfig shapes a Wheel.
type WheelConfig struct {
	// Period is the time between two beats, 20 ms where it is not positive.
	Period time.Duration
	// Shards is the number of goroutines that share the members, GOMAXPROCS
	// where it is not positive. All shards beat at the same time.
	Shards int
	// OnPanic is told the value with which a beat has panicked, on the shard's
	// goroutine. The member is gone by then. It must not panic itself. Nil
	// drops the value.
	OnPanic func(v any)
}

// Wheel is the beat on which every call of the process sends: one timer wake
// in each period and shard serves all members. All methods may be called from
// any goroutine.
//
// A wake that comes late calls each beat once, however many were due: the ones
// missed are counted, never made up for.
type Wheel struct {
	cfg     WheelConfig
	running atomic.Bool
	shards  []*shard
}

// NewWheel returns a Wheel with one shard for each processor, which beats once
// in each period when it runs.
func NewWheel(period time.Duration) *Wheel {
	return NewWheelWith(WheelConfig{Period: period})
}

// NewWheelWith returns a Wheel as cfg wants it.
func NewWheelWith(cfg WheelConfig) *Wheel {
	if cfg.Period <= 0 {
		cfg.Period = defaultPeriod
	}
	if cfg.Shards <= 0 {
		cfg.Shards = runtime.GOMAXPROCS(0)
	}
	if cfg.OnPanic == nil {
		cfg.OnPanic = func(any) {}
	}
	w := &Wheel{cfg: cfg, shards: make([]*shard, cfg.Shards)}
	for i := range w.shards {
		w.shards[i] = &shard{period: cfg.Period, onPanic: cfg.OnPanic}
	}
	return w
}

// Run beats until ctx ends and returns its cause; the first beat comes one
// period from now. When Run returns no beat is running, and none will until the
// next Run. Members stay.
func (w *Wheel) Run(ctx context.Context) error {
	if !w.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer w.running.Store(false)
	start := time.Now()
	var all sync.WaitGroup
	for _, s := range w.shards {
		all.Go(func() { s.run(ctx, start) })
	}
	all.Wait()
	return context.Cause(ctx)
}

// Add makes beat a member: from the next beat on, it is called once in each
// period, with the current time, on the goroutine of its shard. Calls of one
// member never overlap. A beat should take microseconds: the other members of
// the shard wait for it.
//
// remove ends the membership. It never blocks and may be called at any time,
// any number of times, from any goroutine: from inside the beat itself and
// while holding a lock that the beat takes, too. Once remove has returned, no
// call of beat begins. A call that the wheel had begun before, on its own
// goroutine, may still be on its way to its end; who must not overlap with it
// takes in the beat the lock under which it also marks its end.
func (w *Wheel) Add(beat func(now time.Time)) (remove func()) {
	least := w.shards[0]
	for _, s := range w.shards[1:] {
		if s.members.Load() < least.members.Load() {
			least = s
		}
	}
	return least.add(beat)
}

// Stats returns the counts of all shards so far.
func (w *Wheel) Stats() WheelStats {
	var sum WheelStats
	for _, s := range w.shards {
		sum.Members += int(s.members.Load())
		sum.Beats += s.beats.Load()
		sum.Missed += s.missed.Load()
		sum.Panics += s.panics.Load()
		s.late.addTo(&sum.Lateness)
	}
	return sum
}
