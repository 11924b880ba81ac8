// Package g722 is the codec of wideband telephone sound, ITU-T G.722 at its
// full 64 kbit/s: 16,000 samples a second, two of them in each byte.
//
// On RTP its clock counts 8,000 a second, as if there were one sample in a
// byte; RFC 3551 (section 4.5.2) keeps that slip of RFC 1890 so that old and
// new speak to each other. Here a rate is always that of the samples; who reads
// or writes RTP's or a carrier's figures translates.
//
// The arithmetic is that of github.com/gotranspile/g722.
package g722

import (
	"slices"

	transpiled "github.com/gotranspile/g722"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// Codec is a codec.Codec: an encoder and a decoder, of which each goes on from
// call to call where it was. One goroutine owns it.
type Codec struct {
	encoder *transpiled.Encoder
	decoder *transpiled.Decoder
	odd     bool // whether a sample waits for its partner
	pair    [2]int16
}

var _ codec.Codec = (*Codec)(nil)

// New returns the codec for a rate in samples per second, which must be 16000:
// others are an error that wraps media.ErrFormat. It has the shape codec.Set
// asks for.
func New(rate int) (codec.Codec, error) {
	if err := (media.Format{Encoding: media.G722, Rate: rate}).Check(); err != nil {
		return nil, err
	}
	return &Codec{
		encoder: transpiled.NewEncoder(transpiled.Rate64000, 0),
		decoder: transpiled.NewDecoder(transpiled.Rate64000, 0),
	}, nil
}

// Decode appends two samples for each byte of payload to dst and returns it.
// It never fails. It allocates only where dst has no room.
func (c *Codec) Decode(dst []int16, payload []byte) ([]int16, error) {
	begin := len(dst)
	dst = slices.Grow(dst, 2*len(payload))[:begin+2*len(payload)]
	c.decoder.Decode(dst[begin:], payload)
	return dst, nil
}

// Encode appends a byte for each two samples to dst and returns it; a sample
// that is left over waits for the next call. It allocates only where dst has
// no room.
func (c *Codec) Encode(dst []byte, pcm []int16) []byte {
	if c.odd && len(pcm) > 0 {
		c.pair[1], c.odd = pcm[0], false
		dst, pcm = c.encode(dst, c.pair[:]), pcm[1:]
	}
	if whole := len(pcm) &^ 1; whole < len(pcm) {
		c.pair[0], c.odd = pcm[whole], true
		pcm = pcm[:whole]
	}
	return c.encode(dst, pcm)
}

// encode appends the bytes of an even number of samples.
func (c *Codec) encode(dst []byte, pcm []int16) []byte {
	begin := len(dst)
	dst = slices.Grow(dst, len(pcm)/2)[:begin+len(pcm)/2]
	c.encoder.Encode(dst[begin:], pcm)
	return dst
}
