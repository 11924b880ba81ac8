package pocketsphinx

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/media"
)

// What prepare aims at. Each was tuned on 700 utterances of seven synthetic
// voices through mu-law at 8 kHz.
const (
	level     = 4500.0 // root mean square of the loudest 20 ms
	maxGain   = 60.0   // so that a silent line stays silent
	mirror    = 0.5    // amplitude of the mirrored band
	noise     = 30.0   // standard deviation of the noise
	padBefore = 4800   // samples at 16 kHz: 0.3 s, for the model's silence
	padAfter  = 6400   // 0.4 s
	reach     = 16     // samples on either side that an interpolated one takes in
)

// prepare turns an utterance at Rate into what the model listens to best, at
// 16 kHz: one level, the upper band filled with the mirror image of the
// telephone's, a faint noise below all, and silence around it. Equal
// utterances come out equal.
func prepare(pcm []int16) []int16 {
	gain := min(level/max(loudest(pcm), 1), maxGain)
	out := make([]int16, padBefore+2*len(pcm)+padAfter)
	random := rand.New(rand.NewPCG(1, 2))
	taps := halfBand()
	for i := range out {
		at := i - padBefore
		sample := 0.0
		// Samples put between zeros hold the band and its mirror image at
		// equal strength; with the image at the strength of mirror, the
		// samples themselves grow and those between them shrink.
		if at >= 0 && at/2 < len(pcm) {
			if at%2 == 0 {
				sample = (1 + mirror) * float64(pcm[at/2])
			} else {
				sample = (1 - mirror) * between(pcm, at/2, taps)
			}
		}
		sample = sample*gain + noise*random.NormFloat64()
		out[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(sample))))
	}
	return out
}

// loudest returns the root mean square of the loudest 20 ms.
func loudest(pcm []int16) float64 {
	frame := media.PCMSamples(20*time.Millisecond, Rate)
	best := 0.0
	for len(pcm) > 0 {
		n := min(frame, len(pcm))
		sum := 0.0
		for _, s := range pcm[:n] {
			sum += float64(s) * float64(s)
		}
		best = max(best, math.Sqrt(sum/float64(n)))
		pcm = pcm[n:]
	}
	return best
}

// halfBand returns the weights of the samples 0.5, 1.5, 2.5 ... away: a sinc
// under a raised cosine, summing to one half on each side.
func halfBand() [reach]float64 {
	var taps [reach]float64
	sum := 0.0
	for i := range taps {
		x := math.Pi * (float64(i) + 0.5)
		taps[i] = math.Sin(x) / x * (0.5 + 0.5*math.Cos(x/float64(reach)))
		sum += taps[i]
	}
	for i := range taps {
		taps[i] *= 0.5 / sum
	}
	return taps
}

// between returns the value halfway between samples i and i+1.
func between(pcm []int16, i int, taps [reach]float64) float64 {
	sum := 0.0
	for k, tap := range taps {
		if i-k >= 0 {
			sum += tap * float64(pcm[i-k])
		}
		if i+1+k < len(pcm) {
			sum += tap * float64(pcm[i+1+k])
		}
	}
	return sum
}
