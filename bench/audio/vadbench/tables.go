package vadbench

import (
	"fmt"
	"slices"

	"github.com/talkpath/talkpath/bench/audio/report"
)

func figure(x float64) string { return fmt.Sprintf("%.3f", x) }

// areaTable has a line for each condition.
func (r *results) areaTable() report.Table {
	t := report.Table{
		Title: "By condition: area, speech found at 5 % false alarms, and decisions (found/false alarms)",
		Head:  []string{"half", "noise", "area", webrtc, "at 5 %", webrtc, "decisions", "mode 0", "mode 1", "mode 2", "mode 3"},
	}
	for _, h := range slices.Concat(r.clean, r.noisy, r.babble) {
		own, anchor := newCurve(h.judged()), hull(h.anchors())
		line := []string{
			h.half.String(), h.String(), figure(own.area()), figure(anchor.area()),
			figure(own.at(few)), figure(anchor.at(few)), h.decided(ours).String(),
		}
		for _, p := range h.anchors() {
			line = append(line, p.String())
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

func (p point) String() string { return fmt.Sprintf("%.2f/%.3f", p.tpr, p.fpr) }

// edgeTable has the delays by ratio.
func (r *results) edgeTable() report.Table {
	t := report.Table{
		Title: "Delays in ms, median/95 %, over all noises",
		Head:  []string{"ratio", "onset", webrtc + " mode 2", "mode 3", "release", webrtc + " mode 2", "mode 3"},
	}
	line := func(name string, all []heard, snr float64) {
		own, two, three := edgesAt(all, snr, ours), edgesAt(all, snr, mode(2)), edgesAt(all, snr, mode(3))
		pair := func(v []float64) string { return fmt.Sprintf("%.0f/%.0f", quantile(v, 0.5), quantile(v, 0.95)) }
		t.Lines = append(t.Lines, []string{
			name, pair(own.onset), pair(two.onset), pair(three.onset), pair(own.release), pair(two.release), pair(three.release),
		})
	}
	line("clean", r.clean, 0)
	for _, snr := range snrs {
		line(fmt.Sprintf("%v dB", snr), r.noisy, snr)
	}
	return t
}

// plot is the ROC over all noises at 10 dB.
func (r *results) plot() report.Plot {
	var all []judged
	var said [modes]counts
	for _, h := range r.noisy {
		if h.snr != 10 {
			continue
		}
		all = append(all, h.judged()...)
		for m := range said {
			for i := range h.voices {
				said[m].add(&h.voices[i], mode(m))
			}
		}
	}
	p := report.Plot{
		File: "vad-roc.svg", Title: "Speech found against false alarms, all noises at 10 dB",
		X: "share of other sound taken for speech", Y: "share of speech found",
	}
	own, anchor := report.Series{Name: "vad.Detector"}, report.Series{Name: webrtc + ", modes 3 to 0"}
	last := point{-1, -1}
	for _, q := range newCurve(all) {
		if q.fpr-last.fpr+q.tpr-last.tpr > 0.01 {
			own.X, own.Y = append(own.X, q.fpr), append(own.Y, q.tpr)
			last = q
		}
	}
	for m := modes - 1; m >= 0; m-- {
		q := said[m].point()
		anchor.X, anchor.Y = append(anchor.X, q.fpr), append(anchor.Y, q.tpr)
	}
	p.Series = []report.Series{own, anchor}
	return p
}
