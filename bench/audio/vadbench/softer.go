package vadbench

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/report"
)

// A caller turns away from the telephone, or to its loudspeaker, and stays
// there: softAt into the call they are softer for good. What is found of their
// speech counts for softFor from then on.
const (
	softAt  = 10 * time.Second
	softFor = 20 * time.Second
)

// softer is what is found of callers' speech behind a drop of their level.
type softer struct {
	half  corpus.Half
	drop  float64    // decibels
	level [2]float64 // with the level counting: in softFor, and in the rest of the call
	plain [2]float64 // without
}

// softers lets every voice drop by some decibels.
func (s *set) softers() (all []softer, err error) {
	for _, half := range []corpus.Half{corpus.Tuning, corpus.HeldOut} {
		for _, drop := range []float64{6, 8, 10, 12} {
			one := softer{half: half, drop: drop}
			if err := one.measure(s); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	return all, nil
}

func (f *softer) measure(s *set) error {
	var byLevel, plain [2]counts
	for i, voice := range s.Voices(f.half) {
		talk, err := s.Talk(voice, s.length, rate, s.seed+400+uint64(i))
		if err != nil {
			return fmt.Errorf("talk of %s: %w", voice, err)
		}
		at := min(int(softAt/corpus.Step)*hop, len(talk.PCM)/2)
		copy(talk.PCM[at:], louder(talk.PCM[at:], -f.drop))
		pcm := corpus.Line(louder(talk.PCM, level(i)), rate)
		with, without, err := byLevelAndPlain(pcm)
		if err != nil {
			return err
		}
		for k := at / hop; k < len(with.decided); k++ {
			if !talk.Speech[k] {
				continue
			}
			part := 0
			if k >= at/hop+int(softFor/corpus.Step) {
				part = 1
			}
			byLevel[part].one(true, with.decided[k])
			plain[part].one(true, without.decided[k])
		}
	}
	for part := range f.level {
		f.level[part], f.plain[part] = byLevel[part].point().tpr, plain[part].point().tpr
	}
	return nil
}

// softerRow holds what the level costs a caller who has become a good deal
// softer: it is the price of leaving out those in the background.
func softerRow(all []softer) report.Row {
	const drop = 10
	lost, n := 0.0, 0.0
	for _, f := range all {
		if f.drop == drop {
			lost, n = lost+f.plain[0]-f.level[0], n+1
		}
	}
	return report.Row{
		Name: fmt.Sprintf("speech of a caller %d dB softer for good that is lost since levels count", drop), Unit: "%", Decimals: 1,
		Ours: 100 * lost / max(n, 1), Anchor: report.None(), Goal: report.Most(10), Slack: 1, Note: fmt.Sprintf("in the %v behind the drop; the goal is our own", softFor),
	}
}

func softerTable(all []softer) report.Table {
	t := report.Table{
		Title: "A caller who is softer for good: their speech found in the 20 s behind the drop/after these",
		Head:  []string{"half", "softer by", "by level (default)", "level off"},
	}
	for _, f := range all {
		t.Lines = append(t.Lines, []string{
			f.half.String(), fmt.Sprintf("%v dB", f.drop), fmt.Sprintf("%.2f/%.2f", f.level[0], f.level[1]),
			fmt.Sprintf("%.2f/%.2f", f.plain[0], f.plain[1]),
		})
	}
	return t
}
