package conceal

import "math"

const (
	// lowRate is the rate at which a pitch is sought before it is refined.
	lowRate = 4000
	// grid is about the distance at which two waveforms are compared when the
	// pitch is refined, in samples per second.
	grid = 8000
	// The pitch sought is from 400 to 67 Hz; by the end of a gap all speech is
	// one of its multiples. The newest 6.25 ms are compared: a short piece
	// follows the voice as it changes. Tuned by ESTOI on several voices.
	lowShortest = lowRate / 400
	lowLongest  = lowRate * 3 / 200
	lowPiece    = lowRate / 160
	// Sound of which less than this is repeated has no pitch. It is repeated
	// after lowHiss at the least, 7.5 ms.
	voiced  = 0.6
	lowHiss = lowRate * 3 / 400
)

// search finds after how many samples a sound repeats itself at its end.
type search struct {
	factor int // from the sound's rate down to lowRate
	stride int
	low    []float32 // the sound at lowRate, of which n count
	n      int
	alike  [lowLongest + 1]float32 // by lag, what lagAt compares
}

func newSearch(rate, longest int) search {
	factor := rate / lowRate
	return search{factor: factor, stride: max(1, rate/grid), low: make([]float32, longest/factor)}
}

// lag returns the lag of the newest part of sound, oldest first. The sound is
// at least that long.
func (s *search) lag(sound []float32) int {
	low := s.lower(sound)
	piece := min(lowPiece, len(low)*5/16)
	longest := min(lowLongest, len(low)-piece)
	s.compare(low, piece, longest)
	newest := low[len(low)-piece:]
	best := s.best(lowShortest, longest)
	if s.alike[best] < voiced*voiced*dot(newest, newest) && longest > lowHiss {
		best = s.best(lowHiss, longest)
	}
	return refine(sound, best*s.factor, s.factor-1, piece*s.factor)
}

// compare fills alike: the square of the correlation of the newest piece with
// the one that many samples before it, times the power of the newest; negative
// where they are contrary.
func (s *search) compare(low []float32, piece, longest int) {
	start := len(low) - piece
	newest := low[start:]
	l := lowShortest
	for ; l+3 <= longest; l += 4 {
		s.alike[l+3], s.alike[l+2], s.alike[l+1], s.alike[l] = dots(newest, low[start-l-3:])
	}
	for ; l <= longest; l++ {
		s.alike[l] = dot(newest, low[start-l:][:piece])
	}
	older, behind := low[:start-lowShortest], low[piece:start-lowShortest+piece]
	power := dot(low[start-lowShortest:][:piece], low[start-lowShortest:][:piece])
	for l, product := range s.alike[lowShortest : longest+1] {
		s.alike[lowShortest+l] = likeness(product, power)
		if at := len(older) - 1 - l; at >= 0 {
			power += older[at]*older[at] - behind[at]*behind[at]
		}
	}
}

// best returns the lag of the best likeness.
func (s *search) best(shortest, longest int) int {
	best := shortest
	for l := shortest; l <= longest; l++ {
		if s.alike[l] > s.alike[best] {
			best = l
		}
	}
	return best
}

// lower brings the sound to lowRate by plain averages, and takes its mean out:
// a constant is like itself at every lag.
func (s *search) lower(sound []float32) []float32 {
	n := len(sound) / s.factor
	low := s.low[:n]
	s.n = n
	rest := sound[len(sound)-n*s.factor:]
	var mean float32
	for i := range low {
		var sum float32
		if s.factor == 2 {
			sum = rest[2*i] + rest[2*i+1]
		} else {
			for _, x := range rest[i*s.factor : (i+1)*s.factor] {
				sum += x
			}
		}
		low[i] = sum
		mean += sum
	}
	mean /= float32(max(n, 1))
	for i := range low {
		low[i] -= mean
	}
	return low
}

// refine returns the best lag among those up to around from near.
func refine(sound []float32, near, around, piece int) int {
	newest := sound[len(sound)-piece:]
	best, most := near, float32(-math.MaxFloat32)
	for l := near - around; l <= near+around && l+piece <= len(sound); l++ {
		older := sound[len(sound)-piece-l:][:piece]
		if like := likeness(dot(newest, older), dot(older, older)); like > most {
			best, most = l, like
		}
	}
	return best
}

// trend returns how the level of the newest n samples of the sound whose lag
// was sought last compares with that of those before.
func (s *search) trend(n int) float32 {
	n = min(max(n/s.factor, 1), s.n/2)
	low := s.low[s.n-2*n : s.n]
	return max(leastTrend, min(1, root((dot(low[n:], low[n:])+1)/(dot(low[:n], low[:n])+1))))
}

// likeness is the square of a product, with its sign, over a power.
func likeness(product, power float32) float32 {
	return product * abs(product) / (max(power, 0) + 1)
}

// dot returns the sum of the products, in four sums of which none waits for
// another.
func dot(a, b []float32) float32 {
	var p, q, r, s float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := (*[4]float32)(a[i:]), (*[4]float32)(b[i:])
		p += x[0] * y[0]
		q += x[1] * y[1]
		r += x[2] * y[2]
		s += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		p += a[i] * b[i]
	}
	return p + q + r + s
}

// dots returns the products with the first four places in b.
func dots(a, b []float32) (p, q, r, s float32) {
	b = b[:len(a)+3]
	x, y, z := b[0], b[1], b[2]
	b = b[3:]
	b = b[:len(a)]
	for i, v := range a {
		w := b[i]
		p += v * x
		q += v * y
		r += v * z
		s += v * w
		x, y, z = y, z, w
	}
	return p, q, r, s
}

// sparse is dot over every stride-th sample.
func sparse(a, b []float32, stride int) (sum float32) {
	b = b[:len(a)]
	for i := 0; i < len(a); i += stride {
		sum += a[i] * b[i]
	}
	return sum
}
