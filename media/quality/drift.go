package quality

import (
	"math"
	"slices"
	"time"
)

const (
	// points is how many of the fastest messages a drift is estimated from, and
	// block the time that each stands for at first. When all are taken each two
	// become one.
	points = 64
	block  = time.Second
	// leastSpan is the time below which a drift is not told: within it, 50 ppm
	// are 3 ms.
	leastSpan = time.Minute
	// worstError is the standard error above which it isn't either, in ppm.
	worstError = 50
)

// Drift is how much faster than ours the carrier's sample clock runs.
type Drift struct {
	Known bool
	PPM   float64 // in millionths; below zero it is slower
	Error float64 // its standard error
}

// drift keeps the lower envelope of arrival less media time: network delay only
// ever adds to it, so that it falls or rises as the two clocks drift apart
// (Paxson, "On calibrating measurements of packet transit times", 1998).
type drift struct {
	least [points]point
	n     int
	now   point         // the least of the block in progress
	each  time.Duration // how long a block is
	until time.Duration // the end of that one; zero before the first
}

type point struct{ at, behind time.Duration }

func (d *drift) reset() { *d = drift{} }

// add takes a message that came at a time, so much behind its media time.
func (d *drift) add(at, behind time.Duration) {
	if at < d.until {
		if behind < d.now.behind {
			d.now = point{at, behind}
		}
		return
	}
	if d.each == 0 {
		d.each = block
	} else {
		d.keep(d.now)
	}
	d.now = point{at, behind}
	d.until = at - at%d.each + d.each
}

// keep adds the least of a block.
func (d *drift) keep(p point) {
	if d.n == points {
		for i := range points / 2 {
			d.least[i] = lower(d.least[2*i], d.least[2*i+1])
		}
		d.n = points / 2
		d.each *= 2
	}
	d.least[d.n] = p
	d.n++
}

func lower(a, b point) point {
	if b.behind < a.behind {
		return b
	}
	return a
}

// estimate fits a line to the envelope, and once more without the blocks in
// which even the fastest message was held up.
func (d *drift) estimate() Drift {
	if d.n < 3 || d.least[d.n-1].at-d.least[0].at < leastSpan {
		return Drift{}
	}
	all := d.least[:d.n]
	l := fit(all)
	off := make([]float64, len(all))
	for i, p := range all {
		off[i] = math.Abs(l.off(p))
	}
	slices.Sort(off)
	limit := 3*off[len(off)/2] + 1e-4 // a tenth of a millisecond is no hold-up
	kept := make([]point, 0, points)
	for _, p := range all {
		if l.off(p) <= limit {
			kept = append(kept, p)
		}
	}
	if l = fit(kept); l.n < 3 || l.err > worstError {
		return Drift{}
	}
	return Drift{Known: true, PPM: -l.slope * 1e6, Error: l.err}
}

// fastest is the drift beyond which sound without timestamps is taken to be
// missing rather than slow: no clock of a telephone network is off by so much.
const fastest = 1000

// untimed tells the drift of a clock from sound that is missing, where nothing
// but the amount of sound tells how time passes at the carrier.
func (d *drift) untimed(clock Drift) (real Drift, missing time.Duration) {
	if d.n < 3 {
		return clock, 0
	}
	span := d.least[d.n-1].at - d.least[0].at
	slope := fit(d.least[:d.n]).slope
	if span < leastSpan || slope*1e6 < fastest {
		return clock, 0
	}
	return Drift{}, time.Duration(slope * float64(span))
}

// line is a straight line through points, in seconds.
type line struct {
	n                 int
	at, behind, slope float64 // the middle, and how steep it is
	err               float64 // the slope's standard error, in millionths
}

// fit returns the line of the least squares.
func fit(all []point) (l line) {
	l.n = len(all)
	for _, p := range all {
		l.at += p.at.Seconds() / float64(l.n)
		l.behind += p.behind.Seconds() / float64(l.n)
	}
	var xx, xy, rest float64
	for _, p := range all {
		x := p.at.Seconds() - l.at
		xx += x * x
		xy += x * (p.behind.Seconds() - l.behind)
	}
	if xx == 0 || l.n < 3 {
		return line{}
	}
	l.slope = xy / xx
	for _, p := range all {
		rest += l.off(p) * l.off(p)
	}
	l.err = math.Sqrt(rest/float64(l.n-2)/xx) * 1e6
	return l
}

// off returns how far a point lies above the line.
func (l line) off(p point) float64 {
	return p.behind.Seconds() - l.behind - l.slope*(p.at.Seconds()-l.at)
}
