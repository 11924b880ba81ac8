// Package lab is where the audio experiments work: the test sets, a place for
// files, the seed, and the reference programs.
package lab

import (
	"context"
	"fmt"
	"io"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/score"
)

// Lab is what an Experiment works with.
type Lab struct {
	Corpus *corpus.Corpus
	Scorer *score.Scorer
	// Dir is for files of this run and for built reference programs; it exists.
	Dir string
	// Source is the folder bench/audio of the checkout, where the sources of
	// reference programs are.
	Source string
	Seed   uint64
	// Short asks for a run that only shows that the experiment works: seconds
	// rather than minutes. Its figures count nothing.
	Short bool
	// Progress takes a line for each step of a long run.
	Progress io.Writer
}

// Experiment measures a stage and its anchor on the same input.
type Experiment struct {
	Name string // for the command line, such as "concealment"
	Run  func(ctx context.Context, l *Lab) (report.Section, error)
}

// Say tells how far the run is.
func (l *Lab) Say(format string, args ...any) { _, _ = fmt.Fprintf(l.Progress, format+"\n", args...) }
