// Package dtmfbench measures the detector of telephone keys beside spandsp's:
// which tones of ITU-T Q.24 it takes and refuses, how soon it tells, what
// speech and music it takes for keys, and what it costs.
package dtmfbench

import (
	"context"
	"fmt"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "dtmf", Run: run} }

const conditions = `Each of the 16 keys is pressed 20 times for a point, on a line of its own: both tones 16 dB below full scale each, 50 ms,
at the right frequencies, unless the sweep says otherwise; begun at a random place within 20 ms, at random angles, in silence, through
mu-law at 8 kHz. A press counts where it is told exactly once and as itself; a false one where anything is told. What concealment puts in the place of
a lost packet is the packet before again. Talk-off is the test sets' twelve voices, both halves, played at many speeds, the
test sets' music and organ likewise, and random chords; all through mu-law. The reference is spandsp 0.0.6 with its default settings, on the same samples. Both get the
sound in blocks of 1 ms for the delay and of 20 ms for all else.`

func run(ctx context.Context, l *lab.Lab) (report.Section, error) {
	s := report.Section{Number: "8", Title: "DTMF", Conditions: conditions}
	spandsp, err := l.BuildC(ctx, "dtmfbench/reference/dtmf_spandsp.c", "-lspandsp", "-lm")
	if err != nil {
		return s, err
	}
	b := &bench{Lab: l, spandsp: spandsp, rounds: 20}
	if l.Short {
		b.rounds = 1
	}
	for _, part := range []struct {
		name string
		run  func(context.Context, *report.Section) error
	}{
		{"sweeps", b.sweeps},
		{"lost packets", b.losses},
		{"delay", b.delay},
		{"cost", b.cost},
		{"talk-off", b.talkOff},
	} {
		l.Say("%s", part.name)
		if err := part.run(ctx, &s); err != nil {
			return s, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return s, nil
}

// bench is one run of the experiment.
type bench struct {
	*lab.Lab
	spandsp string
	rounds  int // presses of each key for a point
}
