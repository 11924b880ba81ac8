package vad_test

import (
	"math"
	"slices"

	"github.com/talkpath/talkpath/vad"
)

// reference decides as a Detector with the default Onset and Hangover does,
// written down plainly: every step is measured in double precision, bin
// by bin, every floor and every mean always hears, and nothing is left out in
// silence. The trained network alone is taken from the package.
type reference struct {
	factor, phase int
	filters       []*section
	line          [128]float64 // the newest sample last, when a step is full
	fresh         int          // samples of the step in progress
	signs         []bool       // of the sums of four samples, at every second one
	pairSum       float64
	bins          [55]float64 // powers of the step
	faint         bool

	noises    [14]*noiseFloor // of 13 bands, and of the step
	threshold float64
	loudness  float64
	loud      bool
	score     float64
	peak      float64
	steps     int
	history   []bool
	last      int
	speaking  bool

	evidence     [len(vad.Evidence{})]float64
	ratios       [7]float64
	level, usual float64
	tops         [2]float64
	steady       float64
	periodic     float64
	lag          int
	odd          bool
	nearest      float64
	lastVoiced   float64
	keys         []bool // of the history
	far          int
}

// referenceEdges are those of the bands, in bins of 62.5 Hz.
var referenceEdges = [14]int{3, 5, 7, 9, 11, 14, 17, 20, 24, 29, 34, 40, 47, 55}

func newReference(rate int, threshold float64) *reference {
	r := &reference{
		factor: rate / 8000, threshold: math.Pow(10, threshold/10),
		filters: []*section{newSection(true, 180/float64(rate), math.Sqrt2/2)},
		signs:   make([]bool, 192), score: -12, peak: -12, level: -32, usual: -32, tops: [2]float64{-12, -12}, nearest: -32, lastVoiced: -32,
	}
	if r.factor > 1 {
		r.filters = append(r.filters, newSection(false, 3400/float64(rate), 1.3066), newSection(false, 3400/float64(rate), 0.5412))
	}
	for i := range r.noises {
		r.noises[i] = newNoiseFloor(66)
		if i < 13 {
			r.noises[i] = newNoiseFloor(binFreedom(i))
		}
	}
	return r
}

func binFreedom(band int) float64 { return 1.3 * float64(referenceEdges[band+1]-referenceEdges[band]) }

// decision is what a step has changed; steps count from one.
type decision struct {
	started, ended bool
	onset, last    int
}

// push takes one sample, and reports whether it completed a step.
func (r *reference) push(s int16) (d decision, full bool) {
	x := float64(s) / 32768
	for _, f := range r.filters {
		x = f.next(x)
	}
	if r.phase++; r.phase < r.factor {
		return d, false
	}
	r.phase = 0
	r.line[48+r.fresh] = x
	if r.fresh++; r.fresh < 80 {
		return d, false
	}
	r.fresh = 0
	for i := 48; i < 128; i += 2 {
		sum := r.line[i] + r.line[i+1]
		r.signs = append(r.signs[1:], r.pairSum+sum < -1e-6)
		r.pairSum = sum
	}
	d = r.decide(r.voiced())
	copy(r.line[:], r.line[80:])
	return d, true
}

func (r *reference) decide(voiced, near bool) (d decision) {
	r.steps++
	r.history = append(r.history, voiced)
	r.keys = append(r.keys, voiced && !r.speaking && !r.faint && r.key())
	recent := func(n int) (count, oldest int) {
		for i := max(0, len(r.history)-n); i < len(r.history); i++ {
			if r.history[i] {
				if count++; count == 1 {
					oldest = r.steps - (len(r.history) - i)
				}
			}
		}
		return count, oldest
	}
	if r.speaking {
		if count, _ := recent(3); near && count >= 2 {
			r.last = r.steps
		}
		if r.steps-r.last >= 9 {
			r.speaking, r.history, r.keys, d.ended = false, nil, nil, true
		}
	} else if count, oldest := recent(10); near && (count >= 6 || r.rich() >= 3) {
		r.speaking, r.last, d.started, d.onset = true, r.steps, true, oldest
	}
	d.last = r.last
	return d
}

// voiced scores the step, and lets the floors hear it.
func (r *reference) voiced() (voiced, near bool) {
	powers := r.powers()
	age := r.noises[13].age
	var whole float64
	for _, x := range r.line {
		whole += x * x
	}
	quiet := math.Pow(10, -6.2) / 13
	before, louder := r.score, 0.0
	if r.faint = whole <= 48*quiet; r.faint || age == 0 {
		r.rest()
		r.score = max(r.score-0.5, -12)
	} else {
		louder = r.gather(&powers, quiet)
		if louder > 4 || r.score > -3 {
			r.score = max(referenceScore(&r.evidence), -12)
		}
	}
	r.loudness += 0.6 * (min(louder, 60) - r.loudness)
	need := 9.0
	if r.loud {
		need = 5.5
	}
	r.loud = r.loudness > need && powers[13] > r.threshold && age >= 10
	for i, p := range powers {
		r.noises[i].hear(p, r.loud)
	}
	r.peak = max(r.score, r.peak+0.05*(r.score-r.peak))
	voiced = r.score > -0.5 && (r.score > min(r.peak/2, 3) || r.score > before+0.3)
	if voiced = voiced && age >= 10 && powers[13] > r.threshold; voiced {
		near = r.isNear(math.Log2(powers[13]))
	}
	return voiced, near
}

// rich is how many of the last ten steps are voiced and no key's.
func (r *reference) rich() (n int) {
	for i := max(0, len(r.history)-10); i < len(r.history); i++ {
		if r.history[i] && !r.keys[i] {
			n++
		}
	}
	return n
}

// key says whether two tones hold 95 % of the step, each within two bins of its
// highest.
func (r *reference) key() bool {
	bins := r.bins
	var whole, tones float64
	for k := 3; k < 55; k++ {
		whole += bins[k]
	}
	for _, edge := range [2][2]int{{10, 17}, {18, 28}} {
		group := bins[edge[0]:edge[1]]
		top := edge[0] + slices.Index(group, slices.Max(group))
		tone := 0.0
		for k := top - 2; k <= top+2; k++ {
			tone += bins[k]
			bins[k] = 0
		}
		if tone < 0.05*whole {
			return false
		}
		tones += tone
	}
	return tones > 0.95*whole
}

// isNear holds the level of a voiced step against the loudest ones.
func (r *reference) isNear(level float64) bool {
	reach := 15 / 3.0103
	if r.speaking {
		reach += 2
	}
	if level < r.nearest-15/3.0103 {
		r.far++
	} else {
		r.far = max(r.far-2, 0)
	}
	if level < r.nearest-reach {
		if r.far < 400 {
			return false
		}
		r.nearest, r.far = level, 0
	}
	least := min(level, r.lastVoiced)
	r.lastVoiced = level
	if least > r.nearest {
		r.nearest += 0.3 * (least - r.nearest)
	} else {
		r.nearest -= 0.0017
	}
	return true
}

// gather brings the evidence up to date, and returns how likely the step is to
// be louder than the noise.
func (r *reference) gather(powers *[14]float64, quiet float64) (louder float64) {
	var moved float64
	for i := range r.ratios {
		power, noise, freedom, n := 0.0, 0.0, 0.0, 0.0
		for b := 2 * i; b < min(2*i+2, 13); b++ {
			power, noise, freedom, n = power+powers[b], noise+r.noises[b].noise, freedom+binFreedom(b), n+1
		}
		g := power / max(noise, n*quiet)
		if capped := min(g, 50); g > 1 {
			louder += freedom / 2 * (capped - 1 - math.Log(g))
		}
		ratio := min(max(math.Log2(g+1e-12), -2), 8)
		moved += min(math.Abs(ratio-r.ratios[i]), 4)
		r.ratios[i] = ratio
	}
	level := max(math.Log2(powers[13]), -32)
	r.move(level)
	if r.odd = !r.odd; r.odd {
		strength, lag := r.pitch()
		r.steady = max(0, 1-math.Abs(float64(lag-r.lag))/2)
		r.periodic, r.lag = 2*strength, lag
	}
	r.average([8]float64{
		math.Log2(1+louder) / 3, r.steady, bounded(r.tops[0] - level), bounded(r.tops[1] - level),
		r.periodic, moved / 7, 2 * r.crest(), min(math.Abs(level-r.usual), 6) / 2,
	})
	noise := max(math.Log2(r.noises[13].noise), -30)
	r.evidence[31], r.evidence[32] = bounded(r.tops[0]-noise), bounded(r.tops[1]-noise)
	return louder
}

// rest is what a step without a sound does to the evidence.
func (r *reference) rest() {
	r.level += 0.3 * (-32 - r.level)
	r.usual += 0.05 * (-32 - r.usual)
	r.tops[0] = max(r.tops[0]-0.01, min(r.tops[0], -32))
	r.tops[1] = max(r.tops[1]-0.002, min(r.tops[1], -32))
	for i := range r.ratios {
		r.ratios[i] = -2
	}
	r.average([8]float64{2: 3, 3: 3})
}

func (r *reference) move(level float64) {
	r.level += 0.3 * (level - r.level)
	r.usual += 0.05 * (level - r.usual)
	for i, part := range [2]float64{0.05, 0.02} {
		if r.level > r.tops[i] {
			r.tops[i] += part * (r.level - r.tops[i])
		} else {
			r.tops[i] -= [2]float64{0.01, 0.002}[i]
		}
	}
}

func (r *reference) average(now [8]float64) {
	for span, part := range [3]float64{0.5, 0.1, 0.01} {
		for i, x := range now {
			r.evidence[8*span+i] += part * (x - r.evidence[8*span+i])
		}
	}
	for i, ratio := range r.ratios {
		r.evidence[24+i] += 0.1 * (ratio/4 - r.evidence[24+i])
	}
}

// pitch compares the newest 128 signs with those of each period before.
func (r *reference) pitch() (strength float64, best int) {
	most := 64
	for lag := 10; lag <= 50; lag++ {
		alike := 0
		for i := len(r.signs) - 128; i < len(r.signs); i++ {
			if r.signs[i] == r.signs[i-lag] {
				alike++
			}
		}
		if alike > most {
			most, best = alike, lag
		}
	}
	return float64(most-64) / 64, best
}

func bounded(x float64) float64 { return max(-2, min(12, x)) / 4 }

// referenceScore is what the package's network makes of evidence.
func referenceScore(v *[len(vad.Evidence{})]float64) float64 {
	first, bias, second, out := vad.Network()
	for h, row := range first {
		sum := bias[h]
		for i, w := range row {
			sum += w * v[i]
		}
		out += max(sum, 0) * second[h]
	}
	return out
}

// powers are the mean squares of the line within each band, bin by bin by
// Goertzel's algorithm, and that of the step. What it works on is local: the
// race detector does not watch that, which makes it several times as fast.
func (r *reference) powers() (powers [14]float64) {
	const energy = 48 // of the window
	windowed, hann := r.line, hannTable
	for i := range windowed {
		windowed[i] *= hann[i]
	}
	for b := range 13 {
		for k := referenceEdges[b]; k < referenceEdges[b+1]; k++ {
			twice, s1, s2 := 2*math.Cos(2*math.Pi*float64(k)/128), 0.0, 0.0
			for _, x := range windowed {
				s1, s2 = x+twice*s1-s2, s1
			}
			r.bins[k] = 2 * (s1*s1 + s2*s2 - twice*s1*s2) / (128 * energy)
			powers[b] += r.bins[k]
		}
	}
	for _, x := range r.line[48:] {
		powers[13] += x * x / 80
	}
	return powers
}

// crest is the part of the energy within the loudest 4 ms.
func (r *reference) crest() float64 {
	var whole, loudest, before float64
	line := r.line
	for i := 0; i < 128; i += 16 {
		var part float64
		for k := i; k < i+16; k++ {
			part += line[k] * line[k]
		}
		loudest = max(loudest, before+part)
		whole, before = whole+part, part
	}
	return loudest / max(whole, 1e-12)
}

var hannTable = func() (hann [128]float64) {
	for i := range hann {
		hann[i] = (1 - math.Cos(2*math.Pi*(float64(i)+0.5)/128)) / 2
	}
	return hann
}()

// noiseFloor learns the noise in one band.
type noiseFloor struct {
	noise, smooth, rise float64
	age, steps          int
	least               []float64 // smoothed power of each block of 20 steps, the newest last
}

func newNoiseFloor(freedom float64) *noiseFloor {
	return &noiseFloor{rise: 1 + 2*math.Sqrt(2/((2-0.3)/0.3*freedom))}
}

func (f *noiseFloor) hear(power float64, voiced bool) {
	power = max(power, 2.5e-10/13)
	if f.age == 0 {
		f.noise, f.smooth = power, power
		for range 8 {
			f.least = append(f.least, power)
		}
	}
	f.smooth += 0.3 * (power - f.smooth)
	if f.steps++; f.steps%20 == 0 {
		f.least = append(f.least[1:], f.smooth)
	}
	f.least[7] = min(f.least[7], f.smooth)
	if !voiced {
		f.noise += max(0.05, 1/float64(f.age+1)) * (power - f.noise)
	}
	f.noise = max(min(f.noise, 2*f.smooth), f.rise*slices.Min(f.least))
	f.age = min(f.age+1, 20)
}

// section is a filter of the second order in transposed direct form II, the
// bilinear transform of its analogue prototype.
type section struct{ b0, b1, b2, a1, a2, z1, z2 float64 }

func newSection(high bool, corner, q float64) *section {
	k := math.Tan(math.Pi * corner)
	norm := 1 / (1 + k/q + k*k)
	s := &section{b0: k * k * norm, b1: 2 * k * k * norm, a1: 2 * (k*k - 1) * norm, a2: (1 - k/q + k*k) * norm}
	if high {
		s.b0, s.b1 = norm, -2*norm
	}
	s.b2 = s.b0
	return s
}

func (s *section) next(x float64) float64 {
	c := *s
	y := c.b0*x + c.z1
	s.z1, s.z2 = c.b1*x-c.a1*y+c.z2, c.b2*x-c.a2*y
	return y
}
