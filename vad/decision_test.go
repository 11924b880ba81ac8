package vad_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/talkpath/talkpath/vad"
)

// scenes are the sounds over which decisions are compared: 20 s each, drawn
// from the generator of the signal.
var scenes = []struct {
	name string
	add  func(s *signal)
}{
	{"speech in silence", func(s *signal) { s.talk(-12) }},
	{"quiet speech in silence", func(s *signal) { s.talk(-38) }},
	{"speech about the threshold", func(s *signal) { s.talk(-48) }},
	{"speech in white noise", func(s *signal) { s.white(0, scene, -45); s.talk(-25) }},
	{"speech barely above white noise", func(s *signal) { s.white(0, scene, -35); s.talk(-30) }},
	{"speech in pink noise", func(s *signal) { s.pink(0, scene, -40); s.talk(-25) }},
	{"speech in faint noise", func(s *signal) { s.white(0, scene, -78); s.talk(-30) }},
	{"speech in hum", func(s *signal) { s.hum(0, scene, -30, 50); s.talk(-25) }},
	{"white noise", func(s *signal) { s.white(0, scene, -45) }},
	{"loud pink noise", func(s *signal) { s.pink(0, scene, -15) }},
	{"noise about the quietest line", func(s *signal) { s.white(0, scene, -72); s.talk(-40) }},
	{"speech about the quietest line", func(s *signal) { s.talk(-64) }},
	{"weak speech in noise just below it", func(s *signal) { s.white(0, scene, -59); s.talk(-46) }},
	{"level steps", func(s *signal) { s.stairs(-80, -20) }},
	{"level steps and speech", func(s *signal) { s.stairs(-90, -45); s.talk(-25) }},
	{"clicks and speech", func(s *signal) {
		s.white(0, scene, -65)
		s.talk(-25)
		for at := 100 * ms; at < scene; at += time.Duration(50+s.rng.IntN(400)) * ms {
			s.click(at, 0.05+0.9*s.rng.Float64())
		}
	}},
	{"silence broken by noise and speech", func(s *signal) { // after the floors have come to rest
		s.white(6*time.Second, time.Second, -50)
		s.speech(11*time.Second, 900*ms, -30)
		s.white(12*time.Second, 2*time.Second, -30)
		s.speech(18*time.Second, 900*ms, -20)
	}},
	{"silence and a constant", func(s *signal) {
		for i := range s.span(5*time.Second, scene) {
			s.span(5*time.Second, scene)[i] += 0.2
		}
		s.speech(10*time.Second, time.Second, -25)
	}},
}

const scene = 20 * time.Second

// talk adds spurts of speech about level with pauses between them.
func (s *signal) talk(level float64) {
	for at := 300 * ms; at < scene-3*time.Second; {
		length := time.Duration(150+s.rng.IntN(1800)) * ms
		s.speech(at, length, level+6*s.rng.Float64()-3)
		at += length + time.Duration(100+s.rng.IntN(1500))*ms
	}
}

// stairs adds white noise whose level is drawn anew from time to time.
func (s *signal) stairs(low, high float64) {
	for at := time.Duration(0); at < scene-3*time.Second; {
		length := time.Duration(200+s.rng.IntN(2500)) * ms
		s.white(at, length, low+(high-low)*s.rng.Float64())
		at += length
	}
}

// The shortcuts of a Detector change next to no decision: one spurt of 200 may
// be told up to one step apart, for rounding, and for faint sound that the
// floors hear as silence, which matters when the threshold is very low.
func TestDecisionsAreThoseOfThePlainMeasure(t *testing.T) {
	t.Parallel()
	for rate, n := range map[int]int{8000: 2 * len(scenes), 16000: 7, 24000: 7, 48000: 5} {
		t.Run(fmt.Sprintf("%d Hz", rate), func(t *testing.T) {
			t.Parallel()
			var spurts, apart atomic.Int64
			t.Cleanup(func() { // after all scenes
				if spurts.Load() < 10 {
					t.Errorf("%d spurts compared, want more", spurts.Load())
				}
				if t.Logf("%d of %d spurts differ", apart.Load(), spurts.Load()); apart.Load() > spurts.Load()/200 {
					t.Errorf("%d of %d spurts differ, want one of 200 at most", apart.Load(), spurts.Load())
				}
			})
			for i := range n {
				c := scenes[(i*5+rate/8000)%len(scenes)]
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					s := newSignal(rate, scene)
					s.rng = rand.New(rand.NewPCG(uint64(rate), uint64(i)))
					c.add(s)
					cfg := vad.Config{Rate: rate, Threshold: -50}
					if i >= len(scenes) { // the second time
						cfg.Threshold = -80
					}
					pcm := s.pcm()
					want, got := plainTurns(cfg, pcm), turns(t, cfg, pcm)
					if len(got) != len(want) {
						t.Fatalf("%d spurts, want %d", len(got), len(want))
					}
					for k := range want {
						if got[k] != want[k] {
							apart.Add(1)
						}
						if !got[k].near(want[k]) {
							t.Errorf("spurt %+v, want %+v", got[k], want[k])
						}
					}
					spurts.Add(int64(len(want)))
				})
			}
		})
	}
}

// Silence is passed over as it comes, in parts of a step too.
func TestTheSizeOfAPushDoesNotMatterInSilence(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 48000} {
		s := newSignal(rate, 8*time.Second)
		s.speech(time.Second, 700*ms, -20)
		s.speech(6500*ms, 700*ms, -30)
		pcm := s.pcm()
		run := func(n int) (onsets, voices []time.Duration) {
			d := newDetector(t, rate)
			for rest := pcm; len(rest) > 0; rest = rest[min(n, len(rest)):] {
				r := d.Push(rest[:min(n, len(rest))])
				if r.Started {
					onsets = append(onsets, r.Onset)
				}
				if r.Ended {
					voices = append(voices, r.LastVoice)
				}
			}
			return onsets, voices
		}
		onsets, voices := run(rate / 100)
		if len(onsets) != 2 || len(voices) != 2 {
			t.Fatalf("%d Hz: onsets %v, last voices %v, want two of each", rate, onsets, voices)
		}
		for _, n := range []int{1, 7, rate/50 + 1} {
			if o, v := run(n); !slices.Equal(o, onsets) || !slices.Equal(v, voices) {
				t.Errorf("%d Hz by %d samples: onsets %v, last voices %v, want %v and %v", rate, n, o, v, onsets, voices)
			}
		}
	}
}

// turn is a spurt in steps: when it was told and from where, its last voice,
// and its end, which is zero if there was none.
type turn struct{ found, onset, voice, ended int }

func (a turn) near(b turn) bool {
	near := func(x, y int) bool { return x-y <= 1 && y-x <= 1 }
	return near(a.found, b.found) && near(a.onset, b.onset) && near(a.voice, b.voice) && near(a.ended, b.ended)
}

func turns(t *testing.T, cfg vad.Config, pcm []int16) (all []turn) {
	d, err := vad.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for n, step := 0, cfg.Rate/100; len(pcm) >= step; pcm = pcm[step:] {
		r := d.Push(pcm[:step])
		n++
		all = note(all, n, decision{r.Started, r.Ended, int(r.Onset / vad.Step), int(r.LastVoice / vad.Step)})
	}
	return all
}

func plainTurns(cfg vad.Config, pcm []int16) (all []turn) {
	r := newReference(cfg.Rate, cfg.Threshold)
	for _, s := range pcm {
		if d, full := r.push(s); full {
			all = note(all, r.steps, d)
		}
	}
	return all
}

func note(all []turn, now int, d decision) []turn {
	if d.started {
		all = append(all, turn{found: now, onset: d.onset})
	}
	if len(all) > 0 {
		all[len(all)-1].voice = d.last
	}
	if d.ended {
		all[len(all)-1].ended = now
	}
	return all
}
