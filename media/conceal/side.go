package conceal

const (
	// overlapPart is the part of a cycle over which its end fades into what
	// came before its beginning.
	overlapPart = 4
	// easePerSecond is how long an overly steep start is eased, 4 ms.
	easePerSecond = 250
	// trendPerSecond is over how much sound, 10 ms or a cycle, a fall of the
	// level is measured, and leastTrend the fall of which no more is believed.
	trendPerSecond = 100
	leastTrend     = 0.5
)

// side is one side of a gap, continued into it by the cycle next to it, again
// and again.
type side struct {
	buf    []float32
	cycle  []float32
	edge   float32 // the sample next to the gap
	steep  bool    // whether the cycle begins with a step that the sound had not
	trend  float32 // how the level changes in 20 ms, at most 1
	easing float32 // samples over which such a step is eased
}

func newSide(rate int) side {
	return side{buf: make([]float32, rate/lowRate*(lowLongest+1)), easing: float32(rate) / easePerSecond}
}

func (s *side) clear() { s.cycle, s.steep = nil, false }

// set continues sound, of which the newest sample is next to the gap.
func (s *side) set(sound []float32, pitch *search, rate int) {
	s.clear()
	if len(sound) < rate/leastPerSecond {
		return
	}
	lag := pitch.lag(sound)
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
	s.trend = pitch.trend(rate / trendPerSecond)
}

// lead sets sum to the sound at and behind the at-th sample of the gap, of
// which this is the near side.
func (s *side) lead(sum []float32, at int, g line) {
	if len(s.cycle) == 0 || g.silent() {
		clear(sum)
		return
	}
	from := at % len(s.cycle)
	for i := 0; i < len(sum); from = 0 {
		run := s.cycle[from:min(len(s.cycle), from+len(sum)-i)]
		for k, x := range run {
			sum[i+k] = x * g.at(i+k)
		}
		i += len(run)
	}
	if s.steep {
		for i := range sum {
			sum[i] = mixed(s.edge, sum[i], smooth(float32(at+i+1)/s.easing))
		}
	}
}

// meet adds the sound from left samples before the end of the gap on, of which
// this is the far side.
func (s *side) meet(sum []float32, left int, g line) {
	if g.silent() {
		return
	}
	from := max(left-1, 0) % len(s.cycle)
	for i := range sum {
		sum[i] += s.cycle[from] * g.at(i)
		if from--; from < 0 {
			from = len(s.cycle) - 1
		}
	}
	if s.steep {
		for i := range sum {
			sum[i] = mixed(s.edge, sum[i], smooth(float32(max(left-i, 0))/s.easing))
		}
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
