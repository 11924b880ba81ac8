package bridge

import (
	"fmt"
	"slices"

	"github.com/talkpath/talkpath/media/denoise"
)

// Ears is how an agent listens.
type Ears struct {
	// NoEchoGuard lets the agent be interrupted by the echo of its own voice.
	NoEchoGuard bool
	// SuppressNoise takes noise out of what the recognizer hears, which comes to
	// it denoise.Latency later. Nothing else is changed.
	SuppressNoise bool
}

// suppressor takes noise out of what goes to the recognizer, or nothing.
type suppressor struct {
	*denoise.Suppressor
	first bool // whether the sound comes to it before it is resampled
	pcm   []int16
}

// newSuppressor returns one for the stream's rate, or for the recognizer's where
// it can't be used at the stream's.
func newSuppressor(cfg CoreConfig) (s suppressor, err error) {
	if !cfg.Ears.SuppressNoise {
		return s, nil
	}
	if s.Suppressor, err = denoise.New(cfg.Format.Rate); err == nil {
		s.first = true
		return s, nil
	}
	if s.Suppressor, err = denoise.New(cfg.RecognizerRate); err != nil {
		return s, fmt.Errorf("noise suppression, of the stream's %d or the recognizer's rate: %w", cfg.Format.Rate, err)
	}
	return s, nil
}

// restart begins with an utterance.
func (s *suppressor) restart() {
	if s.Suppressor != nil {
		s.Restart()
	}
}

// before takes sound at the stream's rate and returns what is to be resampled.
func (s *suppressor) before(pcm []int16) []int16 {
	if s.Suppressor == nil || !s.first {
		return pcm
	}
	s.pcm = s.Suppress(s.pcm[:0], pcm)
	return s.pcm
}

// after takes resampled sound, of which the samples from one on are new, and
// returns it with what is to be heard in their place.
func (s *suppressor) after(heard []int16, from int) []int16 {
	if s.Suppressor == nil || s.first {
		return heard
	}
	s.pcm = append(slices.Grow(s.pcm[:0], len(heard)-from), heard[from:]...)
	return s.Suppress(heard[:from], s.pcm)
}
