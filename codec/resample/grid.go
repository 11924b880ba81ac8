package resample

import "slices"

// gridCycles is how many cycles a grid works on at a time: 20 ms at 8 kHz.
const gridCycles = 160

// grid is the plan for ratios of small numbers. A cycle is down samples in
// and up samples out. Sorting the input into down lines, sample n into line n
// modulo down, makes each output phase a sum of plain convolutions, one per
// line, in which the taps of the prototype that are zero drop out: 8 to 16 kHz
// and back cost half of what the filter's length says.
type grid struct {
	up, down int
	history  int     // cycles of the past that the longest run looks back
	phases   [][]run // the runs that each output phase adds up
}

// run is one convolution: taps over a line.
type run struct {
	line  int
	start int // the first tap's place in the line for the chunk's first cycle
	taps  []float32
}

// newGrid lays out the prototype for up/down.
func newGrid(up, down int) *grid {
	g := &grid{up: up, down: down, phases: make([][]run, up)}
	proto := prototype(up, down)
	for phase := range up {
		for line := range down {
			r := newRun(proto, up, down, phase, line)
			if len(r.taps) > 0 {
				g.phases[phase] = append(g.phases[phase], r)
				g.history = max(g.history, -r.start)
			}
		}
	}
	for _, runs := range g.phases {
		for i := range runs {
			runs[i].start += g.history
		}
	}
	return g
}

// newRun picks the taps that join an output phase to a line, the oldest
// sample's first, without zeros at the ends but filled up to whole lanes.
// start is relative to the output's own cycle and never above zero.
func newRun(proto []float64, up, down, phase, line int) run {
	at := phase * down // the output's place in the cycle, in taps
	var taps []float32 // newest sample's first
	newest := 0        // in cycles
	for i := at - line*up; i < len(proto); i += up * down {
		if i < 0 {
			newest-- // no such tap: the sample is still to come
			continue
		}
		taps = append(taps, float32(proto[i]))
	}
	for len(taps) > 0 && taps[len(taps)-1] == 0 {
		taps = taps[:len(taps)-1]
	}
	for len(taps) > 0 && taps[0] == 0 {
		taps, newest = taps[1:], newest-1
	}
	for len(taps)%lanes != 0 {
		taps = append(taps, 0)
	}
	slices.Reverse(taps)
	return run{line: line, start: newest - len(taps) + 1, taps: taps}
}

// gridStream runs a grid over one stream.
type gridStream struct {
	*grid
	lines   [][]float32 // history cycles, then the chunk's
	pending int         // samples of a cycle that isn't full
	sum     [gridCycles]float32
}

func (g *grid) start() stream {
	s := &gridStream{grid: g, lines: make([][]float32, g.down)}
	for i := range s.lines {
		s.lines[i] = make([]float32, g.history+gridCycles)
	}
	return s
}

func (s *gridStream) reset() {
	for _, line := range s.lines {
		clear(line)
	}
	s.pending = 0
}

func (s *gridStream) resample(dst, src []int16) []int16 {
	dst = slices.Grow(dst, (s.pending+len(src))/s.down*s.up)
	for len(src) > 0 {
		n := min(len(src), gridCycles*s.down-s.pending)
		s.sort(src[:n])
		src = src[n:]
		cycles := (s.pending + n) / s.down
		s.pending = (s.pending + n) % s.down
		begin := len(dst)
		dst = dst[:begin+cycles*s.up]
		for phase, runs := range s.phases {
			s.phase(dst[begin:], cycles, phase, runs)
		}
		s.shift(cycles)
	}
	return dst
}

// sort puts src into the lines, behind the samples that are pending.
func (s *gridStream) sort(src []int16) {
	for i := range min(s.down, len(src)) {
		place := s.pending + i
		line := s.lines[place%s.down][s.history+place/s.down:]
		for j, k := i, 0; j < len(src) && k < len(line); j, k = j+s.down, k+1 {
			line[k] = float32(src[j])
		}
	}
}

// phase writes one output phase of the chunk to out, where it has each up-th
// place.
func (s *gridStream) phase(out []int16, cycles, phase int, runs []run) {
	sum := s.sum[:cycles]
	clear(sum)
	for _, r := range runs {
		convolve(sum, s.lines[r.line][r.start:], r.taps)
	}
	at := phase
	for _, v := range sum {
		out[at] = round(v)
		at += s.up
	}
}

// shift moves the lines on by whole cycles, keeping history and pending.
func (s *gridStream) shift(cycles int) {
	for _, line := range s.lines {
		end := min(len(line), s.history+cycles+1)
		copy(line, line[cycles:end])
	}
}
