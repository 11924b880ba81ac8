package stretch

import "math"

const (
	// overFloor is how much louder than the line's noise silence may be, as a
	// ratio of powers: 6 dB.
	overFloor = 4.0
	// floorBlocks is how long the lowest level counts as the line's noise, in
	// blocks of 10 ms: pauses come more often than that.
	floorBlocks = 400
	// activityBlocks is the time over which activity is averaged, 10 s.
	activityBlocks = 1000
	// quiet and loud are mean powers of a sample: what is always silence, and
	// what never is (-66 and -45 dBFS).
	quiet, loud = 32768 * 32768 * 2.512e-7, 32768 * 32768 * 3.162e-5
)

// level follows the noise of the line, by the minimum over the last seconds.
type level struct {
	size     int // samples of a block
	n        int // samples of the current block
	sum      float64
	blocks   int     // since lowest began
	lowest   float64 // mean power of the quietest block of the current and
	earlier  float64 // of the span before
	run      int     // samples since the last block that was not silent
	limit    float64 // mean power up to which it is silent
	activity float64
}

func newLevel(rate int) level {
	return level{
		size: max(rate/binsPerSecond, 1), lowest: math.Inf(1), earlier: math.Inf(1),
		limit: quiet, activity: 1,
	}
}

// silent tells whether n samples of the energy e are silent. None are.
func (l *level) silent(e float64, n int) bool { return e <= l.limit*float64(n) }

func (l *level) add(pcm []int16) {
	for len(pcm) > 0 {
		n := min(l.size-l.n, len(pcm))
		l.sum += energy(pcm[:n])
		if l.n += n; l.n == l.size {
			l.close(l.sum / float64(l.size))
			l.n, l.sum = 0, 0
		}
		pcm = pcm[n:]
	}
}

// close takes the mean power of a whole block.
func (l *level) close(mean float64) {
	speaks := 0.0
	l.run += l.size
	if mean > l.limit {
		speaks, l.run = 1, 0
	}
	l.activity += (speaks - l.activity) / activityBlocks
	l.lowest = min(l.lowest, mean)
	if l.blocks++; l.blocks == floorBlocks/2 {
		l.earlier, l.lowest, l.blocks = l.lowest, math.Inf(1), 0
	}
	l.limit = min(max(overFloor*min(l.lowest, l.earlier), quiet), loud)
}

func energy(pcm []int16) float64 {
	var sum int64
	for _, x := range pcm {
		sum += int64(x) * int64(x)
	}
	return float64(sum)
}
