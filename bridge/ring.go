package bridge

// ring keeps the newest samples that were written to it.
type ring struct {
	buf  []int16
	next int
	full bool
}

func newRing(samples int) ring { return ring{buf: make([]int16, samples)} }

// write adds pcm, in place of the oldest.
func (r *ring) write(pcm []int16) {
	if len(pcm) >= len(r.buf) {
		copy(r.buf, pcm[len(pcm)-len(r.buf):])
		r.next, r.full = 0, true
		return
	}
	n := copy(r.buf[r.next:], pcm)
	if n < len(pcm) {
		copy(r.buf, pcm[n:])
		r.full = true
	}
	r.next += len(pcm)
	if r.next >= len(r.buf) {
		r.next -= len(r.buf)
		r.full = true
	}
}

func (r *ring) reset() { r.next, r.full = 0, false }

// last returns the newest sample, zero before the first.
func (r *ring) last() int16 {
	if r.next == 0 && !r.full {
		return 0
	}
	return r.buf[(r.next+len(r.buf)-1)%len(r.buf)]
}

// read returns what is kept, in two parts, oldest first. They are good until
// the next write.
func (r *ring) read() (older, newer []int16) {
	if r.full {
		older = r.buf[r.next:]
	}
	return older, r.buf[:r.next]
}
