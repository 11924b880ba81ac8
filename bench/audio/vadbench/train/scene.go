package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/vad"
)

// seconds is the length of a scene.
const seconds = 16

// scene is what the detector has heard of one call, step by step.
type scene struct {
	evidence []vad.Evidence
	speech   []bool
	weight   []float32 // how much a step counts
}

// newScene makes scene number i: a voice of the tuning half or one by rule, or
// none, in one noise, at a random level and ratio, over a telephone line.
func newScene(c *corpus.Corpus, i uint64) (s scene, err error) {
	r := rand.New(rand.NewPCG(i, 2026))
	talk, ruled, err := speaker(c, r, i)
	if err != nil {
		return s, err
	}
	snr := 25 * r.Float64()
	noise, err := noiseFor(c, r, &snr)
	if err != nil {
		return s, err
	}
	switch k := r.IntN(14); {
	case k == 0 || ruled && k < 5:
		snr = 60
	case k < 3: // nobody
		clear(talk.PCM)
		clear(talk.Speech)
		snr = 30*r.Float64() - 15
	}
	from := 0
	if r.IntN(3) == 0 { // begins in the middle
		from = r.IntN(len(talk.Speech) / 3)
	}
	if r.IntN(4) == 0 { // begins with speech
		from = max(0, slices.Index(talk.Speech, true)+r.IntN(20))
	}
	pcm := corpus.Mix(talk, noise, snr)
	gain := 3 * math.Pow(10, -26*r.Float64()/20)
	for k, v := range pcm {
		pcm[k] = int16(max(math.MinInt16, min(math.MaxInt16, gain*float64(v))))
	}
	return s, s.hear(corpus.Line(pcm, rate), talk.Speech, from)
}

// speaker returns who speaks, and whether that is a voice by rule.
func speaker(c *corpus.Corpus, r *rand.Rand, i uint64) (corpus.Talk, bool, error) {
	voices := c.Voices(corpus.Tuning)
	voice := voices[i%uint64(len(voices))]
	talk, err := c.Talk(voice, seconds*time.Second, rate, r.Uint64())
	if err != nil {
		return talk, false, fmt.Errorf("talk of %s: %w", voice, err)
	}
	ruled := r.IntN(6) == 0
	if ruled {
		talk = talker(r, seconds)
	}
	return talk, ruled, nil
}

// noiseFor returns noise of the tuning half, as often as not, or one made by
// rule. Babble is not let come near to speech.
func noiseFor(c *corpus.Corpus, r *rand.Rand, snr *float64) ([]int16, error) {
	kinds := []string{"white", "music", "clicks", "fan", "hum", c.Babble(corpus.Tuning), "line"}
	if k := r.IntN(2 * len(kinds)); k < len(kinds) {
		if kinds[k] == c.Babble(corpus.Tuning) {
			*snr = 10 + 15*r.Float64()
		}
		return c.Noise(kinds[k], seconds*time.Second, rate, r.Uint64())
	}
	x := sounds()[r.IntN(len(sounds()))](r, seconds*rate)
	top := 1e-9
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	pcm := make([]int16, len(x))
	for i, v := range x {
		pcm[i] = int16(12000 * v / top)
	}
	return pcm, nil
}

// hear lets a detector hear pcm from one step on.
func (s *scene) hear(pcm []int16, speech []bool, from int) error {
	d, err := vad.New(vad.Config{Rate: rate})
	if err != nil {
		return fmt.Errorf("detector: %w", err)
	}
	const hop = rate / 100
	since := 100 // steps since somebody began or ended
	for i := from; i < len(speech); i++ {
		d.Push(pcm[i*hop : (i+1)*hop])
		if i > 0 && speech[i] != speech[i-1] {
			since = 0
		}
		since++
		if evidence, ok := d.Evidence(); ok {
			s.evidence = append(s.evidence, evidence)
			s.speech = append(s.speech, speech[i])
			s.weight = append(s.weight, weight(speech[i], since, i-from))
		}
	}
	return nil
}

// weight makes beginnings count double, leaves open where exactly speech ends,
// and makes it count that it is over soon. While a detector opens it has
// learned nothing.
func weight(speech bool, since, heard int) float32 {
	const opening, soon, end, over = 10, 6, 4, 12
	switch {
	case heard < opening:
		return 0
	case speech && since <= soon:
		return 2
	case !speech && since <= end:
		return 0
	case !speech && since <= over:
		return 1.5
	}
	return 1
}
