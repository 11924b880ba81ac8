package jitterbench

// fader is the simplest concealer that does not click: it plays the last 10 ms
// again, softer each time. How good a gap sounds is measured elsewhere.
type fader struct {
	last [rate / 100]int16
	at   int
	gain int32
}

// Played keeps the end of what was played.
func (f *fader) Played(pcm []int16) {
	if n := len(pcm); n < len(f.last) {
		copy(f.last[:], f.last[n:])
		copy(f.last[len(f.last)-n:], pcm)
	} else {
		copy(f.last[:], pcm[n-len(f.last):])
	}
	f.at, f.gain = 0, 1<<15
}

// Conceal continues the gap.
func (f *fader) Conceal(dst []int16) {
	for i := range dst {
		dst[i] = int16(int32(f.last[f.at]) * f.gain >> 15)
		if f.at++; f.at == len(f.last) {
			f.at, f.gain = 0, f.gain*3/4
		}
	}
}

// Join fades in what follows.
func (f *fader) Join(next []int16) {
	n := min(len(next), len(f.last)/2)
	for i := range next[:n] {
		next[i] = int16(int(next[i]) * (i + 1) / n)
	}
}
