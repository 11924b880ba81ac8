package bridge

import "math"

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

// newest returns the newest n samples, or all where there are fewer, in two
// parts to be changed in place, oldest first.
func (r *ring) newest(n int) (older, newer []int16) {
	if n <= r.next {
		return nil, r.buf[r.next-n : r.next]
	}
	if r.full {
		older = r.buf[max(r.next, len(r.buf)-(n-r.next)):]
	}
	return older, r.buf[:r.next]
}

// quietest returns the level of the quietest stretch of n samples among those
// that are older than the newest skip, in dBFS; zero where there are too few.
func (r *ring) quietest(skip, n int) float64 {
	older, newer := r.read()
	least := 1.0
	for left := len(older) + len(newer) - skip; left >= n; left -= n {
		var power float64
		for i := left - n; i < left; i++ {
			s := float64(at(older, newer, i)) / 32768
			power += s * s
		}
		least = min(least, power/float64(n))
	}
	return 10 * math.Log10(max(least, 1e-10))
}

// at returns the i-th sample of two parts.
func at(older, newer []int16, i int) int16 {
	if i < len(older) {
		return older[i]
	}
	return newer[i-len(older)]
}

// read returns what is kept, in two parts, oldest first. They are good until
// the next write.
func (r *ring) read() (older, newer []int16) {
	if r.full {
		older = r.buf[r.next:]
	}
	return older, r.buf[:r.next]
}
