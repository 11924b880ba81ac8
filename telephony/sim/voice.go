package sim

import "time"

const (
	// voicedLevel is the level at which a sample counts as voiced, and the
	// root mean square that its 10 ms must reach: -44 dB of full scale, far
	// below speech on a telephone (-26 dB, ITU-T P.56) and above its noise.
	voicedLevel = 200
	// voicedWindow is the time over which the level is taken, so that a
	// click is no speech.
	voicedWindow = 10 * time.Millisecond
)

// waveform is sound at a rate, searched for speech.
type waveform struct {
	pcm  []int16
	rate int
}

// window returns the samples of one measuring window.
func (w waveform) window() int { return int(samplesIn(voicedWindow, w.rate)) }

// first returns the index of the first voiced sample in [from, to), or -1.
func (w waveform) first(from, to int) int {
	from, to = w.bounds(from, to)
	for at := from; at < to; at += w.window() {
		end := min(at+w.window(), to)
		if !voiced(w.pcm[at:end]) {
			continue
		}
		// Speech may have begun late in the window before, too late to
		// lift its level.
		for i := max(from, at-w.window()); i < end; i++ {
			if loud(w.pcm[i]) {
				return i
			}
		}
	}
	return -1
}

// last returns the index behind the last voiced sample in [from, to), or -1.
func (w waveform) last(from, to int) int {
	from, to = w.bounds(from, to)
	for end := to; end > from; end -= w.window() {
		at := max(end-w.window(), from)
		if !voiced(w.pcm[at:end]) {
			continue
		}
		for i := min(to, end+w.window()); i > at; i-- {
			if loud(w.pcm[i-1]) {
				return i
			}
		}
	}
	return -1
}

// quietAfter returns where the first stretch of silence as long as n samples
// begins at or after from; to where there is none.
func (w waveform) quietAfter(from, to, n int) int {
	from, to = w.bounds(from, to)
	for at := from; at < to; {
		next := w.first(at, to)
		if next < 0 || next-at >= n {
			return at
		}
		for at = next; at < to; at += w.window() {
			if !voiced(w.pcm[at:min(at+w.window(), to)]) {
				break
			}
		}
	}
	return to
}

// voicedIn returns how many samples of [from, to) lie in voiced windows.
func (w waveform) voicedIn(from, to int) (n int) {
	from, to = w.bounds(from, to)
	for at := from; at < to; at += w.window() {
		if end := min(at+w.window(), to); voiced(w.pcm[at:end]) {
			n += end - at
		}
	}
	return n
}

// bounds cuts a range to the waveform.
func (w waveform) bounds(from, to int) (lo, hi int) {
	return min(max(from, 0), len(w.pcm)), min(max(to, 0), len(w.pcm))
}

// speaks says whether any window of pcm is voiced.
func (w waveform) speaks() bool {
	for at := 0; at < len(w.pcm); at += w.window() {
		if voiced(w.pcm[at:min(at+w.window(), len(w.pcm))]) {
			return true
		}
	}
	return false
}

// voiced says whether the root mean square of pcm reaches the level.
func voiced(pcm []int16) bool {
	var sum int64
	for _, s := range pcm {
		sum += int64(s) * int64(s)
	}
	return len(pcm) > 0 && sum >= int64(len(pcm))*voicedLevel*voicedLevel
}

func loud(s int16) bool { return s >= voicedLevel || s <= -voicedLevel }
