package vadbench

import (
	"errors"
	"fmt"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/vad"
)

// cost is CPU time in microseconds for 20 ms of sound.
type cost struct{ talk, silence, anchor float64 }

// measureCost lets the detectors hear a voice in white noise, and ours digital
// silence, while nothing else runs.
func measureCost(s *set, runs int) (c cost, err error) {
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
	work := map[string]func() error{
		"talk": own(pcm), "silence": own(make([]int16, len(pcm))), "anchor": func() error { return oneMode(pcm) },
	}
	least := lab.Least{}
	for range runs {
		for name, of := range work {
			least.Add(name, lab.Spent(int(s.length/(2*corpus.Step)), func() { err = errors.Join(err, of()) }))
		}
	}
	return cost{least["talk"], least["silence"], least["anchor"]}, err
}

// oneMode lets libwebrtc's detector hear pcm in mode 2.
func oneMode(pcm []int16) error {
	a, err := newAnchors()
	if err != nil {
		return err
	}
	return a.listen(2, pcm)
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
