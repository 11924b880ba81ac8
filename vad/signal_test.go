package vad_test

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/zaf/g711"

	"github.com/talkpath/talkpath/vad"
)

const ms = time.Millisecond

// signal is a mono sound from -1 to 1 that is put together part by part.
type signal struct {
	rate int
	x    []float64
	rng  *rand.Rand
}

func newSignal(rate int, length time.Duration) *signal {
	return &signal{rate: rate, x: make([]float64, int(length.Seconds()*float64(rate))), rng: rand.New(rand.NewPCG(5, 6))}
}

// span returns the samples from at on for length.
func (s *signal) span(at, length time.Duration) []float64 {
	from := int(at.Seconds() * float64(s.rate))
	return s.x[from:min(from+int(length.Seconds()*float64(s.rate)), len(s.x))]
}

// mix adds what next gives, brought to an RMS of level in dBFS.
func (s *signal) mix(at, length time.Duration, level float64, next func(i int) float64) {
	span := s.span(at, length)
	part := make([]float64, len(span))
	var power float64
	for i := range part {
		x := next(i)
		part[i] = x
		power += x * x
	}
	gain := math.Pow(10, level/20) / math.Sqrt(power/float64(len(part)))
	for i := range part {
		span[i] += gain * part[i]
	}
}

// white adds even noise.
func (s *signal) white(at, length time.Duration, level float64) {
	s.mix(at, length, level, func(int) float64 { return s.rng.NormFloat64() })
}

// pink adds noise that falls by about 3 dB an octave: a sum of low-passes.
func (s *signal) pink(at, length time.Duration, level float64) {
	var low, poles, gains [5]float64
	for i := range poles {
		poles[i] = math.Exp(-2 * math.Pi * 40 * math.Pow(3.5, float64(i)) / float64(s.rate))
		gains[i] = math.Sqrt(1 - poles[i]*poles[i])
	}
	s.mix(at, length, level, func(int) float64 {
		var sum float64
		for i := range low {
			low[i] = low[i]*poles[i] + s.rng.NormFloat64()*gains[i]
			sum += low[i]
		}
		return sum
	})
}

// hum adds a mains tone with its overtones.
func (s *signal) hum(at, length time.Duration, level, hertz float64) {
	s.mix(at, length, level, func(i int) float64 {
		var sum float64
		for k := 1.0; k < 8; k++ {
			sum += math.Sin(2*math.Pi*hertz*k*float64(i)/float64(s.rate)) / k
		}
		return sum
	})
}

// click adds a bang of two milliseconds with the given peak.
func (s *signal) click(at time.Duration, peak float64) {
	for i, span := 0, s.span(at, 2*ms); i < len(span); i++ {
		span[i] += peak * math.Exp(-float64(i)*2000/float64(s.rate)) * math.Cos(2*math.Pi*1800*float64(i)/float64(s.rate))
	}
}

// vowel adds one at full strength from its first sample on.
func (s *signal) vowel(at, length time.Duration, level float64) {
	s.mix(at, length, level, func(i int) float64 {
		turn := 2 * math.Pi * float64(i) / float64(s.rate)
		return math.Sin(150*turn) + math.Sin(600*turn) + 0.3*math.Sin(1800*turn)
	})
}

// speech adds something like speech: pulses of a gliding pitch and some breath
// through two formants, in syllables, four in a second.
func (s *signal) speech(at, length time.Duration, level float64) {
	first, second := resonator{}, resonator{}
	var phase float64
	spoken := -1.0 // the syllable
	s.mix(at, length, level, func(i int) float64 {
		t := float64(i) / float64(s.rate)
		phase += (125 + 25*math.Sin(2*math.Pi*0.7*t)) / float64(s.rate)
		source := 0.03 * s.rng.NormFloat64()
		if phase >= 1 {
			phase--
			source++
		}
		syllable := math.Floor(4 * t)
		open := math.Sin(math.Pi*(4*t-syllable)*0.97 + 0.1)
		if syllable != spoken {
			spoken = syllable
			first.set(500+150*math.Sin(syllable), 90, s.rate)
			second.set(1500+400*math.Cos(2*syllable), 120, s.rate)
		}
		x := first.next(source)
		return open * open * (x + second.next(x+source))
	})
}

// resonator is one formant.
type resonator struct{ a, b, y1, y2 float64 }

func (r *resonator) set(hertz, width float64, rate int) {
	radius := math.Exp(-math.Pi * width / float64(rate))
	r.a, r.b = 2*radius*math.Cos(2*math.Pi*hertz/float64(rate)), -radius*radius
}

func (r *resonator) next(x float64) float64 {
	c := *r
	y := x + c.a*c.y1 + c.b*c.y2
	r.y1, r.y2 = y, c.y1
	return y
}

// pcm returns the signal as a telephone line gives it: through mu-law.
func (s *signal) pcm() []int16 {
	out := make([]int16, len(s.x))
	for i, x := range s.x {
		linear := int16(math.Round(32767 * max(-1, min(1, x))))
		out[i] = g711.DecodeUlawFrame(g711.EncodeUlawFrame(linear))
	}
	return out
}

// spurt is one stretch of speech as a detector told it.
type spurt struct {
	onset, found, voice, ended time.Duration // found and ended are when it was told
}

// detect pushes pcm in frames of 20 ms. A spurt that has not ended has zero
// for ended.
func detect(d *vad.Detector, rate int, pcm []int16) []spurt {
	var all []spurt
	for n := rate / 50; len(pcm) >= n; pcm = pcm[n:] {
		r := d.Push(pcm[:n])
		if r.Started && r.Ended && !r.Speech { // began and was over within 20 ms: not with these configs
			return nil
		}
		if r.Ended {
			all[len(all)-1].ended = r.Now
		}
		if r.Started {
			all = append(all, spurt{onset: r.Onset, found: r.Now})
		}
		if len(all) > 0 {
			all[len(all)-1].voice = r.LastVoice
		}
	}
	return all
}
