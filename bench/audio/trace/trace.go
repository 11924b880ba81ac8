// Package trace holds the arrival patterns on which playout is measured: when
// each packet of a call was sent and when it came in. The same arguments give
// the same traces.
//
// The patterns are those of the published NetEq figures in docs: clean, two of
// Gaussian jitter, two of regular stalls and one of rare stalls. Packets hold
// 20 ms of sound and arrive in the order in which they were sent, as TCP
// delivers them.
package trace

import (
	"slices"
	"time"
)

// Interval is the sound in one packet, and the time between two of them.
const Interval = 20 * time.Millisecond

// Packet is one packet on its way. Both times count from the sending of the
// first packet of its Trace.
type Packet struct{ Sent, Arrived time.Duration }

// Lateness returns how long the packet took.
func (p Packet) Lateness() time.Duration { return p.Arrived - p.Sent }

// Trace is what became of the packets of one call, in the order of sending. No
// packet arrives before the one that was sent before it.
type Trace struct {
	Name    string
	Packets []Packet
}

// Length returns the sound in the trace.
func (t Trace) Length() time.Duration { return time.Duration(len(t.Packets)) * Interval }

// Lateness returns the mean lateness of the packets that were sent from a time
// on, relative to the fastest of them; zero where there are none.
func (t Trace) Lateness(from time.Duration) time.Duration {
	late := t.sorted(from)
	if len(late) == 0 {
		return 0
	}
	var sum time.Duration
	for _, l := range late {
		sum += l - late[0]
	}
	return sum / time.Duration(len(late))
}

// Quantile returns the lateness that a share q of the packets sent from a time
// on doesn't exceed, relative to the fastest of them; zero where there are
// none.
func (t Trace) Quantile(from time.Duration, q float64) time.Duration {
	late := t.sorted(from)
	if len(late) == 0 {
		return 0
	}
	i := int(q * float64(len(late)))
	return late[min(max(i, 0), len(late)-1)] - late[0]
}

// Hole returns the longest time between two arrivals that follow each other,
// among the packets that were sent from a time on.
func (t Trace) Hole(from time.Duration) time.Duration {
	var longest time.Duration
	for _, hole := range t.Holes(from, 0) {
		longest = max(longest, hole)
	}
	return longest
}

// Holes returns the times between two arrivals that follow each other and that
// are over longer, among the packets that were sent from a time on.
func (t Trace) Holes(from, longer time.Duration) (holes []time.Duration) {
	for i := 1; i < len(t.Packets); i++ {
		hole := t.Packets[i].Arrived - t.Packets[i-1].Arrived
		if t.Packets[i-1].Sent >= from && hole > longer {
			holes = append(holes, hole)
		}
	}
	return holes
}

// sorted returns the lateness of the packets sent from a time on, shortest
// first.
func (t Trace) sorted(from time.Duration) []time.Duration {
	late := make([]time.Duration, 0, len(t.Packets))
	for _, p := range t.Packets {
		if p.Sent >= from {
			late = append(late, p.Lateness())
		}
	}
	slices.Sort(late)
	return late
}
