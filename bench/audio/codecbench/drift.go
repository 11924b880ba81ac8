package codecbench

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/codec/resample"
)

// drifting measures the Drifter: what else is heard beside a tone while the
// drift goes from one end to the other, whether the split matters, and cost.
func drifting(_ context.Context, l *lab.Lab, s *report.Section) error {
	pairs := append([]pair{{8000, 8000}, {16000, 16000}}, allPairs()...)
	if l.Short {
		pairs = pairs[:4]
	}
	var noise, allocs worst
	differ := 0
	table := report.Table{
		Title: "A tone of 1 kHz while the drift glides from -200 to +200 ppm, and CPU for 20 ms",
		Head:  []string{"pair", "all else is down by", "CPU"},
	}
	for _, p := range pairs {
		down, err := purity(p)
		if err != nil {
			return err
		}
		noise.take(-down, p.String())
		n, err := driftSplits(p, l.Seed)
		if err != nil {
			return err
		}
		differ += n
		micros, each, err := driftCost(p)
		if err != nil {
			return err
		}
		allocs.take(each, p.String())
		table.Lines = append(table.Lines, []string{p.String(), number(down, 1) + " dB", number(micros, 1) + " µs"})
	}
	s.Rows = append(s.Rows,
		report.Row{
			Name: "drift: purity of a 1 kHz tone while the drift goes from -200 to +200 ppm", Unit: "dB", Decimals: 1, Ours: -noise.value,
			Anchor: report.None(), Goal: report.Least(80), Slack: 0.5, Note: "the worst of all pairs: " + noise.where,
		},
		report.Row{
			Name: "drift: samples that differ when the input is split otherwise", Ours: float64(differ), Anchor: report.None(), Goal: report.Most(0),
			Note: "each pair, 10 random ways to split 1 s of noise with changes of drift at the same samples",
		},
		report.Row{Name: "drift: allocations for 20 ms", Ours: allocs.value, Anchor: report.None(), Goal: report.Most(0)},
	)
	s.Tables = append(s.Tables, table)
	return nil
}

// purity returns by how much all that isn't the tone is down.
func purity(p pair) (float64, error) {
	const hertz = 1000.0
	d, err := resample.NewDrifter(p.from, p.to)
	if err != nil {
		return 0, err
	}
	d.SetDrift(-resample.MaxDrift)
	d.Reset() // which lets the drift be there at once
	pcm := make([]int16, p.from*3/2)
	for i := range pcm {
		pcm[i] = int16(math.Round(loud * math.Sin(2*math.Pi*hertz*float64(i)/float64(p.from))))
	}
	out := d.Resample(nil, pcm[:p.from/4])
	before := len(out)
	d.SetDrift(resample.MaxDrift)
	out = d.Resample(out, pcm[p.from/4:])

	skip := p.to / 50
	cosine, sine := make([]float64, 0, len(out)), make([]float64, 0, len(out))
	place := 0.0
	for i := range out {
		s, c := math.Sincos(2 * math.Pi * math.Mod(hertz*place/float64(p.from), 1))
		cosine, sine = append(cosine, c), append(sine, s)
		moved := resample.Glide * float64(max(0, i-before)) / float64(p.to)
		ppm := min(-resample.MaxDrift+moved, resample.MaxDrift)
		place += float64(p.from) / float64(p.to) * (1 + ppm/1e6)
	}
	return -decibels(rest(out[skip:], cosine[skip:], sine[skip:]) / loud), nil
}

// rest returns the level, as that of a sine, of what is left of out without
// its best fit of a cosine and a sine.
func rest(out []int16, cosine, sine []float64) float64 {
	var cc, ss, cs, xc, xs float64
	for i, v := range out {
		c, s, x := cosine[i], sine[i], float64(v)
		cc, ss, cs, xc, xs = cc+c*c, ss+s*s, cs+c*s, xc+x*c, xs+x*s
	}
	det := cc*ss - cs*cs
	a, b := (xc*ss-xs*cs)/det, (xs*cc-xc*cs)/det
	sum := 0.0
	for i, v := range out {
		r := float64(v) - a*cosine[i] - b*sine[i]
		sum += r * r
	}
	return math.Sqrt(2 * sum / float64(len(out)))
}

// driftSplits returns how many samples come out otherwise where the same sound
// goes in in other blocks, with the same drift at the same samples.
func driftSplits(p pair, seed uint64) (differ int, err error) {
	random := rand.New(rand.NewPCG(seed, 2))
	pcm := make([]int16, p.from)
	for i := range pcm {
		pcm[i] = int16(random.Uint32())
	}
	run := func(split bool) (out []int16, err error) {
		d, err := resample.NewDrifter(p.from, p.to)
		if err != nil {
			return nil, err
		}
		for i, ppm := range []float64{0, 200, -200, 55.5} {
			d.SetDrift(ppm)
			part := pcm[i*len(pcm)/4 : (i+1)*len(pcm)/4]
			if split {
				out = append(out, inParts(random, part, d.Resample)...)
			} else {
				out = d.Resample(out, part)
			}
		}
		return out, nil
	}
	want, err := run(false)
	for range 10 {
		if err != nil {
			return 0, err
		}
		var got []int16
		if got, err = run(true); err == nil {
			differ += differences(want, got)
		}
	}
	return differ, err
}

// driftCost returns the CPU time of 20 ms in µs, and the allocations.
func driftCost(p pair) (micros, allocs float64, err error) {
	d, err := resample.NewDrifter(p.from, p.to)
	if err != nil {
		return 0, 0, err
	}
	d.SetDrift(100)
	block := p.from / 50
	pcm, buf := signal(p.from, []tone{{half, []float64{440}}}), make([]int16, 0, p.to/50+4)
	micros = blockCost(d, pcm, block)
	allocs = allocations(func() { d.Resample(buf, pcm[:block]) })
	return micros, allocs, nil
}
