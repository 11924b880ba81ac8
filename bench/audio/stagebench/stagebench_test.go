package stagebench_test

import (
	"io"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/stagebench"
)

func TestEveryStageIsMeasuredAndAllocatesNothing(t *testing.T) {
	sets, err := corpus.Open("../../../bin/corpus")
	if err != nil {
		t.Skip(err)
	}
	section, err := stagebench.New().Run(t.Context(), &lab.Lab{Corpus: sets, Seed: 1, Short: true, Progress: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if got := section.Rows[0].Ours; got != 0 {
		t.Errorf("%v allocations for a frame", got)
	}
	if got := section.Rows[1].Ours; !(got > 0) {
		t.Errorf("all stages took %v µs", got)
	}
}
