// Command audio measures the stages of the audio path and their references on
// the same input, and writes what it finds to docs/audio.md. It exits 1 where a
// goal is missed, or a figure is worse than it once was.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/talkpath/talkpath/bench/audio/codecbench"
	"github.com/talkpath/talkpath/bench/audio/concealbench"
	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/dtmfbench"
	"github.com/talkpath/talkpath/bench/audio/echobench"
	"github.com/talkpath/talkpath/bench/audio/jitterbench"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/noisebench"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/score"
	"github.com/talkpath/talkpath/bench/audio/stagebench"
	"github.com/talkpath/talkpath/bench/audio/tcpbench"
	"github.com/talkpath/talkpath/bench/audio/vadbench"
)

// experiments lists them in the order in which they run: those whose
// references work in real time first, while nothing else heats the machine.
func experiments() []lab.Experiment {
	return []lab.Experiment{
		jitterbench.New(),
		tcpbench.New(),
		concealbench.New(),
		noisebench.New(),
		vadbench.New(),
		codecbench.New(),
		dtmfbench.New(),
		stagebench.New(),
		echobench.New(),
	}
}

// later lists the experiments that are still to be built.
func later() []report.Section {
	return []report.Section{
		{Number: "6", Title: "End of a turn", Later: true, Conditions: "False ends of turns cut by 60 % against silence alone; 900 ms at 5 % false ends"},
		{Number: "7", Title: "Barge-in", Later: true, Conditions: "Voice to clear within 120 ms (median) and 200 ms (95 %); one false stop in 30 minutes at most"},
		{Number: "9", Title: "Answering machines", Later: true, Conditions: "97 % told right, people mistaken in 0.5 % at most, within 1.2 s"},
		{Number: "9", Title: "Gain control", Later: true, Conditions: "Within 2 dB of the target in 1 s, and no pumping above 1 dB in silence"},
		{Number: "10", Title: "Capacity and endurance", Later: true, Conditions: "2,000 calls a core; `make capacity` measures a part of it today"},
	}
}

type options struct {
	only   string
	short  bool
	accept bool
	docs   string
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "run these experiments alone, by `name`, with commas between them")
	flag.BoolVar(&o.short, "short", false, "show in seconds that every experiment works; writes nothing and judges nothing")
	flag.BoolVar(&o.accept, "accept", false, "take this run's figures for the earlier results, because an experiment was changed")
	flag.StringVar(&o.docs, "docs", "docs", "`folder` of audio.md, which has plots and results in its folder audio")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-audio:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	chosen, err := choose(o.only)
	if err != nil {
		return err
	}
	l, err := open(ctx, o.short)
	if err != nil {
		return err
	}
	l.Say("scores in use: %s", strings.Join(l.Scorer.Names(), ", "))
	folder := filepath.Join(o.docs, "audio")
	results, err := report.Load(filepath.Join(folder, "results.json"))
	if err != nil {
		return err
	}
	var failed []string
	for _, e := range chosen {
		l.Say("== %s", e.Name)
		section, err := e.Run(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		for _, row := range section.Rows {
			l.Say("%s", row.Line())
		}
		if !o.short {
			failed = append(failed, judge(&results, section, o.accept)...)
			if err := draw(folder, section); err != nil {
				return err
			}
		}
	}
	if o.short {
		return nil
	}
	if err := write(results, o.docs, l); err != nil {
		return err
	}
	if len(failed) > 0 {
		return errors.New("missed:\n  " + strings.Join(failed, "\n  "))
	}
	return nil
}

// judge takes a section into the results and returns a line for each goal that
// is missed and each figure that was better before.
func judge(results *report.Results, section report.Section, accept bool) (failed []string) {
	if accept {
		results.Forget(section)
	} else {
		failed = results.Worse(section)
	}
	for _, row := range section.Rows {
		if !row.Met() {
			failed = append(failed, section.Number+". "+row.Line())
		}
	}
	results.Take(section)
	results.Better(section)
	return failed
}

// choose returns the experiments with the names given, all where none is.
func choose(only string) ([]lab.Experiment, error) {
	all := experiments()
	if only == "" {
		return all, nil
	}
	var chosen []lab.Experiment
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(e lab.Experiment) bool { return e.Name == name })
		if i < 0 {
			names := make([]string, 0, len(all))
			for _, e := range all {
				names = append(names, e.Name)
			}
			return nil, fmt.Errorf("no experiment %q; there are %s", name, strings.Join(names, ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func open(ctx context.Context, short bool) (*lab.Lab, error) {
	const dir, source = "bin/audio", "bench/audio"
	sets, err := corpus.Open("bin/corpus")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &lab.Lab{
		Corpus: sets, Scorer: score.New(ctx, source, filepath.Join(dir, "venv")),
		Dir: dir, Source: source, Seed: 1, Short: short, Progress: os.Stderr,
	}, nil
}

func draw(folder string, section report.Section) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, p := range section.Plots {
		if err := p.Draw(folder); err != nil {
			return err
		}
	}
	return nil
}

// write writes the results and the page.
func write(results report.Results, docs string, l *lab.Lab) error {
	if err := results.Save(filepath.Join(docs, "audio", "results.json")); err != nil {
		return err
	}
	for _, s := range later() {
		results.Take(s)
	}
	about := fmt.Sprintf("Written by `make bench-audio`, which measures each stage and its reference on the same input, one behind the other, and fails where a goal is missed "+
		"or a figure is worse than it was in an earlier run (`docs/audio/results.json` keeps the best). %s, %d cores, %s/%s; scores: %s. "+
		"All speech is synthetic, of twelve voices in six languages (`bench/audio/corpus.sh`): exact to label, and cleaner than callers are. "+
		"Half of the voices is held out from tuning, and of the noises all but mains hum are in one half alone. CPU times are of a machine that others use too: compare ours with the reference's of the same section. Sections may be of different days: `ONLY=` measures some anew.",
		runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, strings.Join(l.Scorer.Names(), ", "))
	page := filepath.Join(docs, "audio.md")
	if err := os.WriteFile(page+".new", []byte(report.Page(results.Sections, about, "audio")), 0o644); err != nil {
		return err
	}
	return os.Rename(page+".new", page)
}
