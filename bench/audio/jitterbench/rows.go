package jitterbench

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/neteq"
	"github.com/talkpath/talkpath/bench/audio/report"
)

const (
	neteqName = "NetEq"
	// part is the part of NetEq's delay that is allowed.
	part = 0.7
)

// concealedOf returns what NetEq concealed that was not silence, in percent.
func concealedOf(s neteq.Sums) float64 {
	if s.Received == 0 {
		return 0
	}
	return 100 * (s.Concealed - s.SilentConcealed) / s.Received
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// reference returns NetEq's mean delay on a trace, of both codecs.
func (s side) reference(i int) time.Duration {
	return (s.neteq[i].Total.MeanDelay() + s.opus[i].Total.MeanDelay()) / 2
}

// rows are the goals against NetEq on the six traces.
func (s side) rows() (rows []report.Row) {
	for i, t := range s.traces[:len(s.traces)-1] {
		ours, theirs := s.ours[i].totals(neteq.Drop), s.neteq[i].Total
		rows = append(rows, report.Row{
			Name: fmt.Sprintf("Delay, %s, %s", s.content.name, t.Name), Unit: "ms", Decimals: 1,
			Ours: millis(ours.delay), Anchor: millis(s.reference(i)), AnchorName: neteqName,
			Goal: report.Most(part * millis(s.reference(i))), SlackPart: 0.02,
			Note: fmt.Sprintf("%.1f ms when each sample is counted until it is played itself", millis(ours.bySample)),
		}, report.Row{
			Name: fmt.Sprintf("Concealed, %s, %s", s.content.name, t.Name), Unit: "%", Decimals: 3,
			Ours: ours.concealed, Anchor: concealedOf(theirs), AnchorName: neteqName,
			Goal: report.Most(concealedOf(theirs)), Slack: 0.02,
		})
	}
	ours, theirs := s.ours[rare].totals(neteq.Drop), s.neteq[rare].Total
	return append(rows, report.Row{
		Name: fmt.Sprintf("Delay, %s, rare stalls, outright", s.content.name), Unit: "ms", Decimals: 1,
		Ours: millis(ours.delay), Anchor: millis(s.reference(rare)), AnchorName: neteqName,
		Goal: report.Most(60), SlackPart: 0.02,
		Note: fmt.Sprintf("%.1f ms when each sample is counted until it is played itself", millis(ours.bySample)),
	}, report.Row{
		Name: fmt.Sprintf("Concealed, %s, rare stalls, outright", s.content.name), Unit: "%", Decimals: 2,
		Ours: ours.concealed, Anchor: concealedOf(theirs), AnchorName: neteqName,
		Goal: report.Most(1.2), Slack: 0.02,
	})
}

// table has both, and what of it is the network's.
func (s side) table() report.Table {
	t := report.Table{
		Title: "Delay and concealment, " + s.content.name,
		Head: []string{
			"Trace", "lateness, ms", "ours, ms", "NetEq, ms", "ours by sample, ms", "with lateness, ours", "NetEq",
			"concealed, ours %", "NetEq %", "silence made up, ours %", "NetEq %",
		},
	}
	for i, tr := range s.traces {
		ours, theirs := s.ours[i].totals(neteq.Drop), s.neteq[i].Total
		late := tr.Lateness(neteq.Drop)
		t.Lines = append(t.Lines, []string{
			tr.Name, f1(millis(late)),
			f1(millis(ours.delay)), f1(millis(theirs.MeanDelay())), f1(millis(ours.bySample)),
			f1(millis(ours.delay + late)), f1(millis(theirs.MeanDelay() + late)),
			f2(ours.concealed), f2(concealedOf(theirs)),
			f2(ours.silent), f2(100 * theirs.SilentConcealed / max(theirs.Received, 1)),
		})
	}
	return t
}

// changes has what was stretched to get there.
func (s side) changes() report.Table {
	t := report.Table{
		Title: "Stretched, part of what was played in %, " + s.content.name,
		Head:  []string{"Trace", "speech removed", "added", "silence removed", "added", "NetEq removed", "added"},
	}
	for i, tr := range s.traces {
		ours, theirs := s.ours[i].totals(neteq.Drop), s.neteq[i].Total
		received := max(theirs.Received, 1)
		t.Lines = append(t.Lines, []string{
			tr.Name, f2(ours.removed), f2(ours.added), f2(ours.skipped), f2(ours.padded),
			f2(100 * theirs.Removed / received), f2(100 * theirs.Inserted / received),
		})
	}
	return t
}

// plot shows the delay around one stall.
func (s side) plot() report.Plot {
	const before, after = 2 * time.Second, 8 * time.Second
	i := len(s.traces) - 1
	stall := s.traces[i].Length() / 2
	ours, theirs := report.Series{Name: "Talkpath"}, report.Series{Name: neteqName}
	add := func(to *report.Series, at, delay time.Duration) {
		if at >= stall-before && at <= stall+after {
			to.X = append(to.X, (at - stall).Seconds())
			to.Y = append(to.Y, millis(delay))
		}
	}
	for _, p := range s.ours[i].curve() {
		add(&ours, p.At, p.Delay)
	}
	for _, p := range s.neteq[i].Curve() {
		add(&theirs, p.At, p.Delay)
	}
	return report.Plot{
		File: "stall.svg", Title: "Delay around one stall of 300 ms",
		X: "seconds since the stall began", Y: "delay in the buffer, ms",
		Series: []report.Series{ours, theirs},
	}
}

func f1(x float64) string { return fmt.Sprintf("%.1f", x) }
func f2(x float64) string { return fmt.Sprintf("%.2f", x) }
