package echobench

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/media"
)

// kind is what an echo goes through, beside its delay and its loss.
type kind uint8

const (
	plain       kind = iota // nothing
	telephone               // a phone's band, mu-law and a line's noise
	reverberant             // a room as well: a hands-free telephone
	kinds
)

func (k kind) String() string { return [...]string{"plain", "telephone", "room"}[k] }

// path is the way of an echo.
type path struct {
	kind  kind
	loss  float64       // echo return loss, dB
	delay time.Duration // from when the sound plays
}

const (
	// Reverberation: dies away by 60 dB within its time, from how far below the
	// direct echo.
	dies  = 300 * time.Millisecond
	below = 6.0
	// noisy is the level of the line's noise, dBFS.
	noisy = -60.0
)

// echo returns what comes back of pcm at 8000 samples per second, of the same
// length.
func (p path) echo(pcm []int16, rng *rand.Rand) []int16 {
	wet := make([]float64, len(pcm))
	late := media.PCMSamples(p.delay, rate)
	gain := math.Pow(10, -p.loss/20)
	for i := late; i < len(wet); i++ {
		wet[i] = gain * float64(pcm[i-late])
	}
	if p.kind == reverberant {
		wet = reverberate(wet, rng)
	}
	out := make([]int16, len(wet))
	for i, x := range wet {
		out[i] = int16(max(-32768, min(32767, math.Round(x))))
	}
	if p.kind == plain {
		return out
	}
	hiss := 32768 * math.Pow(10, noisy/20)
	for i := range out {
		out[i] = int16(max(-32768, min(32767, float64(out[i])+hiss*rng.NormFloat64())))
	}
	return corpus.Line(out, rate)
}

// reverberate adds a room's answer: reflections at random, ever weaker.
func reverberate(in []float64, rng *rand.Rand) []float64 {
	n := media.PCMSamples(dies, rate)
	type tap struct {
		at   int
		gain float64
	}
	var taps []tap
	power := 0.0
	for at := 24; at < n; at += 1 + rng.IntN(60) {
		t := tap{at, math.Pow(10, -3*float64(at)/float64(n)) * rng.NormFloat64()}
		power += t.gain * t.gain
		taps = append(taps, t)
	}
	scale := math.Pow(10, -below/20) / math.Sqrt(power)
	out := append([]float64(nil), in...)
	for _, t := range taps {
		for i := t.at; i < len(in); i++ {
			out[i] += scale * t.gain * in[i-t.at]
		}
	}
	return out
}
