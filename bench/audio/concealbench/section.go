package concealbench

import (
	"fmt"
	"math"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/score"
)

// section makes the page of what was measured.
func section(l *lab.Lab, all []results) report.Section {
	s := report.Section{
		Number: "4",
		Title:  "Packet loss concealment",
		Conditions: "Frames of 20 ms of speech over a telephone line (250 to 3500 Hz, mu-law) get lost: at random, or 10 % in bursts of three on the average (Gilbert). " +
			"20 s of each of six voices, in pieces of 10 s; all methods lose the same frames. \"Both sides\" is the way to the recognizer, where a gap is known by the frame behind it; " +
			"\"one side\" is a player's, who must not wait. References: spandsp 0.0.6 (pitch repetition, the family of G.711 Appendix I) and the concealment of Opus 1.3 at 16 kbit/s, " +
			"of which ESTOI and PESQ include the loss of coding, and the spectral error, against its own lossless decoding, does not. " +
			"Spectral error: RMS over bands of 250 Hz on lost frames. CPU: process time at 10 % random loss, less the same calls without loss.",
	}
	for _, r := range all {
		s.Rows = append(s.Rows, r.rows(l.Scorer.Has(score.NamePESQ))...)
	}
	for _, r := range all {
		s.Tables = append(s.Tables, r.table("ESTOI", func(x *result) string { return fmt.Sprintf("%.3f", x.scores[score.NameESTOI].value()) }))
		if l.Scorer.Has(score.NamePESQ) {
			s.Tables = append(s.Tables, r.table("PESQ, MOS-LQO", func(x *result) string { return fmt.Sprintf("%.2f", x.scores[score.NamePESQ].value()) }))
		}
		s.Tables = append(s.Tables,
			r.table("Spectral error on lost frames, dB", func(x *result) string { return fmt.Sprintf("%.1f", x.wrong.value()) }),
			r.table("Step in level at a join, dB, median / 95 %", func(x *result) string {
				return fmt.Sprintf("%.1f / %.1f", quantile(x.steps, 0.5), quantile(x.steps, 0.95))
			}))
	}
	if l.Scorer.Has(score.NameViSQOL) && !l.Short {
		s.Tables = append(s.Tables, all[len(all)-1].visqol())
	}
	s.Plots = []report.Plot{plot(all[len(all)-1], l.Scorer.Has(score.NamePESQ))}
	return s
}

// ours are our two ways, and how they are told apart in a row's name.
func ours() []struct{ method, name string } {
	return []struct{ method, name string }{{oursBoth, "both sides"}, {oursOne, "one side"}}
}

func (r *results) rows(pesq bool) (rows []report.Row) {
	for _, way := range ours() {
		name := func(what string) string { return fmt.Sprintf("%s, %s, %v voices", what, way.name, r.half) }
		for _, goal := range []struct {
			kind int
			what string
			goal float64
		}{{at10, "ESTOI at 10 % random loss", 0.945}, {bursts, "ESTOI at 10 % in bursts of 3", 0.920}} {
			rows = append(rows, report.Row{
				Name: name(goal.what), Decimals: 3, Slack: 0.002, Goal: report.Least(goal.goal),
				Ours:   r.of[way.method][goal.kind].scores[score.NameESTOI].value(),
				Anchor: r.of[spandspPLC][goal.kind].scores[score.NameESTOI].value(), AnchorName: "spandsp",
			})
		}
		if pesq {
			anchor := r.of[spandspPLC][at5].scores[score.NamePESQ].value()
			own := r.of[way.method][at5].scores[score.NamePESQ].value()
			rows = append(rows, report.Row{
				Name: name("PESQ above spandsp's at 5 % random loss"), Unit: "MOS", Decimals: 2, Slack: 0.02, Goal: report.Least(0.1),
				Ours: own - anchor, Anchor: report.None(), Note: fmt.Sprintf("%.2f against %.2f", own, anchor),
			})
		}
		cost, tail := r.both, r.tails[1]
		if way.method == oursOne {
			cost, tail = r.one, r.tails[0]
		}
		rows = append(rows, report.Row{
			Name: name("CPU for a lost frame"), Unit: "µs", Decimals: 2, SlackPart: 0.6, Goal: report.Most(2),
			Ours: cost, Anchor: r.anchor, AnchorName: "spandsp", Note: "a gap costs most in its first frame: in bursts it is less",
		}, report.Row{
			Name: name("Step in level at a join, median at 10 % random loss"), Unit: "dB", Decimals: 1, Slack: 0.3, Goal: report.Most(3),
			Ours:   quantile(r.of[way.method][at10].steps, 0.5),
			Anchor: quantile(r.of[spandspPLC][at10].steps, 0.5), AnchorName: "spandsp",
			Note: "5 ms on either side, against the same in the undamaged speech",
		}, report.Row{
			Name: name("Tail of a 200 ms gap against the line's noise"), Unit: "dB", Decimals: 1, Slack: 0.3, Goal: report.Most(3),
			Ours: math.Abs(tail), Anchor: math.Abs(r.tails[2]), AnchorName: "spandsp",
			Note: "from 80 ms on, with noise at -55 dBFS; digital silence is 45 dB away",
		})
	}
	return rows
}

func names() []string { return []string{oursBoth, oursOne, spandspPLC, opusPLC, repeating, silence} }

// table has a line for each kind of loss and a column for each method.
func (r *results) table(what string, cell func(*result) string) report.Table {
	t := report.Table{Title: fmt.Sprintf("%s, %v voices", what, r.half), Head: append([]string{"lost"}, names()...)}
	for k, kind := range losses() {
		line := []string{kind.name}
		for _, m := range names() {
			line = append(line, cell(&r.of[m][k]))
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

// visqol is the table of the score that few pieces have.
func (r *results) visqol() report.Table {
	t := report.Table{Title: fmt.Sprintf("ViSQOL, MOS-LQO, %d pieces of %v voices", visqolPieces, r.half), Head: append([]string{"lost"}, names()...)}
	for _, k := range []int{at10, bursts} {
		line := []string{losses()[k].name}
		for _, m := range names() {
			line = append(line, fmt.Sprintf("%.2f", r.of[m][k].scores[score.NameViSQOL].value()))
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

// plot shows quality over random loss.
func plot(r results, pesq bool) report.Plot {
	p := report.Plot{
		File: "concealment.svg", Title: "What is left of the voice when packets get lost (" + r.half.String() + " voices)",
		X: "packets lost at random, %", Y: "PESQ: 1 bad, 4.5 perfect",
	}
	name := score.NamePESQ
	if !pesq {
		name, p.Y = score.NameESTOI, "ESTOI: 1 perfect"
	}
	for _, m := range names() {
		series := report.Series{Name: m}
		for k, kind := range losses() {
			if k == bursts {
				continue
			}
			series.X = append(series.X, 100*kind.share)
			series.Y = append(series.Y, r.of[m][k].scores[name].value())
		}
		p.Series = append(p.Series, series)
	}
	return p
}
