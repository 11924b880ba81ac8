// Package wav reads and writes sound in RIFF/WAVE files ("Multimedia
// Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991;
// WAVE_FORMAT_EXTENSIBLE in Microsoft's "Multiple channel audio data and WAVE
// files", 2001). It writes 16-bit linear mono and reads that, stereo, and
// both laws of G.711, from files as well as from programs that write to a pipe
// and so can't fill in the length.
package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/talkpath/talkpath/media"
)

// ErrFormat reports a file that isn't RIFF/WAVE or holds sound that this
// package can't take; what wraps it says why.
var ErrFormat = errors.New("unusable WAV")

// ErrEncoded reports sound that isn't linear: Read gives its bytes, for a
// codec to decode.
var ErrEncoded = errors.New("WAV is not linear PCM")

// Format tags of the fmt chunk.
const (
	tagPCM        = 0x0001
	tagALaw       = 0x0006
	tagMuLaw      = 0x0007
	tagExtensible = 0xfffe
)

const (
	// headerSize is what stands before the samples in a file that Write makes.
	headerSize = 44
	// blockSize is how many bytes go through at a time.
	blockSize = 8 << 10
)

// Write writes pcm as a whole WAV file of 16-bit mono at rate samples per
// second. A rate that media.Format doesn't take, or more samples than a file's
// 32-bit lengths can count, is an error that wraps ErrFormat.
func Write(w io.Writer, rate int, pcm []int16) error {
	if err := (media.Format{Encoding: media.L16, Rate: rate}).Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if int64(len(pcm)) > (math.MaxUint32-headerSize)/2 {
		return fmt.Errorf("%w: %d samples are too many for one file", ErrFormat, len(pcm))
	}
	block := appendHeader(make([]byte, 0, blockSize), uint32(rate), uint32(2*len(pcm)))
	for {
		n := min(len(pcm), (cap(block)-len(block))/2)
		for _, v := range pcm[:n] {
			block = binary.LittleEndian.AppendUint16(block, uint16(v))
		}
		if _, err := w.Write(block); err != nil {
			return fmt.Errorf("write wav: %w", err)
		}
		if pcm = pcm[n:]; len(pcm) == 0 {
			return nil
		}
		block = block[:0]
	}
}

// appendHeader appends the header of 16-bit mono with size bytes of samples.
func appendHeader(b []byte, rate, size uint32) []byte {
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, headerSize-8+size)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16) // the fmt chunk's length
	b = le.AppendUint16(b, tagPCM)
	b = le.AppendUint16(b, 1)      // channel
	b = le.AppendUint32(b, rate)   // samples per second
	b = le.AppendUint32(b, 2*rate) // bytes per second
	b = le.AppendUint16(b, 2)      // bytes per sample of all channels
	b = le.AppendUint16(b, 16)     // bits per sample of one
	b = append(b, "data"...)
	return le.AppendUint32(b, size)
}
