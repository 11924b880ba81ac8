package vadbench

import (
	"fmt"
	"math"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/vad"
)

// tail is the steps behind near speech whose decision is not held against it.
const tail = 15

// oneTalker is the far sound that is one voice.
const oneTalker = "one talker"

// distance is what was made of a caller with other voices behind them, whose
// level is some decibels lower.
type distance struct {
	half corpus.Half
	far  string
	snr  float64
	// The share of the caller's speech found, and that of the other voices'
	// speech, alone, that was taken for the caller's: with the level counting,
	// without it, and by libwebrtc's detector in mode 3.
	level, plain, anchor point
}

// distances puts a second talker, and babble, behind each voice.
func (s *set) distances() (all []distance, err error) {
	for _, half := range []corpus.Half{corpus.Tuning, corpus.HeldOut} {
		for _, far := range []string{oneTalker, s.Babble(half)} {
			for _, snr := range []float64{20, 15} {
				d := distance{half: half, far: far, snr: snr}
				if err := d.measure(s); err != nil {
					return nil, err
				}
				all = append(all, d)
			}
		}
	}
	return all, nil
}

func (d *distance) measure(s *set) error {
	var byLevel, plain, anchor counts
	voices := s.Voices(d.half)
	for i, voice := range voices {
		near, err := s.Talk(voice, s.length, rate, s.seed+200+uint64(i))
		if err != nil {
			return fmt.Errorf("talk of %s: %w", voice, err)
		}
		pcm, sounds, err := d.behind(s.Corpus, near, voices[(i+1)%len(voices)], s.seed+300+uint64(i))
		if err != nil {
			return err
		}
		pcm = corpus.Line(louder(pcm, level(i)), rate)
		with, without, err := byLevelAndPlain(pcm)
		if err != nil {
			return err
		}
		since := tail
		for k, speech := range near.Speech {
			if since++; speech {
				since = 0
			}
			if speech || sounds[k] && since > tail {
				byLevel.one(speech, with.decided[k])
				plain.one(speech, without.decided[k])
				anchor.one(speech, with.anchor[modes-1][k])
			}
		}
	}
	d.level, d.plain, d.anchor = byLevel.point(), plain.point(), anchor.point()
	return nil
}

// byLevelAndPlain lets detectors hear pcm with the level counting and without.
func byLevelAndPlain(pcm []int16) (byLevel, plain track, err error) {
	if byLevel, err = judge(pcm, vad.Config{Rate: rate}); err != nil {
		return byLevel, plain, err
	}
	plain, err = judge(pcm, vad.Config{Rate: rate, Far: math.Inf(1)})
	return byLevel, plain, err
}

// behind returns near speech with the far sound behind it, and where that
// sounds.
func (d *distance) behind(c *corpus.Corpus, near corpus.Talk, voice string, seed uint64) ([]int16, []bool, error) {
	length := time.Duration(len(near.Speech)) * corpus.Step
	if d.far == oneTalker {
		far, err := c.Talk(voice, length, rate, seed)
		if err != nil {
			return nil, nil, fmt.Errorf("talk of %s: %w", voice, err)
		}
		pcm := louder(far.PCM, -d.snr)
		for i, s := range near.PCM {
			pcm[i] = int16(max(math.MinInt16, min(math.MaxInt16, int(pcm[i])+int(s))))
		}
		return pcm, far.Speech, nil
	}
	noise, err := c.Noise(d.far, length, rate, seed)
	if err != nil {
		return nil, nil, fmt.Errorf("noise %s: %w", d.far, err)
	}
	sounds := make([]bool, len(near.Speech))
	for i := range sounds {
		sounds[i] = true
	}
	return corpus.Mix(near, noise, d.snr), sounds, nil
}

// mean returns the rates over all distances of some decibels.
func mean(all []distance, snr float64, pick func(distance) point) (p point) {
	n := 0.0
	for _, d := range all {
		if d.snr == snr {
			q := pick(d)
			p.fpr, p.tpr, n = p.fpr+q.fpr, p.tpr+q.tpr, n+1
		}
	}
	return point{p.fpr / max(n, 1), p.tpr / max(n, 1)}
}

func distanceRows(all []distance) (rows []report.Row) {
	for _, snr := range []float64{20, 15} {
		own := mean(all, snr, func(d distance) point { return d.level })
		anchor := mean(all, snr, func(d distance) point { return d.anchor })
		rows = append(rows,
			report.Row{
				Name: fmt.Sprintf("the caller's speech found, other voices %v dB below", snr), Unit: "%", Decimals: 1,
				Ours: 100 * own.tpr, Anchor: 100 * anchor.tpr, AnchorName: webrtc + " mode 3", Goal: report.Least(85), Slack: 2,
				Note: "by decision, short gaps counting as speech",
			},
			report.Row{
				Name: fmt.Sprintf("other voices taken for the caller's, %v dB below", snr), Unit: "%", Decimals: 1,
				Ours: 100 * own.fpr, Anchor: 100 * anchor.fpr, AnchorName: webrtc + " mode 3", Goal: report.Most(10), Slack: 2,
				Note: "of their speech more than 150 ms behind the caller's",
			})
	}
	return rows
}

func distanceTable(all []distance) report.Table {
	t := report.Table{
		Title: "Near and far: the caller's speech found/other voices taken for it",
		Head:  []string{"half", "other voices", "below", "by level (default)", "level off", webrtc + " mode 3"},
	}
	for _, d := range all {
		t.Lines = append(t.Lines, []string{
			d.half.String(), d.far, fmt.Sprintf("%v dB", d.snr), d.level.String(), d.plain.String(), d.anchor.String(),
		})
	}
	return t
}
