package vad

import "math"

const (
	base  = 8000 // samples per second that are judged
	hop   = base / 100
	frame = 128 // samples of one spectrum, 16 ms
	parts = 8   // of a frame, for its crest
)

// ear turns sound of any rate into one spectrum for each step: high-passed, so
// that mains hum is out, and brought down to 8000 samples per second.
type ear struct {
	factor   int // input samples for each one that is kept
	phase    int
	highPass biquad
	lowPass  [2]biquad

	line [frame]float64 // the last samples
	n    int            // of the step in progress

	// What the last full step was like.
	power float64 // mean square of the step's own 10 ms
	crest float64 // part of the frame's energy that its loudest 4 ms hold
	bands [bands]float64

	fourier fourier
}

func newEar(rate int) *ear {
	return &ear{
		factor:   rate / base,
		highPass: highPass(180/float64(rate), math.Sqrt2/2),
		// The two halves of a Butterworth low-pass of the fourth order.
		lowPass: [2]biquad{lowPass(3400/float64(rate), 0.5412), lowPass(3400/float64(rate), 1.3066)},
		fourier: newFourier(),
	}
}

// hear takes samples up to the end of a step. It returns how many it took, and
// whether a step is full and measured.
func (e *ear) hear(pcm []int16) (taken int, full bool) {
	for i, s := range pcm {
		x := e.highPass.next(float64(s) * (1.0 / 32768))
		if e.factor > 1 {
			x = e.lowPass[1].next(e.lowPass[0].next(x))
			if e.phase++; e.phase < e.factor {
				continue
			}
			e.phase = 0
		}
		e.line[frame-hop+e.n] = x
		if e.n++; e.n == hop {
			e.measure()
			copy(e.line[:], e.line[hop:])
			e.n = 0
			return i + 1, true
		}
	}
	return len(pcm), false
}

// measure fills what is known of the step. Samples of the step lie at the end
// of the line.
func (e *ear) measure() {
	var part [parts]float64
	var whole float64
	for i := range part {
		for _, x := range e.line[i*frame/parts : (i+1)*frame/parts] {
			part[i] += x * x
		}
		whole += part[i]
	}
	var loudest float64
	for i := 1; i < parts; i++ {
		loudest = max(loudest, part[i-1]+part[i])
	}
	e.crest = loudest / max(whole, 1e-12)
	var sum float64
	for _, x := range e.line[frame-hop:] {
		sum += x * x
	}
	e.power = sum / hop
	e.fourier.bands(&e.line, &e.bands)
}

// biquad is a filter of the second order in transposed direct form II.
type biquad struct {
	b0, b1, b2, a1, a2 float64
	z1, z2             float64
}

func (q *biquad) next(x float64) float64 {
	y := q.b0*x + q.z1
	q.z1 = q.b1*x - q.a1*y + q.z2
	q.z2 = q.b2*x - q.a2*y
	return y
}

// lowPass and highPass take the corner as a part of the sample rate. They are
// the bilinear transforms of the analogue prototypes.
func lowPass(corner, q float64) biquad {
	k := math.Tan(math.Pi * corner)
	norm := 1 / (1 + k/q + k*k)
	return biquad{
		b0: k * k * norm, b1: 2 * k * k * norm, b2: k * k * norm,
		a1: 2 * (k*k - 1) * norm, a2: (1 - k/q + k*k) * norm,
	}
}

func highPass(corner, q float64) biquad {
	k := math.Tan(math.Pi * corner)
	norm := 1 / (1 + k/q + k*k)
	return biquad{
		b0: norm, b1: -2 * norm, b2: norm,
		a1: 2 * (k*k - 1) * norm, a2: (1 - k/q + k*k) * norm,
	}
}
