package dtmf

import "math"

// group is what Goertzel's filters of a group of four tones hold.
type group struct{ last, before [rows]float32 }

// run lets a hop through the filters of a group, whose factors are c. What waits
// for the sample before is one product and one sum.
func (g *group) run(x *[hop]float32, c *[rows]float32) {
	c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
	var a0, a1, a2, a3, b0, b1, b2, b3 float32
	for i := 0; i < len(x); i += 2 {
		s, t := x[i], x[i+1]
		b0 = c0*a0 + (s - b0)
		b1 = c1*a1 + (s - b1)
		b2 = c2*a2 + (s - b2)
		b3 = c3*a3 + (s - b3)
		a0 = c0*b0 + (t - a0)
		a1 = c1*b1 + (t - a1)
		a2 = c2*b2 + (t - a2)
		a3 = c3*b3 + (t - a3)
	}
	g.last = [rows]float32{a0, a1, a2, a3}
	g.before = [rows]float32{b0, b1, b2, b3}
}

// spectrum is what a hop holds of each tone: half its amplitude times the
// hop's length, its phase as of the last sample.
type spectrum struct{ re, im [tones]float32 }

// analyse returns the spectrum of a hop.
func (t *table) analyse(x *[hop]float32) (s spectrum) {
	var low, high group
	low.run(x, (*[rows]float32)(t.twice[:rows]))
	high.run(x, (*[rows]float32)(t.twice[rows:]))
	for i := range rows {
		s.re[i] = low.last[i] - t.cos[i]*low.before[i]
		s.im[i] = t.sin[i] * low.before[i]
		k := rows + i
		s.re[k] = high.last[i] - t.cos[k]*high.before[i]
		s.im[k] = t.sin[k] * high.before[i]
	}
	return s
}

// pair returns the spectrum of a hop for two tones alone.
func (t *table) pair(x *[hop]float32, row, column int) (s spectrum) {
	c0, c1 := t.twice[row], t.twice[column]
	var a0, a1, b0, b1 float32
	for i := 0; i < len(x); i += 2 {
		v, w := x[i], x[i+1]
		b0 = c0*a0 + (v - b0)
		b1 = c1*a1 + (v - b1)
		a0 = c0*b0 + (w - a0)
		a1 = c1*b1 + (w - a1)
	}
	s.re[row], s.im[row] = a0-t.cos[row]*b0, t.sin[row]*b0
	s.re[column], s.im[column] = a1-t.cos[column]*b1, t.sin[column]*b1
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
