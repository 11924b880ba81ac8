package conceal

// ring keeps the newest samples that were written to it.
type ring struct {
	buf  []int16
	next int
	full bool
}

func (r *ring) write(pcm []int16) {
	if len(pcm) >= len(r.buf) {
		copy(r.buf, pcm[len(pcm)-len(r.buf):])
		r.next, r.full = 0, true
		return
	}
	n := copy(r.buf[r.next:], pcm)
	if n == len(pcm) {
		r.next += n
		return
	}
	r.next, r.full = copy(r.buf, pcm[n:]), true
}

// read copies what is kept to dst, oldest first, and returns how much it is.
func (r *ring) read(dst []float32) (n int) {
	if r.full {
		n = convert(dst, r.buf[r.next:])
	}
	return n + convert(dst[n:], r.buf[:r.next])
}

func convert(dst []float32, pcm []int16) int {
	dst = dst[:len(pcm)]
	for i, s := range pcm {
		dst[i] = float32(s)
	}
	return len(pcm)
}
