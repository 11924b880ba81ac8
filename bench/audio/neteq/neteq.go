package neteq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/trace"
)

// Run returns one of these, with what was found where the run was disturbed.
var (
	// ErrMissing reports that make bench-setup has not installed what it needs.
	ErrMissing = errors.New("no node, or no node_modules: make bench-setup installs them")
	// ErrDisturbed reports that packets could not be pushed at their times, for
	// want of a free core.
	ErrDisturbed = errors.New("packets came at wrong times")
	// ErrLost reports packets that did not come through the loopback.
	ErrLost = errors.New("packets did not come through")
)

const (
	// Rate is that of the sound that is played, in samples per second.
	Rate = 8000
	// Drop is the beginning that Result.Total leaves out, in which NetEq still
	// learns.
	Drop = 3 * time.Second
	// Every is the time between two of Result.Samples.
	Every = 200 * time.Millisecond

	// Packets may come later than they should by so much: 99 % of them, and
	// each. A run that was worse is done again, attempts times in all.
	mostLate99, mostLate = 3 * time.Millisecond, 20 * time.Millisecond
	attempts             = 3
)

// Codecs are those with which every trace is run, by their names in SDP.
func Codecs() []string { return []string{"PCMU", "opus"} }

// Missing returns ErrMissing where Run has no node, or no package to run.
func Missing(l *lab.Lab) error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if _, err := os.Stat(filepath.Join(folder(l), "node_modules", "@roamhq", "wrtc")); err != nil {
		return fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return nil
}

func folder(l *lab.Lab) string { return filepath.Join(l.Source, "neteq") }

// Run plays all traces to NetEq at once, with each of Codecs, and returns a
// Result for each trace and codec, in order. It takes as long as the longest
// trace, and up to three times that where other work on the machine disturbs it;
// then it gives up with ErrDisturbed and returns what it has, as it does at once
// where l is Short. speech is a file of little-endian 16-bit mono samples at Rate, which is played in a
// loop.
func Run(ctx context.Context, l *lab.Lab, traces []trace.Trace, speech string) ([]Result, error) {
	if err := Missing(l); err != nil {
		return nil, err
	}
	speech, err := filepath.Abs(speech)
	if err != nil {
		return nil, fmt.Errorf("neteq: %w", err)
	}
	for attempt := 1; ; attempt++ {
		results, err := once(ctx, l, newJob(traces, speech))
		if !errors.Is(err, ErrDisturbed) || attempt == attempts || l.Short {
			return results, err
		}
		l.Say("neteq: %v; once more", err)
	}
}

// job is what the node program is told.
type job struct {
	PCM      string     `json:"pcm"`
	Rate     int        `json:"rate"`
	Codecs   []string   `json:"codecs"`
	PacketMS float64    `json:"packet_ms"`
	DropMS   float64    `json:"drop_ms"`
	SampleMS float64    `json:"sample_ms"`
	Traces   []jobTrace `json:"traces"`
}

type jobTrace struct {
	Name      string    `json:"name"`
	ArrivedMS []float64 `json:"arrived_ms"`
}

func newJob(traces []trace.Trace, speech string) job {
	j := job{
		PCM: speech, Rate: Rate, Codecs: Codecs(),
		PacketMS: millis(trace.Interval), DropMS: millis(Drop), SampleMS: millis(Every),
	}
	for _, t := range traces {
		arrived := make([]float64, 0, len(t.Packets))
		for _, p := range t.Packets {
			arrived = append(arrived, millis(p.Arrived))
		}
		j.Traces = append(j.Traces, jobTrace{Name: t.Name, ArrivedMS: arrived})
	}
	return j
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// command returns the start of a command line that runs a program before other
// work of the machine, as a real-time process, where that is allowed.
func command(ctx context.Context) []string {
	realtime := []string{"chrt", "--rr", "1"}
	if exec.CommandContext(ctx, realtime[0], append(realtime[1:], "true")...).Run() != nil {
		return nil
	}
	return realtime
}

// once runs the node program.
func once(ctx context.Context, l *lab.Lab, j job) ([]Result, error) {
	input, err := json.Marshal(j)
	if err != nil {
		return nil, fmt.Errorf("neteq: %w", err)
	}
	words := append(command(ctx), "node", "neteq.mjs")
	node := exec.CommandContext(ctx, words[0], words[1:]...)
	node.Dir = folder(l)
	node.Stdin = bytes.NewReader(input)
	var errs bytes.Buffer
	node.Stderr = &errs
	out, err := node.Output()
	if err != nil {
		return nil, fmt.Errorf("neteq: %w: %s", err, tail(errs.Bytes()))
	}
	return parse(out)
}

// tail returns the end of what a program wrote.
func tail(text []byte) []byte { return text[max(0, len(text)-1000):] }
