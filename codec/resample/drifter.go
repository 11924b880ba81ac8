package resample

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/talkpath/talkpath/codec"
)

const (
	// MaxDrift is the largest drift in parts per million to either side. Sound
	// cards and carriers' clocks are well within it.
	MaxDrift = 200
	// Glide is how fast the drift follows SetDrift, in parts per million per
	// second: from one end to the other in a second, a pitch that moves by 0.7
	// cents, where five can just be heard.
	Glide = 400
)

// Drifter is a Resampler whose ratio can be off by a little, for a source
// whose clock isn't quite ours: it takes the source's samples at their own
// pace and gives samples at ours. Its filter is that of Resampler, at any
// place between two samples instead of a few fixed ones, which costs about
// three times as much. One goroutine owns it; it starts none and takes no lock.
//
// The same samples come out however the input is split into calls, as long as
// SetDrift is called behind the same samples.
type Drifter struct {
	filter *fine
	delay  time.Duration
	line   []float32 // length-1 samples of the past, then the chunk's

	// The next output stands rest parts behind the place-th of the chunk's
	// samples. An input sample has unit parts; the step from an output to the
	// next has, without drift, a whole number of them.
	place      int
	rest       int64
	unit, step int64
	rows       float64 // rows of the filter in a part

	// The drift by now, what it is to be and how fast it gets there, in parts
	// per million: of the step, and for each output.
	drift, goal, slew float64
	perMillion        float64 // parts of the step
}

var _ codec.Resampler = (*Drifter)(nil)

// driftBits is how fine a step can be: at most an error of 2^-40 each, less
// than a sample in a month at 192 kHz.
const driftBits = 40

// NewDrifter returns a Drifter from one rate to another in samples per second,
// which may be equal, without drift. The errors are those of New.
func NewDrifter(from, to int) (*Drifter, error) {
	up, down, err := ratio(from, to)
	if err != nil {
		return nil, fmt.Errorf("drifter: %w", err)
	}
	d := &Drifter{filter: sharedFine.get(up, down, newFine)}
	d.delay = time.Duration(reach * int64(time.Second) / int64(min(from, to)))
	d.line = make([]float32, d.filter.length-1+walkChunk)
	d.unit, d.step = int64(up)<<driftBits, int64(down)<<driftBits
	d.rows = float64(d.filter.rows) / float64(d.unit)
	d.perMillion = float64(d.step) / 1e6
	d.slew = Glide / float64(to)
	return d, nil
}

// SetDrift says by how much the source's clock is faster than ours, in parts
// per million; negative where it is slower. With 100, and equal rates, each
// million samples in give a hundred fewer out. What is beyond MaxDrift is held
// to it, and what isn't a number is ignored. The ratio glides there from the
// next sample on.
func (d *Drifter) SetDrift(ppm float64) {
	if !math.IsNaN(ppm) {
		d.goal = max(-MaxDrift, min(ppm, MaxDrift))
	}
}

// Drift returns the drift that the next sample is made with.
func (d *Drifter) Drift() float64 { return d.drift }

// Resample appends the samples that src brings out to dst and returns it. It
// allocates only where dst has no room. Each sample comes as soon as its input
// is there; with a drift, a frame now and then gives a sample more or less.
// dst must not overlap src.
func (d *Drifter) Resample(dst, src []int16) []int16 {
	f := d.filter
	most := float64(len(src)) * float64(d.unit) / (float64(d.step) * (1 - MaxDrift/1e6))
	dst = slices.Grow(dst, int(most)+2)
	for len(src) > 0 {
		n := min(len(src), walkChunk)
		fresh := d.line[f.length-1:]
		for i, v := range src[:n] {
			fresh[i] = float32(v)
		}
		src = src[n:]
		for d.place < n {
			x := d.line[d.place : d.place+f.length]
			dst = append(dst, round(f.at(float64(d.rest)*d.rows, x)))
			d.next()
		}
		d.place -= n
		copy(d.line, d.line[n:n+f.length-1])
	}
	return dst
}

// next moves to the next output, and the drift towards its goal.
func (d *Drifter) next() {
	d.rest += d.step + int64(d.drift*d.perMillion)
	for d.rest >= d.unit {
		d.rest -= d.unit
		d.place++
	}
	if d.drift != d.goal {
		d.drift += max(-d.slew, min(d.goal-d.drift, d.slew))
	}
}

// Reset forgets the stream, so that the next sample starts a new one with no
// echo of the old. The drift, which is that of two clocks, stays, and is where
// it was to glide to.
func (d *Drifter) Reset() {
	clear(d.line)
	d.place, d.rest, d.drift = 0, 0, d.goal
}

// Delay returns how far the output lies behind the input when both begin at
// the same time: 3 ms where the lower rate is 8 kHz, less in proportion where
// it is higher.
func (d *Drifter) Delay() time.Duration { return d.delay }
