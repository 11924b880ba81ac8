package dtmf

import "math"

// spectrum is what a hop holds of each tone: half its amplitude times the
// hop's length, its phase as of the middle of the hop.
type spectrum struct{ re, im [tones]float32 }

// folded is a hop folded about its middle: the sums of the samples that are as
// far from it on either side, which a cosine has in common, and the differences,
// which a sine has; those farthest from it first.
type folded struct{ sums, differences [hop / 2]float32 }

func fold(x *[hop]float32) (f folded) {
	for i := range f.sums {
		f.sums[i], f.differences[i] = x[i]+x[hop-1-i], x[i]-x[hop-1-i]
	}
	return f
}

// of returns what the hop holds of a tone. None of its sums waits for long for
// another one, as Goertzel's filter would for each sample.
func (f *folded) of(w *waves) (re, im float32) {
	c, s, x, y := &w.cos, &w.sin, &f.sums, &f.differences
	re = ((c[0]*x[0] + c[1]*x[1]) + (c[2]*x[2] + c[3]*x[3])) + ((c[4]*x[4] + c[5]*x[5]) + (c[6]*x[6] + c[7]*x[7])) + (c[8]*x[8] + c[9]*x[9])
	im = ((s[0]*y[0] + s[1]*y[1]) + (s[2]*y[2] + s[3]*y[3])) + ((s[4]*y[4] + s[5]*y[5]) + (s[6]*y[6] + s[7]*y[7])) + (s[8]*y[8] + s[9]*y[9])
	return re, im
}

// analyse sets s to the spectrum of a hop.
func (t *table) analyse(s *spectrum, x *[hop]float32) {
	f := fold(x)
	for i := range s.re {
		s.re[i], s.im[i] = f.of(&t.waves[i])
	}
}

// pair returns the spectrum of a hop for two tones alone.
func (t *table) pair(x *[hop]float32, row, column int) (s spectrum) {
	f := fold(x)
	s.re[row], s.im[row] = f.of(&t.waves[row])
	s.re[column], s.im[column] = f.of(&t.waves[column])
	return s
}

// power returns the power of one tone in a hop.
func (s *spectrum) power(tone int) float32 {
	return 2 * (s.re[tone]*s.re[tone] + s.im[tone]*s.im[tone]) / (hop * hop)
}

// strongest returns the strongest tone of each group in the newest hops, taken
// together, and the powers of the two.
func (t *table) strongest(heard *[hopsHeard]spectrum) (row, column int, low, high float32) {
	var powers [tones]float32
	now, one, two := &heard[0], &heard[1], &heard[2]
	for i := range powers {
		r, q := t.back[1][i], t.back[2][i]
		re := now.re[i] + (one.re[i]*r.cos - one.im[i]*r.sin) + (two.re[i]*q.cos - two.im[i]*q.sin)
		im := now.im[i] + (one.re[i]*r.sin + one.im[i]*r.cos) + (two.re[i]*q.sin + two.im[i]*q.cos)
		powers[i] = re*re + im*im
	}
	column = rows
	for i := range rows {
		if powers[i] > powers[row] {
			row = i
		}
		if powers[rows+i] > powers[column] {
			column = rows + i
		}
	}
	const scale = 2.0 / (hopsHeard * hop * hopsHeard * hop)
	return row, column, scale * powers[row], scale * powers[column]
}

// one is Goertzel's filter of one tone over x.
func (t *table) one(tone int, x []float32) (re, im float64) {
	c := t.twice[tone]
	var last, before float32
	for _, s := range x {
		last, before = c*last-before+s, last
	}
	sin, cos := math.Sincos(t.turn[tone])
	return float64(last) - cos*float64(before), sin * float64(before)
}

// bellPower returns the power of a tone of so many radians a sample in x, which
// is as long as the window, at the rate of the line.
func bellPower[S int16 | float32](t *table, x []S, turn float64) float64 {
	c := 2 * math.Cos(turn)
	each := len(x) / bell
	var last, before float64
	for i, w := range t.bell {
		for _, s := range x[i*each : (i+1)*each] {
			last, before = c*last-before+float64(w)*float64(s), last
		}
	}
	length := float64(len(x)) / 2 // what the window leaves of it
	return 2 * (last*last + before*before - c*last*before) / (length * length)
}
