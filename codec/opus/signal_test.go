//go:build cgo

package opus_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/media"
)

// rates are those of the lines and engines in use.
var rates = []int{8000, 16000, 24000, 48000}

func open(t testing.TB, cfg opus.Config) *opus.Codec {
	t.Helper()
	c, err := opus.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decode(t testing.TB, c *opus.Codec, packet []byte) []int16 {
	t.Helper()
	pcm, err := c.Decode(nil, packet)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

// packets returns pcm as packets of their own memory.
func packets(c *opus.Codec, pcm []int16, rate int) [][]byte {
	var all [][]byte
	for n := media.PCMSamples(opus.Packet, rate); len(pcm) >= n; pcm = pcm[n:] {
		all = append(all, c.Encode(nil, pcm[:n]))
	}
	return all
}

// speech returns something like speech at -20 dBFS: pulses of a gliding pitch
// through two formants that change from syllable to syllable, four a second.
func speech(rate int, seconds float64) []int16 {
	random := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, int(seconds*float64(rate)))
	var phase, power float64
	var a, b [2]float64 // each formant's coefficients
	var y [2][2]float64
	spoken := -1.0
	for i := range x {
		t := float64(i) / float64(rate)
		phase += (130 + 30*math.Sin(2*math.Pi*0.6*t)) / float64(rate)
		source := 0.02 * random.NormFloat64()
		if phase >= 1 {
			phase--
			source++
		}
		if syllable := math.Floor(4 * t); syllable != spoken {
			spoken = syllable
			for k, hertz := range [2]float64{550 + 200*math.Sin(2.1*syllable), 1500 + 500*math.Cos(1.3*syllable)} {
				radius := math.Exp(-math.Pi * 100 / float64(rate))
				a[k], b[k] = 2*radius*math.Cos(2*math.Pi*hertz/float64(rate)), -radius*radius
			}
		}
		for k := range y {
			y[k][0], y[k][1] = source+a[k]*y[k][0]+b[k]*y[k][1], y[k][0]
			x[i] += y[k][0]
		}
		x[i] *= math.Pow(math.Sin(math.Pi*(4*t-spoken)*0.97+0.05), 2)
		power += x[i] * x[i]
	}
	gain := 3277 / math.Sqrt(power/float64(len(x)))
	pcm := make([]int16, len(x))
	for i, v := range x {
		pcm[i] = int16(max(-32768, min(gain*v, 32767)))
	}
	return pcm
}

// noiseToSignal returns by how much what differs is below want, in dB.
func noiseToSignal(got, want []int16) float64 {
	var signal, rest float64
	for i := range got {
		signal += float64(want[i]) * float64(want[i])
		rest += (float64(got[i]) - float64(want[i])) * (float64(got[i]) - float64(want[i]))
	}
	return 10 * math.Log10(signal/rest)
}
