package vad_test

import (
	"math"
	"slices"
)

// reference decides as a Detector with the default Onset and Hangover does,
// written down plainly: every step is measured in double precision, bin by bin,
// every floor always hears, and nothing is left out in silence.
type reference struct {
	factor, phase int
	filters       []*section
	line          [128]float64 // the newest sample last, when a step is full
	fresh         int          // samples of the step in progress

	noises    [14]*noiseFloor // of 13 bands, and of the step
	threshold float64
	score     float64
	before    bool
	steps     int
	history   []bool
	last      int
	speaking  bool
}

// referenceEdges are those of the bands, in bins of 62.5 Hz.
var referenceEdges = [14]int{3, 5, 7, 9, 11, 14, 17, 20, 24, 29, 34, 40, 47, 55}

func newReference(rate int, threshold float64) *reference {
	r := &reference{factor: rate / 8000, threshold: math.Pow(10, threshold/10), filters: []*section{newSection(true, 180/float64(rate), math.Sqrt2/2)}}
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
	d = r.decide(r.voiced())
	copy(r.line[:], r.line[80:])
	return d, true
}

func (r *reference) decide(voiced bool) (d decision) {
	r.steps++
	r.history = append(r.history, voiced)
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
		if count, _ := recent(3); voiced && count >= 2 {
			r.last = r.steps
		}
		if r.steps-r.last >= 20 {
			r.speaking, r.history, d.ended = false, nil, true
		}
	} else if count, oldest := recent(10); voiced && count >= 6 {
		r.speaking, r.last, d.started, d.onset = true, r.steps, true, oldest
	}
	d.last = r.last
	return d
}

func (r *reference) voiced() bool {
	powers := r.powers()
	if r.before || r.crest() <= 0.9 {
		var likely float64
		for b := range 13 {
			noise := max(r.noises[b].noise, math.Pow(10, -6.2)/13)
			if g := min(powers[b]/noise, 100); g > 1 && r.noises[b].age > 0 {
				likely += binFreedom(b) / 2 * (g - 1 - math.Log(g))
			}
		}
		r.score += 0.6 * (min(likely, 60) - r.score)
	}
	need := 9.0
	if r.speaking {
		need = 5.5
	}
	r.before = r.score > need && powers[13] > r.threshold && r.noises[13].age >= 10
	for i, p := range powers {
		r.noises[i].hear(p, r.before)
	}
	return r.before
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
			powers[b] += 2 * (s1*s1 + s2*s2 - twice*s1*s2) / (128 * energy)
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
