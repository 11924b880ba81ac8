package tcpbench

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/report"
)

// The goals: what the bridge may add to the caller's way to the recognizer, in
// ms on the average and in 99.9 % of the packets.
const (
	mostAdded, mostAdded999 = 1, 5
	// A hole is passed on as it came, give or take what a woken goroutine takes.
	mostHole = 5
)

const aboutVirtual = "A call of the carrier's messages goes through `bridge.Core`, up to what it hands to the recognizer. " +
	"In virtual time the messages arrive at the times of the six traces of experiment 1 and of two recordings of real TCP: " +
	"in order, as Twilio sends them; with a tenth of the frames overtaken by one or two others before TCP, as Telnyx says that it may happen; " +
	"and with messages left out that are over 100 ms late, and 1 % of the others in runs of three, as Twilio does to a congested socket (warning 31930). " +
	"Added is the time from when a packet and all before it had arrived until its sound was handed on. " +
	"The reference of this leg is the line itself; NetEq, which plays to people and not to a recognizer, holds the same packets for 35 to 220 ms (experiment 1)."

const aboutTCP = " On real TCP %d calls at a time sent 20 ms in messages of about 350 bytes for %v each, from one network namespace to another, " +
	"to the product's socket server and its core; between the two TUN devices a relay delays every packet by half the round trip and loses some in both directions, %s. " +
	"Congestion control: %s. The line's own figures are from the relay, which knows when it had delivered each message whole."

func (r virtualResults) rows() []report.Row {
	ms := func(figure func(outcome) time.Duration) func(outcome) float64 {
		return func(o outcome) float64 { return millis(figure(o)) }
	}
	mean := ms(func(o outcome) time.Duration { return o.added.mean() })
	late := ms(func(o outcome) time.Duration { return o.added.quantile(0.999) })
	off := ms(func(o outcome) time.Duration { return o.offTime })
	lost := func(o outcome) float64 { return 100 * o.lost }
	changed := func(o outcome) float64 { return float64(o.changed) }
	row := func(name, unit string, all []outcome, figure func(outcome) float64, goal float64) report.Row {
		return report.Row{
			Name: name, Unit: unit, Decimals: 2, Ours: worst(all, figure), Anchor: report.None(),
			Goal: report.Most(goal), Note: "virtual time, the worst of the traces",
		}
	}
	return []report.Row{
		row("in order: added delay, mean", "ms", r.inOrder, mean, mostAdded),
		row("in order: added delay, 99.9 %", "ms", r.inOrder, late, mostAdded999),
		row("in order: sound lost", "%", r.inOrder, lost, 0),
		row("a tenth overtaken: added delay, mean", "ms", r.outOfOrder, mean, mostAdded),
		row("a tenth overtaken: added delay, 99.9 %", "ms", r.outOfOrder, late, mostAdded999),
		row("a tenth overtaken: sound lost", "%", r.outOfOrder, lost, 0),
		row("discarded by the carrier: added delay, 99.9 %", "ms", r.discarded, late, mostAdded999),
		row("discarded by the carrier: other sound lost", "%", r.discarded, lost, 0),
		row("media time off at the end, all traces", "ms", r.all(), off, 0),
		row("samples that differ from those of a perfect line, all traces", "", r.all(), changed, 0),
	}
}

func (r virtualResults) table() report.Table {
	t := report.Table{
		Title: "Virtual time: each trace",
		Head:  []string{"Messages", "Frames", "Discarded", "Gaps filled", "Added, most", "Waited for order, mean / most", "At the recognizer"},
	}
	for _, o := range r.all() {
		t.Lines = append(t.Lines, []string{
			o.path.carrier.Name() + ", " + o.path.name, fmt.Sprint(len(o.path.packets)), fmt.Sprint(o.path.left), fmt.Sprint(o.gaps),
			fmt.Sprintf("%.1f ms", millis(o.added.most())), fmt.Sprintf("%.1f / %.0f ms", millis(o.waited.mean()), millis(o.waited.most())),
			fmt.Sprintf("%.2f s", o.heard.Seconds()),
		})
	}
	return t
}

// tcpRows returns the rows of real TCP, each with the worst of the conditions.
func tcpRows(all []figures) []report.Row {
	most := func(figure func(figures) float64) (worst float64) {
		for _, f := range all {
			worst = max(worst, figure(f))
		}
		return worst
	}
	// Times are what the scheduler of a busy machine makes of them.
	row := func(name, unit string, figure func(figures) float64, goal, slack float64, note string) report.Row {
		return report.Row{
			Name: "TCP: " + name, Unit: unit, Decimals: 3, Ours: most(figure), Anchor: report.None(),
			Goal: report.Most(goal), Slack: slack, Note: note,
		}
	}
	const worst = "the worst of the conditions"
	rows := []report.Row{
		row("from the read to the recognizer, mean", "ms", func(f figures) float64 { return millis(f.added.mean()) }, mostAdded, 0.1, worst),
		row("from the read to the recognizer, 99.9 %", "ms", func(f figures) float64 { return millis(f.added.quantile(0.999)) }, mostAdded999, 2, worst),
		row("from the line to the recognizer, mean", "ms", func(f figures) float64 { return millis(f.total.mean()) }, mostAdded, 0.5,
			"with the kernel and the poller; "+worst),
		row("from the line to the recognizer, 99.9 %", "ms", func(f figures) float64 { return millis(f.total.quantile(0.999)) }, mostAdded999, 3,
			"with the kernel and the poller; "+worst),
		row("sound lost", "%", func(f figures) float64 { return 100 * f.lost }, 0, 0, "all conditions"),
		row("media time off at the end", "ms", func(f figures) float64 { return millis(f.offTime) }, 0, 0, "all conditions"),
		row("longest hole passed on, beyond the line's own", "ms", func(f figures) float64 { return millis(f.moreHole) }, mostHole, 3, "the worst call"),
	}
	for _, f := range all {
		if c := f.condition; c.loss == 0.01 {
			line := millis(f.linkHoles.quantile(0.5))
			rows = append(rows, report.Row{
				Name: fmt.Sprintf("TCP: median hole passed on, RTT %v, 1 %% lost", c.rtt), Unit: "ms", Decimals: 1,
				Ours: millis(f.ourHoles.quantile(0.5)), Anchor: line, AnchorName: "the line's own", Goal: report.Most(line + mostAdded),
				SlackPart: 0.2, Note: "holes over 60 ms",
			})
		}
	}
	return rows
}

func tcpTable(all []figures) report.Table {
	t := report.Table{
		Title: "Real TCP: delays in ms",
		Head:  []string{"Condition", "Packets", "Line, 95 / 99 / 99.9 %", "Line to read, mean / 99.9 %", "Read to recognizer, mean / 99.9 % / most", "Lost"},
	}
	for _, f := range all {
		t.Lines = append(t.Lines, []string{
			f.condition.String(), fmt.Sprint(len(f.added)),
			fmt.Sprintf("%.0f / %.0f / %.0f", millis(f.link.quantile(0.95)), millis(f.link.quantile(0.99)), millis(f.link.quantile(0.999))),
			fmt.Sprintf("%.2f / %.2f", millis(f.woken.mean()), millis(f.woken.quantile(0.999))),
			fmt.Sprintf("%.3f / %.2f / %.2f", millis(f.added.mean()), millis(f.added.quantile(0.999)), millis(f.added.most())),
			fmt.Sprintf("%.2f %%", 100*f.lost),
		})
	}
	return t
}

func holeTable(all []figures) report.Table {
	t := report.Table{
		Title: "Real TCP: holes over 60 ms, the line's own and as they were passed on",
		Head:  []string{"Condition", "A minute and call", "Passed on", "Median, ms", "Passed on", "Longest, ms", "Passed on"},
	}
	for _, f := range all {
		t.Lines = append(t.Lines, []string{
			f.condition.String(),
			fmt.Sprintf("%.1f", f.perMinute(f.linkHoles)), fmt.Sprintf("%.1f", f.perMinute(f.ourHoles)),
			fmt.Sprintf("%.0f", millis(f.linkHoles.quantile(0.5))), fmt.Sprintf("%.0f", millis(f.ourHoles.quantile(0.5))),
			fmt.Sprintf("%.0f", millis(f.linkHoles.most())), fmt.Sprintf("%.0f", millis(f.ourHoles.most())),
		})
	}
	return t
}
