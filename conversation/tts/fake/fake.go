// Package fake is a synthesizer that speaks a tone for each word, for tests
// and load: it costs next to nothing, and it can fail in each of the ways in
// which a real one does.
package fake

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
)

// Fault is something that goes wrong.
type Fault uint8

// The faults.
const (
	None       Fault = iota
	Fails            // an error instead of sound
	Hangs            // no sound and no end
	DiesMidway       // an error in the middle
	HangsMidway
)

// Config says how it speaks, and what goes wrong.
type Config struct {
	Rate    int           // samples per second; 8000 where zero
	PerWord time.Duration // how long a word sounds; 300 ms where zero
	Hertz   float64       // the tone; 440 where zero
	First   time.Duration // before the first sound
	// Speed is how many times faster than real time the sound comes; zero
	// brings it at once.
	Speed float64
	Fault Fault
	After int // sentences of all calls before the fault begins
}

// Synthesizer is a conversation.Synthesizer.
type Synthesizer struct {
	cfg    Config
	second []int16 // of the tone, whole periods; read only
	spoken atomic.Int64
}

// step is the sound in one call of out.
const step = 100 * time.Millisecond

// amplitude is the peak of the tone.
const amplitude = 8000

// New returns a Synthesizer. Its tone has whole periods in a second, so that
// it has no clicks.
func New(cfg Config) *Synthesizer {
	if cfg.Rate == 0 {
		cfg.Rate = 8000
	}
	if cfg.PerWord == 0 {
		cfg.PerWord = 300 * time.Millisecond
	}
	if cfg.Hertz == 0 {
		cfg.Hertz = 440
	}
	s := &Synthesizer{cfg: cfg, second: make([]int16, cfg.Rate)}
	for i := range s.second {
		s.second[i] = int16(amplitude * math.Sin(2*math.Pi*math.Round(cfg.Hertz)*float64(i)/float64(cfg.Rate)))
	}
	return s
}

// Rate returns the samples per second.
func (s *Synthesizer) Rate() int { return s.cfg.Rate }

// Speak brings the tone for as many words as text has.
func (s *Synthesizer) Speak(ctx context.Context, text string, out func([]int16) error) error {
	fault := s.cfg.Fault
	if s.spoken.Add(1) <= int64(s.cfg.After) {
		fault = None
	}
	if err := pause(ctx, s.cfg.First); err != nil {
		return err
	}
	if fault == Fails {
		return fmt.Errorf("%w: told to fail", conversation.ErrEngine)
	}
	if fault == Hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	total := media.PCMSamples(time.Duration(len(strings.Fields(text)))*s.cfg.PerWord, s.cfg.Rate)
	return s.sound(ctx, total, fault, out)
}

// sound brings total samples in steps.
func (s *Synthesizer) sound(ctx context.Context, total int, fault Fault, out func([]int16) error) error {
	most := media.PCMSamples(step, s.cfg.Rate)
	for at := 0; at < total; {
		if fault == DiesMidway && at >= total/2 {
			return fmt.Errorf("%w: told to die midway", conversation.ErrEngine)
		}
		if fault == HangsMidway && at >= total/2 {
			<-ctx.Done()
			return ctx.Err()
		}
		from := at % len(s.second)
		n := min(most, total-at, len(s.second)-from)
		if err := out(s.second[from : from+n]); err != nil {
			return err
		}
		at += n
		if s.cfg.Speed > 0 {
			if err := pause(ctx, time.Duration(float64(media.PCMDuration(n, s.cfg.Rate))/s.cfg.Speed)); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
