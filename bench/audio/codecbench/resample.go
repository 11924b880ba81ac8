package codecbench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/resample"
)

// ourFigures measures codec/resample on a pair's probe.
func ourFigures(r codec.Resampler, p pair, pcm []int16) figures {
	block := p.from / 50
	out := make([]int16, 0, len(pcm)/block*p.to/50)
	lag := 0.0
	for at := 0; at+block <= len(pcm); at += block {
		out = r.Resample(out, pcm[at:at+block])
		held := float64(at+block)/float64(p.from) - float64(len(out))/float64(p.to)
		lag = max(lag, 1000*held)
	}
	return judge(p, out, lag)
}

// blockCost returns the CPU time of a block in µs.
func blockCost(r codec.Resampler, pcm []int16, block int) float64 {
	const rounds = 4
	var buf []int16
	return lab.Spent(rounds*(len(pcm)/block), func() {
		for range rounds {
			for at := 0; at+block <= len(pcm); at += block {
				buf = r.Resample(buf[:0], pcm[at:at+block])
			}
		}
	})
}

// measured is a pair and the figures of ours, speexdsp and soxr.
type measured struct {
	pair
	ours, speex, soxr figures
}

// measure measures ours and the reference programs on a pair's probe.
func (m *measured) measure(ctx context.Context, runs int, speex, soxr string) error {
	r, err := resample.New(m.from, m.to)
	if err != nil {
		return err
	}
	pcm := signal(m.from, probe(m.pair))
	m.ours = ourFigures(r, m.pair, pcm)
	own, block := lab.Least{}, m.from/50
	theirs := []struct {
		path, quality string
		figures       *figures
		told          lab.Least
	}{{speex, "5", &m.speex, lab.Least{}}, {soxr, "4", &m.soxr, lab.Least{}}}
	for range runs {
		own.Add("cost", blockCost(r, pcm, block))
		for _, t := range theirs {
			raw, err := reference(ctx, t.told, pcm, t.path, strconv.Itoa(m.from), strconv.Itoa(m.to), t.quality)
			if err != nil {
				return err
			}
			*t.figures = judge(m.pair, lab.Samples(raw), t.told["lag"])
			t.figures.cost = t.told["cost"]
		}
	}
	m.ours.cost = own["cost"]
	return nil
}

func resampling(ctx context.Context, l *lab.Lab, s *report.Section) error {
	speex, err := l.BuildC(ctx, "codecbench/reference/resample_speex.c", "-lspeexdsp", "-lm")
	if err != nil {
		return err
	}
	soxr, err := l.BuildC(ctx, "codecbench/reference/resample_soxr.c", "-lsoxr", "-lm")
	if err != nil {
		return err
	}
	pairs := allPairs()
	if l.Short {
		pairs = pairs[:4] // 8 kHz to all, and 16 to 8
	}
	all := make([]measured, 0, len(pairs))
	for _, p := range pairs {
		m := measured{pair: p}
		if err = m.measure(ctx, l.Runs(), speex, soxr); err != nil {
			return err
		}
		all = append(all, m)
	}
	splits, err := splitDifferences(pairs, l.Seed)
	if err != nil {
		return err
	}
	s.Rows = append(s.Rows, resampleRows(all)...)
	s.Rows = append(s.Rows, report.Row{
		Name: "resampler: samples that differ when the input is split otherwise", Ours: splits, Anchor: report.None(), Goal: report.Most(0),
		Note: "each pair, 20 random ways to split 2 s of noise",
	})
	s.Tables = append(s.Tables, resampleTable(all))
	return nil
}

// resampleRows holds the worst pair against each goal.
func resampleRows(all []measured) []report.Row {
	var ripple, stopped, delay, ripple5, stopped5, delay5 worst
	var rows []report.Row
	for _, m := range all {
		where := m.String()
		ripple.take(m.ours.ripple, where)
		ripple5.take(m.speex.ripple, where)
		stopped.take(-m.ours.rejection, where)
		stopped5.take(-m.speex.rejection, where)
		delay.take(m.ours.delay, where)
		delay5.take(m.speex.delay, where)
		if max(m.from, m.to) == 16000 {
			rows = append(rows, report.Row{
				Name: "resampler: CPU for 20 ms, " + where, Unit: "µs", Decimals: 1, Ours: m.ours.cost, Anchor: m.speex.cost,
				AnchorName: "speexdsp q5", Goal: report.Most(4), SlackPart: 0.5,
			})
		}
	}
	return append([]report.Row{
		{
			Name: "resampler: ripple", Unit: "dB", Decimals: 4, Ours: ripple.value, Anchor: ripple5.value, AnchorName: "speexdsp q5",
			Goal: report.Most(0.01), Slack: 0.001, Note: "the worst of all pairs: " + ripple.where,
		},
		{
			Name: "resampler: rejection of images and aliases", Unit: "dB", Decimals: 1, Ours: -stopped.value, Anchor: -stopped5.value,
			AnchorName: "speexdsp q5", Goal: report.Least(100), Slack: 0.5, Note: "the worst of all pairs: " + stopped.where,
		},
		{
			Name: "resampler: delay", Unit: "ms", Decimals: 2, Ours: delay.value, Anchor: delay5.value, AnchorName: "speexdsp q5",
			Goal: report.Most(3), Slack: 0.01, Note: "the worst of all pairs: " + delay.where,
		},
	}, rows...)
}

func resampleTable(all []measured) report.Table {
	t := report.Table{
		Title: "Resamplers: ripple, rejection, delay and CPU for 20 ms",
		Head:  []string{"pair", "ours", "speexdsp q5", "soxr HQ"},
	}
	for _, m := range all {
		t.Lines = append(t.Lines, []string{m.String(), m.ours.String(), m.speex.String(), m.soxr.String()})
	}
	return t
}

// String returns the figures as a cell of a table.
func (f figures) String() string {
	return fmt.Sprintf("%.4f dB, %.0f dB, %.1f ms, %.1f µs", f.ripple, f.rejection, f.delay, f.cost)
}

// splitDifferences returns how many samples come out otherwise where the same
// sound goes in in blocks of other lengths.
func splitDifferences(pairs []pair, seed uint64) (float64, error) {
	random := rand.New(rand.NewPCG(seed, 1))
	differ := 0
	for _, p := range pairs {
		pcm := make([]int16, 2*p.from)
		for i := range pcm {
			pcm[i] = int16(random.Uint32())
		}
		whole, err := resample.New(p.from, p.to)
		if err != nil {
			return 0, err
		}
		want := whole.Resample(nil, pcm)
		for range 20 {
			parts, err := resample.New(p.from, p.to)
			if err != nil {
				return 0, err
			}
			differ += differences(want, inParts(random, pcm, parts.Resample))
		}
	}
	return float64(differ), nil
}

// inParts puts pcm through next in blocks of random lengths.
func inParts(random *rand.Rand, pcm []int16, next func(dst, src []int16) []int16) (out []int16) {
	longest := 1 << (1 + random.IntN(11))
	for len(pcm) > 0 {
		n := min(len(pcm), 1+random.IntN(longest))
		out = next(out, pcm[:n])
		pcm = pcm[n:]
	}
	return out
}

// differences returns how many of two runs of values differ, or are missing in
// one.
func differences[T comparable](a, b []T) int {
	if slices.Equal(a, b) {
		return 0
	}
	n := max(len(a), len(b)) - min(len(a), len(b))
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// allocations returns the allocations of a call of step, once it has run.
func allocations(step func()) float64 { return testing.AllocsPerRun(50, step) }
