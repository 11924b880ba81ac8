package denoise

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrRate reports a rate that can't be used.
var ErrRate = errors.New("unusable denoise rate")

// Latency is how far what comes out lies behind what goes in.
const Latency = 6 * time.Millisecond

const (
	// maxFrame is the samples of a frame at 16000 samples per second, 16 ms; at
	// 8000 there are half as many. Steps are five eighths of it, and what two
	// frames share three eighths.
	maxFrame = 256
	maxBins  = maxFrame/2 + 1
)

// Suppressor takes noise out of one stream of sound. It is owned by one
// goroutine and allocates nothing while its caller's slice has room.
type Suppressor struct {
	frame, step int
	turns       *turns

	line   [maxFrame]float32 // the newest samples that came in
	n      int               // of the step in progress
	tail   [maxFrame]float32 // of the last frame, which the next one adds to
	points [maxFrame / 2]point
	bins   bins
}

// New returns a Suppressor for rate samples per second, 8000 or 16000, or an
// error that wraps ErrRate.
func New(rate int) (*Suppressor, error) {
	if rate != 8000 && rate != 16000 {
		return nil, fmt.Errorf("%w: %d samples per second, want 8000 or 16000", ErrRate, rate)
	}
	return &Suppressor{frame: rate * 2 / 125, step: rate / 100, turns: &shared().turns[rate/16000]}, nil
}

// Restart forgets what was said and keeps what is known of the noise: the next
// sample doesn't follow the last one.
func (s *Suppressor) Restart() {
	s.n = 0
	clear(s.line[:])
	clear(s.tail[:])
	s.bins.restart()
}

// Suppress takes the next samples, as many or few as there are, and appends to
// dst those that are ready, which it returns. They come in whole steps of 10
// ms, and how they come doesn't depend on how pcm is split.
func (s *Suppressor) Suppress(dst, pcm []int16) []int16 {
	for len(pcm) > 0 {
		rest := s.line[s.frame-s.step+s.n : s.frame]
		n := min(len(rest), len(pcm))
		for i, x := range pcm[:n] {
			rest[i] = float32(x)
		}
		pcm = pcm[n:]
		if s.n += n; s.n == s.step {
			s.n = 0
			dst = s.pass(dst)
		}
	}
	return dst
}

// pass appends the step that the frame completes.
func (s *Suppressor) pass(dst []int16) []int16 {
	t := s.turns
	points := s.points[:s.frame/2]
	t.forward(points, s.line[:s.frame])
	s.bins.suppress(points, t)
	var out [maxFrame]float32
	t.backward(out[:s.frame], points)
	for i := range s.step {
		dst = append(dst, clip(out[i]+s.tail[i]))
	}
	shared := s.frame - s.step
	copy(s.tail[:shared], out[s.step:s.frame])
	copy(s.line[:shared], s.line[s.step:s.frame])
	return dst
}

// clip rounds to the nearest sample value.
func clip(x float32) int16 {
	x = max(math.MinInt16, min(x, math.MaxInt16))
	return int16(int32(x+32768.5) - 32768)
}
