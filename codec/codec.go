// Package codec says what a codec and a resampler are, and how the parts of
// the program that need one ask for it. The codecs themselves are in folders
// of their own below this one.
package codec

import (
	"errors"
	"fmt"

	"github.com/talkpath/talkpath/media"
)

// Codec translates between the bytes of one format and 16-bit PCM at that
// format's rate. It may keep state from frame to frame, so each direction of
// each call has its own. It starts no goroutine and takes no lock.
type Codec interface {
	// Decode appends the samples of payload to dst and returns it. It
	// allocates only where dst has no room. A payload that isn't whole
	// samples, or no packet, is an error that wraps ErrPayload; dst is then
	// returned as it was.
	Decode(dst []int16, payload []byte) ([]int16, error)
	// Encode appends the bytes of pcm to dst and returns it. It allocates
	// only where dst has no room. For Opus the bytes are one packet and pcm is
	// 20 ms of sound; the other encodings take any length.
	Encode(dst []byte, pcm []int16) []byte
}

// Concealer is a Codec that knows better than its user what to play in place
// of payloads that never came.
type Concealer interface {
	// Conceal appends the n samples between those that were decoded last and
	// those of next, and returns dst. next is the payload that follows, which
	// may hold a spare copy of what is missing; it is decoded afterwards. It is
	// nil where it isn't known. The last copied samples come from such a copy:
	// they are what was sent, and not made up.
	Conceal(dst []int16, n int, next []byte) (out []int16, copied int)
}

// Resampler changes the sample rate of one stream. The same samples come out
// however the input is split into calls. It starts no goroutine.
type Resampler interface {
	// Resample appends what src brings out to dst and returns it.
	Resample(dst, src []int16) []int16
	// Reset forgets the stream, so that the next sample starts a new one
	// with no echo of the old.
	Reset()
}

// ErrPayload reports a payload that isn't whole samples, or isn't a packet of
// its encoding.
var ErrPayload = errors.New("payload is not whole samples")

// ErrUnsupported reports a format or a pair of rates that no part of the Set
// can take.
var ErrUnsupported = errors.New("not supported")

// Set holds the codecs and the resampler that a program was built with.
// cmd/talkpath fills it; parts that translate sound are handed one.
type Set struct {
	// Codecs makes a codec for a sample rate, by encoding.
	Codecs map[media.Encoding]func(rate int) (Codec, error)
	// Resample makes a resampler between two rates that differ.
	Resample func(from, to int) (Resampler, error)
}

// New returns a codec for f.
func (s Set) New(f media.Format) (Codec, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	build, ok := s.Codecs[f.Encoding]
	if !ok {
		return nil, fmt.Errorf("codec %v: %w by this build", f, ErrUnsupported)
	}
	return build(f.Rate)
}

// Between returns a resampler from one rate to another; equal rates get one
// that copies.
func (s Set) Between(from, to int) (Resampler, error) {
	if from == to {
		return same{}, nil
	}
	if s.Resample == nil {
		return nil, fmt.Errorf("resample %d to %d: %w", from, to, ErrUnsupported)
	}
	return s.Resample(from, to)
}

// same is the resampler between equal rates.
type same struct{}

func (same) Resample(dst, src []int16) []int16 { return append(dst, src...) }
func (same) Reset()                            {}
