package dtmf

import "math"

const (
	// bell is the length of the window in which a tone is measured, and apart
	// the distance of two such windows, in samples. What the phase turns by
	// from one to the other tells the frequency, up to 62 Hz off.
	bell  = 4 * hop
	apart = 32
	// tolerance is how far off a tone's frequency may be, as a part of it.
	// Q.24's receivers take 1.5 % (AT&T) or 1.8 % (NTT) and refuse 3.5 or 3 %.
	tolerance = 0.022
	// span is how much sound is compared to the tones that were measured.
	span = 9 * hop
)

// wave is one tone as it was measured.
type wave struct {
	amplitude float64
	turn      float64 // radians a sample
	phase     float64 // in the middle of the newest window
}

// power returns the mean square of the wave.
func (w wave) power() float64 { return w.amplitude * w.amplitude / 2 }

// measure returns the wave near a tone in the newest sound, which is given
// through the older and the newer window. ok is false where the frequency is
// another.
func (t *table) measure(tone int, older, newer []float32) (w wave, ok bool) {
	turn := t.turn[tone]
	are, aim := t.one(tone, older)
	bre, bim := t.one(tone, newer)
	// The angle from a to b, less what the tone itself turns by meanwhile.
	sin, cos := math.Sincos(turn * apart)
	re, im := are*bre+aim*bim, are*bim-aim*bre
	off := math.Atan2(im*cos-re*sin, re*cos+im*sin) / apart
	if math.Abs(off) > tolerance*turn {
		return w, false
	}
	return wave{
		amplitude: 2 * math.Hypot(bre, bim) / (bell / 2 * response(off)),
		turn:      turn + off,
		phase:     math.Atan2(bim, bre) - turn*(bell-1)/2,
	}, true
}

// response is how much the window leaves of a tone that is off by so many
// radians a sample.
func response(off float64) float64 {
	x := off * bell / (2 * math.Pi)
	if math.Abs(x) < 1e-4 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x) / (1 - x*x)
}

// oscillator makes the samples of a wave one after another.
type oscillator struct{ twice, last, before float32 }

// from returns the wave's oscillator, whose first sample is the n-th before
// the end of the sound that was measured.
func (w wave) from(n int) oscillator {
	phase := w.phase + w.turn*(float64(bell)/2+0.5-float64(n))
	return oscillator{
		twice:  float32(2 * math.Cos(w.turn)),
		last:   float32(w.amplitude * math.Cos(phase-w.turn)),
		before: float32(w.amplitude * math.Cos(phase-2*w.turn)),
	}
}

func (o *oscillator) next() float32 {
	o.last, o.before = o.twice*o.last-o.before, o.last
	return o.last
}

// likeness is how the newest sound compares to two waves.
type likeness struct {
	part  [span / hop]float32 // how much of each hop the waves fill, newest first
	rest  float32             // power that is not theirs in the hops that count
	power float32             // of all sound in these
	other [bell]float32       // what is not theirs in the newest sound
}

// compare compares sound, of which span is given, with waves. The newest count
// hops count for the powers.
func compare(sound *[span]float32, a, b wave, count int) (l likeness) {
	left, right := a.from(span), b.from(span)
	for h := len(l.part) - 1; h >= 0; h-- {
		at := span - (h+1)*hop
		var both, own, rest, power float32
		for i, x := range sound[at : at+hop] {
			s := left.next() + right.next()
			both += x * s
			own += s * s
			rest += (x - s) * (x - s)
			power += x * x
			if j := at + i - (span - bell); j >= 0 {
				l.other[j] = x - s
			}
		}
		if own > 0 {
			l.part[h] = both / own
		}
		if h < count {
			l.rest += rest / float32(count*hop)
			l.power += power / float32(count*hop)
		}
	}
	return l
}
