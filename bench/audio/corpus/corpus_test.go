package corpus_test

import (
	"errors"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
)

// open skips where make bench-setup has made no test sets.
func open(t *testing.T) *corpus.Corpus {
	t.Helper()
	c, err := corpus.Open("../../../bin/corpus")
	if err != nil {
		t.Skip(err)
	}
	return c
}

func TestAFolderWithoutTestSetsSaysHowToMakeThem(t *testing.T) {
	if _, err := corpus.Open(t.TempDir()); !errors.Is(err, corpus.ErrMissing) {
		t.Errorf("got %v, want ErrMissing", err)
	}
}

func TestTalkIsFortyPercentSpeechAndSilentBetween(t *testing.T) {
	c := open(t)
	for _, h := range []corpus.Half{corpus.Tuning, corpus.HeldOut} {
		for _, v := range c.Voices(h) {
			talk, err := c.Talk(v, time.Minute, 8000, 1)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, s := range talk.Speech {
				if s {
					n++
				}
			}
			if share := float64(n) / float64(len(talk.Speech)); share < 0.35 || share > 0.45 {
				t.Errorf("%s: %.0f %% speech, want 40", v, 100*share)
			}
			if level := activeLevel(talk); math.Abs(level+26) > 1.5 {
				t.Errorf("%s: active level %.1f dBFS, want -26", v, level)
			}
		}
	}
}

func activeLevel(talk corpus.Talk) float64 {
	step, sum, n := talk.Rate/100, 0.0, 0
	for i, s := range talk.Speech {
		if !s {
			continue
		}
		for _, x := range talk.PCM[i*step : (i+1)*step] {
			sum += float64(x) * float64(x)
			n++
		}
	}
	return 10 * math.Log10(sum/float64(n)/(1<<30))
}

func TestHalvesShareNeitherVoicesNorNoises(t *testing.T) {
	var c corpus.Corpus
	for _, v := range c.Voices(corpus.Tuning) {
		if slices.Contains(c.Voices(corpus.HeldOut), v) {
			t.Errorf("voice %s is in both halves", v)
		}
	}
	for _, v := range c.Noises(corpus.Tuning) {
		if slices.Contains(c.Noises(corpus.HeldOut), v) {
			t.Errorf("noise %s is in both halves", v)
		}
	}
}

func TestEveryNoiseIsThereAtAnyLength(t *testing.T) {
	c := open(t)
	kinds := slices.Concat(c.Noises(corpus.Tuning), c.Noises(corpus.HeldOut), []string{"babble", "crowd", "hum", "line"})
	for _, kind := range kinds {
		pcm, err := c.Noise(kind, 70*time.Second, 8000, 3)
		if err != nil || len(pcm) != 70*8000 {
			t.Errorf("%s: %d samples, %v", kind, len(pcm), err)
		}
	}
	if _, err := c.Noise("thunder", time.Second, 8000, 3); !errors.Is(err, corpus.ErrMissing) || errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want ErrMissing", err)
	}
}

func TestMixSetsTheRatio(t *testing.T) {
	talk := corpus.Talk{PCM: make([]int16, 8000), Rate: 8000, Level: -26}
	noise := make([]int16, 100)
	for i := range noise {
		noise[i] = int16(1000 * math.Sin(float64(i)*2*math.Pi/100))
	}
	sum := 0.0
	for _, x := range corpus.Mix(talk, noise, 10) {
		sum += float64(x) * float64(x)
	}
	if level := 10 * math.Log10(sum/8000/(1<<30)); math.Abs(level+36) > 0.05 {
		t.Errorf("noise at %.2f dBFS, want -36", level)
	}
}

func TestTheLineKeepsSpeechAndStopsHum(t *testing.T) {
	gain := func(hz float64) float64 {
		in := make([]int16, 16000)
		for i := range in {
			in[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/8000))
		}
		a, b := 0.0, 0.0
		for i, y := range corpus.Line(in, 8000)[4000:] {
			a += float64(in[i+4000]) * float64(in[i+4000])
			b += float64(y) * float64(y)
		}
		return 10 * math.Log10(b/a)
	}
	for hz, want := range map[float64][2]float64{50: {-90, -40}, 250: {-3.5, -2.5}, 1000: {-0.5, 0.5}, 3000: {-1, 0.5}, 3500: {-3.5, -2.5}} {
		if got := gain(hz); got < want[0] || got > want[1] {
			t.Errorf("%.0f Hz: %.2f dB, want %v", hz, got, want)
		}
	}
}
