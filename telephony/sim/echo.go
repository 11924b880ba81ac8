package sim

import (
	"fmt"
	"math"
	"time"

	"github.com/talkpath/talkpath/media"
)

// Echo is what the caller's telephone sends back of what it plays, through the
// telephone's band.
type Echo struct {
	// Loss is the echo return loss, by how many decibels the echo is weaker than
	// what the caller hears. Zero for no echo.
	Loss float64
	// Delay is from when a sound is heard to its echo.
	Delay time.Duration
}

// MaxEchoDelay is the longest Delay.
const MaxEchoDelay = 2 * time.Second

// check returns an error that wraps ErrConfig where the echo can't be made.
func (e Echo) check() error {
	if !(e.Loss >= 0) || e.Loss > 100 || e.Delay < 0 || e.Delay > MaxEchoDelay {
		return fmt.Errorf("%w: an echo's loss is from 0 to 100 dB, and its delay up to %v", ErrConfig, MaxEchoDelay)
	}
	return nil
}

const (
	// The band of a telephone (ITU-T G.712), in hertz.
	bandFrom, bandTo = 300, 3400
	// flat is the quality of a filter without a peak.
	flat = math.Sqrt2 / 2
)

// reflector makes the echo of one caller's line.
type reflector struct {
	gain  float64
	delay int // samples
	low   biquad
	high  biquad
	back  []int16 // the echo so far, as long as what was heard
}

// newReflector returns one for a line of rate samples per second, nil for no
// echo.
func newReflector(e Echo, rate int) *reflector {
	if e.Loss == 0 {
		return nil
	}
	return &reflector{
		gain: math.Pow(10, -e.Loss/20), delay: media.PCMSamples(e.Delay, rate),
		low: newBiquad(bandFrom/float64(rate), true), high: newBiquad(bandTo/float64(rate), false),
	}
}

// follow brings the echo up to what was heard.
func (r *reflector) follow(heard []int16) {
	for i := len(r.back); i < len(heard); i++ {
		x := 0.0
		if i >= r.delay {
			x = r.gain * float64(heard[i-r.delay])
		}
		r.back = append(r.back, int16(math.Round(r.high.next(r.low.next(x)))))
	}
}

// biquad is a filter of the second order.
type biquad struct{ b0, b1, a1, a2, s1, s2 float64 }

// newBiquad returns a high-pass or low-pass with its corner at a part of the
// rate, by the bilinear transform.
func newBiquad(corner float64, highPass bool) biquad {
	k := math.Tan(math.Pi * corner)
	norm := 1 / (1 + k/flat + k*k)
	b := biquad{a1: 2 * (k*k - 1) * norm, a2: (1 - k/flat + k*k) * norm}
	if highPass {
		b.b0, b.b1 = norm, -2*norm
	} else {
		b.b0, b.b1 = k*k*norm, 2*k*k*norm
	}
	return b
}

// next filters a sample. The transfer function's numerator is symmetric.
func (b *biquad) next(x float64) float64 {
	y := b.b0*x + b.s1
	b.s1 = b.b1*x - b.a1*y + b.s2
	b.s2 = b.b0*x - b.a2*y
	return y
}
