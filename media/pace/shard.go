package pace

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A member is idle between its beats and beating during one; removed is final.
const (
	idle int32 = iota
	beating
	removed
)

type member struct {
	beat  func(now time.Time)
	state atomic.Int32
}

// shard calls its part of a wheel's members.
type shard struct {
	period  time.Duration
	onPanic func(v any)

	// Written by any goroutine.
	members atomic.Int64
	mu      sync.Mutex
	joining []*member

	// Owned by the goroutine of run; only the counters are read by others.
	active []*member
	beats  atomic.Uint64
	missed atomic.Uint64
	panics atomic.Uint64
	late   recorder
}

func (s *shard) add(beat func(now time.Time)) (remove func()) {
	m := &member{beat: beat}
	s.members.Add(1)
	s.mu.Lock()
	s.joining = append(s.joining, m)
	s.mu.Unlock()
	return func() {
		if m.state.Swap(removed) != removed {
			s.members.Add(-1)
		}
	}
}

// run beats at start plus whole periods until ctx ends.
func (s *shard) run(ctx context.Context, start time.Time) {
	due := start.Add(s.period)
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if ctx.Err() != nil { // both were ready
			return
		}
		s.turn(due)
		due = s.next(due)
		timer.Reset(time.Until(due))
	}
}

// next returns the first beat after now on the grid of due, and counts the
// beats between as missed.
func (s *shard) next(due time.Time) time.Time {
	missed := max(time.Since(due)/s.period, 0)
	s.missed.Add(uint64(missed))
	return due.Add((missed + 1) * s.period)
}

// turn calls every member once and forgets the removed ones.
func (s *shard) turn(due time.Time) {
	s.mu.Lock()
	s.active = append(s.active, s.joining...)
	clear(s.joining)
	s.joining = s.joining[:0]
	s.mu.Unlock()

	s.beats.Add(1)
	kept := 0
	for _, m := range s.active {
		if !m.state.CompareAndSwap(idle, beating) {
			continue
		}
		now := time.Now()
		s.late.record(now.Sub(due))
		s.call(m, now)
		if m.state.CompareAndSwap(beating, idle) {
			s.active[kept] = m
			kept++
		}
	}
	clear(s.active[kept:])
	s.active = s.active[:kept]
}

// call runs one beat. A beat that panics is removed and told of.
func (s *shard) call(m *member, now time.Time) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if m.state.Swap(removed) != removed {
			s.members.Add(-1)
		}
		s.panics.Add(1)
		s.onPanic(v)
	}()
	m.beat(now)
}
