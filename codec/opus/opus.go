//go:build cgo

package opus

import (
	"errors"
	"fmt"
	"slices"

	hraban "gopkg.in/hraban/opus.v2"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// maxFrame is the longest frame in bytes (RFC 6716, section 3.2.1), and so the
// longest packet that Encode makes.
const maxFrame = 1275

// Codec is a codec.Codec and a codec.Concealer: an encoder and a decoder, of
// which each is made when it is used first. One goroutine owns it.
type Codec struct {
	cfg     Config
	format  media.Format
	encoder *hraban.Encoder
	decoder *hraban.Decoder
	padded  []int16 // a short last packet, filled up
	spare   []int16 // what libopus conceals beyond what is asked for
}

var (
	_ codec.Codec     = (*Codec)(nil)
	_ codec.Concealer = (*Codec)(nil)
)

// New returns a codec with the Defaults for rate. A rate that Opus doesn't have
// is an error that wraps media.ErrFormat. It has the shape codec.Set asks for.
func New(rate int) (codec.Codec, error) { return Open(Defaults(rate)) }

// ErrConfig reports a Config with a value that libopus doesn't take.
var ErrConfig = errors.New("unusable Opus configuration")

// Open returns a codec with cfg. Its errors wrap media.ErrFormat or ErrConfig.
func Open(cfg Config) (*Codec, error) {
	c := &Codec{cfg: cfg, format: media.Format{Encoding: media.Opus, Rate: cfg.Rate}}
	if err := c.format.Check(); err != nil {
		return nil, err
	}
	if cfg.Bitrate < 6000 || cfg.Bitrate > 510000 || cfg.Complexity < 0 || cfg.Complexity > 10 || cfg.Loss < 0 || cfg.Loss > 100 {
		return nil, fmt.Errorf("%w: %+v", ErrConfig, cfg)
	}
	return c, nil
}

// newEncoder makes an encoder for speech.
func newEncoder(cfg Config) (*hraban.Encoder, error) {
	e, err := hraban.NewEncoder(cfg.Rate, 1, hraban.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("make an Opus encoder: %w", err)
	}
	err = errors.Join(e.SetBitrate(cfg.Bitrate), e.SetComplexity(cfg.Complexity), e.SetDTX(cfg.DTX),
		e.SetInBandFEC(cfg.Loss > 0), e.SetPacketLossPerc(cfg.Loss))
	if err != nil {
		return nil, fmt.Errorf("set up an Opus encoder: %w", err)
	}
	return e, nil
}

// Encode appends one packet of 20 ms to dst and returns it. Less sound is
// filled up with silence. It allocates only where dst has no room, and at its
// first use. Nothing is appended for no sound, or for more than one packet has.
func (c *Codec) Encode(dst []byte, pcm []int16) []byte {
	want := c.format.Samples(Packet)
	if len(pcm) == 0 || len(pcm) > want {
		return dst
	}
	if c.encoder == nil {
		var err error
		if c.encoder, err = newEncoder(c.cfg); err != nil {
			return dst
		}
	}
	if len(pcm) < want {
		c.padded = append(append(c.padded[:0], pcm...), make([]int16, want-len(pcm))...)
		pcm = c.padded
	}
	begin := len(dst)
	dst = slices.Grow(dst, maxFrame)
	n, err := c.encoder.Encode(pcm, dst[begin:begin+maxFrame:begin+maxFrame])
	if err != nil {
		return dst
	}
	return dst[:begin+n]
}

// Decode appends the samples of one packet, of up to 120 ms, to dst and returns
// it. It allocates only where dst has no room, and at its first use. What is no
// packet is an error that wraps codec.ErrPayload.
func (c *Codec) Decode(dst []int16, payload []byte) ([]int16, error) {
	want := c.format.Count(payload)
	if want == 0 {
		return dst, fmt.Errorf("opus packet of %d bytes: %w", len(payload), codec.ErrPayload)
	}
	if err := c.openDecoder(); err != nil {
		return dst, err
	}
	dst, room := grown(dst, want)
	n, err := c.decoder.Decode(payload, room)
	if err == nil && n != want {
		err = fmt.Errorf("%d samples in place of %d", n, want)
	}
	if err != nil {
		return dst[:len(dst)-want], fmt.Errorf("opus packet of %d bytes: %w: %w", len(payload), codec.ErrPayload, err)
	}
	return dst, nil
}

func (c *Codec) openDecoder() (err error) {
	if c.decoder != nil {
		return nil
	}
	if c.decoder, err = hraban.NewDecoder(c.cfg.Rate, 1); err != nil {
		return fmt.Errorf("make an Opus decoder: %w", err)
	}
	return nil
}

// grown returns dst with n more samples, and these with no room behind them:
// the binding fills what there is room for.
func grown(dst []int16, n int) (all, more []int16) {
	begin := len(dst)
	dst = slices.Grow(dst, n)[:begin+n]
	return dst, dst[begin : begin+n : begin+n]
}
