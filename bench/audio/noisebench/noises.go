package noisebench

import (
	"context"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/media/noise"
)

const (
	rate = 8000
	// loudness is that of every noise, in dBFS, and above the ratio in dB of
	// speech to it where there is speech.
	loudness = -45
	above    = 20
	// settling is the beginning of a noise that is not scored: the first of it is
	// sent as it is.
	settling = time.Second
)

// kinds are the noises that are scored. Hum has lines for a spectrum, of which
// ten coefficients know at most five; babble is not steady.
func kinds() []kind {
	return []kind{{"white", true, true}, {"pink", true, true}, {"hum", true, false}, {"babble", false, true}, {"line", true, true}}
}

type kind struct {
	name          string
	steady, broad bool
}

// score is what is found of one noise on one path.
type score struct {
	kind
	line          bool // whether it came over a telephone line
	levels        []float64
	full, plain   float64 // spectral distance with ten coefficients and with none, dB
	perSecond     float64
	bytes         float64
	opusLevels    []float64
	opusFull      float64
	opusPerSecond float64
	opusBytes     float64
	original      []int16
	made, crude   []int16
}

// bench is one run.
type bench struct {
	*lab.Lab
	program string // the reference; empty where it is missing
	length  time.Duration
	scores  []score
	steps   []stepScore
	cost    []float64 // of the reference, ns
}

// noises scores each kind by itself and over a line.
func (b *bench) noises(ctx context.Context) error {
	for _, line := range []bool{false, true} {
		for _, k := range kinds() {
			b.Say("%s, over a line: %v", k.name, line)
			pcm, err := b.Corpus.Noise(k.name, b.length+settling, rate, b.Seed)
			if err != nil {
				return err
			}
			pcm = corpus.At(pcm, loudness)
			if line {
				pcm = corpus.Line(pcm, rate)
			}
			s, err := b.noise(ctx, pcm, k, line)
			if err != nil {
				return err
			}
			b.scores = append(b.scores, s)
		}
	}
	return nil
}

func (b *bench) noise(ctx context.Context, pcm []int16, k kind, line bool) (score, error) {
	const from = int(settling / time.Second * rate)
	lowest := lowestBand
	if line {
		lowest = lowestOnLine
	}
	never := func(int) bool { return false }
	full, err := loop(pcm, noise.SenderConfig{Rate: rate}, never)
	if err != nil {
		return score{}, err
	}
	plain, err := loop(pcm, noise.SenderConfig{Rate: rate, LevelOnly: true}, never)
	if err != nil {
		return score{}, err
	}
	s := score{
		kind: k, line: line, original: pcm[from:], made: full.pcm[from:], crude: plain.pcm[from:],
		levels: levelErrors(pcm[from:], full.pcm[from:], rate),
		full:   spectralDistance(pcm[from:], full.pcm[from:], rate, lowest),
		plain:  spectralDistance(pcm[from:], plain.pcm[from:], rate, lowest),
	}
	s.perSecond, s.bytes = full.perSecond(settling)
	ref, err := opus(ctx, b.program, b.Dir, pcm, rate)
	if err != nil {
		return s, err
	}
	s.opusLevels = levelErrors(pcm[from:], ref.pcm[from:], rate)
	s.opusFull = spectralDistance(pcm[from:], ref.pcm[from:], rate, lowest)
	s.opusPerSecond, s.opusBytes = ref.perSecond(settling)
	b.cost = append(b.cost, ref.cost)
	return s, nil
}
