package conceal

import "slices"

const (
	// overlapPart is the part of a cycle over which its end fades into what
	// came before its beginning.
	overlapPart = 4
	// easePerSecond is how long an overly steep start is eased, 4 ms.
	easePerSecond = 250
)

// side is one side of a gap, continued into it by the cycle next to it, again
// and again.
type side struct {
	buf    []float32
	cycle  []float32
	edge   float32 // the sample next to the gap
	steep  bool    // whether the cycle begins with a step that the sound had not
	voice  int     // its lag, zero where it is none
	trend  float32 // how the level changes in 20 ms, at most 1
	easing float32 // samples over which such a step is eased
}

func newSide(rate int) side {
	return side{buf: make([]float32, rate/lowRate*(lowLongest+1)), easing: float32(rate) / easePerSecond}
}

func (s *side) clear() { s.cycle, s.steep, s.voice, s.trend = nil, false, 0, 1 }

// set continues sound, of which the newest sample is next to the gap. near is
// the lag of the voice on the other side, zero where there is none.
func (s *side) set(sound []float32, pitch *search, near int) {
	s.clear()
	if len(sound) < pitch.least {
		return
	}
	lag, isVoiced := pitch.lag(sound, near)
	s.cycle = s.buf[:lag]
	newest := sound[len(sound)-lag:]
	copy(s.cycle, newest)
	overlap := min(lag/overlapPart, len(sound)-lag)
	older := sound[len(sound)-lag-overlap:]
	end := s.cycle[lag-overlap:]
	step := 1 / float32(overlap+1)
	for i := range end {
		end[i] += (older[i] - end[i]) * smooth(float32(i+1)*step)
	}
	s.edge = sound[len(sound)-1]
	s.steep = steeper(abs(s.cycle[0]-s.edge)/2, newest)
	if isVoiced {
		s.voice = lag
	}
}

// turn makes the side the far one of its gap, which is read forwards.
func (s *side) turn() { slices.Reverse(s.cycle) }

// lead sets sum to the sound from the at-th sample of the gap on, of which this
// is the near side.
func (s *side) lead(sum []float32, at int, g line) {
	clear(sum)
	if len(s.cycle) == 0 || g.silent() {
		return
	}
	s.add(sum, at%len(s.cycle), g)
	if s.steep {
		for i := range sum {
			sum[i] = mixed(s.edge, sum[i], smooth(float32(at+i+1)/s.easing))
		}
	}
}

// meet adds the sound from left samples before the end of the gap on, of which
// this is the far side.
func (s *side) meet(sum []float32, left int, g line) {
	if len(s.cycle) == 0 || g.silent() {
		return
	}
	s.add(sum, (len(s.cycle)-max(left, 0)%len(s.cycle))%len(s.cycle), g)
	if s.steep {
		for i := range sum {
			sum[i] = mixed(s.edge, sum[i], smooth(float32(max(left-i, 0))/s.easing))
		}
	}
}

// add adds the cycle, again and again, from one of its samples on.
func (s *side) add(sum []float32, from int, g line) {
	for i := 0; i < len(sum); from = 0 {
		run := s.cycle[from:min(len(s.cycle), from+len(sum)-i)]
		part := sum[i:][:len(run)]
		i += len(run)
		g.addTo(part, run)
		g = g.behind(len(run))
	}
}

// steeper tells whether no step within sound is as high.
func steeper(step float32, sound []float32) bool {
	for i := len(sound) - 1; i > 0; i-- {
		if abs(sound[i]-sound[i-1]) >= step {
			return false
		}
	}
	return step > 1
}
