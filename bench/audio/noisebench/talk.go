package noisebench

import (
	"context"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/noise"
)

// stepScore is what is found of the transitions between speech and one noise.
type stepScore struct {
	kind
	ours, opus, natural []float64 // dB
	sent, opusSent      float64   // parts of the frames that were sent
}

// talks scores the transitions of talk in each noise. The detector of speech is
// the corpus's own labels; Opus has its own.
func (b *bench) talks(ctx context.Context) error {
	voices := append(b.Corpus.Voices(corpus.Tuning)[:2], b.Corpus.Voices(corpus.HeldOut)[:2]...)
	length := 2 * b.length
	if b.Short {
		voices = voices[:1]
	}
	for _, k := range kinds() {
		b.Say("talk in %s", k.name)
		s := stepScore{kind: k}
		for i, voice := range voices {
			if err := b.talk(ctx, &s, voice, length, b.Seed+uint64(i)); err != nil {
				return err
			}
		}
		s.sent /= float64(len(voices))
		s.opusSent /= float64(len(voices))
		b.steps = append(b.steps, s)
	}
	return nil
}

func (b *bench) talk(ctx context.Context, s *stepScore, voice string, length time.Duration, seed uint64) error {
	talk, err := b.Corpus.Talk(voice, length, rate, seed)
	if err != nil {
		return err
	}
	din, err := b.Corpus.Noise(s.name, length, rate, seed)
	if err != nil {
		return err
	}
	mixed := corpus.Mix(talk, din, above)
	alone := talk
	alone.PCM = make([]int16, len(talk.PCM))
	real := corpus.Mix(alone, din, above)
	const perFrame = int(frame / corpus.Step)
	speaks := func(i int) bool {
		for _, label := range talk.Speech[min(i*perFrame, len(talk.Speech)):min((i+1)*perFrame, len(talk.Speech))] {
			if label {
				return true
			}
		}
		return false
	}
	ours, err := loop(mixed, noise.SenderConfig{Rate: rate}, speaks)
	if err != nil {
		return err
	}
	ref, err := opus(ctx, b.program, b.Dir, mixed, rate)
	if err != nil {
		return err
	}
	whole := len(ours.sends) * media.PCMSamples(frame, rate)
	s.ours = append(s.ours, steps(ours, real[:whole], rate)...)
	s.natural = append(s.natural, natural(ours, real[:whole], rate)...)
	s.opus = append(s.opus, steps(ref, real[:whole], rate)...)
	s.sent += ours.sentPart()
	s.opusSent += ref.sentPart()
	return nil
}

// sentPart returns which part of the frames was sent, speech or description.
func (p passage) sentPart() float64 {
	n := 0
	for _, s := range p.sends {
		if s != noise.SendNothing {
			n++
		}
	}
	return float64(n) / float64(max(len(p.sends), 1))
}
