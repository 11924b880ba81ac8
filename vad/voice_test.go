package vad_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/talkpath/talkpath/vad"
)

func hasty(t *testing.T, cfg vad.Config) *vad.Detector {
	t.Helper()
	cfg.Rate = 8000
	d, err := vad.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// chords adds notes of four harmonics, three at a time, twice a second.
func (s *signal) chords(at, length time.Duration, level float64) {
	s.mix(at, length, level, func(i int) float64 {
		t := float64(i) / float64(s.rate)
		beat := math.Floor(2 * t)
		root := 220 * math.Pow(2, math.Floor(7*math.Abs(math.Sin(beat)))/12)
		var sum float64
		for _, note := range [3]float64{1, 1.25, 1.5} {
			for h := 1.0; h < 5; h++ {
				sum += math.Sin(2*math.Pi*root*note*h*t) / h
			}
		}
		return sum * math.Exp(-2*(t-beat/2))
	})
}

func TestSpeechIsToldSoonAndItsEndToo(t *testing.T) {
	t.Parallel()
	for _, noise := range []float64{-96, -65, -50} {
		s := newSignal(8000, 5*time.Second)
		s.white(0, 5*time.Second, noise)
		s.vowel(2*time.Second, 400*ms, -25)
		s.speech(3*time.Second, time.Second, -22)
		d, pcm := hasty(t, vad.Config{}), s.pcm()
		began, over := time.Duration(0), time.Duration(0)
		for n := 0; n < len(pcm); n += 80 {
			r := d.Push(pcm[n : n+80])
			if r.Started && began == 0 {
				began = r.Now
			}
			if r.Ended {
				over = r.Now
			}
		}
		if late := began - 2*time.Second; late < 0 || late > 50*ms {
			t.Errorf("noise %v dBFS: told %v after it began, want 50ms at most", noise, late)
		}
		if late := over - 4*time.Second; late < -100*ms || late > 120*ms {
			t.Errorf("noise %v dBFS: its end told %v after it, want 120ms at most", noise, late)
		}
	}
}

// Keys are found within 40 ms, and then disregarded.
func TestTonesAreNotSpeechBeforeAKeyIsFound(t *testing.T) {
	t.Parallel()
	for _, low := range []float64{697, 941} {
		for _, high := range []float64{1209, 1477} {
			s := newSignal(8000, 3*time.Second)
			s.white(0, 3*time.Second, -60)
			s.mix(2*time.Second, time.Second, -15, func(i int) float64 {
				turn := 2 * math.Pi * float64(i) / 8000
				return math.Sin(low*turn) + math.Sin(high*turn)
			})
			for _, spurt := range detect(hasty(t, vad.Config{}), 8000, s.pcm()) {
				if spurt.found <= 2040*ms {
					t.Errorf("%v and %v Hz: %+v", low, high, spurt)
				}
			}
		}
	}
}

func TestMusicBehindACallerIsNotSpeech(t *testing.T) {
	t.Parallel()
	s := newSignal(8000, 30*time.Second)
	s.chords(0, 30*time.Second, -36)
	s.speech(time.Second, 4*time.Second, -22)
	d, pcm, wrong := hasty(t, vad.Config{}), s.pcm(), 0
	for n := 0; n < len(pcm); n += 80 {
		if d.Push(pcm[n:n+80]).Speech && n > 8*5200 {
			wrong++
		}
	}
	if wrong > 2480/20 {
		t.Errorf("speech in %d of 2480 steps of music, want 5 %% at most", wrong)
	}
}

func TestALouderLineIsNoSpeechForLong(t *testing.T) {
	t.Parallel()
	for _, from := range []float64{-65, -52, -45} {
		s := newSignal(8000, 12*time.Second)
		s.white(0, 5*time.Second, from)
		s.white(5*time.Second, 7*time.Second, from+12)
		for _, spurt := range detect(hasty(t, vad.Config{}), 8000, s.pcm()) {
			if spurt.ended == 0 || spurt.ended > 6*time.Second {
				t.Errorf("from %v dBFS: spurt %+v, want none more than 1s after the line became louder", from, spurt)
			}
		}
	}
}

func TestAVoiceFarBelowTheCallersIsNotTheirs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		below, far float64
		want       int
	}{{18, 0, 1}, {18, math.Inf(1), 2}, {6, 0, 2}} {
		t.Run(fmt.Sprintf("%v dB below, far %v", c.below, c.far), func(t *testing.T) {
			s := newSignal(8000, 8*time.Second)
			s.white(0, 8*time.Second, -65)
			s.speech(time.Second, 2*time.Second, -18)
			s.speech(5*time.Second, 1200*ms, -18-c.below)
			d := hasty(t, vad.Config{Far: c.far, Onset: 60 * ms, Hangover: 200 * ms})
			if got := detect(d, 8000, s.pcm()); len(got) != c.want {
				t.Errorf("spurts %+v, want %d", got, c.want)
			}
		})
	}
}

func TestAFarVoiceThatIsTheOnlyOneIsTheCallers(t *testing.T) {
	t.Parallel()
	s := newSignal(8000, 20*time.Second)
	s.white(0, 20*time.Second, -65)
	s.speech(time.Second, 2*time.Second, -18)
	s.speech(5*time.Second, 15*time.Second, -36)
	found := time.Duration(0)
	for _, spurt := range detect(hasty(t, vad.Config{}), 8000, s.pcm()) {
		if spurt.found > 5*time.Second && found == 0 {
			found = spurt.found - 5*time.Second
		}
	}
	if found < 2*time.Second || found > 9*time.Second {
		t.Errorf("it is heard after %v, want some seconds", found)
	}
}

// A caller who is louder at first and turns away for good is heard again after
// some seconds, however far below they are: also where a vowel comes near now
// and then.
func TestACallerWhoTurnsAwayIsHeardAgain(t *testing.T) {
	t.Parallel()
	for below := 10.0; below <= 24; below++ {
		s := newSignal(8000, 60*time.Second)
		s.white(0, 60*time.Second, -75)
		s.speech(time.Second, 2*time.Second, -18)
		for at := 5 * time.Second; at < 58*time.Second; at += 2500 * ms {
			s.speech(at, 2*time.Second, -18-below)
		}
		heard := time.Duration(0)
		for _, spurt := range detect(hasty(t, vad.Config{}), 8000, s.pcm()) {
			if spurt.onset >= 20*time.Second && spurt.ended > 0 {
				heard += spurt.ended - spurt.onset
			}
		}
		if heard < 24*time.Second {
			t.Errorf("%v dB below: %v of 32 s of speech heard", below, heard)
		}
	}
}

// Silence of half an hour, as of a caller who has muted the telephone, breaks no
// phrase behind it.
func TestALongSilenceBreaksNoPhrase(t *testing.T) {
	t.Parallel()
	for _, level := range []float64{-18, -25, -30} {
		d, err := vad.New(vad.Config{Rate: 8000})
		if err != nil {
			t.Fatal(err)
		}
		before := newSignal(8000, 8*time.Second)
		before.white(0, 8*time.Second, -62)
		before.speech(time.Second, 5*time.Second, level)
		detect(d, 8000, before.pcm())
		d.Push(make([]int16, 1800*8000))
		phrase := newSignal(8000, 3*time.Second)
		phrase.white(0, 3*time.Second, -62)
		phrase.speech(500*ms, 1200*ms, level)
		if got := detect(d, 8000, phrase.pcm()); len(got) != 1 {
			t.Errorf("a phrase at %v dBFS is %d spurts, want one", level, len(got))
		}
	}
}

func TestTheScoreIsHighInSpeechAndLowWithout(t *testing.T) {
	t.Parallel()
	s := newSignal(8000, 6*time.Second)
	s.white(0, 6*time.Second, -50)
	s.speech(3*time.Second, 2*time.Second, -22)
	d, pcm := hasty(t, vad.Config{}), s.pcm()
	if d.Score() > -10 {
		t.Errorf("score %v before any sound", d.Score())
	}
	var sum [2]float64
	for n := 0; n < len(pcm); n += 80 {
		d.Push(pcm[n : n+80])
		switch at := time.Duration(n/8) * ms; {
		case at > 3100*ms && at < 4900*ms:
			sum[1] += float64(d.Score()) / 180
		case at > 500*ms && at < 2900*ms:
			sum[0] += float64(d.Score()) / 240
		}
	}
	if sum[1] < 2 || sum[0] > -2 {
		t.Errorf("mean score %.1f in speech and %.1f without", sum[1], sum[0])
	}
}
