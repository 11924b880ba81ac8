package dtmfbench

import (
	"context"
	"math"
	"strconv"

	"github.com/talkpath/talkpath/bench/audio/report"
)

// sweep is one property of a press over a range, and what is asked of it.
type sweep struct {
	name, unit string
	file       string // of the plot
	points     []float64
	set        func(p *press, x float64)
	goals      []goal
}

// goal is what a sweep has to reach at some of its points.
type goal struct {
	name string
	at   []float64
	want report.Goal // the share told right where at least so much is wanted, else of all that is told
}

// allSweeps returns the sweeps of Q.24. A level of 0 dBm is 3.14 dB below full
// scale (G.711), so -25 dBm, the faintest that a receiver takes, is -28 here.
func allSweeps() []sweep {
	return []sweep{
		{
			"duration", "ms", "dtmf-duration.svg",
			[]float64{16, 20, 23, 25, 28, 30, 32, 34, 36, 38, 40, 45, 50, 60, 80, 100},
			func(p *press, x float64) { p.held = x / 1000 },
			[]goal{
				{"40 ms and longer are taken", []float64{40, 45, 50, 60, 80, 100}, report.Least(100)},
				{"23 ms and shorter are refused", []float64{16, 20, 23}, report.Most(0)},
			},
		},
		{
			"frequency offset", "%", "dtmf-offset.svg",
			[]float64{-4, -3.5, -3, -2.5, -2.2, -2, -1.8, -1.5, -1, 0, 1, 1.5, 1.8, 2, 2.2, 2.5, 3, 3.5, 4},
			func(p *press, x float64) { p.off = [2]float64{x / 100, x / 100} },
			[]goal{
				{"up to ±1.8 % are taken", []float64{-1.8, -1.5, -1, 0, 1, 1.5, 1.8}, report.Least(100)},
				{"±3.5 % and more are refused", []float64{-4, -3.5, 3.5, 4}, report.Most(0)},
			},
		},
		{
			"twist, high over low tone", "dB", "dtmf-twist.svg",
			[]float64{-14, -12, -11, -10, -9, -8, -6, -4, -2, 0, 2, 4, 5, 6, 7, 8, 10},
			func(p *press, x float64) { p.twist = x; p.level = -16 - max(0, x) },
			[]goal{{"-8 to +4 dB are taken", []float64{-8, -6, -4, -2, 0, 2, 4}, report.Least(100)}},
		},
		{
			"level of each tone", "dB of full scale", "dtmf-level.svg",
			[]float64{-50, -46, -44, -42, -40, -38, -36, -34, -32, -28, -24, -20, -16, -12, -9, -7},
			func(p *press, x float64) { p.level = x },
			[]goal{{"0 to -25 dBm are taken", []float64{-28, -24, -20, -16, -12, -9, -7}, report.Least(100)}},
		},
		{
			"signal-to-noise ratio", "dB", "dtmf-noise.svg",
			[]float64{2, 4, 6, 7, 8, 9, 10, 12, 15, 18, 24},
			func(p *press, x float64) { p.snr = x },
			[]goal{
				{"12 dB and more are taken", []float64{12, 15, 18, 24}, report.Least(100)},
				{"9 dB are taken", []float64{9}, report.Least(99)},
			},
		},
	}
}

func (b *bench) sweeps(ctx context.Context, s *report.Section) error {
	for _, w := range allSweeps() {
		ours, theirs := map[float64]share{}, map[float64]share{}
		plot := report.Plot{
			File: w.file, Title: "Keys told, by " + w.name, X: w.name + ", " + w.unit, Y: "told right, %",
			Series: []report.Series{{Name: "ours"}, {Name: "spandsp"}},
		}
		for _, x := range w.points {
			p := usual()
			w.set(&p, x)
			our, their, err := b.both(ctx, p, b.rounds)
			if err != nil {
				return err
			}
			ours[x], theirs[x] = our, their
			for i, y := range []float64{our.right, their.right} {
				plot.Series[i].X = append(plot.Series[i].X, x)
				plot.Series[i].Y = append(plot.Series[i].Y, y)
			}
		}
		for _, g := range w.goals {
			s.Rows = append(s.Rows, report.Row{
				Name: w.name + ": " + g.name, Unit: "%", Decimals: 1, Ours: g.worst(ours), Anchor: g.worst(theirs), AnchorName: "spandsp",
				Goal: g.want, Slack: 0.05,
			})
		}
		s.Plots = append(s.Plots, plot)
		s.Tables = append(s.Tables, w.table(ours, theirs))
	}
	return nil
}

// worst returns the share at the goal's worst point.
func (g goal) worst(shares map[float64]share) float64 {
	if g.want.Direction == report.AtMost {
		most := 0.0
		for _, x := range g.at {
			most = max(most, shares[x].any)
		}
		return most
	}
	least := math.Inf(1)
	for _, x := range g.at {
		least = min(least, shares[x].right)
	}
	return least
}

func (w sweep) table(ours, theirs map[float64]share) report.Table {
	t := report.Table{
		Title: "Keys told right, by " + w.name + " in " + w.unit,
		Head:  []string{w.unit}, Lines: [][]string{{"ours"}, {"spandsp"}},
	}
	for _, x := range w.points {
		t.Head = append(t.Head, number(x, -1))
		t.Lines[0] = append(t.Lines[0], number(ours[x].right, 0)+" %")
		t.Lines[1] = append(t.Lines[1], number(theirs[x].right, 0)+" %")
	}
	return t
}

func number(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// losses presses keys on a line that loses one packet in a hundred.
func (b *bench) losses(ctx context.Context, s *report.Section) error {
	p := usual()
	p.held, p.loss = 0.1, 0.01
	our, their, err := b.both(ctx, p, 10*b.rounds)
	if err != nil {
		return err
	}
	s.Rows = append(s.Rows, report.Row{
		Name: "lost packets: presses of 100 ms told right, 1 % lost and concealed", Unit: "%", Decimals: 2, Ours: our.right,
		Anchor: their.right, AnchorName: "spandsp", Goal: report.Least(99.5), Slack: 0.05,
	})
	return nil
}

// delay measures how long after a key's tones began it is told.
func (b *bench) delay(ctx context.Context, s *report.Section) error {
	var our, their float64
	for _, snr := range []float64{0, 15} {
		p := usual()
		p.held, p.snr = 0.08, snr
		all, err := lines(p, 2*b.rounds, b.Seed)
		if err != nil {
			return err
		}
		ourHeard, theirHeard, err := b.listen(ctx, all, rate/1000)
		if err != nil {
			return err
		}
		for i, l := range all {
			our = max(our, late(l, ourHeard[i]))
			if theirHeard[i].first >= 0 {
				their = max(their, late(l, theirHeard[i]))
			}
		}
	}
	s.Rows = append(s.Rows, report.Row{
		Name: "delay: the latest that a key is told after it went down", Unit: "ms", Decimals: 1, Ours: our, Anchor: their,
		AnchorName: "spandsp", Goal: report.Most(45), Slack: 0.5, Note: "presses of 80 ms, half of them in noise at 15 dB",
	})
	return nil
}

// late returns in ms how long after a line's key went down it was told; as
// long as the line where it never was.
func late(l line, h heard) float64 {
	if h.first < 0 {
		h.first = len(l.pcm)
	}
	return float64(h.first-l.began) * 1000 / rate
}
