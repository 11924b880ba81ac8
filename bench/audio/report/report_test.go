package report_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/talkpath/talkpath/bench/audio/report"
)

func delay(ours float64) report.Section {
	return report.Section{Number: "1", Title: "Jitter", Rows: []report.Row{{
		Name: "mean delay", Unit: "ms", Decimals: 1, Ours: ours, Anchor: report.None(), Goal: report.Most(40), SlackPart: 0.1,
	}}}
}

func TestAFigureThatIsWorseThanTheBestIsTold(t *testing.T) {
	r := report.Results{Best: map[string]float64{}}
	for _, run := range []struct {
		ours  float64
		worse bool
	}{{30, false}, {32, false}, {33.1, true}, {20, false}, {22.1, true}, {22, false}} {
		s := delay(run.ours)
		if got := r.Worse(s); (len(got) > 0) != run.worse {
			t.Errorf("at %v told %q, want worse %v", run.ours, got, run.worse)
		}
		r.Take(s)
		r.Better(s)
	}
}

func TestAScoreThatFallsIsWorse(t *testing.T) {
	row := report.Row{Name: "score", Ours: 0.95, Anchor: 0.9, Goal: report.Least(0.9), Decimals: 3}
	r := report.Results{Best: map[string]float64{}}
	s := report.Section{Number: "4", Title: "Loss", Rows: []report.Row{row}}
	r.Better(s)
	s.Rows[0].Ours = 0.949
	if len(r.Worse(s)) != 1 {
		t.Error("a lower score without slack isn't told")
	}
	r.Forget(s)
	if len(r.Worse(s)) != 0 {
		t.Error("a forgotten figure is held against the new one")
	}
}

func TestARowThatIsGoneIsTold(t *testing.T) {
	r := report.Results{Best: map[string]float64{}}
	r.Take(delay(30))
	if got := r.Worse(report.Section{Number: "1", Title: "Jitter"}); len(got) != 1 || !strings.Contains(got[0], "mean delay") {
		t.Errorf("told %q", got)
	}
}

func TestNothingMeasuredMeetsNoGoal(t *testing.T) {
	for _, g := range []report.Goal{report.Most(1), report.Least(1)} {
		if g.Met(math.NaN()) {
			t.Errorf("no figure meets %+v", g)
		}
	}
}

func TestResultsComeBackFromTheirFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	r, err := report.Load(path)
	if err != nil {
		t.Fatalf("without a file: %v", err)
	}
	s := delay(30)
	s.Rows = append(s.Rows, report.Row{Name: "lost", Ours: math.NaN(), Anchor: 3, Goal: report.Most(1)})
	r.Take(s)
	r.Better(s)
	if err = r.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := report.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if err = os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = report.Load(path); err == nil {
		t.Error("a broken file was read")
	}
}

func TestThePageShowsMetMissedAndLater(t *testing.T) {
	s := delay(41)
	s.Rows = append(s.Rows, report.Row{Name: "allocations", Ours: 0, Anchor: 2, AnchorName: "NetEq", Goal: report.Most(0)})
	page := report.Page([]report.Section{s, {Number: "6", Title: "Turns", Later: true, Conditions: "ends"}}, "About.", "audio")
	for _, want := range []string{
		"**1 of 2 goals are met.**", "- 1. mean delay: 41.0 ms, goal ≤ 40.0 ms",
		"| mean delay | 41.0 ms | - | ≤ 40.0 ms | missed |", "| allocations | 0 | 2 (NetEq) | ≤ 0 | met |", "| ends | later |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestAPlotIsDrawn(t *testing.T) {
	dir := t.TempDir()
	p := report.Plot{
		File: "stall.svg", Title: "After a stall", X: "s", Y: "ms",
		Series: []report.Series{{Name: "ours", X: []float64{0, 1, 2}, Y: []float64{40, 300, 45}}, {Name: "reference", X: []float64{0, 2}, Y: []float64{40, 340}}},
	}
	if err := p.Draw(dir); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(filepath.Join(dir, "stall.svg"))
	if err != nil || !strings.Contains(string(svg), "After a stall") {
		t.Errorf("no plot: %v", err)
	}
	p.Series[0].Y[1] = math.NaN()
	if err := p.Draw(dir); err == nil {
		t.Error("a point that is no number was drawn")
	}
}
