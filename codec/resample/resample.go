// Package resample changes the sample rate of a stream of 16-bit PCM, between
// any two rates whose ratio is a fraction of moderate numbers.
//
// The filter is a polyphase FIR with linear phase: a sinc under a Kaiser
// window (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh
// window function", 1974). With low the lower of the two rates, it passes
// sound up to 0.425 low unchanged and stops everything from 0.575 low on, so
// for telephone sound at 8 kHz it is flat to 3400 Hz, and nothing that folds
// back lands below 3400 Hz. Between the two edges it falls through -6 dB at
// half the lower rate.
//
// Output doesn't depend on how the input is split into calls, to the last bit:
// each sample adds the same products in the same order, and products are
// rounded before they are added, which keeps a compiler from fusing the two in
// one loop and not in another.
//
// A Resampler holds a fixed ratio. A Drifter follows a source whose clock runs
// a little faster or slower than ours.
package resample

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// Resampler changes the rate of one stream. One goroutine owns it; it starts
// none and takes no lock. It is a codec.Resampler.
type Resampler struct {
	stream stream
	delay  time.Duration
}

// stream is one of the two ways to run a filter over samples.
type stream interface {
	resample(dst, src []int16) []int16
	reset()
}

var _ codec.Resampler = (*Resampler)(nil)

// New returns a Resampler from one rate to another, in samples per second.
// Equal rates get one that copies. An error wraps codec.ErrUnsupported: a rate
// is out of media.Format's range, or the two have a ratio whose numbers are
// above 4096. Filters are computed once per ratio and shared.
func New(from, to int) (*Resampler, error) {
	up, down, err := ratio(from, to)
	if err != nil {
		return nil, err
	}
	filter := sharedPlans.get(up, down, newPlan)
	tick := int64(up) * int64(from) // the rate at which the filter's taps lie
	return &Resampler{
		stream: filter.start(),
		delay:  time.Duration(int64(halfLength(up, down)) * int64(time.Second) / tick),
	}, nil
}

// ratio returns to/from in lowest terms.
func ratio(from, to int) (up, down int, err error) {
	for _, rate := range [...]int{from, to} {
		if err := (media.Format{Encoding: media.L16, Rate: rate}).Check(); err != nil {
			return 0, 0, fmt.Errorf("resample %d to %d: %w: %w", from, to, codec.ErrUnsupported, err)
		}
	}
	common := gcd(from, to)
	up, down = to/common, from/common
	if max(up, down) > maxRatio {
		return 0, 0, fmt.Errorf("resample %d to %d: %w: the ratio %d/%d has numbers above %d",
			from, to, codec.ErrUnsupported, up, down, maxRatio)
	}
	return up, down, nil
}

// Resample appends the samples that src brings out to dst and returns it. It
// allocates only where dst has no room. Where the ratio's numbers multiply to
// at most 12, samples go through in groups (8 to 16 kHz: 1 in, 2 out; 24 to 16
// kHz: 3 in, 2 out) and a group that isn't full waits for the next call; other
// ratios give each sample as soon as its input is there. Frames of 10 or 20 ms
// at 8, 16, 24 and 48 kHz are always whole groups. dst must not overlap src.
func (r *Resampler) Resample(dst, src []int16) []int16 { return r.stream.resample(dst, src) }

// Reset forgets the stream, so that the next sample starts a new one with no
// echo of the old.
func (r *Resampler) Reset() { r.stream.reset() }

// Delay returns how far the output lies behind the input when both begin at
// the same time: half the filter's length, 2.9 to 3 ms where the lower rate
// is 8 kHz, less in proportion where it is higher.
func (r *Resampler) Delay() time.Duration { return r.delay }

// gcd returns the greatest common divisor of two positive numbers.
func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
