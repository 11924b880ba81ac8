package resample

import "slices"

// walkChunk is how many input samples a walk works on at a time.
const walkChunk = 256

// walk is the plan for ratios of larger numbers, such as 22.05 to 8 kHz. Each
// output is one product of its phase's taps with the samples before it.
type walk struct {
	up, down int
	length   int       // taps per phase, whole lanes
	taps     []float32 // phase after phase, the oldest sample's first
}

// newWalk lays out the prototype for up/down.
func newWalk(up, down int) *walk {
	proto := prototype(up, down)
	length := (len(proto)+up-1)/up + lanes - 1
	length -= length % lanes
	w := &walk{up: up, down: down, length: length, taps: make([]float32, up*length)}
	for i, tap := range proto {
		phase, age := i%up, i/up
		w.taps[phase*length+length-1-age] = float32(tap)
	}
	return w
}

// walkStream runs a walk over one stream.
type walkStream struct {
	*walk
	line  []float32 // length-1 samples of the past, then the chunk's
	next  int       // the input sample of the next output, from the chunk's first
	phase int       // the next output's phase
}

func (w *walk) start() stream {
	return &walkStream{walk: w, line: make([]float32, w.length-1+walkChunk)}
}

func (s *walkStream) reset() {
	clear(s.line)
	s.next, s.phase = 0, 0
}

func (s *walkStream) resample(dst, src []int16) []int16 {
	dst = slices.Grow(dst, s.ready(len(src)))
	for len(src) > 0 {
		n := min(len(src), walkChunk)
		fresh := s.line[s.length-1:]
		for i, v := range src[:n] {
			fresh[i] = float32(v)
		}
		src = src[n:]
		for s.next < n {
			taps := s.taps[s.phase*s.length : (s.phase+1)*s.length]
			dst = append(dst, round(dot(taps, s.line[s.next:s.next+s.length])))
			s.step()
		}
		s.next -= n
		copy(s.line, s.line[n:n+s.length-1])
	}
	return dst
}

// step moves to the next output.
func (s *walkStream) step() {
	s.phase += s.down
	s.next += s.phase / s.up
	s.phase %= s.up
}

// ready returns how many outputs n more samples bring.
func (s *walkStream) ready(n int) int {
	left := (n-s.next)*s.up - s.phase // taps between the next output and the end
	return max(0, (left+s.down-1)/s.down)
}
