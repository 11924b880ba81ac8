package vadbench

import (
	"fmt"
	"math"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/vad"
)

const (
	rate = 8000
	// hop is the samples of a step.
	hop = rate / 100
)

// level is the decibels by which voice number i is louder or softer than the
// nominal level.
func level(i int) float64 { return [...]float64{0, -6, -12, -3, -9, 3}[i%6] }

// condition is one row of the test set: all voices of a half in one noise.
type condition struct {
	half  corpus.Half
	noise string // empty for none
	snr   float64
}

func (c condition) String() string {
	if c.noise == "" {
		return "clean"
	}
	return fmt.Sprintf("%s %v dB", c.noise, c.snr)
}

// heard is what all detectors made of one condition, step by step.
type heard struct {
	condition
	voices []track
}

// track is one voice's sound: what is true, and what each detector said.
type track struct {
	speech  []bool
	score   []float32
	decided []bool        // by ours
	anchor  [modes][]bool // by libwebrtc's, in each mode
}

// set is the test sets, and how much of them is heard.
type set struct {
	*corpus.Corpus
	voices int // of each half
	length time.Duration
	seed   uint64
}

// Voices returns those of a half that are heard.
func (s *set) Voices(half corpus.Half) []string {
	all := s.Corpus.Voices(half)
	return all[:min(len(all), s.voices)]
}

// listen lets the detectors hear a condition.
func (s *set) listen(cond condition) (heard, error) {
	h := heard{condition: cond}
	for i, voice := range s.Voices(cond.half) {
		talk, err := s.Talk(voice, s.length, rate, s.seed+uint64(i))
		if err != nil {
			return h, fmt.Errorf("talk of %s: %w", voice, err)
		}
		pcm, err := cond.mix(s.Corpus, talk, s.seed+100+uint64(i))
		if err != nil {
			return h, err
		}
		t, err := judge(corpus.Line(louder(pcm, level(i)), rate), vad.Config{Rate: rate})
		if err != nil {
			return h, err
		}
		t.speech = talk.Speech
		h.voices = append(h.voices, t)
	}
	return h, nil
}

// mix adds the condition's noise to talk.
func (c condition) mix(from *corpus.Corpus, talk corpus.Talk, seed uint64) ([]int16, error) {
	if c.noise == "" {
		return talk.PCM, nil
	}
	noise, err := from.Noise(c.noise, time.Duration(len(talk.Speech))*corpus.Step, rate, seed)
	if err != nil {
		return nil, fmt.Errorf("noise %s: %w", c.noise, err)
	}
	return corpus.Mix(talk, noise, c.snr), nil
}

// louder returns pcm changed by some decibels.
func louder(pcm []int16, decibels float64) []int16 {
	gain := math.Pow(10, decibels/20)
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = int16(math.Round(max(math.MinInt16, min(math.MaxInt16, gain*float64(s)))))
	}
	return out
}

// judge lets all detectors hear pcm.
func judge(pcm []int16, cfg vad.Config) (t track, err error) {
	d, err := vad.New(cfg)
	if err != nil {
		return t, fmt.Errorf("our detector: %w", err)
	}
	anchors, err := newAnchors()
	if err != nil {
		return t, err
	}
	for len(pcm) >= hop {
		t.decided = append(t.decided, d.Push(pcm[:hop]).Speech)
		t.score = append(t.score, d.Score())
		if err := anchors.hear(pcm[:hop], &t.anchor); err != nil {
			return t, err
		}
		pcm = pcm[hop:]
	}
	return t, nil
}

// judged returns all steps of a condition.
func (h heard) judged() (all []judged) {
	for _, t := range h.voices {
		for i, s := range t.score {
			all = append(all, judged{s, t.speech[i]})
		}
	}
	return all
}

// decided returns the rates of a detector's decisions, which pick finds in a
// track.
func (h heard) decided(pick func(t *track) []bool) point {
	var c counts
	for i := range h.voices {
		c.add(&h.voices[i], pick)
	}
	return c.point()
}

// anchors returns the points of libwebrtc's modes.
func (h heard) anchors() (points []point) {
	for m := range modes {
		points = append(points, h.decided(mode(m)))
	}
	return points
}

func ours(t *track) []bool { return t.decided }

func mode(m int) func(*track) []bool { return func(t *track) []bool { return t.anchor[m] } }

// counts adds up decisions.
type counts struct{ speech, other, found, mistaken float64 }

func (c *counts) add(t *track, pick func(t *track) []bool) {
	for i, said := range pick(t) {
		c.one(t.speech[i], said)
	}
}

func (c *counts) one(speech, said bool) {
	switch {
	case speech && said:
		c.speech++
		c.found++
	case speech:
		c.speech++
	case said:
		c.other++
		c.mistaken++
	default:
		c.other++
	}
}

func (c *counts) point() point {
	return point{fpr: c.mistaken / max(c.other, 1), tpr: c.found / max(c.speech, 1)}
}
