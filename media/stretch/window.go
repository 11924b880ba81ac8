package stretch

const (
	// fasterPart and slowerPart are the parts of what was played by which it
	// may have been shortened and lengthened: a little less than 1.25 seconds
	// of speech in one, and one in 1.25.
	fasterPart, slowerPart = 0.23, 0.195
	// bins of 10 ms are a quarter second, over which the parts are kept: about
	// a syllable.
	bins = 25
	// Periods left out are as far apart as two of them, so that a quarter
	// second's share does not go at once; those added may follow each other.
	fasterApart, slowerApart = 2, 0
	binsPerSecond            = 100
)

// window limits how much may change within any quarter second of what is
// played.
type window struct {
	bin   [bins + 1]int // taken within each bin; one more, as a bin is half over
	now   int           // the current bin
	fill  int           // samples played within it
	size  int           // samples of a bin
	taken int           // sum of bin
	limit int
	apart int // what is taken must be followed by so many times its length
	rest  int // what is still to be played before any more is taken
}

func newWindow(rate int, part float64, apart int) window {
	return window{
		size:  max(rate/binsPerSecond, 1),
		limit: int(part * float64(rate) * bins / binsPerSecond),
		apart: apart,
	}
}

// left returns how many samples may be taken now.
func (w *window) left() int {
	if w.rest > 0 {
		return 0
	}
	return w.limit - w.taken
}

func (w *window) take(n int) {
	w.bin[w.now] += n
	w.taken += n
	w.rest = n * w.apart
}

// pass tells that n samples were played.
func (w *window) pass(n int) {
	w.rest -= min(w.rest, n)
	w.fill += n
	for ; w.fill >= w.size; w.fill -= w.size {
		w.now = (w.now + 1) % len(w.bin)
		w.taken -= w.bin[w.now]
		w.bin[w.now] = 0
	}
}
