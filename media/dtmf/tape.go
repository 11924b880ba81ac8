package dtmf

import "math"

// tapeLength is how much sound a tape takes before it is wound back.
const tapeLength = 2 * span

// tape holds the newest sound, at workRate.
type tape struct {
	sound [tapeLength]float32
	end   int
}

func newTape() tape { return tape{end: span} }

// next makes room for a hop.
func (t *tape) next() *[hop]float32 {
	if t.end == tapeLength {
		t.end = copy(t.sound[:], t.sound[tapeLength-span+hop:])
	}
	t.end += hop
	return (*[hop]float32)(t.sound[t.end-hop : t.end])
}

// last returns the newest span of sound.
func (t *tape) last() *[span]float32 { return (*[span]float32)(t.sound[t.end-span : t.end]) }

// hop returns the sound of the hop that ended so many hops ago.
func (t *tape) hop(ago int) *[hop]float32 {
	end := t.end - ago*hop
	return (*[hop]float32)(t.sound[end-hop : end])
}

// power returns the power of a hop.
func power(x *[hop]float32) float32 {
	var a, b float32
	for i := 0; i < len(x); i += 2 {
		a += x[i] * x[i]
		b += x[i+1] * x[i+1]
	}
	return (a + b) / hop
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }
