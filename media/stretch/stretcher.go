// Package stretch makes speech last a little shorter or longer without
// changing its pitch, so that a playout buffer can lose and regain delay while
// somebody is speaking.
//
// Voiced speech repeats itself from one pitch period to the next: leaving one
// out, or playing one twice, changes the length and nothing else. The period is
// found by normalized correlation and the ends are cross-faded, as in WSOLA
// (Verhelst and Roelands 1993). Speech is never changed by more than a quarter;
// in silence any length may come or go.
package stretch

const (
	// shortestMS and longestMS are the pitch periods looked for, in tenths of
	// a millisecond: 400 to 67 Hz.
	shortestMS, longestMS = 25, 150
	// fadeMS is the length of a cross-fade and aroundMS what is compared on
	// each side of a splice, in tenths of a millisecond.
	fadeMS, aroundMS = 50, 60
	// pauseMS is the shortest silence that is no part of speech.
	pauseMS = 2000
)

// Stretcher shortens and lengthens one stream of 16-bit mono PCM. It belongs to
// one goroutine, and allocates nothing after New.
//
// It works in place on a tape: a slice which holds, around an index at, what
// was played (before at) and what is to be played (from at on). Each method
// returns by how many samples at has to move: forwards where sound was left
// out, backwards where it was added. Only what lies behind the new at, and the
// Past samples before it, hold their meaning then; the end of the tape stays
// where it is.
type Stretcher struct {
	shortest, longest int // samples
	fade, around      int
	pause             int
	decimate          int
	coarse            []int32 // what is searched, decimated

	level   level
	removed window
	added   window
	random  uint32
}

// New returns a Stretcher for rate samples per second. A rate that is not
// positive counts as 8000.
func New(rate int) *Stretcher {
	if rate <= 0 {
		rate = 8000
	}
	samples := func(tenths int) int { return max(rate*tenths/10000, 1) }
	s := &Stretcher{
		shortest: samples(shortestMS),
		longest:  samples(longestMS),
		fade:     samples(fadeMS),
		around:   samples(aroundMS),
		pause:    samples(pauseMS),
		decimate: max(rate/coarseRate, 1),
		level:    newLevel(rate),
		removed:  newWindow(rate, fasterPart, fasterApart),
		added:    newWindow(rate, slowerPart, slowerApart),
		random:   1,
	}
	s.coarse = make([]int32, (2*s.around+s.longest)/s.decimate+2)
	return s
}

// Past returns how many samples before at the methods look at: where there are
// fewer, they do less or nothing.
func (s *Stretcher) Past() int { return 2*s.longest + s.around }

// Ahead returns how many samples from at on let Shorten choose among all
// periods.
func (s *Stretcher) Ahead() int { return s.longest + s.around }

// Shorten leaves out one pitch period from tape[at:], most samples at most,
// and returns its length, by which at moves forwards. It returns 0 and changes
// nothing where no two periods are as alike as least (their normalized
// correlation, at most 1), or where any more would play a quarter second of
// sound faster than 1.25 times.
func (s *Stretcher) Shorten(tape []int16, at, most int, least float64) int {
	most = min(most, s.longest, s.removed.left(), len(tape)-at-s.around)
	lag, match := s.period(tape, at, most, 1)
	if lag == 0 || match < least {
		return 0
	}
	s.removed.take(lag)
	s.cut(tape, at, lag)
	return lag
}

// Lengthen plays one more pitch period before tape[at:], most samples at most,
// and returns its length, by which at moves backwards: the tape needs room for
// that many more samples before what is past. It returns 0 and changes nothing
// under the same conditions as Shorten.
func (s *Stretcher) Lengthen(tape []int16, at, most int, least float64) int {
	most = min(most, s.longest, s.added.left(), at-s.Past())
	lag, match := s.period(tape, at, most, -1)
	if lag == 0 || match < least {
		return 0
	}
	s.added.take(lag)
	s.repeat(tape, at, lag)
	return lag
}

// Skip leaves out as much of the silence at tape[at:] as it can, most samples
// at most, and returns how much, by which at moves forwards. Where nobody is
// silent that is nothing. A little silence is left before speech. Silence of
// less than 200 ms, what was played of it included, is a part of speech (ITU-T
// P.56) and no more of it is left out than of that.
func (s *Stretcher) Skip(tape []int16, at, most int) int {
	keep := 2 * s.fade
	silent := s.silence(tape[at:], max(most+keep, s.pause))
	n := min(most, silent-keep)
	free := s.level.run+silent >= s.pause
	if !free {
		n = min(n, s.removed.left())
	}
	if n <= 0 {
		return 0
	}
	if !free {
		s.removed.take(n)
	}
	s.cut(tape, at, n)
	return n
}

// Pad plays n samples more of the silence before tape[at:] and returns n, by
// which at moves backwards, or 0 where it isn't silent or there is no room for
// n more samples before what is past. Silence that is a part of speech, as for
// Skip, is made no longer than that may be.
func (s *Stretcher) Pad(tape []int16, at, n int) int {
	past := s.Past()
	ahead := min(len(tape)-at, s.fade)
	if n <= 0 || at-past < n || !s.Silent(tape[at-s.fade:at+ahead]) {
		return 0
	}
	if !s.Pausing() {
		if n > s.added.left() {
			return 0
		}
		s.added.take(n)
	}
	for left := n; left > 0; {
		lag := s.longest + s.next(s.longest)
		if left < lag {
			lag = left
		}
		s.repeat(tape, at-(n-left), lag)
		left -= lag
	}
	return n
}

// Cut leaves out n samples from tape[at:], whatever they are, and returns n,
// by which at moves forwards; fewer where there are fewer.
func (s *Stretcher) Cut(tape []int16, at, n int) int {
	n = max(min(n, len(tape)-at), 0)
	s.cut(tape, at, n)
	return n
}

// Silent tells whether pcm is no louder than the line is when nobody speaks.
func (s *Stretcher) Silent(pcm []int16) bool { return s.level.silent(energy(pcm), len(pcm)) }

// Pausing tells whether what was played last is silence that is no part of
// speech: 200 ms of it.
func (s *Stretcher) Pausing() bool { return s.level.run >= s.pause }

// Activity returns which part of the sound was not silent of late, from 0 to 1.
func (s *Stretcher) Activity() float64 { return s.level.activity }

// Played tells the Stretcher what was played, in order and without holes. How
// it is cut into calls makes no difference.
func (s *Stretcher) Played(pcm []int16) {
	s.level.add(pcm)
	s.removed.pass(len(pcm))
	s.added.pass(len(pcm))
}

// next returns a number from 0 to below n, by a 32-bit xorshift register: what
// fills silence must not repeat itself audibly.
func (s *Stretcher) next(n int) int {
	s.random ^= s.random << 13
	s.random ^= s.random >> 17
	s.random ^= s.random << 5
	return int(s.random>>1) % n
}
