package noise

import "math"

const (
	// stepsPerSecond is how often a glide moves on, every 2.5 ms.
	stepsPerSecond = 400
	// glidesPerSecond sets how fast the sound follows a new level or spectrum,
	// 20 ms.
	glidesPerSecond = 50
	// longest is the most samples that are made at once.
	longest = 64
	// runaway is a value of noise with a power of one that is none: far beyond
	// what chance brings.
	runaway = 1e3
	// near is how far from its goal a coefficient is that has arrived.
	near = 1e-4
)

// source makes shaped noise of a level that glides. White noise goes through
// the all-pole filter 1/A, which keeps its power at one, and then through the
// gain: a change of level never has to ring through the filter.
type source struct {
	random uint64 // state of the congruential generator

	// The filter: its reflection coefficients now, those it glides to, those of
	// a noise of which the level alone is known, and what follows from the first.
	now, goal, plain coefficients
	a                coefficients
	unit             float64 // the gain of the white noise

	gain, target, rise float64 // in sample values; rise is per sample

	step, left int     // samples between two moves of a glide, and until the next
	part       float64 // of the way that a move goes

	// The last outputs of the filter, oldest first, and those that are made.
	line [MaxOrder + longest]float64
	out  [longest]float64
}

func (s *source) init(rate int) {
	s.step = max(rate/stepsPerSecond, 1)
	s.part = 1 - math.Exp(-glidesPerSecond*float64(s.step)/float64(rate))
	s.plain[0] = -math.Exp(-2 * math.Pi * corner / float64(rate))
	s.goal = s.plain
	s.arrive()
}

// seed restarts the stream.
func (s *source) seed(seed uint64) {
	// Seeds that differ little must not begin alike: spread their bits.
	s.random = (seed + 1) * 0x9e3779b97f4a7c15
	for range 8 {
		s.random = congruent(s.random ^ s.random>>29)
	}
	clear(s.line[:])
	s.left = 0
}

// arrive ends all glides at their goal.
func (s *source) arrive() {
	s.gain, s.rise = s.target, 0
	if s.now != s.goal || s.unit == 0 {
		s.now = s.goal
		s.shape()
	}
}

// shape makes the filter of the coefficients of now.
func (s *source) shape() {
	s.a, s.unit = direct(&s.now)
	s.unit *= math.Sqrt(3) / (1 << 63) // white noise from -1 to 1 has a power of a third
}

// glide moves on by a step.
func (s *source) glide() {
	s.left = s.step
	s.rise = s.part * (s.target - s.gain) / float64(s.step)
	if math.Abs(s.target-s.gain) < 0.01 {
		s.gain, s.rise = s.target, 0
	}
	if s.now == s.goal {
		return
	}
	furthest := 0.0
	for i, goal := range s.goal {
		furthest = max(furthest, math.Abs(goal-s.now[i]))
		s.now[i] += s.part * (goal - s.now[i])
	}
	if furthest < near {
		s.now = s.goal
	}
	s.shape()
}

// next makes the next samples, at least one and n at most, which are good until
// the next call. However a stream is cut, it is the same.
func (s *source) next(n int) []float64 {
	if s.left == 0 {
		s.glide()
	}
	n = min(n, longest, s.left)
	s.left -= n
	out := s.out[:n]
	s.run(out)
	if last := s.line[MaxOrder-1]; !(math.Abs(last) < runaway) {
		clear(s.line[:])
		clear(out)
	}
	return out
}

// run fills out. The newest outputs of the filter are kept at hand and added
// last, so that the older ones need not wait for them.
func (s *source) run(out []float64) {
	a, line := &s.a, &s.line
	random, unit, gain, rise := s.random, s.unit, s.gain, s.rise
	y1, y2, y3 := line[MaxOrder-1], line[MaxOrder-2], line[MaxOrder-3]
	for i := range out {
		random = congruent(random)
		h := (*[MaxOrder + 1]float64)(line[i:])
		older := float64(int64(random))*unit - a[9]*h[0] - a[8]*h[1] - a[7]*h[2]
		middle := a[6]*h[3] + a[5]*h[4] + a[4]*h[5] + a[3]*h[6]
		y := (older - middle - (a[2]*y3 + a[1]*y2)) - a[0]*y1
		h[10] = y
		gain += rise
		out[i] = y * gain
		y1, y2, y3 = y, y1, y2
	}
	copy(line[:MaxOrder], line[len(out):])
	s.gain, s.random = gain, random
}

// congruent is one step of a linear congruential generator modulo 2^64, whose
// high bits are as good as white noise needs (Knuth's constants for MMIX).
func congruent(x uint64) uint64 { return x*6364136223846793005 + 1442695040888963407 }
