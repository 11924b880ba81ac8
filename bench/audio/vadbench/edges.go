package vadbench

import "slices"

// step is the milliseconds of one.
const step = 10

// missed is what counts as the delay of a spurt that nobody noticed.
const missed = 1000

// edges are delays in milliseconds: from the true beginning of each spurt to
// the decision that somebody speaks, and from its true end to the decision
// that nobody does.
type edges struct{ onset, release []float64 }

func (h heard) edges(pick func(t *track) []bool) (e edges) {
	for i := range h.voices {
		e.add(h.voices[i].speech, pick(&h.voices[i]))
	}
	return e
}

// add takes the edges of one track. A spurt into which the detector came
// speaking tells nothing of its onset, and one after which it went on until the
// next nothing of its release.
func (e *edges) add(speech, said []bool) {
	for i := 1; i < len(speech); i++ {
		switch {
		case speech[i] && !speech[i-1] && !said[i-1]:
			e.onset = append(e.onset, found(speech[i:], said[i:]))
		case !speech[i] && speech[i-1]:
			if n := slices.Index(said[i-1:], false); n >= 0 && !slices.Contains(speech[i:i-1+max(n, 1)], true) {
				e.release = append(e.release, float64(step*n))
			}
		}
	}
}

// found is how long after the beginning of a spurt, at the end of a step, it
// was said to be one.
func found(speech, said []bool) float64 {
	for i := range speech {
		if !speech[i] {
			break
		}
		if said[i] {
			return float64(step * (i + 1))
		}
	}
	return missed
}

// quantile returns the q-th of values, such as 0.5 for the median.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
