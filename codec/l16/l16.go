// Package l16 is the codec of linear sound as carriers send it on their media
// sockets: signed 16-bit samples, the low byte first. RTP's L16 (RFC 3551,
// section 4.5.11) has the high byte first and is not this.
package l16

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// Codec is a codec.Codec. It keeps no state, so a Codec may serve any number
// of streams at the same time.
type Codec struct{}

var _ codec.Codec = (*Codec)(nil)

// New returns the codec for a rate in samples per second. A rate that
// media.Format doesn't take is an error that wraps media.ErrFormat. It has the
// shape codec.Set asks for.
func New(rate int) (codec.Codec, error) {
	if err := (media.Format{Encoding: media.L16, Rate: rate}).Check(); err != nil {
		return nil, err
	}
	return &Codec{}, nil
}

// Decode appends the samples of payload to dst and returns it. An odd number
// of bytes is an error that wraps codec.ErrPayload; dst is then returned as it
// was. It allocates only where dst has no room.
func (*Codec) Decode(dst []int16, payload []byte) ([]int16, error) {
	if len(payload)%2 != 0 {
		return dst, fmt.Errorf("l16 payload of %d bytes: %w", len(payload), codec.ErrPayload)
	}
	begin := len(dst)
	dst = slices.Grow(dst, len(payload)/2)[:begin+len(payload)/2]
	out := dst[begin:]
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(payload[2*i:]))
	}
	return dst, nil
}

// Encode appends the bytes of pcm to dst and returns it. It allocates only
// where dst has no room.
func (*Codec) Encode(dst []byte, pcm []int16) []byte {
	begin := len(dst)
	dst = slices.Grow(dst, 2*len(pcm))[:begin+2*len(pcm)]
	out := dst[begin:]
	for i, v := range pcm {
		binary.LittleEndian.PutUint16(out[2*i:], uint16(v))
	}
	return dst
}
