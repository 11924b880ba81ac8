package conceal

import "math"

// What is made up is heard in full for 10 ms. From there on it falls, and
// more so where the other side of the gap isn't known; from 60 to 80 ms it
// fades away. Comfort noise comes in from 30 to 80 ms.
const (
	holdMS      = 10
	lastMS      = 60
	goneMS      = 80
	noiseFromMS = 30
	fall        = 1.0 / 125 // per millisecond
	bridgedFall = 1.0 / 250
	// crossMS is the longest cross-fade from one side to the other.
	crossMS = 60
	// trendMS is how long a change of the level goes on.
	trendMS = 20
	// startMS is how long noise takes to come in where nothing was heard before.
	startMS = 5
)

// line is a gain that changes evenly.
type line struct {
	from, slope float32
	first       int
}

func newLine(from, to float32, n int) line { return line{from, (to - from) / float32(n), 0} }

func (l line) at(k int) float32 { return l.from + l.slope*float32(l.first+k) }

// behind returns the rest of the line behind its first k samples.
func (l line) behind(k int) line { return line{l.from, l.slope, l.first + k} }

// addTo adds x, times the gains from the first on, to sum, which is as long.
func (l line) addTo(sum, x []float32) {
	at := float32(l.first)
	for ; len(sum) >= 4 && len(x) >= 4; at += 4 {
		s, v := (*[4]float32)(sum), (*[4]float32)(x)
		s[0] += v[0] * (l.from + l.slope*at)
		s[1] += v[1] * (l.from + l.slope*(at+1))
		s[2] += v[2] * (l.from + l.slope*(at+2))
		s[3] += v[3] * (l.from + l.slope*(at+3))
		sum, x = sum[4:], x[4:]
	}
	for i, v := range x {
		sum[i] += v * (l.from + l.slope*(at+float32(i)))
	}
}

func (l line) silent() bool { return l.from == 0 && l.slope == 0 }

// gain is how loud each part of what is made up is at one sample.
type gain struct{ before, behind, noise float32 }

// gains are those over one cell.
type gains struct{ before, behind, noise line }

// newGains returns the gains that lead from one gain to another, over n samples.
func newGains(from, to gain, n int) gains {
	return gains{
		newLine(from.before, to.before, n),
		newLine(from.behind, to.behind, n),
		newLine(from.noise, to.noise, n),
	}
}

// gainAt returns the gain at a sample of the gap.
func (c *Concealer) gainAt(sample int) (g gain) {
	at := float32(sample) * c.msPerSample
	far := at // from what is known
	if len(c.before.cycle) == 0 {
		far = goneMS
	}
	if c.length == 0 {
		g.before = (1 + (c.before.trend-1)*min(at/trendMS, 1)) * fade(far, fall)
	} else {
		length := float32(c.length) * c.msPerSample
		left := max(length-at, 0)
		cross := min(length, crossMS)
		over := smooth((at - (length-cross)/2) / cross)
		g.before, g.behind = fade(far, bridgedFall)*(1-over), fade(left, bridgedFall)*over
		far = min(far, left)
	}
	g.noise = rise(far) * min(at/startMS, 1)
	return g
}

// fade is the gain of made-up sound that many ms away from its side.
func fade(at, fall float32) float32 {
	g := 1 - max(at-holdMS, 0)*fall
	return g * max(0, min(1, (goneMS-at)/(goneMS-lastMS)))
}

// rise is the gain of the noise there.
func rise(at float32) float32 { return smooth((at - noiseFromMS) / (goneMS - noiseFromMS)) }

// smooth goes from 0 to 1 as x does, without a corner at either end.
func smooth(x float32) float32 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	return x * x * (3 - 2*x)
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// mixed goes from a to b as w goes from 0 to 1.
func mixed(a, b, w float32) float32 { return a + (b-a)*w }

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// round returns the nearest sample value.
func round(x float32) int16 {
	n := int32(x + 32768.5)
	if uint32(n) > 65535 { //nolint:gosec // negative ones are meant to be large
		n = max(0, min(65535, n))
	}
	return int16(n - 32768) //nolint:gosec // it fits
}
