package wav

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/talkpath/talkpath/media"
)

// maxEmptyReads is how often a source may give nothing and no error before it
// counts as stuck, as in the bufio package.
const maxEmptyReads = 100

// Reader reads the sound of a WAV file as it comes in. One goroutine owns it.
type Reader struct {
	header header
	sound  io.Reader // ends where the sound does
	block  [blockSize]byte
	held   int   // bytes of an incomplete sample at the start of block
	err    error // what ended the sound
}

var _ io.Reader = (*Reader)(nil)

// NewReader reads the header from r and returns a Reader that stands at the
// first sample. A header that can't be used is an error that wraps ErrFormat.
// A length that a program on a pipe put there as a placeholder means: up to
// the end of r; so does a length beyond the end. r is read in large blocks but
// for the header, which is read piece by piece.
func NewReader(r io.Reader) (*Reader, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	reader := &Reader{header: h, sound: r}
	if h.length != unknown {
		reader.sound = io.LimitReader(r, h.length)
	}
	return reader, nil
}

// Format returns the encoding and the rate. L16 can be read with ReadPCM; what
// Read gives is in this encoding whichever it is.
func (r *Reader) Format() media.Format { return r.header.format }

// Rate returns the samples per second of one channel.
func (r *Reader) Rate() int { return r.header.format.Rate }

// Channels returns the channels in the file: 1, or 2 where the encoding is
// L16.
func (r *Reader) Channels() int { return r.header.channels }

// Read reads the sound's bytes as they are in the file, with channels
// interleaved, and io.EOF at the end. It isn't to be mixed with ReadPCM.
func (r *Reader) Read(p []byte) (int, error) { return r.sound.Read(p) }

// ReadPCM reads up to len(dst) samples and returns how many. It waits for one
// sample, not for all, and mixes stereo down to the mean of both channels. It
// returns io.EOF at the end of the sound, where a part of a sample is dropped,
// and an error that wraps ErrEncoded where the sound isn't L16. Errors come
// after all samples in front of them.
func (r *Reader) ReadPCM(dst []int16) (int, error) {
	if r.header.format.Encoding != media.L16 {
		return 0, fmt.Errorf("%w but %v", ErrEncoded, r.header.format.Encoding)
	}
	if len(dst) == 0 {
		return 0, nil
	}
	group := 2 * r.header.channels // bytes of one sample of all channels
	want := min(len(dst)*group, len(r.block))
	for range maxEmptyReads {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.sound.Read(r.block[r.held:want])
		r.held += n
		r.err = err
		if samples := r.held / group; samples > 0 {
			r.take(dst[:samples], group)
			return samples, nil
		}
	}
	return 0, io.ErrNoProgress
}

// take moves samples from the block to dst, and what is left of the block to
// its start.
func (r *Reader) take(dst []int16, group int) {
	le := binary.LittleEndian
	for i := range dst {
		in := r.block[i*group:]
		left := int16(le.Uint16(in))
		if group == 4 {
			left = int16((int32(left) + int32(int16(le.Uint16(in[2:])))) >> 1)
		}
		dst[i] = left
	}
	used := len(dst) * group
	r.held = copy(r.block[:], r.block[used:r.held])
}
