package vad

const (
	base  = 8000 // samples per second that are judged
	hop   = base / 100
	frame = 128 // samples of one spectrum, 16 ms
	parts = 8   // of a frame, for its crest
	part  = frame / parts
	old   = (frame - hop) / part // parts of the steps before
	// lobe is how many bins on either side a tone reaches into, and purity the
	// part of a step that tones hold at the least.
	lobe   = 2
	purity = 0.95
	// twist is the least part of a key that each of its tones is, -13 dB.
	twist = 0.05
	// settling is how many steps of unchanging samples the filters need to come
	// to rest: after three, 200 dB of any sound are gone.
	settling = 3
	// silence is how many leave nothing but zeros in a whole frame, wherever in
	// a step they began.
	silence = settling + 3
)

// ear turns sound of any rate into the power in each band for each step:
// high-passed, so that mains hum is out, and brought down to 8000 samples per
// second.
type ear struct {
	fourier *fourier
	low     lowPass
	high    highPass

	pitch pitch
	last  int16 // the last sample
	still int   // how many in a row have been like it, up to silence

	line [frame]float32 // the last samples
	n    int            // of the step in progress

	// What the last full step was like.
	energy [parts]float32 // of each part of the frame
	power  float32        // mean square of the step's own 10 ms
	crest  float32        // part of the frame's energy that its loudest 4 ms hold
	bands  [bands]float32 // zero in a faint step
	bins   [half]float32  // of those bands, unless it is faint
	faint  bool           // no band can be above the quietest line assumed
	silent bool           // all samples of the frame are zero
}

func newEar(rate int, f *fourier) ear {
	return ear{fourier: f, low: newLowPass(rate), high: newHighPass(rate)}
}

// hear takes samples up to the end of a step. It returns how many it took, and
// whether a step is full and measured.
func (e *ear) hear(pcm []int16) (taken int, full bool) {
	pcm = pcm[:min(len(pcm), (hop-e.n)*e.low.factor-e.low.phase)]
	rest := e.line[frame-hop+e.n:]
	switch step := hop * e.low.factor; {
	case !e.same(pcm):
		e.still = 0
		e.n += e.filter(rest, pcm)
	case e.still < settling*step:
		e.still += len(pcm)
		e.n += e.filter(rest, pcm)
	default: // at rest: nothing comes out of the filters
		e.still = min(e.still+len(pcm), silence*step)
		n := e.low.skip(len(pcm))
		clear(rest[:n])
		e.n += n
	}
	e.last = pcm[len(pcm)-1]
	if e.n < hop {
		return len(pcm), false
	}
	e.n = 0
	e.measure()
	return len(pcm), true
}

// same tells whether all samples are like the one before.
func (e *ear) same(pcm []int16) bool {
	for _, s := range pcm {
		if s != e.last {
			return false
		}
	}
	return true
}

// filter returns how many samples it has added to the line.
func (e *ear) filter(dst []float32, pcm []int16) int {
	if e.low.factor == 1 {
		e.high.pass(dst, pcm)
		return len(pcm)
	}
	return e.low.pass(&e.high, dst, pcm)
}

// measure fills what is known of the step, whose samples lie at the end of the
// line, and makes room for the next one.
func (e *ear) measure() {
	e.silent = e.still == silence*hop*e.low.factor
	if e.silent {
		e.faint, e.power, e.crest = true, 0, 0
		e.pitch.push(0)
		clear(e.energy[:])
		clear(e.bands[:])
		return
	}
	copy(e.energy[:], e.energy[parts-old:])
	var step float32
	for i := old; i < parts; i++ {
		e.energy[i] = energy((*[part]float32)(e.line[i*part:]))
		step += e.energy[i]
	}
	whole, loudest := e.energy[0], float32(0)
	for i := 1; i < parts; i++ {
		whole += e.energy[i]
		loudest = max(loudest, e.energy[i-1]+e.energy[i])
	}
	e.crest = loudest / max(whole, 1e-12)
	e.power = step / hop
	// By Parseval's theorem no band has more than whole / hannEnergy.
	if e.faint = whole <= hannEnergy*quietBand; e.faint {
		clear(e.bands[:])
	} else {
		e.fourier.measure(&e.line, &e.bins, &e.bands)
	}
	e.pitch.hear((*[hop]float32)(e.line[frame-hop:]))
	copy(e.line[:], e.line[hop:])
}

// key says whether next to all of a step lies in two tones, one of the lower and
// one of the higher ones that keys have. A faint step is none.
func (e *ear) key() bool {
	if e.faint {
		return false
	}
	var whole, tones float32
	for _, p := range e.bands {
		whole += p
	}
	bins := e.bins
	for _, group := range [2][2]int{{10, 16}, {18, 27}} { // 625 to 1000 and 1125 to 1688 Hz
		top := group[0]
		for k := group[0]; k <= group[1]; k++ {
			if bins[k] > bins[top] {
				top = k
			}
		}
		var tone float32
		for k := top - lobe; k <= top+lobe; k++ {
			tone += bins[k]
			bins[k] = 0
		}
		if tone < twist*whole {
			return false
		}
		tones += tone
	}
	return tones > purity*whole
}

// energy adds up in four sums, none of which waits for another.
func energy(x *[part]float32) float32 {
	var a, b, c, d float32
	for i := 0; i < part; i += 4 {
		q := (*[4]float32)(x[i:])
		a += q[0] * q[0]
		b += q[1] * q[1]
		c += q[2] * q[2]
		d += q[3] * q[3]
	}
	return (a + b) + (c + d)
}
