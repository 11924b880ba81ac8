package jitterbench

import (
	"math"
	"slices"
	"time"
)

const (
	// look is how much of what was heard is looked for in what was sent, and
	// hop the time between two looks.
	look, hop = 50 * time.Millisecond, 20 * time.Millisecond
	// alike is how like it must be to count as found: stretched speech is not
	// quite what was sent.
	alike = 0.7
	// furthest is the largest delay that is looked for.
	furthest = 600 * time.Millisecond
)

// heard is where in what was sent the sound is that was heard around a time.
type heard struct {
	at    time.Duration // the middle of the look, since the first packet was sent
	delay time.Duration // since the same sound was sent
}

// listen finds the delay of what was played by looking for it in what was
// sent, from and to times of playing: it does not ask the buffer. Where nobody
// speaks nothing is found.
func listen(r run, sent []int16, from, to time.Duration) (found []heard) {
	size := samples(look)
	for at := from; at < to; at += hop {
		begin := samples(at - phase)
		if begin+size > len(r.played) {
			break
		}
		window := r.played[begin : begin+size]
		if rms(window) < speechLevel {
			continue
		}
		low := max(begin-samples(furthest), 0)
		place, match := find(window, sent[low:min(begin+samples(beat)+size, len(sent))])
		if match >= alike {
			found = append(found, heard{at: at + look/2, delay: at - length(low+place)})
		}
	}
	return smooth(found)
}

// smooth takes the median of each three looks: sentences repeat words, and a
// look may find another one.
func smooth(found []heard) []heard {
	out := slices.Clone(found)
	for i := 1; i < len(found)-1; i++ {
		out[i].delay = median(found[i-1 : i+2])
	}
	return out
}

// speechLevel is the least RMS of a window that is looked for, -42 dBFS.
const speechLevel = 260

// find returns where in pcm the window fits best, and how well (1 is exactly).
func find(window, pcm []int16) (place int, match float64) {
	own := power(window)
	best := math.Inf(-1)
	other := power(pcm[:len(window)])
	for i := 0; i+len(window) <= len(pcm); i++ {
		if i > 0 {
			in, out := float64(pcm[i+len(window)-1]), float64(pcm[i-1])
			other += in*in - out*out
		}
		var sum int64
		for k, x := range window {
			sum += int64(x) * int64(pcm[i+k])
		}
		if m := float64(sum) / math.Sqrt(own*other+1); m > best {
			best, place = m, i
		}
	}
	return place, best
}

func power(pcm []int16) (sum float64) {
	for _, x := range pcm {
		sum += float64(x) * float64(x)
	}
	return sum
}

func rms(pcm []int16) float64 { return math.Sqrt(power(pcm) / float64(len(pcm))) }

func samples(d time.Duration) int { return int(d * rate / time.Second) }

func length(n int) time.Duration { return time.Duration(n) * time.Second / rate }
