package noisebench_test

import (
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/noisebench"
)

func TestTheExperimentRuns(t *testing.T) {
	sets, err := corpus.Open("../../../bin/corpus")
	if err != nil {
		t.Skip(err)
	}
	_, header := os.Stat("/usr/include/opus/opus.h")
	_, compiler := exec.LookPath("gcc")
	if missing := errors.Join(header, compiler); missing != nil {
		t.Skip(missing)
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	l := &lab.Lab{Corpus: sets, Dir: t.TempDir(), Source: "..", Seed: 1, Short: true, Progress: io.Discard}
	section, err := noisebench.New().Run(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, row := range section.Rows {
		if names[row.Name] || math.IsNaN(row.Ours) || math.IsInf(row.Ours, 0) {
			t.Errorf("%s: %v, and the name must be the only such", row.Name, row.Ours)
		}
		names[row.Name] = true
		t.Log(row.Line())
	}
	if len(section.Rows) != 10 || len(section.Tables) != 2 || len(section.Plots) != 1 {
		t.Errorf("%d rows, %d tables, %d plots", len(section.Rows), len(section.Tables), len(section.Plots))
	}
}
