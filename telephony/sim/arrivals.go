package sim

import (
	"math/rand/v2"
	"time"
)

// Arrivals decides when the messages of one direction of one socket arrive. It
// does no I/O and reads no clock: times count from the socket's beginning. The
// same path, seed and times of sending give the same arrivals. It is owned by
// one goroutine or lock.
type Arrivals struct {
	path   Path
	rng    *rand.Rand
	phase  time.Duration // of the bursts
	trains []train
	last   time.Duration
}

// stallRounds bounds how often stalls that overlap are looked at for one
// message.
const stallRounds = 8

// NewArrivals returns the arrivals on a path that has been checked.
func NewArrivals(path Path, seed uint64) *Arrivals {
	a := &Arrivals{path: path, rng: rand.New(rand.NewPCG(seed, 0))}
	a.phase = upTo(a.rng, path.Burst)
	for i, s := range path.Stalls {
		a.trains = append(a.trains, newTrain(s, rand.New(rand.NewPCG(seed, uint64(i+1)))))
	}
	return a
}

// Next returns when a message arrives that is sent at a time: not before that,
// and not before the one that was sent before it. Sent never goes back.
func (a *Arrivals) Next(sent time.Duration) time.Duration {
	at := sent + a.path.Delay
	if a.path.Jitter > 0 {
		at += time.Duration(a.rng.NormFloat64() * float64(a.path.Jitter))
	}
	at = max(at, sent)
	if a.path.Lost.Share > 0 && a.rng.Float64() < a.path.Lost.Share {
		at += a.path.Lost.Hole
	}
	if burst := a.path.Burst; burst > 0 {
		at = (at-a.phase+burst-1)/burst*burst + a.phase
	}
	at = max(at, sent, a.last)
	for range stallRounds {
		before := at
		for i := range a.trains {
			at = a.trains[i].pass(at)
		}
		if at == before {
			break
		}
	}
	a.last = at
	return at
}

// train is the stalls of one kind, one after the other.
type train struct {
	stall    Stall
	rng      *rand.Rand
	from, to time.Duration // the stall that is under way or comes next
}

func newTrain(s Stall, rng *rand.Rand) train {
	t := train{stall: s, rng: rng, from: upTo(rng, s.Every)}
	if s.Random {
		t.from = pause(rng, float64(s.Every))
	}
	t.to = t.from + t.length()
	return t
}

// pass returns at, or the end of the stall in which it lies. at never goes
// back.
func (t *train) pass(at time.Duration) time.Duration {
	for at >= t.to {
		if t.stall.Random {
			t.from = t.to + pause(t.rng, float64(t.stall.Every))
		} else {
			t.from += t.stall.Every
		}
		t.to = t.from + t.length()
	}
	if at >= t.from {
		return t.to
	}
	return at
}

func (t *train) length() time.Duration {
	return t.stall.Shortest + upTo(t.rng, t.stall.Longest-t.stall.Shortest)
}

// pause returns a random time, exponentially distributed with a mean in
// nanoseconds, and at least one of them.
func pause(rng *rand.Rand, mean float64) time.Duration {
	return 1 + time.Duration(rng.ExpFloat64()*mean)
}

// upTo returns a random time from 0 to most, which is left out unless it
// is 0.
func upTo(rng *rand.Rand, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(rng.Int64N(int64(most)))
}
