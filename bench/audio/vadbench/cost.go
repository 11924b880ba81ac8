package vadbench

import (
	"fmt"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/vad"
)

// runs is how often each cost is measured; the median counts.
const runs = 3

// cost is CPU time in microseconds for 20 ms of sound.
type cost struct{ talk, silence, anchor float64 }

// measureCost lets the detectors hear a voice in white noise, and ours digital
// silence, while nothing else runs.
func measureCost(s *set) (c cost, err error) {
	talk, err := s.Talk(s.Voices(corpus.Tuning)[0], s.length, rate, s.seed)
	if err != nil {
		return c, fmt.Errorf("talk: %w", err)
	}
	noise, err := s.Noise("white", s.length, rate, s.seed)
	if err != nil {
		return c, fmt.Errorf("noise: %w", err)
	}
	pcm := corpus.Line(corpus.Mix(talk, noise, 20), rate)
	own := func(pcm []int16) func() error {
		return func() error {
			d, failed := vad.New(vad.Config{Rate: rate})
			for rest := pcm; failed == nil && len(rest) >= 2*hop; rest = rest[2*hop:] {
				d.Push(rest[:2*hop])
			}
			return failed
		}
	}
	if c.talk, err = spent(s.length, own(pcm)); err != nil {
		return c, err
	}
	if c.silence, err = spent(s.length, own(make([]int16, len(pcm)))); err != nil {
		return c, err
	}
	c.anchor, err = spent(s.length, func() error { return oneMode(pcm) })
	return c, err
}

// oneMode lets libwebrtc's detector hear pcm in mode 2.
func oneMode(pcm []int16) error {
	a, err := newAnchors()
	if err != nil {
		return err
	}
	return a.listen(2, pcm)
}

// spent returns the CPU time of work on sound of a length: microseconds for
// each 20 ms, the median of some runs.
func spent(length time.Duration, work func() error) (float64, error) {
	var all []float64
	for range runs {
		before := lab.CPU()
		if err := work(); err != nil {
			return 0, err
		}
		after := lab.CPU()
		frames := float64(length / (2 * corpus.Step))
		all = append(all, float64((after-before).Nanoseconds())/1000/frames)
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

func (c cost) rows() []report.Row {
	return []report.Row{
		{
			Name: "CPU for 20 ms, speech in noise", Unit: "µs", Decimals: 2, Ours: c.talk, Anchor: c.anchor,
			AnchorName: webrtc + " mode 2", Goal: report.Most(10), SlackPart: 0.5, Note: "about 2 µs are what a call may spend",
		},
		{
			Name: "CPU for 20 ms, digital silence", Unit: "µs", Decimals: 2, Ours: c.silence, Anchor: report.None(),
			Goal: report.Most(0.5), SlackPart: 0.5, Slack: 0.1,
		},
	}
}
