package conceal

import "math"

const (
	// lowRate is the rate at which a pitch is sought before it is refined.
	lowRate = 4000
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
	// Sound of a smaller RMS, in steps of 16 bits, is not worth a search.
	faint = 10
	// A fall of the level is measured over 10 ms, and believed down to a half.
	lowTrend   = lowRate / 100
	leastTrend = 0.5
)

// search finds after how many samples a sound repeats itself at its end.
type search struct {
	factor int       // from the sound's rate down to lowRate
	least  int       // samples that can be continued, 5 ms
	low    []float32 // the sound at lowRate, of which n count
	n      int
	alike  []float32 // of the lags compared last
}

func newSearch(rate, longest int) search {
	factor := rate / lowRate
	return search{factor: factor, least: rate / leastPerSecond, low: make([]float32, longest/factor), alike: make([]float32, max(lowLongest, 2*factor))}
}

// lag returns the lag of the newest part of sound, oldest first, and whether it
// is voiced. The sound is at least 5 ms long. near is the lag of a voice that is
// likely to be heard in it, zero where none is: lags near it are tried first.
func (s *search) lag(sound []float32, near int) (lag int, isVoiced bool) {
	low := s.lower(sound)
	piece := min(lowPiece, len(low)*5/16)
	longest := min(lowLongest, len(low)-piece)
	power := dot(low[len(low)-piece:], low[len(low)-piece:])
	if loud := float32(faint * s.factor); power < loud*loud*float32(piece) && longest > lowHiss {
		return lowHiss * s.factor, false
	}
	needed := voiced * voiced * power
	if near /= s.factor; near > 0 {
		from, to := max(lowShortest, near*6/7), min(longest, near*7/6)
		if from <= to {
			alike := s.compare(low, piece, from, to)
			if i := largest(alike); alike[i] >= needed {
				return s.refine(sound, from+i, piece), true
			}
		}
	}
	alike := s.compare(low, piece, lowShortest, longest)
	best := lowShortest + largest(alike)
	isVoiced = alike[best-lowShortest] >= needed
	if !isVoiced && longest > lowHiss {
		best = lowHiss + largest(alike[lowHiss-lowShortest:])
	}
	return s.refine(sound, best, piece), isVoiced
}

// compare returns, for each lag from the shortest to the longest, the square of
// the correlation of the newest piece of sound with the one that many samples
// before it, times the power of the newest; negative where they are contrary.
// It is good until the next call.
func (s *search) compare(sound []float32, piece, shortest, longest int) []float32 {
	start := len(sound) - piece
	newest := sound[start:]
	alike := s.alike[:longest-shortest+1]
	i := 0
	for ; i+4 <= len(alike); i += 4 {
		alike[i+3], alike[i+2], alike[i+1], alike[i] = dots(newest, sound[start-shortest-i-3:])
	}
	for ; i < len(alike); i++ {
		alike[i] = dot(newest, sound[start-shortest-i:][:piece])
	}
	// The power is that of the lag before, one sample on.
	at := start - shortest
	power := dot(sound[at:][:piece], sound[at:][:piece])
	for i, product := range alike {
		if power < 0 {
			power = 0
		}
		alike[i] = product * abs(product) / (power + 1)
		if at--; at < 0 {
			break
		}
		first, last := sound[at], sound[at+piece]
		power += first*first - last*last
	}
	return alike
}

// refine returns the best lag near one that was found at lowRate.
func (s *search) refine(sound []float32, low, piece int) int {
	piece *= s.factor
	from := (low - 1) * s.factor
	to := min((low+1)*s.factor-1, len(sound)-piece)
	return from + largest(s.compare(sound, piece, from, to))
}

// largest returns where the first of the largest values is. It compares bits,
// which are in the order of the values once those of negative ones are turned
// about: which of two is larger is chance, and a branch for it is foreseen
// badly.
func largest(values []float32) int {
	best := int64(math.MinInt64)
	for i, v := range values {
		bits := int32(math.Float32bits(v)) //nolint:gosec // the bits are meant
		bits ^= bits >> 31 & math.MaxInt32
		best = max(best, int64(bits)<<32|int64(math.MaxInt32-i))
	}
	return int(math.MaxInt32 - best&math.MaxInt32)
}

// lower brings the sound to lowRate by plain averages, and takes its mean out:
// a constant is like itself at every lag.
func (s *search) lower(sound []float32) []float32 {
	n := len(sound) / s.factor
	low := s.low[:n]
	s.n = n
	rest := sound[len(sound)-n*s.factor:]
	if s.factor == 2 {
		halve(low, rest)
	} else {
		for i := range low {
			low[i] = 0
			for _, x := range rest[i*s.factor : (i+1)*s.factor] {
				low[i] += x
			}
		}
	}
	center(low)
	return low
}

// halve sets low to the sums of each two of sound.
func halve(low, sound []float32) {
	for len(low) >= 4 && len(sound) >= 8 {
		l, s := (*[4]float32)(low), (*[8]float32)(sound)
		l[0], l[1], l[2], l[3] = s[0]+s[1], s[2]+s[3], s[4]+s[5], s[6]+s[7]
		low, sound = low[4:], sound[8:]
	}
	for i := range low {
		low[i] = sound[2*i] + sound[2*i+1]
	}
}

// center takes the mean out of sound.
func center(sound []float32) {
	var p, q, r, s float32
	rest := sound
	for ; len(rest) >= 4; rest = rest[4:] {
		x := (*[4]float32)(rest)
		p, q, r, s = p+x[0], q+x[1], r+x[2], s+x[3]
	}
	for _, x := range rest {
		p += x
	}
	mean := (p + q + r + s) / float32(max(len(sound), 1))
	for rest = sound; len(rest) >= 4; rest = rest[4:] {
		x := (*[4]float32)(rest)
		x[0], x[1], x[2], x[3] = x[0]-mean, x[1]-mean, x[2]-mean, x[3]-mean
	}
	for i := range rest {
		rest[i] -= mean
	}
}

// trend returns how the level of the newest 10 ms of the sound whose lag was
// sought last compares with that of the 10 ms before, if it is falling.
func (s *search) trend() float32 {
	n := min(lowTrend, s.n/2)
	low := s.low[s.n-2*n : s.n]
	return max(leastTrend, min(1, root((dot(low[n:], low[n:])+1)/(dot(low[:n], low[:n])+1))))
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
	x, y, z := b[0], b[1], b[2]
	b = b[3:][:len(a)]
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
