package echo

import "math"

const (
	// base is the samples per second that are measured.
	base = 8000
	// hop is a step of 10 ms.
	hop = base / 100
	// bands is how many parts of the telephone band are measured: around 1.5
	// and 2.5 kHz, where telephones send back what they get. Neither hum nor the
	// voice's lowest partials, which some cut off, are in them.
	bands = 2
)

// level is a level in hundredths of a decibel, relative to full scale.
type level = int16

// levels are those of the bands.
type levels [bands]level

// silent is the level of digital silence.
const silent level = -9600

// meter measures the levels of each step of a stream of sound.
type meter struct {
	factor int // of the stream's rate to base

	// On the way to base: three running means of factor samples each, so that
	// what lies above the telephone band doesn't come back within it.
	sums, before [3]int64
	parts        int // samples since the last one of base

	// Samples are taken in pairs. The lower band is the second difference of
	// the pairs' sums, and the upper one the difference of their differences.
	first                   int32 // of a pair of which the second is to come
	half                    bool  // whether there is one
	sum, rising, difference int32 // of the last pair: its sum, that less the one before, its difference
	low, high               int64 // sums of squares
	n                       int   // samples of the step in progress
}

// reset starts a step with the next sample.
func (m *meter) reset() { *m = meter{factor: m.factor} }

// measure takes samples up to the end of a step. It returns how many it took,
// and the step's levels where it is full.
func (m *meter) measure(pcm []int16) (taken int, of levels, full bool) {
	if m.factor == 1 {
		taken = min(len(pcm), hop-m.n)
		m.add(pcm[:taken])
	} else {
		taken = min(len(pcm), (hop-m.n)*m.factor-m.parts)
		m.lower(pcm[:taken])
	}
	if m.n < hop {
		return taken, of, false
	}
	of = m.levels()
	m.low, m.high, m.n = 0, 0, 0
	return taken, of, true
}

// add measures samples at base.
func (m *meter) add(pcm []int16) {
	m.n += len(pcm)
	if m.half && len(pcm) > 0 {
		m.half = false
		m.pairs([]int16{int16(m.first), pcm[0]})
		pcm = pcm[1:]
	}
	if len(pcm)%2 == 1 {
		m.first, m.half = int32(pcm[len(pcm)-1]), true
	}
	m.pairs(pcm)
}

// pairs measures whole pairs of samples.
func (m *meter) pairs(pcm []int16) {
	sum, rising, difference := m.sum, m.rising, m.difference
	low, high := m.low, m.high
	for i := 1; i < len(pcm); i += 2 {
		x, y := int32(pcm[i-1]), int32(pcm[i])
		rise := x + y - sum
		a, b := int64(rise-rising), int64(y-x-difference)
		low += a * a
		high += b * b
		sum, rising, difference = x+y, rise, y-x
	}
	m.sum, m.rising, m.difference = sum, rising, difference
	m.low, m.high = low, high
}

// lower measures samples of a higher rate, which are no more than are left of
// the step. A running mean is a sum of which an older one is taken away; sums
// may wrap around, since differences stay right (Hogenauer 1981).
func (m *meter) lower(pcm []int16) {
	var low [hop]int16
	n, all := 0, int64(m.factor*m.factor*m.factor)
	for _, s := range pcm {
		m.sums[0] += int64(s)
		m.sums[1] += m.sums[0]
		m.sums[2] += m.sums[1]
		if m.parts++; m.parts < m.factor {
			continue
		}
		m.parts = 0
		mean := m.sums[2]
		for i := range m.before {
			mean, m.before[i] = mean-m.before[i], mean
		}
		low[n] = int16(mean / all)
		n++
	}
	m.add(low[:n])
}

// levels returns those of the samples of the step so far, as if all the rest of
// it were silent.
func (m *meter) levels() levels { return levels{decibels(m.low, 35), decibels(m.high, 9.5)} }

// decibels returns the level of a step's sum of squares in a band that has a
// gain at its best, to 0.03 dB.
func decibels(sum int64, gain float32) level {
	if sum == 0 {
		return silent
	}
	bits := math.Float32bits(float32(sum) / (gain * hop / 2 * (1 << 30)))
	octaves := float32(int(bits>>23) - 127)
	rest := math.Float32frombits(bits&(1<<23-1) | 127<<23) // from 1 to 2
	octaves += (rest - 1) * (1 + 0.34*(2-rest))            // about its logarithm
	return max(silent, level(301.03*octaves))
}
