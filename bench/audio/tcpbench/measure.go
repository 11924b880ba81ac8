package tcpbench

import (
	"slices"
	"time"
)

// handing says that sound up to a media time had been handed on at a time.
type handing struct {
	upTo time.Duration
	at   time.Time
}

// handings are in the order of time, and no media time comes twice.
type handings []handing

// note takes a note of how far the sound has come.
func (h *handings) note(upTo time.Duration, at time.Time) {
	if n := len(*h); upTo > 0 && (n == 0 || upTo > (*h)[n-1].upTo) {
		*h = append(*h, handing{upTo: upTo, at: at})
	}
}

// when returns when sound up to a media time had been handed on, false where it
// never was.
func (h handings) when(upTo time.Duration) (time.Time, bool) {
	i, _ := slices.BinarySearchFunc(h, upTo, func(a handing, upTo time.Duration) int { return int(a.upTo - upTo) })
	if i == len(h) {
		return time.Time{}, false
	}
	return h[i].at, true
}

// spread is a set of durations, in order.
type spread []time.Duration

// sorted puts them in order.
func sorted(all []time.Duration) spread {
	slices.Sort(all)
	return all
}

// quantile returns what a share q of them doesn't exceed; zero where there are
// none.
func (s spread) quantile(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	return s[min(int(q*float64(len(s))), len(s)-1)]
}

func (s spread) mean() time.Duration {
	if len(s) == 0 {
		return 0
	}
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	return sum / time.Duration(len(s))
}

func (s spread) most() time.Duration { return s.quantile(1) }

// holes returns the times between neighbours in times that are over longer.
func holes(times []time.Time, longer time.Duration) (all []time.Duration) {
	for i := 1; i < len(times); i++ {
		if hole := times[i].Sub(times[i-1]); hole > longer {
			all = append(all, hole)
		}
	}
	return all
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
