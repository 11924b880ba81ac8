package vadbench

import (
	"fmt"
	"slices"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/report"
)

const webrtc = "libwebrtc"

// few is the share of false alarms at which found speech is compared.
const few = 0.05

// areaRows are those by score.
func (r *results) areaRows() (rows []report.Row) {
	for _, part := range []struct {
		name  string
		halfs []corpus.Half
	}{
		{"both halves", []corpus.Half{corpus.Tuning, corpus.HeldOut}},
		{"tuning half", []corpus.Half{corpus.Tuning}},
		{"held-out half", []corpus.Half{corpus.HeldOut}},
	} {
		var own, anchor, n float64
		for _, h := range r.noisy {
			if h.snr >= goalSNR && slices.Contains(part.halfs, h.half) {
				own += newCurve(h.judged()).area()
				anchor += hull(h.anchors()).area()
				n++
			}
		}
		rows = append(rows, report.Row{
			Name: "area under ROC, mean over noises at 20, 10 and 5 dB, " + part.name, Decimals: 3,
			Ours: own / n, Anchor: anchor / n, AnchorName: webrtc, Goal: report.Least(0.96), Slack: 0.003,
			Note: "the anchor's is that of its four modes joined; Silero v5 publishes 0.96",
		})
	}
	for _, noise := range []string{"white", "pink", "music", "organ"} {
		if h, ok := r.at(noise, 10); ok {
			rows = append(rows, report.Row{
				Name: fmt.Sprintf("speech found at 5 %% false alarms, %s at 10 dB", noise), Unit: "%", Decimals: 1,
				Ours: 100 * newCurve(h.judged()).at(few), Anchor: 100 * hull(h.anchors()).at(few), AnchorName: webrtc,
				Goal: report.Least(95), Slack: 1, Note: h.half.String() + " half",
			})
		}
	}
	return rows
}

// falseRows are of clicks and taps, by decision.
func (r *results) falseRows() (rows []report.Row) {
	for _, noise := range []string{"clicks", "taps"} {
		if h, ok := r.at(noise, 10); ok {
			rows = append(rows, report.Row{
				Name: fmt.Sprintf("false alarms, %s at 10 dB", noise), Unit: "%", Decimals: 1,
				Ours: 100 * h.decided(ours).fpr, Anchor: 100 * h.decided(mode(modes-1)).fpr, AnchorName: webrtc + " mode 3",
				Goal: report.Most(5), Slack: 0.5, Note: "of all steps without speech, hangover included; " + h.half.String() + " half",
			})
		}
	}
	return rows
}

// edgesAt are those in all noises at one ratio.
func edgesAt(all []heard, snr float64, pick func(*track) []bool) (e edges) {
	for _, h := range all {
		if h.snr == snr {
			add := h.edges(pick)
			e.onset = append(e.onset, add.onset...)
			e.release = append(e.release, add.release...)
		}
	}
	return e
}

// edgeRows are of how soon decisions come.
func (r *results) edgeRows() []report.Row {
	own, anchor := edgesAt(r.noisy, 20, ours), edgesAt(r.noisy, 20, mode(2))
	row := func(name string, own, anchor, goal float64) report.Row {
		return report.Row{
			Name: name, Unit: "ms", Ours: own, Anchor: anchor, AnchorName: webrtc + " mode 2",
			Goal: report.Most(goal), Slack: 10, Note: "both halves, all noises at 20 dB",
		}
	}
	return []report.Row{
		row("onset, median", quantile(own.onset, 0.5), quantile(anchor.onset, 0.5), 40),
		row("onset, 95 %", quantile(own.onset, 0.95), quantile(anchor.onset, 0.95), 80),
		row("release, median", quantile(own.release, 0.5), quantile(anchor.release, 0.5), 100),
	}
}
