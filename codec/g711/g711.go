// Package g711 is the codec of telephone sound, ITU-T G.711, in both its laws.
//
// The values are those of github.com/zaf/g711, put into tables: one look-up a
// sample in each direction, about a sixth of the cost of computing mu-law.
package g711

import (
	"slices"
	"sync"

	zaf "github.com/zaf/g711"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// law is one of the two laws as tables, read-only after it is made.
type law struct {
	encode [1 << 16]byte // by sample, as uint16
	decode [1 << 8]int16
}

// newLaw fills the tables from functions for one sample.
func newLaw(encode func(int16) uint8, decode func(uint8) int16) *law {
	l := new(law)
	for i := range l.encode {
		l.encode[i] = encode(int16(uint16(i)))
	}
	for i := range l.decode {
		l.decode[i] = decode(uint8(i))
	}
	return l
}

var (
	muLaw = sync.OnceValue(func() *law { //nolint:gochecknoglobals // a read-only table
		return newLaw(zaf.EncodeUlawFrame, zaf.DecodeUlawFrame)
	})
	aLaw = sync.OnceValue(func() *law { //nolint:gochecknoglobals // a read-only table
		return newLaw(zaf.EncodeAlawFrame, zaf.DecodeAlawFrame)
	})
)

// Codec is a codec.Codec for one law. It keeps no state, so a Codec may serve
// any number of streams at the same time.
type Codec struct {
	law *law
}

var _ codec.Codec = (*Codec)(nil)

// NewMuLaw returns the mu-law codec. G.711 says 8000 samples per second, but
// the law knows no rate, so each that media.Format takes is fine; others are
// an error that wraps media.ErrFormat. It has the shape codec.Set asks for.
func NewMuLaw(rate int) (codec.Codec, error) { return open(media.PCMU, rate, muLaw) }

// NewALaw is NewMuLaw for A-law.
func NewALaw(rate int) (codec.Codec, error) { return open(media.PCMA, rate, aLaw) }

func open(e media.Encoding, rate int, tables func() *law) (codec.Codec, error) {
	if err := (media.Format{Encoding: e, Rate: rate}).Check(); err != nil {
		return nil, err
	}
	return &Codec{law: tables()}, nil
}

// Decode appends a sample for each byte of payload to dst and returns it. It
// never fails: each byte is a sample. It allocates only where dst has no room.
func (c *Codec) Decode(dst []int16, payload []byte) ([]int16, error) {
	begin := len(dst)
	dst = slices.Grow(dst, len(payload))[:begin+len(payload)]
	out, table := dst[begin:], &c.law.decode
	for i, b := range payload {
		out[i] = table[b]
	}
	return dst, nil
}

// Encode appends a byte for each sample of pcm to dst and returns it. It
// allocates only where dst has no room.
func (c *Codec) Encode(dst []byte, pcm []int16) []byte {
	begin := len(dst)
	dst = slices.Grow(dst, len(pcm))[:begin+len(pcm)]
	out, table := dst[begin:], &c.law.encode
	for i, v := range pcm {
		out[i] = table[uint16(v)]
	}
	return dst
}
