package vad

import "math"

const (
	// pairs of neighbouring bands are looked at together; the highest is alone.
	pairs = (bands + 1) / 2
	// spans are the lengths of time over which the measures are averaged: some
	// 20, 100 and 1000 ms.
	spans               = 3
	brief, short, long  = 0.5, 0.1, 0.01
	tones, tops, inputs = spans * measures, tones + pairs, tops + peaks
)

// Evidence is what the score of a step is computed from: measures of the newest
// steps averaged over three spans, the power of each pair of bands over the
// noise averaged over the middle one, and how loud the line gets over the
// noise. Powers are logarithms to the base two, and all is brought to about the
// same size.
type Evidence [inputs]float32

// The measures of a step.
const (
	likely   = iota // that it is louder than the noise, a logarithm
	steady          // how little its pitch has moved
	lowness         // under the peak of the last seconds
	depth           // under that of the last half minute
	periodic        // strength of its pitch
	change          // of its spectrum from that of the step before
	crest           // of its energy, how much lies within 4 ms
	swing           // of its level, from the mean of the last 200 ms
	measures
)

// peaks is how many followers of the loudest there are: one forgets within
// seconds, the other within half a minute.
const peaks = 2

const (
	// faintest is the least level, -96 dBFS, and hushed the least noise, -90.
	faintest, hushed = -32, -30
	// unheard is the loudest that a caller is taken for at first, -36 dBFS.
	unheard = -12
	// least and most are the bounds of a difference of levels.
	least, most = -2, 12
	// scale is what differences of levels are divided by.
	scale = 4
	// octave is the decibels of a power twice as high.
	octave = 3.0102999566
)

// witness gathers the evidence.
type witness struct {
	table  *table
	all    Evidence
	ratios [pairs]float32 // of the last step's powers to the noise's
	level  float32        // of the last 30 ms
	usual  float32        // of the last 200 ms
	tops   [peaks]float32
	rests  int // steps without a sound in a row

	// Of the pitch, which is sought in every other step.
	steady, periodic float32
	lag              int
	odd              bool
}

func newWitness(t *table) witness {
	return witness{table: t, level: faintest, usual: faintest, tops: [peaks]float32{unheard, unheard}}
}

// hear takes the step that e has measured, and returns how likely it is that it
// is louder than the noise in f.
func (w *witness) hear(e *ear, f *floors) float32 {
	w.wake()
	var now [measures]float32
	louder := w.spectrum(e, f, &now)
	level := max(log2(e.power), faintest)
	w.follow(level)
	if w.odd = !w.odd; w.odd {
		strength, lag := e.pitch.find()
		w.periodic = 2 * strength
		w.steady = max(0, 1-distance(lag, w.lag)/2)
		w.lag = lag
	}
	now[steady], now[periodic] = w.steady, w.periodic
	now[lowness], now[depth] = difference(w.tops[0], level), difference(w.tops[1], level)
	now[crest] = 2 * e.crest
	now[swing] = min(abs(level-w.usual), 6) / 2
	v := &w.all
	for i, x := range now {
		v[i] += brief * (x - v[i])
		v[measures+i] += short * (x - v[measures+i])
		v[2*measures+i] += long * (x - v[2*measures+i])
	}
	noise := max(log2(f.noise[all]+1e-12), hushed)
	for i, top := range w.tops {
		v[tops+i] = difference(top, noise)
	}
	return louder
}

// spectrum holds the powers of the step against the noise's. What it returns is
// the likelihood ratio, summed over the pairs, of "louder than the noise"
// against "the noise": for a power that is g times the noise's, (g-1-ln g)
// times half the degrees of freedom, as for Gaussian noise. Pairs below their
// noise count nothing.
func (w *witness) spectrum(e *ear, f *floors, now *[measures]float32) (louder float32) {
	var moved float32
	for i := range w.ratios {
		power, noise, quiet := e.bands[2*i], f.noise[2*i], float32(quietBand)
		if i < pairs-1 {
			power, noise, quiet = power+e.bands[2*i+1], noise+f.noise[2*i+1], 2*quiet
		}
		g := power / max(noise, quiet)
		ratio := max(log2(g+1e-12), least)
		if g > 1 {
			louder += w.table.freedom[i] / 2 * (min(g, certain) - 1 - ratio*math.Ln2)
		}
		ratio = min(ratio, 2*scale)
		moved += min(abs(ratio-w.ratios[i]), scale)
		w.ratios[i] = ratio
		slow := &w.all[tones+i]
		*slow += short * (ratio/scale - *slow)
	}
	now[likely] = log2(1+louder) / 3
	now[change] = moved / pairs
	return louder
}

// follow moves the means of the level, and the peaks: up by a part of the way,
// and down by 3 and 0.6 dB in a second.
func (w *witness) follow(level float32) {
	w.level += recent * (level - w.level)
	w.usual += usual * (level - w.usual)
	for i := range w.tops {
		if up := w.level - w.tops[i]; up > 0 {
			w.tops[i] += climbs()[i] * up
		} else {
			w.tops[i] -= sinks()[i]
		}
	}
}

// recent and usual are the parts of a new step in the means of the level.
const recent, usual = 0.3, 0.05

func climbs() [peaks]float32 { return [peaks]float32{0.05, 0.02} }
func sinks() [peaks]float32  { return [peaks]float32{0.01, 0.002} }

// rest takes a step without a sound. What that changes is made up for when
// there is one again.
func (w *witness) rest() { w.rests++ }

// wake makes up for the steps without a sound, as though each had been heard:
// far below the peaks, of no pitch, and unchanging.
func (w *witness) wake() {
	if w.rests == 0 {
		return
	}
	n := float64(w.rests)
	w.rests = 0
	w.level = faintest + left(recent, n)*(w.level-faintest)
	w.usual = faintest + left(usual, n)*(w.usual-faintest)
	for i, down := range sinks() {
		w.tops[i] = max(w.tops[i]-down*float32(n), min(w.tops[i], faintest))
	}
	rest := [measures]float32{lowness: float32(most) / scale, depth: float32(most) / scale}
	for span, part := range [spans]float64{brief, short, long} {
		kept := left(part, n)
		for i, x := range rest {
			v := &w.all[span*measures+i]
			*v = x + kept*(*v-x)
		}
	}
	kept := left(short, n)
	for i := range w.ratios {
		w.ratios[i] = least
		v := &w.all[tones+i]
		*v = float32(least)/scale + kept*(*v-float32(least)/scale)
	}
}

// left is what is left of a mean after n steps of nothing.
func left(part, n float64) float32 { return float32(math.Pow(1-part, n)) }

// difference is that of two levels.
func difference(a, b float32) float32 { return max(least, min(most, a-b)) / scale }

func distance(a, b int) float32 { return abs(float32(a - b)) }

func abs(x float32) float32 { return max(x, -x) }

// log2 is within 0.00002 of the logarithm of a positive number: of its
// mantissa, a polynomial that is right at 1 and 2 and was fitted between them.
func log2(x float32) float32 {
	b := math.Float32bits(x)
	m := math.Float32frombits(b&0x7fffff | 0x3f800000)
	p := 1.2671947 + m*(-0.37415886+m*0.045147122)
	return float32(int(b>>23)-127) + (m-1)*(2.8053296+m*(-2.3015959+m*p))
}
