package trace

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Figures of the patterns in All.
const (
	mildSigma  = 10 * time.Millisecond
	harshSigma = 30 * time.Millisecond
	// sigmasOfDelay is the delay around which jitter swings, in standard
	// deviations. With it the mean lateness comes out at that of the published
	// traces: 21 and 71 ms.
	sigmasOfDelay = 2

	longStall, longEvery   = 300 * time.Millisecond, 10 * time.Second
	shortStall, shortEvery = 120 * time.Millisecond, 2 * time.Second

	rareOnceIn          = 500 // packets: 0.2 %
	rareLeast, rareMost = 200 * time.Millisecond, 300 * time.Millisecond
)

// What the random numbers of a seed are for.
const (
	forMild = iota + 1
	forHarsh
	forRare
)

// All returns the six patterns, each of the given length, in the order of the
// published table.
func All(seed uint64, length time.Duration) []Trace {
	return []Trace{
		Clean(length),
		Gaussian(mildSigma, length, rand.New(rand.NewPCG(seed, forMild))),
		Gaussian(harshSigma, length, rand.New(rand.NewPCG(seed, forHarsh))),
		Stalls(longStall, longEvery, length),
		Stalls(shortStall, shortEvery, length),
		RareStalls(rareOnceIn, length, rand.New(rand.NewPCG(seed, forRare))),
	}
}

// Clean returns a trace of packets that take no time.
func Clean(length time.Duration) Trace {
	return arriving("clean", length, func(time.Duration) time.Duration { return 0 })
}

// Gaussian returns a trace whose packets take twice sigma and normally
// distributed jitter of that standard deviation, and never less than nothing.
func Gaussian(sigma, length time.Duration, rng *rand.Rand) Trace {
	name := fmt.Sprintf("gaussian %v", sigma)
	return arriving(name, length, func(time.Duration) time.Duration {
		return time.Duration((rng.NormFloat64() + sigmasOfDelay) * float64(sigma))
	})
}

// Stalls returns a trace in which nothing arrives for the time of a stall, once
// in each period and in the middle of it, and all that was held up arrives at
// its end.
func Stalls(stall, every, length time.Duration) Trace {
	name := fmt.Sprintf("stall %v every %v", stall, every)
	return arriving(name, length, func(sent time.Duration) time.Duration {
		return stalled(sent%every, every/2, stall)
	})
}

// OneStall returns a trace with a single stall, which begins at a time.
func OneStall(at, stall, length time.Duration) Trace {
	return arriving(fmt.Sprintf("one stall %v", stall), length, func(sent time.Duration) time.Duration {
		return stalled(sent, at, stall)
	})
}

// RareStalls returns a trace in which one of so many packets takes 200 to
// 300 ms and holds up those behind it. It is at a random place among them, so
// that every minute has its share: what a buffer does depends much on how many
// stalls it meets.
func RareStalls(onceIn int, length time.Duration, rng *rand.Rand) Trace {
	n, chosen := 0, 0
	return arriving("rare stalls 200-300ms", length, func(time.Duration) time.Duration {
		place := n % onceIn
		if place == 0 {
			chosen = rng.IntN(onceIn)
		}
		n++
		if place != chosen {
			return 0
		}
		return rareLeast + time.Duration(rng.Int64N(int64(rareMost-rareLeast)))
	})
}

// stalled returns how long a packet takes that is sent at a time, where nothing
// arrives for the time of a stall.
func stalled(sent, from, stall time.Duration) time.Duration {
	if sent < from || sent >= from+stall {
		return 0
	}
	return from + stall - sent
}

// arriving returns a trace whose packets take as long as delay tells for each
// time of sending, never less than nothing, and keep their order.
func arriving(name string, length time.Duration, delay func(sent time.Duration) time.Duration) Trace {
	t := Trace{Name: name, Packets: make([]Packet, length/Interval)}
	var last time.Duration
	for i := range t.Packets {
		sent := time.Duration(i) * Interval
		last = max(last, sent+max(delay(sent), 0))
		t.Packets[i] = Packet{Sent: sent, Arrived: last}
	}
	return t
}
