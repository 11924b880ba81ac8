package dtmfbench

import (
	"errors"
	"io"
	"math"
	"os"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
)

// TestTheExperimentRuns runs it short, where its reference and test sets are.
func TestTheExperimentRuns(t *testing.T) {
	if _, err := os.Stat("/usr/include/spandsp/dtmf.h"); err != nil {
		t.Skip("spandsp is not installed")
	}
	sets, err := corpus.Open("../../../bin/corpus")
	if errors.Is(err, corpus.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	section, err := New().Run(t.Context(), &lab.Lab{
		Corpus: sets, Dir: t.TempDir(), Source: "..", Seed: 1, Short: true, Progress: io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(section.Rows) != 17 || len(section.Tables) != 5 || len(section.Plots) != 5 {
		t.Errorf("%d rows, %d tables and %d plots", len(section.Rows), len(section.Tables), len(section.Plots))
	}
	names := map[string]bool{}
	for _, row := range section.Rows {
		t.Log(row.Line())
		if names[row.Name] || math.IsNaN(row.Ours) || math.IsInf(row.Ours, 0) {
			t.Errorf("bad row: %+v", row)
		}
		names[row.Name] = true
	}
}

func TestAPressIsWhereAndAsLoudAsAskedFor(t *testing.T) {
	p := usual()
	p.held, p.twist = 0.06, -6
	all, err := lines(p, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		held := l.pcm[l.began : l.began+480]
		var inside, outside float64
		for _, v := range held {
			inside += float64(v) * float64(v) / 480
		}
		for _, v := range append(l.pcm[:l.began:l.began], l.pcm[l.began+480:]...) {
			outside = max(outside, math.Abs(float64(v)))
		}
		want := -16 - 3.01 + 10*math.Log10(1+math.Pow(10, -0.6))
		if got := 10 * math.Log10(inside/(32768*32768)); math.Abs(got-want) > 0.6 || outside > 0 {
			t.Errorf("key %c is at %.1f dB with %v around, want %.1f dB and silence", l.key, got, outside, want)
		}
	}
}

func TestAGoalIsJudgedAtItsWorstPoint(t *testing.T) {
	shares := map[float64]share{1: {right: 100, any: 100}, 2: {right: 90, any: 95}, 3: {right: 0, any: 3}}
	if got := (goal{"", []float64{1, 2}, report.Least(100)}).worst(shares); got != 90 {
		t.Errorf("the worst of what is taken is %v, want 90", got)
	}
	if got := (goal{"", []float64{3}, report.Most(0)}).worst(shares); got != 3 {
		t.Errorf("the worst of what is refused is %v, want 3", got)
	}
}

func TestSharesCountWhatIsToldOnceAndAsItself(t *testing.T) {
	pressed := []line{{key: '1'}, {key: '2'}, {key: '3'}, {key: '4'}}
	got, err := count(pressed, []heard{{keys: "1"}, {keys: "22"}, {keys: "5"}, {}})
	if err != nil || got != (share{right: 25, any: 75}) {
		t.Errorf("counted %+v, %v; want a quarter right and three quarters told", got, err)
	}
	if _, err := count(pressed, nil); err == nil {
		t.Error("no error where lines are missing")
	}
}

func TestChordsLastAsLongAsAskedFor(t *testing.T) {
	pcm := chordsOf(3*time.Second, 1)
	loudest := int16(0)
	for _, v := range pcm {
		loudest = max(loudest, v)
	}
	if len(pcm) != 3*rate || loudest < 3000 {
		t.Errorf("%d samples up to %d", len(pcm), loudest)
	}
}
