// Package noise makes comfort noise: the soft sound of a line on which nobody
// speaks, for the gaps in which a carrier sent nothing.
package noise

import "math"

const (
	// corner is where the low-pass sets in, in hertz. A line's noise falls
	// towards the high end; flat noise would hiss.
	corner = 1500
	// rampsPerSecond sets the length of a join, 5 ms.
	rampsPerSecond = 200
	// silent is the level in dBFS from which on the noise is left out: the
	// rounding of 16-bit samples alone is louder.
	silent = -96
	// glidesPerSecond sets how fast the sound follows a new level, 20 ms.
	glidesPerSecond = 50
)

// Generator makes an endless stream of noise, of which it fills gaps. It
// belongs to one call and one goroutine, and allocates nothing after New. The
// same seed, levels and lengths give the same samples.
//
// A gap is Start, any number of Fill, and Stop:
//
//	g.Start(last)       // the last sample before the gap
//	g.Fill(dst)         // while it lasts
//	g.Stop(dst, next)   // the last part, up to the first sample behind the gap
//
// At both joins the sound moves over 5 ms from the neighbour's sample to the
// noise and back, so that neither clicks.
type Generator struct {
	random uint64    // state of the shift register, never zero
	ramp   []float64 // from 0 to 1 over one join

	// The low-pass and what it makes of full-scale noise.
	pole, state float64
	unit        float64 // gain that gives an RMS of one

	gain, target, glide float64
	from                float64 // the sample that the current start moves away from
	in                  int     // how far into the start's ramp
}

// New returns a Generator for rate samples per second that is silent until
// SetLevel. A rate that is not positive counts as 8000.
func New(rate int) *Generator {
	if rate <= 0 {
		rate = 8000
	}
	g := &Generator{
		ramp:  make([]float64, max(rate/rampsPerSecond, 1)),
		pole:  math.Exp(-2 * math.Pi * corner / float64(rate)),
		glide: 1 - math.Exp(-glidesPerSecond/float64(rate)),
	}
	g.Seed(1)
	for i := range g.ramp {
		g.ramp[i] = (1 - math.Cos(math.Pi*float64(i+1)/float64(len(g.ramp)+1))) / 2
	}
	g.in = len(g.ramp)
	// Uniform noise from -1 to 1 has the variance 1/3, of which the low-pass
	// y = (1-p)x + p*y leaves the part (1-p)/(1+p).
	g.unit = math.Sqrt(3 * (1 + g.pole) / (1 - g.pole))
	return g
}

// Seed restarts the stream at its seed. New seeds with 1; calls that should
// not sound alike seed with something of their own.
func (g *Generator) Seed(seed uint64) {
	// Seeds that differ little must not begin alike: spread their bits.
	g.random = (seed + 1) * 0x9e3779b97f4a7c15
	if g.random == 0 {
		g.random = 1
	}
	for range 8 {
		g.white()
	}
	g.state = 0
}

// SetLevel sets the level of the noise in dBFS, where the RMS of a full-scale
// square wave is 0 (the dBov of RFC 3389; a full-scale sine has -3). A level of
// -96 or less, or NaN, is silence; one above 0 counts as 0. Noise that is
// sounding glides to the new level within a few tens of milliseconds.
func (g *Generator) SetLevel(dBFS float64) {
	g.target = 0
	if dBFS > silent {
		g.target = 32768 * math.Pow(10, min(dBFS, 0)/20)
	}
}

// Start begins a gap behind a sample of the value from: 0 where nothing was
// before. The next samples fade from there to noise at the level set.
func (g *Generator) Start(from int16) {
	g.from, g.in = float64(from), 0
	g.gain = g.target
}

// Fill continues the gap with len(dst) samples.
func (g *Generator) Fill(dst []int16) {
	for i := range dst {
		dst[i] = clip(g.next())
	}
}

// Stop is the Fill that ends a gap: dst fades, over its last 5 ms or all of
// it, to the value to of the sample that follows, 0 where nothing does.
func (g *Generator) Stop(dst []int16, to int16) {
	n := min(len(g.ramp), len(dst))
	body := dst[:len(dst)-n]
	g.Fill(body)
	tail := dst[len(body):]
	for i := range tail {
		// The ramp's own length, or the part of it that fits.
		left := g.ramp[(n-1-i)*len(g.ramp)/n]
		tail[i] = clip(g.next()*left + float64(to)*(1-left))
	}
}

// next returns the next sample, still within the start's ramp or behind it.
func (g *Generator) next() float64 {
	x := g.white()*(1-g.pole) + g.state*g.pole
	g.state = x
	g.gain += (g.target - g.gain) * g.glide
	x *= g.gain * g.unit
	if g.in < len(g.ramp) {
		r := g.ramp[g.in]
		g.in++
		x = x*r + g.from*(1-r)
	}
	return x
}

// white returns the next value from -1 to 1 of a 64-bit xorshift register
// (Marsaglia 2003).
func (g *Generator) white() float64 {
	g.random ^= g.random << 13
	g.random ^= g.random >> 7
	g.random ^= g.random << 17
	return float64(int64(g.random)) * (1.0 / (1 << 63))
}

// clip rounds to the nearest sample value.
func clip(x float64) int16 {
	x = max(math.MinInt16, min(x, math.MaxInt16))
	return int16(int32(x+32768.5) - 32768)
}
