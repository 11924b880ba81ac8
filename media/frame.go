// Package media names what flows through a call: encodings, formats and the
// frames that carry sound. It knows no carrier, no codec and no clock.
package media

import (
	"errors"
	"fmt"
	"time"
)

// Encoding is how samples become bytes.
type Encoding uint8

const (
	// PCMU is G.711 mu-law (ITU-T G.711), one byte a sample.
	PCMU Encoding = iota + 1
	// PCMA is G.711 A-law (ITU-T G.711), one byte a sample.
	PCMA
	// L16 is signed 16-bit linear PCM, little-endian as carriers send it on
	// their media sockets (RTP's L16 is big-endian; that is another encoding).
	L16
)

// String returns the encoding's name as RTP payload formats spell it.
func (e Encoding) String() string {
	switch e {
	case PCMU:
		return "PCMU"
	case PCMA:
		return "PCMA"
	case L16:
		return "L16"
	}
	return fmt.Sprintf("Encoding(%d)", uint8(e))
}

// SampleSize returns the bytes that one sample takes, zero for an encoding
// that is not known.
func (e Encoding) SampleSize() int {
	switch e {
	case PCMU, PCMA:
		return 1
	case L16:
		return 2
	}
	return 0
}

// Silence returns the byte that a run of silence is made of.
func (e Encoding) Silence() byte {
	switch e {
	case PCMU:
		return 0xff
	case PCMA:
		return 0xd5
	case L16:
		return 0
	}
	return 0
}

// Format is the shape of a run of sound: its encoding and its samples per
// second. Telephone sound is mono, so there is no channel count.
type Format struct {
	Encoding Encoding
	Rate     int
}

// ErrFormat reports a format that has no encoding or no usable rate.
var ErrFormat = errors.New("unusable media format")

// Check returns an error that wraps ErrFormat where the format can't be used.
func (f Format) Check() error {
	if f.Encoding.SampleSize() == 0 || f.Rate < 1000 || f.Rate > 192000 {
		return fmt.Errorf("%w: %v", ErrFormat, f)
	}
	return nil
}

// String returns the format as "PCMU/8000".
func (f Format) String() string { return fmt.Sprintf("%v/%d", f.Encoding, f.Rate) }

// Samples returns the number of samples in d, rounded down.
func (f Format) Samples(d time.Duration) int {
	return int(int64(d) * int64(f.Rate) / int64(time.Second))
}

// Bytes returns the number of bytes in d, always whole samples.
func (f Format) Bytes(d time.Duration) int { return f.Samples(d) * f.Encoding.SampleSize() }

// Duration returns how long n bytes play.
func (f Format) Duration(n int) time.Duration {
	per := f.Rate * f.Encoding.SampleSize()
	if per == 0 {
		return 0
	}
	return time.Duration(int64(n) * int64(time.Second) / int64(per))
}

// Frame is one packet interval of sound on its way through a call. Whoever
// holds the Frame owns Payload; handing the Frame on hands the bytes on.
type Frame struct {
	Format  Format
	Seq     uint64        // the carrier's counter, unwrapped; zero where it has none
	At      time.Duration // media time of the first sample since the stream began
	Payload []byte        // in Format's encoding, whole samples
}

// Duration returns how long the frame plays.
func (f Frame) Duration() time.Duration { return f.Format.Duration(len(f.Payload)) }

// PCMDuration returns how long n samples play at rate samples per second.
func PCMDuration(n, rate int) time.Duration {
	return time.Duration(int64(n) * int64(time.Second) / int64(rate))
}

// PCMSamples returns the number of samples in d at rate samples per second.
func PCMSamples(d time.Duration, rate int) int {
	return int(int64(d) * int64(rate) / int64(time.Second))
}
