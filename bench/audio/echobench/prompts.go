package echobench

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/media"
)

const (
	// spoken is the agent's active speech level, in dBFS, and nominal the test
	// sets'.
	spoken  = -20.0
	nominal = -26.0
	// longest is the longest delay of an echo.
	longest = 300 * time.Millisecond
	// promptLasts is a prompt that nobody interrupts, and sentenceLasts what a
	// caller says over one of overLasts.
	promptLasts   = 4 * time.Second
	overLasts     = 5 * time.Second
	sentenceLasts = 1500 * time.Millisecond
)

// cast are the voices of a half of the test sets.
type cast struct {
	names  []string
	speech map[string][]int16
}

func newCast(l *lab.Lab, h corpus.Half) (*cast, error) {
	c := &cast{names: l.Corpus.Voices(h), speech: map[string][]int16{}}
	for _, v := range c.names {
		pcm, err := l.Corpus.Speech(v, time.Minute, rate)
		if err != nil {
			return nil, err
		}
		c.speech[v] = pcm
	}
	return c, nil
}

// says returns a piece of a voice's speech from anywhere, at a level.
func (c *cast) says(rng *rand.Rand, voice string, length time.Duration, level float64) []int16 {
	n := media.PCMSamples(length, rate)
	speech := c.speech[voice]
	at := rng.IntN(len(speech) - n)
	gain := math.Pow(10, (level-nominal)/20)
	out := make([]int16, n)
	for i := range out {
		out[i] = clip(gain * float64(speech[at+i]))
	}
	return out
}

// alone returns prompt i of those that nobody interrupts: with an echo of each
// kind in turn, after any delay.
func (c *cast) alone(l *lab.Lab, i int, loss float64) prompt {
	rng := rand.New(rand.NewPCG(l.Seed+uint64(i), math.Float64bits(loss)))
	return prompt{
		agent: c.says(rng, c.names[i%len(c.names)], promptLasts, spoken), guard: true, seed: uint64(i),
		path: &path{kind: kind(i % int(kinds)), loss: loss, delay: time.Duration(rng.Int64N(int64(longest)))},
	}
}

// over returns prompt i of those over which a caller speaks at a level, some
// time after it began, and when.
func (c *cast) over(l *lab.Lab, i int, loss, level float64) (p prompt, from time.Duration) {
	rng := rand.New(rand.NewPCG(l.Seed+uint64(i), math.Float64bits(loss)+1))
	agent := i % len(c.names)
	caller := (agent + 1 + rng.IntN(len(c.names)-1)) % len(c.names)
	from = 300*time.Millisecond + time.Duration(rng.Int64N(int64(3*time.Second)))
	p = prompt{
		agent: c.says(rng, c.names[agent], overLasts, spoken), guard: true, seed: uint64(i),
		caller: slices.Concat(make([]int16, media.PCMSamples(from, rate)), c.says(rng, c.names[caller], sentenceLasts, level)),
	}
	if loss > 0 {
		p.path = &path{kind: kind(i % int(kinds)), loss: loss, delay: time.Duration(rng.Int64N(int64(longest)))}
	}
	return p, from
}

// interrupted is how often prompts that nobody spoke over were interrupted, or
// anything was given to the recognizer: with the guard, and without it.
type interrupted struct{ prompts, guarded, bare int }

// prompts plays n prompts with echoes of a loss.
func (c *cast) prompts(l *lab.Lab, n int, loss float64) (of interrupted, err error) {
	for i := range n {
		p := c.alone(l, i, loss)
		for _, p.guard = range []bool{true, false} {
			o, err := p.run()
			if err != nil {
				return of, err
			}
			if o.stopped < 0 && !o.heard {
				continue
			}
			if p.guard {
				of.guarded++
			} else {
				of.bare++
			}
		}
		of.prompts++
	}
	return of, nil
}

// bargeIns is what became of callers who spoke over the agent, of those whom it
// would have heard on a line without echo and without a guard.
type bargeIns struct {
	callers, missed, early int
	added                  []float64 // milliseconds, each
}

// callers lets n callers speak over prompts with echoes of a loss, none where
// that is zero.
func (c *cast) callers(l *lab.Lab, n int, loss, level float64) (of bargeIns, err error) {
	for i := range n {
		p, from := c.over(l, i, loss, level)
		reference := p
		reference.path, reference.guard = nil, false
		want, err := reference.run()
		if err != nil {
			return of, err
		}
		got, err := p.run()
		if err != nil {
			return of, err
		}
		of.add(want, got, from)
	}
	return of, nil
}

// add counts a caller who began at a time.
func (b *bargeIns) add(want, got outcome, from time.Duration) {
	if want.stopped < from {
		return
	}
	b.callers++
	switch {
	case got.stopped < 0 || got.stopped > from+sentenceLasts:
		b.missed++
	case got.stopped < from:
		b.early++
	default:
		b.added = append(b.added, float64(got.stopped-want.stopped)/float64(time.Millisecond))
	}
}

// join adds another's.
func (b *bargeIns) join(other bargeIns) {
	b.callers += other.callers
	b.missed += other.missed
	b.early += other.early
	b.added = append(b.added, other.added...)
}

// missedPart returns how many in a hundred were missed.
func (b *bargeIns) missedPart() float64 { return 100 * float64(b.missed) / float64(max(b.callers, 1)) }

// quantile returns what a part of all are not above, NaN of none.
func quantile(all []float64, part float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[int(part*float64(len(sorted)-1))]
}

func clip(x float64) int16 { return int16(max(math.MinInt16, min(math.Round(x), math.MaxInt16))) }
