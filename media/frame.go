// Package media names what flows through a call: encodings, formats and the
// frames that carry sound. It knows no carrier, no codec and no clock.
package media

import (
	"errors"
	"fmt"
	"slices"
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
	// G722 is wideband speech at 64 kbit/s (ITU-T G.722): 16,000 samples a
	// second, two in each byte. Its RTP clock counts 8,000 a second, by a slip
	// that RFC 3551 keeps (section 4.5.2); a Format's Rate is the true one.
	G722
	// Opus is RFC 6716. A payload is one packet, which tells by itself how long
	// it plays; Rate is that at which it is encoded and decoded here, the RTP
	// clock always counts 48,000 a second (RFC 7587).
	Opus
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
	case G722:
		return "G722"
	case Opus:
		return "OPUS"
	}
	return fmt.Sprintf("Encoding(%d)", uint8(e))
}

// SampleSize returns the bytes that one sample takes, zero for an encoding
// that is not known or whose samples aren't whole bytes.
func (e Encoding) SampleSize() int {
	switch e {
	case PCMU, PCMA:
		return 1
	case L16:
		return 2
	case G722, Opus:
		return 0
	}
	return 0
}

// Stateful reports whether a sample's bytes depend on those before it: sound is
// then encoded when it is sent, and silence as other sound.
func (e Encoding) Stateful() bool { return e == G722 || e == Opus }

// Silence returns the byte that a run of silence is made of, in an encoding
// that isn't Stateful.
func (e Encoding) Silence() byte {
	switch e {
	case PCMU:
		return 0xff
	case PCMA:
		return 0xd5
	case L16, G722, Opus:
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
	usable := false
	switch f.Encoding {
	case PCMU, PCMA, L16:
		usable = f.Rate >= 1000 && f.Rate <= 192000
	case G722:
		usable = f.Rate == 16000
	case Opus:
		usable = slices.Contains(opusRates(), f.Rate)
	}
	if !usable {
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

// Count returns how many samples payload holds, zero where it isn't a whole
// number of them or, in Opus, no packet.
func (f Format) Count(payload []byte) int {
	switch f.Encoding {
	case PCMU, PCMA:
		return len(payload)
	case L16:
		if len(payload)%2 == 0 {
			return len(payload) / 2
		}
	case G722:
		return 2 * len(payload)
	case Opus:
		return opusCount(payload, f.Rate)
	}
	return 0
}

// Bytes returns the number of bytes in d, always whole samples; zero for Opus,
// whose packets have no size that is known before.
func (f Format) Bytes(d time.Duration) int {
	if f.Encoding == G722 {
		return f.Samples(d) / 2
	}
	return f.Samples(d) * f.Encoding.SampleSize()
}

// Duration returns how long n bytes play; zero for Opus, where n doesn't tell.
func (f Format) Duration(n int) time.Duration {
	if f.Encoding == G722 && f.Rate > 0 {
		return time.Duration(2 * int64(n) * int64(time.Second) / int64(f.Rate))
	}
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
func (f Frame) Duration() time.Duration {
	if f.Format.Rate == 0 {
		return 0
	}
	return PCMDuration(f.Format.Count(f.Payload), f.Format.Rate)
}

// PCMDuration returns how long n samples play at rate samples per second.
func PCMDuration(n, rate int) time.Duration {
	return time.Duration(int64(n) * int64(time.Second) / int64(rate))
}

// PCMSamples returns the number of samples in d at rate samples per second.
func PCMSamples(d time.Duration, rate int) int {
	return int(int64(d) * int64(rate) / int64(time.Second))
}
