package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/talkpath/talkpath/media"
)

const (
	// placeholder is the least length that stands for "not known": pipes carry
	// 0x7ffff024 (espeak-ng), 0x7fffffff (sox) and 0xffffffff (ffmpeg).
	placeholder = 0x7fff0000
	// fmtSize is the most of a fmt chunk that means anything here.
	fmtSize = 40
	// unknown is the length of sound that goes on to the end of the stream.
	unknown = -1
)

// subformatTail is what follows the format tag in the GUID that an extensible
// fmt chunk carries.
const subformatTail = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"

// header is what the chunks in front of the samples say.
type header struct {
	format   media.Format
	channels int   // zero until a fmt chunk was read
	length   int64 // bytes of sound, or unknown
}

// readHeader reads up to the first byte of sound. It holds at most fmtSize
// bytes, whatever lengths the chunks claim.
func readHeader(r io.Reader) (header, error) {
	var buf [fmtSize]byte
	if err := readFull(r, buf[:12], "its first 12 bytes"); err != nil {
		return header{}, err
	}
	if id := string(buf[:4]); id != "RIFF" || string(buf[8:12]) != "WAVE" {
		return header{}, fmt.Errorf("%w: it begins with %q and %q, not RIFF and WAVE", ErrFormat, id, buf[8:12])
	}
	total := binary.LittleEndian.Uint32(buf[4:8])
	var h header
	for {
		if err := readFull(r, buf[:8], "a data chunk"); err != nil {
			return header{}, err
		}
		id, size := string(buf[:4]), binary.LittleEndian.Uint32(buf[4:8])
		if id == "data" {
			if h.channels == 0 {
				return header{}, fmt.Errorf("%w: the data chunk comes before the fmt chunk", ErrFormat)
			}
			h.length = soundLength(size, total)
			return h, nil
		}
		if id == "fmt " {
			fields := buf[:min(size, fmtSize)]
			if err := readFull(r, fields, "its fmt chunk"); err != nil {
				return header{}, err
			}
			if err := h.describe(fields); err != nil {
				return header{}, err
			}
			size -= uint32(len(fields))
		}
		if err := skip(r, size); err != nil {
			return header{}, err
		}
	}
}

// soundLength returns the length of a data chunk of a stated size in a file of
// a stated size. A size beyond the end of the file needs no care, for sound
// ends with the file; but zero means that nobody filled it in where the file's
// own size isn't one either.
func soundLength(size, total uint32) int64 {
	if size == 0 && (total == 0 || total >= placeholder) {
		return unknown
	}
	return int64(size)
}

// describe takes over what a fmt chunk says and checks it.
func (h *header) describe(fields []byte) error {
	le := binary.LittleEndian
	if len(fields) < 16 {
		return fmt.Errorf("%w: its fmt chunk has %d bytes, not 16 or more", ErrFormat, len(fields))
	}
	tag, channels, rate := le.Uint16(fields), le.Uint16(fields[2:]), le.Uint32(fields[4:])
	align, bits := le.Uint16(fields[12:]), le.Uint16(fields[14:])
	if tag == tagExtensible {
		if len(fields) < fmtSize || string(fields[26:]) != subformatTail {
			return fmt.Errorf("%w: its extensible fmt chunk names no format", ErrFormat)
		}
		tag = le.Uint16(fields[24:])
	}
	switch {
	case tag == tagPCM && bits == 16:
		h.format.Encoding = media.L16
	case tag == tagMuLaw && bits == 8:
		h.format.Encoding = media.PCMU
	case tag == tagALaw && bits == 8:
		h.format.Encoding = media.PCMA
	default:
		return fmt.Errorf("%w: format tag %#x with %d bits; 16-bit PCM and 8-bit G.711 are taken", ErrFormat, tag, bits)
	}
	limit := 1
	if h.format.Encoding == media.L16 {
		limit = 2
	}
	if channels < 1 || int(channels) > limit {
		return fmt.Errorf("%w: %d channels; %v is taken with at most %d", ErrFormat, channels, h.format.Encoding, limit)
	}
	if want := int(channels) * h.format.Encoding.SampleSize(); int(align) != want {
		return fmt.Errorf("%w: %d bytes to a block of samples, want %d", ErrFormat, align, want)
	}
	h.format.Rate = int(min(rate, 1<<30)) // fits an int of 32 bits
	h.channels = int(channels)
	if err := h.format.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

// skip reads over the rest of a chunk and the byte that fills it to an even
// length.
func skip(r io.Reader, size uint32) error {
	n := int64(size) + int64(size%2)
	if _, err := io.CopyN(io.Discard, r, n); err != nil {
		return endedBefore(err, "a data chunk")
	}
	return nil
}

// readFull fills b or says what the file ended before.
func readFull(r io.Reader, b []byte, what string) error {
	if _, err := io.ReadFull(r, b); err != nil {
		return endedBefore(err, what)
	}
	return nil
}

// endedBefore makes an end of file in the header a fault of the file, and
// names the step for any other error.
func endedBefore(err error, what string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends before %s", ErrFormat, what)
	}
	return fmt.Errorf("read wav: %w", err)
}
