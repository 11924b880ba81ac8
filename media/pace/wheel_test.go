package pace_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/media/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ms     = time.Millisecond
	period = 20 * ms
)

var errOver = errors.New("over")

// turning runs w for d of the bubble's time while body, if any, runs beside it.
func turning(t *testing.T, w *pace.Wheel, d time.Duration, body func()) {
	t.Helper()
	ctx, stop := context.WithTimeoutCause(t.Context(), d, errOver)
	defer stop()
	var aside sync.WaitGroup
	if body != nil {
		aside.Go(body)
	}
	if err := w.Run(ctx); !errors.Is(err, errOver) {
		t.Errorf("Run returned %v, want the cause of the context's end", err)
	}
	aside.Wait()
}

func TestEveryMemberIsCalledOnceInAPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheelWith(pace.WheelConfig{Period: period, Shards: 3})
		start := time.Now()
		got := make([][]time.Duration, 7)
		for i := range got {
			w.Add(func(now time.Time) { got[i] = append(got[i], now.Sub(start)) })
		}
		turning(t, w, 70*ms, nil)
		for i := range got {
			if want := []time.Duration{20 * ms, 40 * ms, 60 * ms}; !slices.Equal(got[i], want) {
				t.Errorf("member %d was called at %v, want %v", i, got[i], want)
			}
		}
		s := w.Stats()
		if s.Members != 7 || s.Beats != 9 || s.Missed != 0 || s.Lateness.Count != 21 || s.Lateness.Max != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestNothingIsCalledBeforeOrAfterRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheel(period)
		var calls int
		w.Add(func(time.Time) { calls++ })
		time.Sleep(time.Second) // the bubble's time
		turning(t, w, 50*ms, nil)
		time.Sleep(time.Second)
		if calls != 2 {
			t.Errorf("%d calls, want 2", calls)
		}
		turning(t, w, 50*ms, nil)
		if calls != 4 {
			t.Errorf("%d calls after a second Run, want 4", calls)
		}
	})
}

func TestASecondRunIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheel(period)
		turning(t, w, 50*ms, func() {
			synctest.Wait()
			if err := w.Run(t.Context()); !errors.Is(err, pace.ErrRunning) {
				t.Errorf("error %v, want ErrRunning", err)
			}
		})
	})
}

func TestALateWakeSkipsTheBeatsItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheelWith(pace.WheelConfig{Period: period, Shards: 1})
		start := time.Now()
		var got []time.Duration
		w.Add(func(now time.Time) {
			got = append(got, now.Sub(start))
			if len(got) == 2 {
				time.Sleep(50 * ms) // from 40 to 90, over the beats at 60 and 80
			}
		})
		turning(t, w, 130*ms, nil)
		want := []time.Duration{20 * ms, 40 * ms, 100 * ms, 120 * ms}
		if !slices.Equal(got, want) {
			t.Errorf("called at %v, want %v", got, want)
		}
		if s := w.Stats(); s.Missed != 2 || s.Beats != 4 {
			t.Errorf("missed %d of %d beats, want 2 missed and 4 held", s.Missed, s.Beats)
		}
	})
}

func TestLatenessCountsFromTheBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheelWith(pace.WheelConfig{Period: period, Shards: 1})
		w.Add(func(time.Time) { time.Sleep(4 * ms) })
		w.Add(func(time.Time) {})
		turning(t, w, 2010*ms, nil)
		h := w.Stats().Lateness
		if h.Count != 200 || h.Max != 4*ms || h.Sum != 400*ms {
			t.Errorf("count %d, max %v, sum %v; want 200, 4ms, 400ms", h.Count, h.Max, h.Sum)
		}
		if p50, p99 := h.Quantile(0.5), h.Quantile(0.99); p50 != 100*time.Microsecond || p99 != 4*ms {
			t.Errorf("p50 %v, p99 %v; want the first bucket and 4ms", p50, p99)
		}
		if b := h.Bounds(); b[0] != 100*time.Microsecond || b[len(b)-1] != time.Second || !slices.IsSorted(b) {
			t.Errorf("bounds %v", b)
		}
	})
}

func TestARemovedBeatIsNotCalledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheel(period)
		var removedOne, other int
		remove := w.Add(func(time.Time) { removedOne++ })
		w.Add(func(time.Time) { other++ })
		turning(t, w, 110*ms, func() {
			time.Sleep(50 * ms)
			remove()
			remove()
		})
		if removedOne != 2 || other != 5 {
			t.Errorf("called %d and %d times, want 2 and 5", removedOne, other)
		}
		if got := w.Stats().Members; got != 1 {
			t.Errorf("%d members, want 1", got)
		}
	})
}

func TestABeatMayRemoveItselfAndAddAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheel(period)
		var first, second int
		var remove func()
		remove = w.Add(func(time.Time) {
			first++
			remove()
			w.Add(func(time.Time) { second++ })
		})
		turning(t, w, 110*ms, nil)
		if first != 1 || second != 4 {
			t.Errorf("called %d and %d times, want 1 and 4", first, second)
		}
	})
}

func TestRemoveDoesNotWaitForABeatThatWaitsForTheRemover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheelWith(pace.WheelConfig{Period: period, Shards: 1})
		call := make(chan struct{}, 1) // a lock on which the bubble's clock moves on
		var ended bool
		var after int
		remove := w.Add(func(time.Time) {
			call <- struct{}{}
			defer func() { <-call }()
			if ended {
				after++
			}
		})
		turning(t, w, 110*ms, func() {
			call <- struct{}{}
			time.Sleep(50 * ms) // the beat at 20 ms waits for the lock
			remove()
			ended = true
			<-call
		})
		if after != 1 {
			t.Errorf("%d calls after the removal, want only the one that had begun", after)
		}
	})
}

func TestAPanicRemovesItsMemberOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []any
		w := pace.NewWheelWith(pace.WheelConfig{
			Period: period, Shards: 1, OnPanic: func(v any) { told = append(told, v) },
		})
		var bad, good int
		remove := w.Add(func(time.Time) { bad++; panic("no audio") })
		w.Add(func(time.Time) { good++ })
		turning(t, w, 110*ms, nil)
		remove()
		if bad != 1 || good != 5 || !slices.Equal(told, []any{"no audio"}) {
			t.Errorf("called %d and %d times, told %v; want 1, 5 and the panic's value", bad, good, told)
		}
		if s := w.Stats(); s.Members != 1 || s.Panics != 1 {
			t.Errorf("%d members, %d panics; want 1, 1", s.Members, s.Panics)
		}
	})
}

func TestAPanicWithoutAHookIsSwallowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewWheel(period)
		w.Add(func(time.Time) { panic("no audio") })
		turning(t, w, 50*ms, nil)
		if s := w.Stats(); s.Members != 0 || s.Panics != 1 {
			t.Errorf("%d members, %d panics; want 0, 1", s.Members, s.Panics)
		}
	})
}

// The real clock and the race detector: members come and go from many
// goroutines while the wheel turns.
func TestMembersComeAndGoWhileItTurns(t *testing.T) {
	w := pace.NewWheelWith(pace.WheelConfig{Period: 200 * time.Microsecond, Shards: 2})
	ctx, stop := context.WithCancel(t.Context())
	var run, guests sync.WaitGroup
	run.Go(func() { _ = w.Run(ctx) })
	var calls atomic.Int64
	for range 8 {
		guests.Go(func() {
			for range 50 {
				beaten := make(chan struct{}, 1)
				remove := w.Add(func(time.Time) {
					calls.Add(1)
					select {
					case beaten <- struct{}{}:
					default:
					}
				})
				<-beaten
				remove()
			}
		})
	}
	guests.Wait()
	stop()
	run.Wait()
	if s := w.Stats(); s.Members != 0 || s.Lateness.Count != uint64(calls.Load()) || calls.Load() < 400 {
		t.Errorf("%d members left, %d calls counted of %d", s.Members, s.Lateness.Count, calls.Load())
	}
}

func BenchmarkWheel5000(b *testing.B) {
	w := pace.NewWheelWith(pace.WheelConfig{Period: time.Nanosecond, Shards: 1}) // always late: as fast as it goes
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	var calls int
	for range 5000 {
		w.Add(func(time.Time) {
			if calls++; calls == b.N {
				stop()
			}
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	_ = w.Run(ctx)
}

func TestABeatAllocatesNothing(t *testing.T) {
	w := pace.NewWheelWith(pace.WheelConfig{Period: 100 * time.Microsecond, Shards: 1})
	for range 100 {
		w.Add(func(time.Time) {})
	}
	ctx, stop := context.WithCancel(t.Context())
	beaten := make(chan struct{})
	w.Add(func(time.Time) {
		select {
		case beaten <- struct{}{}:
		case <-ctx.Done():
		}
	})
	var run sync.WaitGroup
	run.Go(func() { _ = w.Run(ctx) })
	if n := testing.AllocsPerRun(200, func() { <-beaten }); n != 0 {
		t.Errorf("%v allocations a beat, want none", n)
	}
	stop()
	run.Wait()
}
