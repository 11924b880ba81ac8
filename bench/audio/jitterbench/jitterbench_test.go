package jitterbench_test

import (
	"errors"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/jitterbench"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/neteq"
)

func TestTheExperimentRuns(t *testing.T) {
	c, err := corpus.Open("../../../bin/corpus")
	if err != nil {
		t.Skip(err)
	}
	l := &lab.Lab{Corpus: c, Dir: t.TempDir(), Source: "..", Seed: 1, Short: true, Progress: t.Output()}
	if err = neteq.Missing(l); err != nil {
		t.Skip(err)
	}
	s, err := jitterbench.New().Run(t.Context(), l)
	if errors.Is(err, neteq.ErrDisturbed) {
		t.Skip(err) // other tests run beside this one
	}
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range s.Rows {
		if names[r.Name] {
			t.Errorf("two rows %q", r.Name)
		}
		names[r.Name] = true
		t.Logf("%-50s %.3f %s anchor %.3f goal %.3f %v", r.Name, r.Ours, r.Unit, r.Anchor, r.Goal.Value, r.Met())
	}
	for _, tb := range s.Tables {
		t.Log(tb.Title, tb.Head)
		for _, x := range tb.Lines {
			t.Log(x)
		}
	}
	if len(s.Plots) != 1 || len(s.Plots[0].Series) != 2 {
		t.Errorf("plots: %v", s.Plots)
	}
}
