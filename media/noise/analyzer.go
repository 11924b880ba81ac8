package noise

import "math"

const (
	// partsPerSecond is how often what was heard is taken in, every 20 ms.
	partsPerSecond = 50
	// learning is the share of a new part in the spectrum that is known, a
	// memory of half a second, and follow that in the level, 0.2 s. The first
	// parts are averaged evenly.
	learning = 0.04
	follow   = 0.1
	// recall is how many parts of what was known before a break count beside
	// what comes behind it, 0.2 s.
	recall = 10
	// quickness is the share of a new part in a power that is known sooner and
	// less well. Where it has been apart from the other by a factor of apart,
	// 3 dB, for apartFor parts, the level has moved, and what was known is
	// forgotten.
	quickness = 0.25
	apart     = 2.0
	apartFor  = 4
	// wellKnown is of how many parts a spectrum must be known for every second
	// part to be enough, which halves what an Analyzer costs.
	wellKnown = 20
	// whiteFloor is the share of white noise that is added to a spectrum, and
	// widening the width in hertz that each of its peaks has at the least: no
	// filter should ring.
	whiteFloor = 1e-4
	widening   = 20
)

// Analyzer measures the noise of a line. What is pushed must be sound in which
// nobody speaks: its caller knows. It belongs to one goroutine and allocates
// nothing after NewAnalyzer. However the sound is cut, it finds the same.
type Analyzer struct {
	part   int             // samples that are taken in at once
	window autocorrelation // the weights that do what whiteFloor and widening say

	// The part in progress: samples without the mean, behind MaxOrder that came
	// before, the sums of their products and of themselves, and how many are
	// in the sums. lead is how many of those before are known.
	line  [MaxOrder + longest]float64
	sums  autocorrelation
	sum   float64
	count int
	lead  int
	idle  bool // whether its sums are for the level only

	// What is known, in sample values, and of how many parts.
	known autocorrelation
	mean  float64
	power float64
	parts int
	quick float64
	moved int // parts in a row in which the quick power was apart
}

// NewAnalyzer returns an Analyzer for rate samples per second that knows
// nothing yet. A rate that is not positive counts as 8000.
func NewAnalyzer(rate int) *Analyzer {
	if rate <= 0 {
		rate = 8000
	}
	a := &Analyzer{part: max(rate/partsPerSecond, 1)}
	for lag := range a.window {
		turn := 2 * math.Pi * widening * float64(lag) / float64(rate)
		a.window[lag] = math.Exp(-turn * turn / 2)
	}
	a.window[0] += whiteFloor
	return a
}

// Push takes the next samples, behind those pushed last.
func (a *Analyzer) Push(pcm []int16) {
	for ; a.lead < MaxOrder && len(pcm) > 0; pcm = pcm[1:] {
		a.line[a.lead] = float64(pcm[0]) - a.mean
		a.lead++
	}
	for len(pcm) > 0 {
		n := min(len(pcm), longest, a.part-a.count)
		for i, s := range pcm[:n] {
			a.line[MaxOrder+i] = float64(s) - a.mean
		}
		if a.count += n; a.idle {
			a.weigh(n)
		} else {
			a.correlate(n)
		}
		copy(a.line[:MaxOrder], a.line[n:])
		if a.count == a.part {
			a.takeIn()
		}
		pcm = pcm[n:]
	}
}

// Break tells that what is pushed next does not follow what was pushed last:
// somebody spoke. What is known counts less from here on.
func (a *Analyzer) Break() {
	a.lead, a.moved = 0, 0
	a.drop()
	a.parts = min(a.parts, recall)
	a.idle = false
}

// Known reports whether any noise has been measured.
func (a *Analyzer) Known() bool { return a.parts > 0 }

// Noise returns what the noise sounds like, in MaxOrder coefficients. Before
// any was measured, it is silence.
func (a *Analyzer) Noise() Description {
	r := a.spectrum()
	d := Description{Level: a.Level(), Order: MaxOrder}
	d.Reflection, _ = durbin(&r)
	return d
}

// correlate adds n new samples to the sums. The products of one sample with all
// before are made at once, in sums that don't wait for each other.
func (a *Analyzer) correlate(n int) {
	var r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, sum float64
	for i := range n {
		h := (*[MaxOrder + 1]float64)(a.line[i:])
		x := h[10]
		sum += x
		r0 += x * x
		r1 += x * h[9]
		r2 += x * h[8]
		r3 += x * h[7]
		r4 += x * h[6]
		r5 += x * h[5]
		r6 += x * h[4]
		r7 += x * h[3]
		r8 += x * h[2]
		r9 += x * h[1]
		r10 += x * h[0]
	}
	a.sum += sum
	for lag, r := range [...]float64{r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10} {
		a.sums[lag] += r
	}
}

// weigh adds n new samples to the sums that the level needs.
func (a *Analyzer) weigh(n int) {
	var sum, squares float64
	for _, x := range a.line[MaxOrder : MaxOrder+n] {
		sum += x
		squares += x * x
	}
	a.sum += sum
	a.sums[0] += squares
}

// takeIn moves what is known towards the part that is complete.
func (a *Analyzer) takeIn() {
	samples := float64(a.part)
	power, mean := a.sums[0]/samples, a.sum/samples
	a.notice(power)
	share := max(learning, 1/float64(a.parts+1))
	constant := 0.0
	if a.parts == 0 { // the mean was not known yet
		constant = mean * mean
	}
	if !a.idle {
		of := share
		if a.parts > wellKnown {
			of = 2 * share // for the part that was left out, too
		}
		for lag := range a.known {
			a.known[lag] += of * (a.sums[lag]/samples - constant - a.known[lag])
		}
	}
	a.power += max(follow, share) * (power - constant - a.power)
	a.shift(share * mean)
	if a.parts > 0 || !a.idle { // a spectrum that was forgotten begins with the next part
		a.parts = min(a.parts+1, 1/learning)
	}
	a.idle = !a.idle && a.parts > wellKnown
	a.drop()
}

// shift moves the mean, and the samples that are kept without it.
func (a *Analyzer) shift(by float64) {
	a.mean += by
	for i := range a.line[:MaxOrder] {
		a.line[i] -= by
	}
}

// notice looks whether the level has moved.
func (a *Analyzer) notice(power float64) {
	if a.parts == 0 {
		a.quick = power
		return
	}
	a.quick += quickness * (power - a.quick)
	if a.quick < a.power*apart && a.quick*apart > a.power {
		a.moved = 0
		return
	}
	if a.moved++; a.moved >= apartFor {
		a.parts, a.moved = 0, 0
	}
}

// drop forgets the part in progress.
func (a *Analyzer) drop() {
	clear(a.sums[:])
	a.sum, a.count = 0, 0
}

// Level returns the level of the noise in dBFS, without the constant part of
// the sound. Silence, and what was not measured, is -127.
func (a *Analyzer) Level() float64 { return level(a.power / (32768 * 32768)) }

// spectrum returns what is known of the noise's autocorrelation, weighted for a
// filter.
func (a *Analyzer) spectrum() (r autocorrelation) {
	for lag, x := range a.known {
		r[lag] = x * a.window[lag]
	}
	return r
}

// level returns a mean square, as a part of full scale, in dBFS.
func level(power float64) float64 {
	return max(10*math.Log10(max(power, 0)), lowestLevel)
}
