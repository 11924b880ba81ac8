package noise

import "math"

const (
	// corner is where the low-pass sets in of a noise of which the level alone
	// is known, in hertz. A line's noise falls towards the high end; flat noise
	// would hiss.
	corner = 1500
	// rampsPerSecond sets the length of a join, 5 ms.
	rampsPerSecond = 200
	// silent is the level in dBFS from which on the noise is left out: the
	// rounding of 16-bit samples alone is louder.
	silent = -96
)

// Generator makes an endless stream of noise, of which it fills gaps. It
// belongs to one call and one goroutine, and allocates nothing after New. The
// same seed, descriptions and lengths give the same samples.
//
// A gap is Start, any number of Fill, and Stop:
//
//	g.Start(last)       // the last sample before the gap
//	g.Fill(dst)         // while it lasts
//	g.Stop(dst, next)   // the last part, up to the first sample behind the gap
//
// At both joins the sound moves over 5 ms from the neighbour's sample to the
// noise and back, so that neither clicks. Where what follows a gap is not known
// before it is there, Yield takes the place of Stop.
type Generator struct {
	source source
	ramp   []float64 // from 0 to 1 over one join
	from   float64   // the sample that the current start moves away from
	in     int       // how far into the start's ramp
}

// New returns a Generator for rate samples per second that is silent until
// SetLevel or SetNoise. A rate that is not positive counts as 8000.
func New(rate int) *Generator {
	if rate <= 0 {
		rate = 8000
	}
	g := &Generator{ramp: make([]float64, max(rate/rampsPerSecond, 1))}
	for i := range g.ramp {
		g.ramp[i] = (1 - math.Cos(math.Pi*float64(i+1)/float64(len(g.ramp)+1))) / 2
	}
	g.in = len(g.ramp)
	g.source.init(rate)
	g.Seed(1)
	return g
}

// Seed restarts the stream at its seed. New seeds with 1; calls that should
// not sound alike seed with something of their own.
func (g *Generator) Seed(seed uint64) { g.source.seed(seed) }

// SetLevel sets the level of the noise in dBFS, where the RMS of a full-scale
// square wave is 0 (the dBov of RFC 3389; a full-scale sine has -3). A level of
// -96 or less, or NaN, is silence; one above 0 counts as 0. Noise that is
// sounding glides to the new level within a few tens of milliseconds.
func (g *Generator) SetLevel(dBFS float64) {
	g.source.target = 0
	if dBFS > silent {
		g.source.target = 32768 * math.Pow(10, min(dBFS, 0)/20)
	}
}

// SetNoise sets level and spectrum. Noise that is sounding glides to both; a
// spectrum set between gaps is there from the start.
func (g *Generator) SetNoise(d Description) {
	g.SetLevel(d.Level)
	if d.order() == 0 {
		g.source.goal = g.source.plain
		return
	}
	g.source.goal = d.tamed()
}

// Start begins a gap behind a sample of the value from: 0 where nothing was
// before. The next samples fade from there to noise as it was set.
func (g *Generator) Start(from int16) {
	g.from, g.in = float64(from), 0
	g.source.arrive()
}

// Fill continues the gap with len(dst) samples.
func (g *Generator) Fill(dst []int16) {
	for len(dst) > 0 {
		part := g.next(len(dst))
		for i, x := range part {
			dst[i] = clip(x)
		}
		dst = dst[len(part):]
	}
}

// Add continues the gap and adds its noise to the sound in dst.
func (g *Generator) Add(dst []int16) {
	for len(dst) > 0 {
		part := g.next(len(dst))
		for i, x := range part {
			dst[i] = clip(x + float64(dst[i]))
		}
		dst = dst[len(part):]
	}
}

// Stop is the Fill that ends a gap: dst fades, over its last 5 ms or all of
// it, to the value to of the sample that follows, 0 where nothing does.
func (g *Generator) Stop(dst []int16, to int16) {
	n := min(len(g.ramp), len(dst))
	g.Fill(dst[:len(dst)-n])
	tail := dst[len(dst)-n:]
	for at := 0; at < n; {
		part := g.next(n - at)
		for i, x := range part {
			// The ramp's own length, or the part of it that fits.
			left := g.ramp[(n-1-at-i)*len(g.ramp)/n]
			tail[at+i] = clip(x*left + float64(to)*(1-left))
		}
		at += len(part)
	}
}

// Yield ends a gap over the beginning of the sound behind it, which fades in
// over 5 ms, or all of pcm, while the noise fades out. The power of both is
// kept: they are strangers to each other.
func (g *Generator) Yield(pcm []int16) {
	n := min(len(g.ramp), len(pcm))
	for at := 0; at < n; {
		part := g.next(n - at)
		for i, x := range part {
			here := g.ramp[(at+i)*len(g.ramp)/n]
			pcm[at+i] = clip(x*math.Sqrt(1-here) + float64(pcm[at+i])*math.Sqrt(here))
		}
		at += len(part)
	}
}

// next returns the next samples, still within the start's ramp or behind it:
// at least one and n at most. They are good until the next call.
func (g *Generator) next(n int) []float64 {
	part := g.source.next(n)
	for i := range part {
		if g.in >= len(g.ramp) {
			break
		}
		r := g.ramp[g.in]
		g.in++
		part[i] = part[i]*r + g.from*(1-r)
	}
	return part
}

// clip rounds to the nearest sample value. x is within thirty bits.
func clip(x float64) int16 {
	return int16(max(math.MinInt16, min(int32(x+1<<30+0.5)-1<<30, math.MaxInt16)))
}
