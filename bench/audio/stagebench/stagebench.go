// Package stagebench measures what each stage of the audio path costs for a
// frame of 20 ms at 8 kHz, and that none allocates.
package stagebench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
)

const (
	rate  = 8000
	frame = rate / 50
	beat  = 20 * time.Millisecond
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "stages", Run: run} }

// figure is what a stage took for a frame.
type figure struct {
	stage
	micros, allocs float64
}

func run(_ context.Context, l *lab.Lab) (report.Section, error) {
	length := time.Minute
	if l.Short {
		length = 2 * time.Second
	}
	frames, err := content(l, length)
	if err != nil {
		return report.Section{}, err
	}
	all, err := stages(frames)
	if err != nil {
		return report.Section{}, err
	}
	figures := make([]figure, 0, len(all))
	for _, s := range all {
		figures = append(figures, measure(s, l.Runs(), len(frames)))
	}
	return section(figures, length, l.Runs()), nil
}

// content returns the frames of talk in a street, over a telephone line.
func content(l *lab.Lab, length time.Duration) (frames [][]int16, err error) {
	talk, err := l.Corpus.Talk(l.Corpus.Voices(corpus.HeldOut)[0], length, rate, l.Seed)
	if err != nil {
		return nil, err
	}
	street, err := l.Corpus.Noise("street", length, rate, l.Seed)
	if err != nil {
		return nil, err
	}
	pcm := corpus.Line(corpus.Mix(talk, street, 20), rate)
	for ; len(pcm) >= frame; pcm = pcm[frame:] {
		frames = append(frames, pcm[:frame])
	}
	return frames, nil
}

// measure lets a stage work through all frames, once to get its memory, and then
// for the record.
func measure(s stage, runs, frames int) figure {
	pass := func() {
		for i := range frames {
			s.step(i)
		}
	}
	pass()
	f := figure{stage: s}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	least := lab.Least{}
	for range runs {
		least.Add("frame", lab.Spent(frames, pass))
	}
	f.micros = least["frame"]
	runtime.ReadMemStats(&after)
	f.allocs = float64((after.Mallocs - before.Mallocs) / uint64(runs*frames)) // what the runtime does by the way is less than one a frame
	return f
}

func section(figures []figure, length time.Duration, runs int) report.Section {
	s := report.Section{
		Number: "8", Title: "Every stage",
		Conditions: fmt.Sprintf("CPU time and allocations for a frame of 20 ms at 8 kHz: %v of a held-out voice in a street (20 dB), 40 %% of it speech; the least of %d runs. "+
			"The first group runs for every frame of a call.", length, runs),
	}
	table := report.Table{Title: "CPU of every stage", Head: []string{"stage", "when", "µs for 20 ms", "allocations"}}
	most, each := 0.0, 0.0
	for _, f := range figures {
		most = max(most, f.allocs)
		if f.when == always {
			each += f.micros
		}
		table.Lines = append(table.Lines, []string{f.name, f.when, fmt.Sprintf("%.2f", f.micros), fmt.Sprintf("%.0f", f.allocs)})
	}
	s.Tables = []report.Table{table}
	s.Rows = []report.Row{
		{Name: "Allocations for a frame, the most of any stage", Ours: most, Anchor: report.None(), Goal: report.Most(0)},
		{
			Name: "CPU of all stages that run for every frame", Unit: "µs", Decimals: 1, Ours: each, Anchor: report.None(), Goal: report.Most(5), SlackPart: 0.6,
			Note: "a call takes about 20 µs for a frame in all, most of it the kernel's",
		},
	}
	return s
}
