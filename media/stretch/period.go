package stretch

import "math"

// coarseRate is the rate at which periods are first looked for: speech repeats
// itself below 2 kHz, and the search costs with the square of the rate.
const coarseRate = 4000

// period returns the lag, of those up to most samples, at which the sound
// around at is most like that lag samples later (direction 1) or earlier (-1),
// and their normalized correlation. It returns 0 where the tape holds too
// little for any.
func (s *Stretcher) period(tape []int16, at, most, direction int) (lag int, match float64) {
	before, after := min(s.around, at), min(s.around, len(tape)-at)
	if direction < 0 {
		most = min(most, at-before)
	} else {
		most = min(most, len(tape)-at-after)
	}
	if most < s.shortest || before+after < s.around {
		return 0, 0
	}
	// The view is what is compared, and what it is compared with on one side.
	from, to := at-before, at+after
	if direction < 0 {
		from -= most
	} else {
		to += most
	}
	view := tape[from:to]
	lag = s.search(view, most, direction)
	return refine(view, lag-s.decimate, min(lag+s.decimate, most), before+after, direction)
}

// search finds the lag on the decimated view, to within a decimated sample.
func (s *Stretcher) search(view []int16, most, direction int) int {
	d := s.decimate
	x := s.coarse[:len(view)/d]
	for i := range x {
		var sum int32
		for _, v := range view[i*d : i*d+d] {
			sum += int32(v)
		}
		x[i] = sum / int32(d)
	}
	top := most / d
	w := len(x) - top
	best, at := math.Inf(-1), s.shortest
	for lag := s.shortest / d; lag <= top; lag++ {
		if m := correlate(x, lag, w, direction); m > best {
			best, at = m, lag*d
		}
	}
	return at
}

// refine returns the best lag from low to high on the view itself.
func refine(view []int16, low, high, w, direction int) (lag int, match float64) {
	best := math.Inf(-1)
	for l := max(low, 1); l <= high; l++ {
		if m := correlate(view, l, w, direction); m > best {
			best, lag = m, l
		}
	}
	return lag, best
}

// correlate returns the normalized correlation of w samples and those lag
// samples later or earlier: the w samples are the first of x (direction 1), or
// its last (-1). Of silence it is 1.
func correlate[T int16 | int32](x []T, lag, w, direction int) float64 {
	a, b := x[:w], x[lag:lag+w]
	if direction < 0 {
		end := len(x)
		a, b = x[end-w:], x[end-w-lag:end-lag]
	}
	var ab, aa, bb float64
	for i, v := range a {
		p, q := float64(v), float64(b[i])
		ab += p * q
		aa += p * p
		bb += q * q
	}
	if aa == 0 && bb == 0 {
		return 1
	}
	return ab / math.Sqrt(aa*bb+1)
}
