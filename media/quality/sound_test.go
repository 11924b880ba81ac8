package quality_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/quality"
)

// By a rule as simple as can be: samples in runs of three or more.
func clippedSamples(pcm []int16) (n int) {
	run := 0
	for i, v := range pcm {
		if full := v >= 32124 || v <= -32124; full {
			run++
		}
		if full := v >= 32124 || v <= -32124; !full || i == len(pcm)-1 {
			if run >= 3 {
				n += run
			}
			run = 0
		}
	}
	return n
}

func TestClippedSamplesAreCountedHoweverSoundIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pcm := rapid.SliceOfN(rapid.SampledFrom([]int16{0, 32124, -32124, 32767, -32768, 32123, -31000, 32124}), 1, 400).Draw(t, "pcm")
		m := quality.New(quality.Config{Format: mulaw})
		for rest := pcm; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			m.Heard(rest[:n], -3, true)
			rest = rest[n:]
		}
		want := media.PCMDuration(clippedSamples(pcm), 8000)
		if got := m.Measures(epoch).Sound.Clipped; got != want {
			t.Fatalf("%v clipped, want %v", got, want)
		}
	})
}

func TestLevelsAreThoseOfSpeechAndOfWhatIsBetween(t *testing.T) {
	m := quality.New(quality.Config{Format: mulaw})
	pcm := make([]int16, 160)
	for i := range pcm {
		pcm[i] = 328 // 1 % of full scale
	}
	for i := range 1000 {
		switch i % 4 {
		case 0:
			m.Heard(pcm, -20.2, true)
		case 1:
			m.Heard(pcm, -40.2, true)
		default:
			m.Heard(pcm, -60.2, false)
		}
	}
	m.Concealed(160)
	m.Heard(pcm, -1, false) // which is not the caller's
	s := m.Measures(epoch).Sound
	if s.Speech != 10*time.Second || s.Quiet != 10*time.Second || math.Abs(s.SpeechLevel+23.5) > 0.2 || s.NoiseLevel != -60.5 {
		t.Errorf("measured %+v, want 10 s at -23.5 dBFS, the mean of the power, and at -60.5", s)
	}
	if math.Abs(s.Offset-0.01) > 0.0001 {
		t.Errorf("off centre by %v, want 0.01", s.Offset)
	}
}
