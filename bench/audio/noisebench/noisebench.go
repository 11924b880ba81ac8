// Package noisebench measures comfort noise: how much like a line's own noise
// sounds what is made of its description, against Opus with discontinuous
// transmission on the same sound.
package noisebench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/media/noise"
)

const (
	length      = 30 * time.Second
	shortLength = 5 * time.Second
	anchor      = "Opus 1.3 DTX"
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "noise", Run: run} }

func run(ctx context.Context, l *lab.Lab) (report.Section, error) {
	b := &bench{Lab: l, length: length}
	if l.Short {
		b.length = shortLength
	}
	var err error
	if b.program, err = l.BuildC(ctx, "noisebench/opusdtx.c", "-lopus"); err != nil {
		return report.Section{}, err
	}
	if err = b.noises(ctx); err != nil {
		return report.Section{}, fmt.Errorf("noises: %w", err)
	}
	if err = b.talks(ctx); err != nil {
		return report.Section{}, fmt.Errorf("talks: %w", err)
	}
	analysis, synthesis, err := b.costs()
	if err != nil {
		return report.Section{}, err
	}
	return report.Section{
		Number: "4", Title: "Comfort noise",
		Conditions: "30 s each of white, pink and line noise, mains hum and babble of eight talkers, at -45 dBFS and 8 kHz, by themselves and " +
			"over a telephone line (250 to 3500 Hz, mu-law). They go through analysis, payloads of RFC 3389 and synthesis; nobody speaks. Levels " +
			"are compared second by second, spectra by third octaves from 100 Hz (200 Hz on the line) to 3150 Hz that lie within 40 dB of the " +
			"strongest. Transitions: a minute each of four voices, 20 dB above the noise, with exact labels of speech; 200 ms of noise made are " +
			"held against 200 ms of the line's own on the other side. Reference: libopus with DTX at 16 kb/s, which detects speech by itself. " +
			"Calls have no such payloads yet; in their gaps the same synthesis gets the line's noise from the bands of the voice detector.",
		Rows:   append(b.rows(), costRows(analysis, synthesis, slices.Min(b.cost)/1000)...),
		Tables: []report.Table{b.noiseTable(), b.stepTable()},
		Plots:  b.plots(),
	}, nil
}

// rows returns the goals of sound.
func (b *bench) rows() []report.Row {
	var levels, opusLevels []float64
	var full, plain, hum, often, opusFull, opusHum, opusOften float64
	for _, s := range b.scores {
		levels, opusLevels = append(levels, s.levels...), append(opusLevels, s.opusLevels...)
		if s.broad {
			full, plain, opusFull = max(full, s.full), max(plain, s.plain), max(opusFull, s.opusFull)
		} else {
			hum, opusHum = max(hum, s.full), max(opusHum, s.opusFull)
		}
		if s.steady {
			often, opusOften = max(often, s.perSecond), max(opusOften, s.opusPerSecond)
		}
	}
	var steps, opusSteps, natural []float64
	for _, s := range b.steps {
		if s.steady {
			steps, opusSteps, natural = append(steps, s.ours...), append(opusSteps, s.opus...), append(natural, s.natural...)
		}
	}
	row := func(name, unit string, ours, theirs, goal float64) report.Row {
		return report.Row{Name: name, Unit: unit, Decimals: 2, Ours: ours, Anchor: theirs, AnchorName: anchor, Goal: report.Most(goal), Slack: 0.05}
	}
	rows := []report.Row{
		row("error of the level, median of all noises", "dB", quantile(levels, 0.5), quantile(opusLevels, 0.5), 0.5),
		row("error of the level, 95 % of all noises", "dB", quantile(levels, 0.95), quantile(opusLevels, 0.95), 1.5),
		row("spectral distance, ten coefficients, worst of white, pink, babble, line", "dB", full, opusFull, 2),
		row("spectral distance, ten coefficients, hum", "dB", hum, opusHum, 2),
		row("spectral distance, level only, worst of white, pink, babble, line", "dB", plain, report.None(), 6),
		row("step at a transition, median, steady noises", "dB", quantile(steps, 0.5), quantile(opusSteps, 0.5), 2),
		row("step at a transition, 95 %, steady noises", "dB", quantile(steps, 0.95), quantile(opusSteps, 0.95), 2),
		row("descriptions a second, worst of the steady noises", "", often, opusOften, 2),
	}
	rows[3].Note = "Hum is a few lines; ten coefficients make peaks of them, at most five, with noise between."
	rows[4].AnchorName = ""
	rows[7].Note = "The reference's own detector takes most of these noises for speech for tens of seconds, and sends all of it."
	rows[6].Note = fmt.Sprintf("The noises themselves change by %.2f dB from one such 200 ms to the other.", quantile(natural, 0.95))
	return rows
}

// costRows returns the goals of CPU time; all in µs.
func costRows(analysis, synthesis, opus float64) []report.Row {
	row := func(name string, ours float64) report.Row {
		return report.Row{
			Name: name, Unit: "µs", Decimals: 2, Ours: ours, Anchor: opus, AnchorName: anchor + ", there and back",
			Goal: report.Most(1), SlackPart: 0.5,
		}
	}
	return []report.Row{row("analysis of 20 ms", analysis), row("synthesis of 20 ms", synthesis)}
}

// costs returns the CPU time of a Sender in noise and of a Generator with ten
// coefficients, in µs for 20 ms at 8 kHz.
func (b *bench) costs() (analysis, synthesis float64, err error) {
	pcm, err := b.Corpus.Noise("pink", time.Second, rate, b.Seed)
	if err != nil {
		return 0, 0, err
	}
	pcm = corpus.At(pcm, loudness)
	const size = int(frame * rate / time.Second)
	sender, generator := noise.NewSender(noise.SenderConfig{Rate: rate}), noise.New(rate)
	analyzer := noise.NewAnalyzer(rate)
	analyzer.Push(pcm)
	generator.SetNoise(analyzer.Noise())
	generator.Start(0)
	at, out := 0, make([]int16, size)
	const steps = 20000
	least := lab.Least{}
	for range b.Runs() {
		least.Add("there", lab.Spent(steps, func() {
			for range steps {
				sender.Push(pcm[at:at+size], false)
				at = (at + size) % len(pcm)
			}
		}))
		least.Add("back", lab.Spent(steps, func() {
			for range steps {
				generator.Fill(out)
			}
		}))
	}
	return least["there"], least["back"], nil
}
