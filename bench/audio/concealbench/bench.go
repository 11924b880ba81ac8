// Package concealbench is experiment 4: how speech with lost frames sounds when
// they are concealed by talkpath, by spandsp, by Opus, and by doing next to
// nothing.
package concealbench

import (
	"context"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/score"
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "concealment", Run: run4} }

// piece is the length that PESQ was made for.
const piece = 10 * time.Second

// The kinds of loss, by their place in losses.
const (
	at1 = iota
	at5
	at10
	at20
	bursts
	lossKinds
)

func losses() [lossKinds]loss {
	return [lossKinds]loss{
		at1: random("1 %", 0.01), at5: random("5 %", 0.05), at10: random("10 %", 0.10), at20: random("20 %", 0.20),
		bursts: {"10 %, bursts of 3", 0.10, 3},
	}
}

func methods(r references) []method {
	return []method{
		plain(oursBoth, bothSides), plain(oursOne, oneSide),
		{spandspPLC, r.spandsp},
		{opusPLC, r.opus},
		plain(repeating, repeat), plain(silence, drop),
	}
}

// result is what a method has reached under one kind of loss.
type result struct {
	scores map[string]*mean
	wrong  mean      // dB
	steps  []float64 // dB
}

// results are those of a half of the voices.
type results struct {
	half   corpus.Half
	of     map[string]*[lossKinds]result // by method
	one    float64                       // microseconds for a lost frame
	both   float64
	anchor float64 // spandsp's
	tails  [3]float64
}

func run4(ctx context.Context, l *lab.Lab) (report.Section, error) {
	refs, err := buildReferences(ctx, l)
	if err != nil {
		return report.Section{}, err
	}
	var all []results
	for _, h := range []corpus.Half{corpus.Tuning, corpus.HeldOut} {
		r, err := half(ctx, l, refs, h)
		if err != nil {
			return report.Section{}, err
		}
		all = append(all, r)
	}
	return section(l, all), nil
}

// half measures everything on a half of the voices.
func half(ctx context.Context, l *lab.Lab, refs references, h corpus.Half) (r results, err error) {
	r = results{half: h, of: map[string]*[lossKinds]result{}}
	pieces, length, rounds, voices := 2, piece, 40, l.Corpus.Voices(h)
	if l.Short {
		pieces, length, rounds, voices = 1, 3*time.Second, 2, voices[:1]
	}
	sounds, err := speech(l, voices, pieces, length)
	if err != nil {
		return r, err
	}
	bands := newSpectrum()
	for _, m := range methods(refs) {
		r.of[m.name] = new([lossKinds]result)
		for k, kind := range losses() {
			l.Say("%v voices: %s, %s lost", h, m.name, kind.name)
			t := trial{l, m, kind, bands, 0}
			if h == corpus.HeldOut && (k == at10 || k == bursts) && !l.Short {
				t.visqol = visqolPieces
			}
			if err = r.of[m.name][k].measure(ctx, t, sounds); err != nil {
				return r, err
			}
		}
	}
	if r.tails, err = tails(ctx, l, refs, h, max(time.Duration(pieces)*length/2, 3*time.Second)); err != nil {
		return r, err
	}
	return r, r.costs(ctx, l.Runs(), refs, sounds, rounds)
}

// speech returns pieces of each voice, of the given length, sent over a telephone
// line.
func speech(l *lab.Lab, voices []string, pieces int, length time.Duration) (out [][]int16, err error) {
	for _, voice := range voices {
		pcm, err := l.Corpus.Speech(voice, time.Duration(pieces)*length, rate)
		if err != nil {
			return nil, err
		}
		pcm = corpus.Line(pcm, rate)
		n := len(pcm) / pieces
		for i := range pieces {
			out = append(out, pcm[i*n:(i+1)*n])
		}
	}
	return out, nil
}

// trial is one method under one kind of loss.
type trial struct {
	lab   *lab.Lab
	m     method
	kind  loss
	bands *spectrum
	// visqol is how many sounds are scored with ViSQOL too, where it is installed.
	visqol int
}

// visqolPieces is few, since ViSQOL takes seconds for each.
const visqolPieces = 3

// measure runs the trial on sounds. Each sound has its losses, which are the
// same for all methods.
func (r *result) measure(ctx context.Context, t trial, sounds [][]int16) error {
	var pairs []score.Pair
	for i, sent := range sounds {
		lost := t.kind.lost(len(sent)/frame, t.lab.Seed+uint64(i))
		o, err := t.m.conceal(ctx, sent, lost)
		if err != nil {
			return err
		}
		r.wrong.join(t.bands.wrong(o.whole, o.made, lost))
		r.steps = append(r.steps, steps(o.whole, o.made, lost)...)
		pairs = append(pairs, score.Pair{Ref: sent, Deg: o.heard, Rate: rate})
	}
	scores, err := t.lab.Scorer.With(score.NameESTOI, score.NamePESQ).Score(ctx, pairs)
	if err != nil {
		return err
	}
	some, err := t.lab.Scorer.With(score.NameViSQOL).Score(ctx, pairs[:t.visqol])
	if err != nil {
		return err
	}
	r.scores = map[string]*mean{score.NameESTOI: {}, score.NamePESQ: {}, score.NameViSQOL: {}}
	for _, s := range append(scores, some...) {
		for name, value := range s {
			r.scores[name].add(value)
		}
	}
	return nil
}

// costs fills in what a lost frame costs at 10 % random loss.
func (r *results) costs(ctx context.Context, runs int, refs references, sounds [][]int16, rounds int) error {
	var sent []int16
	for i := 0; i < len(sounds); i += max(1, len(sounds)/6) {
		sent = append(sent, sounds[i]...)
	}
	lost := losses()[at10].lost(len(sent)/frame, 1)
	least := lab.Least{}
	for range runs {
		a, b := costs(sent, lost, rounds)
		c, err := refs.spandspCost(ctx, sent, lost, rounds)
		if err != nil {
			return err
		}
		least.Add("one", a)
		least.Add("both", b)
		least.Add("anchor", c)
	}
	r.one, r.both, r.anchor = least["one"], least["both"], least["anchor"]
	return nil
}
