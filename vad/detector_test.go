package vad_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/vad"
)

// newDetector returns a detector that takes its time, where nothing depends on
// the defaults.
func newDetector(t testing.TB, rate int) *vad.Detector {
	t.Helper()
	d, err := vad.New(vad.Config{Rate: rate, Onset: 60 * ms, Hangover: 200 * ms})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSpeechIsFoundInNoise(t *testing.T) {
	t.Parallel()
	type line struct {
		name  string
		rate  int
		noise func(s *signal)
		onset time.Duration // the latest that a start may be told
	}
	const length, at, spoken, level = 8 * time.Second, 3 * time.Second, 1500 * ms, -22
	var lines []line
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		lines = append(lines,
			line{"digital silence", rate, func(*signal) {}, 80 * ms},
			line{"quiet line", rate, func(s *signal) { s.white(0, length, -65) }, 80 * ms},
			line{"hum", rate, func(s *signal) { s.hum(0, length, -40, 50) }, 80 * ms},
			line{"white noise at 20 dB", rate, func(s *signal) { s.white(0, length, level-20) }, 100 * ms},
			line{"white noise at 10 dB", rate, func(s *signal) { s.white(0, length, level-10) }, 160 * ms},
			line{"pink noise at 10 dB", rate, func(s *signal) { s.pink(0, length, level-10) }, 160 * ms},
		)
	}
	for _, c := range lines {
		t.Run(fmt.Sprintf("%s at %d Hz", c.name, c.rate), func(t *testing.T) {
			t.Parallel()
			s := newSignal(c.rate, length)
			c.noise(s)
			s.speech(at, spoken, level)
			got := detect(newDetector(t, c.rate), c.rate, s.pcm())
			if len(got) != 1 {
				t.Fatalf("spurts %+v, want one", got)
			}
			g := got[0]
			// The first syllable swells over some 40 ms.
			if late := g.found - at; late < 0 || late > c.onset+40*ms {
				t.Errorf("told %v after it began, want %v at most", late, c.onset+40*ms)
			}
			if off := g.onset - at; off < -20*ms || off > c.onset {
				t.Errorf("onset is %v off", off)
			}
			if off := g.voice - (at + spoken); off < -150*ms || off > 60*ms {
				t.Errorf("the last voice is %v off the end", off)
			}
			if held := g.ended - g.voice; held < 200*ms || held > 230*ms {
				t.Errorf("ended %v after the last voice, want the hangover of 200ms", held)
			}
		})
	}
}

// An abrupt start shows the detector's own delay.
func TestAnAbruptOnsetIsToldWithin80ms(t *testing.T) {
	t.Parallel()
	for _, noise := range []float64{-96, -65, -50} {
		s := newSignal(8000, 4*time.Second)
		s.white(0, 4*time.Second, noise)
		s.vowel(2*time.Second, time.Second, -25)
		pcm := s.pcm()
		d := newDetector(t, 8000)
		found := time.Duration(0)
		for n := 0; n < len(pcm) && found == 0; n += 80 {
			if r := d.Push(pcm[n : n+80]); r.Started {
				found = r.Now
				if off := r.Onset - 2*time.Second; off < -10*ms || off > 20*ms {
					t.Errorf("noise %v: onset is %v off", noise, off)
				}
			}
		}
		if late := found - 2*time.Second; late < 0 || late > 80*ms {
			t.Errorf("noise %v dBFS: told %v after it began, want 80ms at most", noise, late)
		}
	}
}

func TestSteadyNoiseIsNotSpeech(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	cases := []struct {
		name   string
		levels []float64
		add    func(s *signal, level float64)
	}{
		{"white", []float64{-70, -50, -40, -20}, func(s *signal, level float64) { s.white(0, minute, level) }},
		{"pink", []float64{-50, -30}, func(s *signal, level float64) { s.pink(0, minute, level) }},
		{"50 Hz", []float64{-50, -20}, func(s *signal, level float64) { s.hum(0, minute, level, 50) }},
		{"60 Hz", []float64{-30}, func(s *signal, level float64) { s.hum(0, minute, level, 60) }},
	}
	for _, c := range cases {
		for _, level := range c.levels {
			t.Run(fmt.Sprintf("%s at %v dBFS", c.name, level), func(t *testing.T) {
				t.Parallel()
				s := newSignal(8000, minute)
				c.add(s, level)
				if got := detect(newDetector(t, 8000), 8000, s.pcm()); len(got) > 0 {
					t.Errorf("spurts %+v, want none", got)
				}
			})
		}
	}
}

func TestClicksAreNotSpeech(t *testing.T) {
	t.Parallel()
	for _, noise := range []float64{-96, -65, -45} {
		s := newSignal(8000, 30*time.Second)
		s.white(0, 30*time.Second, noise)
		for at := time.Second; at < 29*time.Second; at += 40*ms + time.Duration(s.rng.IntN(30))*ms {
			s.click(at, 0.1+0.8*s.rng.Float64())
		}
		if got := detect(newDetector(t, 8000), 8000, s.pcm()); len(got) > 0 {
			t.Errorf("noise %v dBFS: spurts %v", noise, got)
		}
	}
}

func TestClicksDoNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	s := newSignal(8000, 6*time.Second)
	s.white(0, 6*time.Second, -60)
	s.speech(time.Second, time.Second, -22)
	for at := 2100 * ms; at < 6*time.Second; at += 150 * ms {
		s.click(at, 0.3)
	}
	got := detect(newDetector(t, 8000), 8000, s.pcm())
	if len(got) != 1 || got[0].ended == 0 || got[0].ended > 2350*ms {
		t.Errorf("spurts %+v, want one that ends soon after 2s", got)
	}
}

func TestSoundBelowTheThresholdIsNotSpeech(t *testing.T) {
	for level, want := range map[float64]int{-60: 0, -35: 1} {
		s := newSignal(8000, 4*time.Second)
		s.speech(2*time.Second, time.Second, level)
		if got := detect(newDetector(t, 8000), 8000, s.pcm()); len(got) != want {
			t.Errorf("speech at %v dBFS: spurts %v, want %d", level, got, want)
		}
	}
}

func TestACallThatOpensWithSpeechIsHeard(t *testing.T) {
	s := newSignal(8000, 6*time.Second)
	s.white(0, 6*time.Second, -55)
	s.speech(0, 2*time.Second, -22)
	got := detect(newDetector(t, 8000), 8000, s.pcm())
	if len(got) != 1 || got[0].found > 500*ms {
		t.Errorf("spurts %+v, want one that is found within 500ms", got)
	}
}

func TestALouderLineIsLearned(t *testing.T) {
	t.Parallel()
	const at, length = 10 * time.Second, 30 * time.Second
	for _, from := range []float64{-65, -52, -45} {
		s := newSignal(8000, length)
		s.white(0, at, from)
		s.white(at, length-at, from+12)
		s.speech(20*time.Second, time.Second, from+12+20)
		d := newDetector(t, 8000)
		got := detect(d, 8000, s.pcm())
		if len(got) == 0 || len(got) > 2 {
			t.Fatalf("from %v dBFS: spurts %v, want the speech and at most one at the step", from, got)
		}
		if len(got) == 2 && (got[0].onset < at-50*ms || got[0].ended > at+3*time.Second) {
			t.Errorf("from %v dBFS: spurt %v, want its end within 3s of the step", from, got[0])
		}
		if off := got[len(got)-1].onset - 20*time.Second; off < -20*ms || off > 150*ms {
			t.Errorf("from %v dBFS: the onset of speech in the new noise is %v off", from, off)
		}
		if off := d.Floor() - (from + 12); math.Abs(off) > 2 {
			t.Errorf("from %v dBFS: the floor is %.1f dB off the new noise", from, off)
		}
	}
}

func TestTheFloorIsTheNoise(t *testing.T) {
	t.Parallel()
	for _, level := range []float64{-65, -60, -50, -40, -30} {
		s := newSignal(8000, 12*time.Second)
		s.white(0, 12*time.Second, level)
		for at := time.Second; at < 11*time.Second; at += 3 * time.Second {
			s.speech(at, 1500*ms, -20)
		}
		d := newDetector(t, 8000)
		detect(d, 8000, s.pcm())
		if off := d.Floor() - level; math.Abs(off) > 1.5 {
			t.Errorf("noise at %v dBFS: the floor is %.1f dB off", level, off)
		}
	}
}

func TestTheLevelIsThatOfTheTelephoneBand(t *testing.T) {
	d := newDetector(t, 8000)
	d.Push(make([]int16, 8000))
	if d.Level() != d.Floor() || math.Abs(d.Level()+96) > 0.1 {
		t.Errorf("level %.1f, floor %.1f dBFS, want -96", d.Level(), d.Floor())
	}
	s := newSignal(8000, time.Second)
	s.mix(0, time.Second, -20, func(i int) float64 { return math.Sin(2 * math.Pi * 1000 * float64(i) / 8000) })
	d.Push(s.pcm())
	if off := d.Level() + 20; math.Abs(off) > 0.3 {
		t.Errorf("the level of a tone is %.2f dB off", off)
	}
	s = newSignal(8000, time.Second)
	s.mix(0, time.Second, -20, func(i int) float64 { return math.Sin(2 * math.Pi * 50 * float64(i) / 8000) })
	d.Push(s.pcm())
	if got := d.Level(); got > -38 {
		t.Errorf("mains hum counts with %.1f dBFS of -20, want it left out", got)
	}
}

func TestTheSizeOfAPushDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 48000} {
		s := newSignal(rate, 4*time.Second)
		s.white(0, 4*time.Second, -50)
		s.speech(time.Second, 700*ms, -20)
		s.speech(2500*ms, 700*ms, -30)
		pcm := s.pcm()
		type edges struct{ Onsets, Ends []time.Duration }
		run := func(n int) (e edges, last vad.Result) {
			d := newDetector(t, rate)
			for rest := pcm; len(rest) > 0; rest = rest[min(n, len(rest)):] {
				last = d.Push(rest[:min(n, len(rest))])
				if last.Started {
					e.Onsets = append(e.Onsets, last.Onset)
				}
				if last.Ended {
					e.Ends = append(e.Ends, last.LastVoice)
				}
			}
			return e, last
		}
		want, wantLast := run(rate / 100)
		if len(want.Onsets) != 2 || len(want.Ends) != 2 || wantLast.Now != 4*time.Second {
			t.Fatalf("%d Hz: in steps: %+v, %+v", rate, want, wantLast)
		}
		for _, n := range []int{1, 7, rate / 50, rate/10 + 1} {
			got, last := run(n)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d Hz by %d samples (-by the step +got):\n%s", rate, n, diff)
			}
			if last.LastVoice != wantLast.LastVoice || last.Now != wantLast.Now || last.Speech {
				t.Errorf("%d Hz by %d samples: ends with %+v, want %+v", rate, n, last, wantLast)
			}
		}
	}
}

func TestALongPushTellsBothEdges(t *testing.T) {
	s := newSignal(8000, 3*time.Second)
	s.speech(time.Second, 800*ms, -20)
	r := newDetector(t, 8000).Push(s.pcm())
	if !r.Started || !r.Ended || r.Speech {
		t.Errorf("%+v, want a start, an end and no speech any more", r)
	}
	if off := r.Onset - time.Second; off < 0 || off > 60*ms {
		t.Errorf("onset %v, want about 1s", r.Onset)
	}
}

func TestOnsetAndHangoverAreWhatTheConfigSays(t *testing.T) {
	s := newSignal(8000, 4*time.Second)
	s.speech(time.Second, time.Second, -20)
	var found []time.Duration
	for _, onset := range []time.Duration{20 * ms, 60 * ms, 100 * ms} {
		d, err := vad.New(vad.Config{Rate: 8000, Onset: onset, Hangover: 500 * ms})
		if err != nil {
			t.Fatal(err)
		}
		got := detect(d, 8000, s.pcm())
		if len(got) != 1 || got[0].ended-got[0].voice < 500*ms || got[0].ended-got[0].voice > 530*ms {
			t.Fatalf("onset %v: spurts %+v, want one with a hangover of 500ms", onset, got)
		}
		found = append(found, got[0].found)
	}
	if found[1]-found[0] != 40*ms || found[2]-found[1] != 40*ms {
		t.Errorf("found at %v, want steps of 40ms", found)
	}
}

func TestAConfigThatCannotWorkIsRefused(t *testing.T) {
	for name, cfg := range map[string]vad.Config{
		"no rate":            {},
		"odd rate":           {Rate: 11025},
		"short onset":        {Rate: 8000, Onset: 5 * ms},
		"long onset":         {Rate: 8000, Onset: 110 * ms},
		"negative hangover":  {Rate: 8000, Hangover: -ms},
		"positive threshold": {Rate: 8000, Threshold: 3},
		"no threshold":       {Rate: 8000, Threshold: math.NaN()},
	} {
		if _, err := vad.New(cfg); !errors.Is(err, vad.ErrConfig) {
			t.Errorf("%s: error %v, want ErrConfig", name, err)
		}
	}
}

func TestPushAllocatesNothing(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		d := newDetector(t, rate)
		s := newSignal(rate, time.Second)
		s.speech(0, time.Second, -20)
		pcm := s.pcm()
		if n := testing.AllocsPerRun(10, func() { d.Push(pcm) }); n != 0 {
			t.Errorf("%d Hz: %v allocations a push, want none", rate, n)
		}
	}
}

func BenchmarkPush(b *testing.B) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		b.Run(fmt.Sprintf("20ms at %d", rate), func(b *testing.B) {
			d := newDetector(b, rate)
			s := newSignal(rate, time.Second)
			s.white(0, time.Second, -40)
			s.speech(0, time.Second, -20)
			pcm := s.pcm()
			b.ReportAllocs()
			for at := 0; b.Loop(); at = (at + rate/50) % len(pcm) {
				d.Push(pcm[at : at+rate/50])
			}
		})
	}
}
