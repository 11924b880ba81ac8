package quality

import (
	"math/bits"
	"time"
)

// Buckets is the number of buckets of a Lateness: two in each doubling from
// 5 ms to 1.92 s. The first is below 5 ms and the last above all bounds.
const Buckets = 19

// unit is half of the first bucket.
const unit = 2500 * time.Microsecond

// Lateness counts messages by how much later they came than the fastest ones
// of the last seconds did.
type Lateness struct {
	Counts [Buckets]uint32 // not cumulated; see Bounds
	// Runs counts how often lateness rose into a bucket or beyond it, so that
	// the messages from there on came in so many runs.
	Runs [Buckets]uint32
	Sum  time.Duration
	Max  time.Duration
}

// Bounds returns the upper bounds of the buckets of Lateness.Counts; the last
// bucket has none.
func Bounds() []time.Duration {
	all := make([]time.Duration, Buckets-1)
	for i := range all {
		all[i] = bound(i)
	}
	return all
}

// bound returns the upper bound of bucket i, which is not in it.
func bound(i int) time.Duration {
	if i%2 == 0 {
		return 2 * unit << (i / 2)
	}
	return 3 * unit << (i / 2)
}

// bucket returns where a lateness is counted: n units lie in the octave that
// the length of n tells, in the half that its second bit tells.
func bucket(late time.Duration) int {
	n := uint64(late / unit)
	if n < 2 {
		return 0
	}
	octave := bits.Len64(n)
	return min(2*octave-3+int(n>>(octave-2)&1), Buckets-1)
}

// add counts a message, of which the one before was in a bucket, and returns
// its own.
func (l *Lateness) add(late time.Duration, before int) int {
	i := bucket(late)
	l.Counts[i]++
	for rise := before + 1; rise <= i; rise++ {
		l.Runs[rise]++
	}
	l.Sum += late
	l.Max = max(l.Max, late)
	return i
}

// Messages returns how many were counted.
func (l *Lateness) Messages() (n uint64) {
	for _, c := range l.Counts {
		n += uint64(c)
	}
	return n
}

// Quantile returns about the lateness that the part q of all messages, between
// 0 and 1, did not exceed, as if they were spread evenly within each bucket. It
// is zero where nothing was counted.
func (l *Lateness) Quantile(q float64) time.Duration {
	need := q * float64(l.Messages())
	var below float64
	var from time.Duration
	for i, c := range l.Counts[:Buckets-1] {
		if n := float64(c); n > 0 && below+n >= need {
			within := float64(bound(i)-from) * (need - below) / n
			return min(from+time.Duration(within), l.Max)
		}
		below += float64(c)
		from = bound(i)
	}
	return l.Max
}

// beyond returns the share of messages that came later than bucket i allows,
// and in how many runs.
func (l *Lateness) beyond(i int) (share float64, runs uint32) {
	all := l.Messages()
	if i+1 >= Buckets || all == 0 {
		return 0, 0
	}
	var late uint64
	for _, c := range l.Counts[i+1:] {
		late += uint64(c)
	}
	return float64(late) / float64(all), l.Runs[i+1]
}
