package echobench_test

import (
	"io"
	"math"
	"os/exec"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/echobench"
	"github.com/talkpath/talkpath/bench/audio/lab"
)

func TestAShortRunFillsEveryRow(t *testing.T) {
	sets, err := corpus.Open("../../../bin/corpus")
	if err != nil {
		t.Skip(err)
	}
	if exec.CommandContext(t.Context(), "pkg-config", "--exists", "webrtc-audio-processing").Run() != nil {
		t.Skip("libwebrtc-audio-processing-dev isn't there (make bench-setup installs it)")
	}
	l := &lab.Lab{Corpus: sets, Dir: t.TempDir(), Source: "..", Seed: 1, Short: true, Progress: io.Discard}
	section, err := echobench.New().Run(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if section.Number != "11" || len(section.Rows) != 12 || len(section.Tables) != 3 {
		t.Errorf("section %s has %d rows and %d tables, want 12, 11 and 3", section.Number, len(section.Rows), len(section.Tables))
	}
	names := map[string]bool{}
	for _, row := range section.Rows {
		if names[row.Name] || math.IsNaN(row.Ours) {
			t.Errorf("row %q is there twice or has no figure", row.Name)
		}
		names[row.Name] = true
	}
}
