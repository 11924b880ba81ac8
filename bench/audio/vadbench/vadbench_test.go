package vadbench_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/vadbench"
)

func TestTheExperimentReportsEachGoal(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	c, err := corpus.Open(filepath.Join(root, "bin", "corpus"))
	if errors.Is(err, corpus.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s, err := vadbench.New().Run(t.Context(), &lab.Lab{Corpus: c, Dir: t.TempDir(), Seed: 1, Short: true, Progress: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rows) != 19 {
		t.Errorf("%d rows, want 19", len(s.Rows))
	}
	for _, r := range s.Rows {
		if r.Ours != r.Ours {
			t.Errorf("%s: no figure", r.Name)
		}
		t.Logf("%s: %.3f %s (%s %.3f, goal %v, met %t)", r.Name, r.Ours, r.Unit, r.AnchorName, r.Anchor, r.Goal.Value, r.Met())
	}
	if len(s.Plots) != 1 || len(s.Plots[0].Series) != 2 || len(s.Plots[0].Series[1].X) != 4 {
		t.Error("want a plot of our curve and of the four modes")
	}
}
