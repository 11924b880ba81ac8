package main

import (
	"math"
	"math/rand/v2"
)

// rate is the samples per second of all sounds here.
const rate = 8000

// sounds are the makers of what is no speech, beside the noises of the test
// set's tuning half: so that no noise is learned by heart, each is drawn anew.
func sounds() []func(r *rand.Rand, n int) []float64 {
	return []func(r *rand.Rand, n int) []float64{coloured, swelling, chords, chords, tones, hum, knocks, knocks, steps}
}

// coloured is steady noise of any tilt and width.
func coloured(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	low, high := r.Float64()*0.98, r.Float64()*0.9
	share := r.Float64()
	var l, h, before float64
	for i := range x {
		w := r.NormFloat64()
		l += (1 - low) * (w - l)
		h = high * (h + w - before)
		before = w
		x[i] = share*l/math.Sqrt(1-low+1e-3) + (1-share)*h
	}
	return x
}

// swelling is coloured noise whose level wanders, as in a street.
func swelling(r *rand.Rand, n int) []float64 {
	x := coloured(r, n)
	speed, depth, phase := 0.05+1.2*r.Float64(), 3+12*r.Float64(), r.Float64()
	wander := 0.0
	for i := range x {
		if i%80 == 0 {
			wander += 0.15*r.NormFloat64() - 0.003*wander
		}
		t := float64(i) / rate
		x[i] *= math.Pow(10, (depth*math.Sin(2*math.Pi*(speed*t+phase))/2+wander)/20)
	}
	return x
}

// chords is music: chords of any timbre that fade or last. One note alone is too
// like a voice.
func chords(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	kinds := [][]int{{0, 7}, {0, 4}, {0, 4, 7}, {0, 3, 7}, {0, 5, 9}, {0, 4, 9}, {0, 3, 8}, {0, 7, 12, 16}, {0, 4, 7, 10}}
	beat := int((0.1 + 0.9*r.Float64()) * rate)
	base := 100 * math.Pow(2, 2*r.Float64())
	p := newTimbre(r)
	rest := max(0, r.Float64()-0.6)
	mixed := r.IntN(2) == 0
	chord := kinds[r.IntN(len(kinds))]
	for at := 0; at < n; at += beat {
		if r.Float64() < rest {
			continue
		}
		if mixed {
			chord = kinds[r.IntN(len(kinds))]
		}
		gain, root := 0.5+0.5*r.Float64(), float64(r.IntN(20))
		for _, k := range chord {
			p.play(r, x[at:min(n, at+beat+int(p.release))], base*math.Pow(2, (root+float64(k))/12), gain)
		}
	}
	return x
}

// timbre is how an instrument sounds.
type timbre struct {
	attack, release, fade float64
	partials              [16]float64
	damped                float64 // how much faster high partials fade
	vibrato, speed        float64
}

func newTimbre(r *rand.Rand) (p timbre) {
	p.attack, p.release = (0.001+0.04*r.Float64())*rate, (0.01+0.08*r.Float64())*rate
	if r.IntN(2) == 0 {
		p.fade = 8 * r.Float64() * r.Float64()
		p.damped = r.Float64()
	}
	if r.IntN(4) == 0 {
		p.vibrato, p.speed = 0.01*r.Float64(), 3+4*r.Float64()
	}
	power, odd := 0.5+2*r.Float64(), r.IntN(3) == 0
	for k := range p.partials {
		if odd && k%2 == 1 {
			continue
		}
		p.partials[k] = math.Pow(float64(k+1), -power) * (0.5 + r.Float64())
	}
	return p
}

// play adds one note, which is released at its end.
func (p *timbre) play(r *rand.Rand, x []float64, hertz, gain float64) {
	phase := r.Float64()
	off := float64(len(x)) - p.release
	for k, a := range p.partials {
		f := hertz * float64(k+1)
		if a == 0 || f > 3700 {
			continue
		}
		for i := range x {
			d := float64(i)
			env := min(1, d/p.attack) * math.Exp(-p.fade*(1+p.damped*float64(k))*d/rate)
			if d > off {
				env *= 1 - (d-off)/p.release
			}
			t := d / rate
			x[i] += env * gain * a * math.Sin(2*math.Pi*(f*(t+p.vibrato/30*math.Sin(2*math.Pi*p.speed*t))+phase*float64(k+1)))
		}
	}
}

// tones are those of keys, lines and machines: one or two at a time, on and off.
func tones(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	low, high := []float64{697, 770, 852, 941}, []float64{1209, 1336, 1477, 1633}
	on, off := 0.05+r.Float64()*0.9, 0.05+r.Float64()*1.5
	keys := r.IntN(2) == 0
	f, g := 300+900*r.Float64(), 300+2500*r.Float64()
	for at := 0; at < n; at += int((on + off) * rate) {
		if keys {
			f, g = low[r.IntN(4)], high[r.IntN(4)]
		}
		for i := at; i < min(n, at+int(on*rate)); i++ {
			t := float64(i) / rate
			x[i] = math.Sin(2*math.Pi*f*t) + math.Sin(2*math.Pi*g*t)
		}
	}
	return x
}

// knocks are short bangs and taps, from one millisecond to 80.
func knocks(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	gap := 0.04 + 0.8*r.Float64()*r.Float64()
	longest := 0.002 + 0.04*r.Float64()*r.Float64()
	if r.IntN(2) == 0 {
		gain := math.Pow(10, -0.5-2*r.Float64())
		for i := range x {
			x[i] = gain * r.NormFloat64()
		}
	}
	for at := 0.0; at < float64(n); at += (0.3 + 1.4*r.Float64()) * gap * rate {
		length := (0.001 + longest*r.Float64()) * rate
		f, tone, gain := 200+2500*r.Float64(), r.Float64(), 0.3+0.7*r.Float64()
		if r.IntN(2) == 0 {
			tone = 0
		}
		for i := int(at); i < min(n, int(at+5*length)); i++ {
			d := float64(i) - at
			x[i] += gain * math.Exp(-d/length) * (tone*1.4*math.Sin(2*math.Pi*f*d/rate) + (1-tone)*r.NormFloat64())
		}
	}
	return x
}

// steps is noise whose level changes at once from time to time.
func steps(r *rand.Rand, n int) []float64 {
	x := coloured(r, n)
	gain := 1.0
	next := 0
	for i := range x {
		if i == next {
			next += int((0.5 + 6*r.Float64()) * rate)
			gain = math.Pow(10, -r.Float64())
		}
		x[i] *= gain
	}
	return x
}

// hum is that of mains, with overtones.
func hum(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	hertz, fall := 50.0+10*float64(r.IntN(2)), 0.5+1.5*r.Float64()
	noise := 0.1 * r.Float64() * r.Float64()
	for i := range x {
		x[i] = noise * r.NormFloat64()
		for k := 1.0; k < 12; k++ {
			x[i] += math.Sin(2*math.Pi*hertz*k*float64(i)/rate) * math.Pow(k, -fall)
		}
	}
	return x
}
