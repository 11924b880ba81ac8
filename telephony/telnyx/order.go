package telnyx

import "github.com/talkpath/talkpath/media"

// order is the byte order of L16 on the socket. The rest of the program has
// little-endian samples.
type order struct {
	swapped bool
	scratch []byte
}

// applies reports whether sound in f must be turned around.
func (o *order) applies(f media.Format) bool { return o.swapped && f.Encoding == media.L16 }

// turn turns the samples of payload around in place, where that is due.
func (o *order) turn(f media.Format, payload []byte) {
	if !o.applies(f) {
		return
	}
	for i := 0; i+1 < len(payload); i += 2 {
		payload[i], payload[i+1] = payload[i+1], payload[i]
	}
}

// turned returns payload as it goes over the socket, where that differs in a
// buffer of o's own that is good until its next use.
func (o *order) turned(f media.Format, payload []byte) []byte {
	if !o.applies(f) {
		return payload
	}
	o.scratch = append(o.scratch[:0], payload...)
	o.turn(f, o.scratch)
	return o.scratch
}
