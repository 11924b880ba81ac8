package concealbench

import "math/rand/v2"

// loss is how frames get lost: a share of them, in bursts of a mean length,
// after a Markov chain of two states (Gilbert 1960). A burst of 1/(1-share) is
// loss at random.
type loss struct {
	name  string
	share float64
	burst float64
}

func random(name string, share float64) loss { return loss{name, share, 1 / (1 - share)} }

// sureFrames at both ends are never lost, so that there is something to begin
// with and to join.
const sureFrames = 5

// lost says which of n frames get lost.
func (l loss) lost(n int, seed uint64) []bool {
	rnd := rand.New(rand.NewPCG(seed, 4))
	out := make([]bool, n)
	for i := sureFrames; i < n-sureFrames; i++ {
		p := l.share / (1 - l.share) / l.burst // a burst begins
		if out[i-1] {
			p = 1 - 1/l.burst // it goes on
		}
		out[i] = rnd.Float64() < p
	}
	return out
}

// gaps calls each with the frames from one to another of each gap.
func gaps(lost []bool, each func(from, to int)) {
	for i := 0; i < len(lost); i++ {
		from := i
		for i < len(lost) && lost[i] {
			i++
		}
		if i > from {
			each(from, i)
		}
	}
}
