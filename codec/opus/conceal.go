//go:build cgo

package opus

import "github.com/talkpath/talkpath/media"

// Conceal implements codec.Concealer: the last packet that is missing comes
// from the copy in next, where there is one, and what is before it from
// libopus' own concealment, which goes on in the pitch of what it decoded last
// and fades. It allocates only where dst has no room, and at its first use.
func (c *Codec) Conceal(dst []int16, n int, next []byte) (out []int16, copied int) {
	if n <= 0 {
		return dst, 0
	}
	if c.openDecoder() != nil {
		return append(dst, make([]int16, n)...), 0
	}
	if copied = c.copied(next); copied > n {
		copied = 0
	}
	dst = c.concealOwn(dst, n-copied)
	if copied == 0 {
		return dst, 0
	}
	dst, room := grown(dst, copied)
	if c.decoder.DecodeFEC(next, room) != nil {
		clear(room)
		copied = 0
	}
	return dst, copied
}

// copied returns how many samples before its own a packet can bring back: as
// many as one of its frames has.
func (c *Codec) copied(next []byte) int {
	if c.format.Count(next) == 0 || !HasFEC(next) {
		return 0
	}
	const frames = 3 // the bits that say how many there are: none set means one
	return c.format.Count([]byte{next[0] &^ frames})
}

// concealOwn appends n samples that libopus makes up. It does so in steps of
// 2.5 ms; what a last step gives too much is dropped.
func (c *Codec) concealOwn(dst []int16, n int) []int16 {
	step, packet := c.cfg.Rate/400, media.PCMSamples(Packet, c.cfg.Rate)
	for n > 0 {
		length := min(packet, (n+step-1)/step*step)
		if cap(c.spare) < length {
			c.spare = make([]int16, packet)
		}
		made := c.spare[:length:length]
		if c.decoder.DecodePLC(made) != nil {
			clear(made)
		}
		dst = append(dst, made[:min(n, length)]...)
		n -= length
	}
	return dst
}
