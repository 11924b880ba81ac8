package jitterbench

import (
	"math"
	"slices"
	"time"
)

// spurt is the packets of one talk spurt: how late each was.
type spurt []time.Duration

// choice is a playout delay for a spurt: how many of its packets come later
// than that, and the sum of the delays of the others.
type choice struct {
	late int
	sum  time.Duration
}

// choices returns those with at most most late packets.
func (s spurt) choices(most int) []choice {
	late := slices.Clone(s)
	slices.Sort(late)
	all := []choice{}
	for k := 0; k <= min(most, len(late)); k++ {
		played := len(late) - k
		switch {
		case played == 0:
			all = append(all, choice{late: k})
		case k == 0 || onBeat(late[played-1]) < onBeat(late[played]):
			all = append(all, choice{late: k, sum: time.Duration(played) * onBeat(late[played-1])})
		}
	}
	return all
}

// onBeat returns the least delay, not below late, at which a packet's sound can
// begin: the listener takes sound on his beat only.
func onBeat(late time.Duration) time.Duration {
	return phase + max((late-phase+beat-1)/beat, 0)*beat
}

// oracle returns the least mean playout delay that any choice of one delay for
// each talk spurt reaches with at most lost late packets in all.
//
// This is the bound of Moon, Kurose and Towsley (Packet audio playout delay
// adjustment: performance bounds and algorithms, 1998): the delay of a packet
// is the time from its sending to the playing of its first sample, a packet
// that arrives later than the delay of its spurt is lost, the mean is over the
// packets that are played, and the delays are chosen by dynamic programming
// over the spurts with knowledge of all arrivals. The one thing added is that
// spurts begin on the listener's beat, as they do for us.
func oracle(spurts []spurt, lost int) time.Duration {
	const never = time.Duration(math.MaxInt64)
	// sum[k] is the least sum of delays with k late packets so far.
	sum := make([]time.Duration, lost+1)
	for k := 1; k <= lost; k++ {
		sum[k] = never
	}
	packets := 0
	for _, s := range spurts {
		packets += len(s)
		choices := s.choices(lost)
		for k := lost; k >= 0; k-- {
			least := never
			for _, c := range choices {
				if c.late <= k && sum[k-c.late] != never {
					least = min(least, sum[k-c.late]+c.sum)
				}
			}
			sum[k] = least
		}
	}
	mean := never
	for k, s := range sum {
		if s != never && k < packets {
			mean = min(mean, s/time.Duration(packets-k))
		}
	}
	return mean
}
