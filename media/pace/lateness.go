package pace

import (
	"sync/atomic"
	"time"
)

// buckets is the number of buckets of a Histogram that have an upper bound:
// six in each of four decades from 100 us on, and 1 s. One more takes the rest.
const buckets = 25

// bound returns the upper bound of bucket i, below buckets.
func bound(i int) time.Duration {
	b := [...]time.Duration{100, 150, 200, 300, 500, 700}[i%6] * time.Microsecond
	for range i / 6 {
		b *= 10
	}
	return b
}

// WheelStats is a snapshot of a Wheel's counts.
type WheelStats struct {
	Members  int    // now
	Beats    uint64 // wakes of all shards
	Missed   uint64 // beats of a shard that a late wake left out
	Panics   uint64 // members removed because they panicked
	Lateness Histogram
}

// Histogram tells how late beats were called after they were due.
type Histogram struct {
	Count   uint64              // calls
	Sum     time.Duration       // of all latenesses
	Max     time.Duration       // the largest one
	Buckets [buckets + 1]uint64 // calls by bucket, not cumulated; see Bounds
}

// Bounds returns the upper bounds of the Buckets, from 100 us to 1 s; the last
// bucket has none.
func (Histogram) Bounds() []time.Duration {
	all := make([]time.Duration, buckets)
	for i := range all {
		all[i] = bound(i)
	}
	return all
}

// Quantile returns a value that at least the part q of all calls, between 0
// and 1, did not exceed: the upper bound of a bucket, or Max if that is less.
// It is zero where nothing was counted.
func (h Histogram) Quantile(q float64) time.Duration {
	need := q * float64(h.Count)
	var n uint64
	for i := range buckets {
		n += h.Buckets[i]
		if n > 0 && float64(n) >= need {
			return min(bound(i), h.Max)
		}
	}
	return h.Max
}

// recorder fills a Histogram from one goroutine while others read it.
type recorder struct {
	sum, highest atomic.Int64
	buckets      [buckets + 1]atomic.Uint64
}

func (r *recorder) record(late time.Duration) {
	late = max(late, 0)
	i := 0
	for i < buckets && late > bound(i) {
		i++
	}
	r.buckets[i].Add(1)
	r.sum.Add(int64(late))
	if int64(late) > r.highest.Load() {
		r.highest.Store(int64(late))
	}
}

func (r *recorder) addTo(h *Histogram) {
	for i := range r.buckets {
		n := r.buckets[i].Load()
		h.Buckets[i] += n
		h.Count += n
	}
	h.Sum += time.Duration(r.sum.Load())
	h.Max = max(h.Max, time.Duration(r.highest.Load()))
}
