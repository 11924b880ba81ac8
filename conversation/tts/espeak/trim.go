package espeak

const (
	// quiet is the highest amplitude that counts as silence at the ends.
	quiet = 60
	// lead and tail are the silence that is left before and behind a
	// sentence, in samples: 5 ms, and the 180 ms of a pause between two.
	lead = rate * 5 / 1000
	tail = rate * 180 / 1000
	// most is the longest silence that is held back until sound follows;
	// the rest of a longer pause passes at once.
	most = rate
)

// trimmer passes sound on with the silence at both ends cut.
type trimmer struct {
	out   func([]int16) error
	begun bool
	held  []int16 // silence that may be the end
}

// push takes the next samples.
func (t *trimmer) push(pcm []int16) error {
	if len(pcm) == 0 {
		return nil
	}
	if !t.begun {
		t.held = append(t.held, pcm...)
		first := firstLoud(t.held)
		if first < 0 {
			t.held = t.held[max(0, len(t.held)-lead):]
			return nil
		}
		t.begun = true
		pcm = append([]int16{}, t.held[max(0, first-lead):]...)
		t.held = t.held[:0]
	}
	last := lastLoud(pcm)
	if last < 0 {
		t.held = append(t.held, pcm...)
		if len(t.held) <= most {
			return nil
		}
		return t.release()
	}
	if err := t.release(); err != nil {
		return err
	}
	t.held = append(t.held, pcm[last+1:]...)
	return t.out(pcm[:last+1])
}

// release passes on what was held back.
func (t *trimmer) release() error {
	if len(t.held) == 0 {
		return nil
	}
	held := t.held
	t.held = t.held[:0]
	return t.out(held)
}

// end passes on the silence that belongs behind the sound.
func (t *trimmer) end() error {
	if !t.begun {
		return nil
	}
	t.held = t.held[:min(len(t.held), tail)]
	return t.release()
}

func loud(v int16) bool { return v > quiet || v < -quiet }

// firstLoud returns the index of the first sample that is no silence, or -1.
func firstLoud(pcm []int16) int {
	for i, v := range pcm {
		if loud(v) {
			return i
		}
	}
	return -1
}

// lastLoud returns the index of the last sample that is no silence, or -1.
func lastLoud(pcm []int16) int {
	for i := len(pcm) - 1; i >= 0; i-- {
		if loud(pcm[i]) {
			return i
		}
	}
	return -1
}
