// Package codecbench measures the resamplers and the codecs: against speexdsp
// and soxr on the same tones, and against libopus and spandsp, called from C,
// on the same speech.
package codecbench

import (
	"context"
	"fmt"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "codecs", Run: run} }

func run(ctx context.Context, l *lab.Lab) (report.Section, error) {
	s := report.Section{Number: "8", Title: "Codecs and resampler", Conditions: conditions}
	for _, part := range []struct {
		name string
		run  func(context.Context, *lab.Lab, *report.Section) error
	}{
		{"resampling", resampling},
		{"drift", drifting},
		{"G.711 and G.722", telephone},
		{"Opus", speechCodec},
	} {
		l.Say("%s", part.name)
		if err := part.run(ctx, l, &s); err != nil {
			return report.Section{}, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return s, nil
}

const conditions = `Resamplers: for each pair of 8, 16, 24 and 48 kHz one signal of tones, each for 0.3 s, as 16-bit samples without
dither: 12 in the pass band (50 Hz to 0.425 of the lower rate, which is 3,400 Hz at 8 kHz) for ripple and images, and 24 in the stop band (from
0.575 of the lower rate) together with one of 997 Hz for aliases. All resamplers get it in blocks of 20 ms. Rejection is that of the
strongest image or alias as a spectral line; 16-bit rounding ends what can be seen at 100 to 125 dB. Delay is that of a 50 Hz tone's angle and of the
samples that are held back when a block has gone in. CPU is process time per block of 20 ms, the least of several runs. References are
speexdsp 1.2 at quality 5 and soxr 0.1.3 at HQ, for codecs spandsp 0.0.6 and libopus 1.3, all called from C. The codecs encode the test sets' speech.`

// worst keeps the largest of the values it is told.
type worst struct {
	value float64
	where string
}

func (w *worst) take(value float64, where string) {
	if w.where == "" || value > w.value {
		w.value, w.where = value, where
	}
}
