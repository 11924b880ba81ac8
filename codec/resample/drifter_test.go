package resample_test

import (
	"errors"
	"math"
	"math/cmplx"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/resample"
)

// driftPairs are the pairs of the rates in use, and two rates with themselves.
var driftPairs = append([]pair{{8000, 8000}, {16000, 16000}}, pairs[:13]...)

func openDrifter(t testing.TB, p pair) *resample.Drifter {
	t.Helper()
	d, err := resample.NewDrifter(p.from, p.to)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// change is a call of SetDrift behind so many samples.
type change struct {
	after int
	ppm   float64
}

func TestDriftedOutputIsTheSameHoweverTheInputIsSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(driftPairs).Draw(t, "pair")
		pcm := noise(rapid.IntRange(0, 3000).Draw(t, "samples"), rapid.Uint64().Draw(t, "seed"))
		var changes []change
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			changes = append(changes, change{
				rapid.IntRange(0, len(pcm)).Draw(t, "after"), rapid.Float64Range(-300, 300).Draw(t, "ppm"),
			})
		}
		slices.SortStableFunc(changes, func(a, b change) int { return a.after - b.after })
		longest := rapid.SampledFrom([]int{1, 7, 160, 1000}).Draw(t, "longest")
		feed := func(part func() int) (out []int16) {
			d, err := resample.NewDrifter(p.from, p.to)
			if err != nil {
				t.Fatal(err)
			}
			done := 0
			for i := 0; i <= len(changes); i++ {
				upTo := len(pcm)
				if i < len(changes) {
					upTo = changes[i].after
				}
				for done < upTo {
					n := min(upTo-done, part())
					out = d.Resample(out, pcm[done:done+n])
					done += n
				}
				if i < len(changes) {
					d.SetDrift(changes[i].ppm)
				}
			}
			return out
		}
		want := feed(func() int { return len(pcm) })
		if got := feed(func() int { return rapid.IntRange(1, longest).Draw(t, "part") }); !slices.Equal(got, want) {
			t.Fatalf("%d samples in parts are not the %d of the whole", len(got), len(want))
		}
	})
}

// glide returns the drift in ppm at each of n outputs at rate, as SetDrift and
// Glide say, for a drift that goes from one value to another.
func glide(from, to float64, rate, n int) []float64 {
	drift := make([]float64, n)
	for i := range drift {
		moved := resample.Glide * float64(i) / float64(rate)
		drift[i] = from + math.Copysign(min(moved, math.Abs(to-from)), to-from)
	}
	return drift
}

// TestAChangeOfDriftIsNotHeard lets the drift go from one end to the other
// under a tone, and holds the output against the tone at the places in the
// input that the glide says. What is left is noise and clicks.
func TestAChangeOfDriftIsNotHeard(t *testing.T) {
	const freq, amplitude, goal = 1000.0, 30000.0, 80.0
	for _, p := range driftPairs {
		t.Run(p.name(), func(t *testing.T) {
			d := openDrifter(t, p)
			d.SetDrift(-resample.MaxDrift)
			d.Reset()
			pcm := make([]int16, p.from*5/4)
			for i := range pcm {
				pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*freq*float64(i)/float64(p.from))))
			}
			calm := p.from / 8
			out := d.Resample(nil, pcm[:calm])
			before := len(out)
			d.SetDrift(resample.MaxDrift)
			out = d.Resample(out, pcm[calm:])

			drift := glide(-resample.MaxDrift, resample.MaxDrift, p.to, len(out)-before)
			residue, worst := toneResidue(out, before, drift, p, freq)
			t.Logf("residue %.1f dB down, the worst sample %.1f dB", -decibels(residue/amplitude), -decibels(worst/amplitude))
			if down := -decibels(residue / amplitude); down < goal {
				t.Errorf("what is not the tone is %.1f dB down, want at least %v", down, goal)
			}
			if down := -decibels(worst / amplitude); down < goal-3 {
				t.Errorf("the worst sample is %.1f dB below the tone, want at least %v", down, goal-3)
			}
		})
	}
}

// toneResidue returns the level, as that of a tone, and the largest sample of
// what is left of out without its tone. Behind the first before samples, at a
// drift of -MaxDrift, the drift is given for each.
func toneResidue(out []int16, before int, drift []float64, p pair, freq float64) (level, worst float64) {
	begin := p.to / 50
	turns := make([]complex128, len(out))
	place := 0.0
	for i := range out {
		turns[i] = cmplx.Rect(1, 2*math.Pi*math.Mod(freq*place/float64(p.from), 1))
		ppm := -float64(resample.MaxDrift)
		if i >= before {
			ppm = drift[i-before]
		}
		place += float64(p.from) / float64(p.to) * (1 + ppm/1e6)
	}
	// The tone's amplitude and angle, by least squares.
	var cc, ss, cs, xc, xs float64
	for i := begin; i < len(out); i++ {
		c, s, v := real(turns[i]), imag(turns[i]), float64(out[i])
		cc, ss, cs, xc, xs = cc+c*c, ss+s*s, cs+c*s, xc+v*c, xs+v*s
	}
	det := cc*ss - cs*cs
	a, b := (xc*ss-xs*cs)/det, (xs*cc-xc*cs)/det
	rest := make([]float64, 0, len(out))
	for i := begin; i < len(out); i++ {
		r := float64(out[i]) - a*real(turns[i]) - b*imag(turns[i])
		rest = append(rest, r)
		worst = max(worst, math.Abs(r))
	}
	return rms(rest) * math.Sqrt2, worst
}

// TestADrifterIsAsGoodAsAResampler measures, at a drift that passes through
// all places between two samples, the pass band, what else comes out, and
// what of the stop band does.
func TestADrifterIsAsGoodAsAResampler(t *testing.T) {
	const ripple, residue, alias = 0.01, 90, 100 // dB
	for _, p := range driftPairs {
		t.Run(p.name(), func(t *testing.T) {
			worstGain, worstRest, worstAlias := 0.0, math.Inf(1), math.Inf(1)
			steady := func(pcm []int16) []float64 {
				d := openDrifter(t, p)
				d.SetDrift(resample.MaxDrift)
				d.Reset()
				out := d.Resample(nil, pcm)
				x := make([]float64, 0, len(out))
				for _, v := range out[p.to/50:] {
					x = append(x, float64(v))
				}
				return x
			}
			const up = 1 + resample.MaxDrift/1e6
			for _, f := range sweep(50, 0.425*p.low(), 4) {
				x := steady(tones(p.from, 32000, f))
				gain := decibels(cmplx.Abs(remove(x, p.to, f*up)) / 32000)
				worstGain = max(worstGain, math.Abs(gain))
				worstRest = min(worstRest, -decibels(rms(x)*math.Sqrt2/32000))
			}
			if stop, top := 0.575*p.low(), 0.499*float64(p.from); stop < top {
				for _, f := range sweep(stop, top, 6) {
					at := fold(f*up, p.to)
					if math.Abs(at-997.13) < 10 || at < 10 {
						continue
					}
					x := steady(tones(p.from, 16000, 997.13, f))
					remove(x, p.to, 997.13*up)
					worstAlias = min(worstAlias, -decibels(cmplx.Abs(remove(x, p.to, at))/16000))
				}
			}
			t.Logf("ripple %.4f dB, residue %.1f dB, aliases %.1f dB down", worstGain, worstRest, worstAlias)
			if worstGain > ripple || worstRest < residue || worstAlias < alias {
				t.Errorf("ripple %.4f dB, residue %.1f dB, aliases %.1f dB down: want at most %v, at least %v and %v",
					worstGain, worstRest, worstAlias, ripple, residue, alias)
			}
		})
	}
}

func TestADrifterWithoutDriftIsAResampler(t *testing.T) {
	for _, p := range pairs {
		plain, d := open(t, p), openDrifter(t, p)
		if lag := d.Delay() - plain.Delay(); lag < 0 || d.Delay() > 3*time.Millisecond || lag > time.Second/time.Duration(p.low()) {
			t.Errorf("%s: delay %v, that of a Resampler is %v", p.name(), d.Delay(), plain.Delay())
		}
		frame := make([]int16, p.from/50)
		for i := range 100 {
			if n := len(d.Resample(nil, frame)); p.to%50 == 0 && n != p.to/50 {
				t.Fatalf("%s: frame %d gives %d samples, want %d", p.name(), i, n, p.to/50)
			}
		}
	}
}

func TestDriftGivesMoreOrLess(t *testing.T) {
	for _, p := range driftPairs[:6] {
		for ppm, want := range map[float64]float64{
			200: 200, -200: -200, 50: 50, 0: 0, 1000: 200, math.Inf(-1): -200, math.NaN(): 0,
		} {
			d := openDrifter(t, p)
			d.SetDrift(ppm)
			d.Reset()
			n := 0
			var buf []int16
			frame := make([]int16, p.from/10)
			for range 50 {
				buf = d.Resample(buf[:0], frame)
				n += len(buf)
			}
			exact := float64(5*p.to) / (1 + want/1e6)
			if math.Abs(float64(n)-exact) > 1 {
				t.Errorf("%s: five seconds at %v ppm give %d samples, want %.0f", p.name(), ppm, n, exact)
			}
			if got := d.Drift(); math.Abs(got-want) > 1e-3 {
				t.Errorf("%s: the drift is %v after SetDrift(%v), want %v", p.name(), got, ppm, want)
			}
		}
	}
}

func TestTheDriftGlides(t *testing.T) {
	d := openDrifter(t, pair{8000, 8000})
	d.SetDrift(-100)
	for i := range 5 {
		want := -min(100, resample.Glide*float64(i)*0.1)
		if got := d.Drift(); math.Abs(got-want) > 0.5 {
			t.Errorf("%d ms after SetDrift(-100) the drift is %.2f, want %.0f", 100*i, got, want)
		}
		d.Resample(nil, make([]int16, 800))
	}
}

func TestADrifterForgetsItsStreamAndKeepsItsDrift(t *testing.T) {
	for _, p := range driftPairs {
		used, fresh := openDrifter(t, p), openDrifter(t, p)
		used.Resample(nil, noise(1237, 1))
		used.SetDrift(130)
		used.Reset()
		fresh.SetDrift(130)
		fresh.Reset()
		pcm := noise(2000, 2)
		if !slices.Equal(used.Resample(nil, pcm), fresh.Resample(nil, pcm)) {
			t.Errorf("%s: the stream before Reset is heard after it", p.name())
		}
	}
}

func TestADrifterRefusesUnusableRates(t *testing.T) {
	for _, p := range []pair{{0, 8000}, {8000, 1 << 30}, {7999, 8000}} {
		if _, err := resample.NewDrifter(p.from, p.to); !errors.Is(err, codec.ErrUnsupported) {
			t.Errorf("%s: the error is %v, want one that wraps ErrUnsupported", p.name(), err)
		}
	}
}

func TestDriftingDoesNotAllocate(t *testing.T) {
	for _, p := range driftPairs {
		d, src, dst := openDrifter(t, p), noise(p.from/50, 4), make([]int16, 0, p.to/50+4)
		ppm := 200.0
		if n := testing.AllocsPerRun(100, func() {
			d.SetDrift(ppm)
			ppm = -ppm
			d.Resample(dst, src)
		}); n != 0 {
			t.Errorf("%s: %v allocations per frame", p.name(), n)
		}
	}
}

func BenchmarkDrift20ms(b *testing.B) {
	for _, p := range driftPairs {
		b.Run(p.name(), func(b *testing.B) {
			d := openDrifter(b, p)
			d.SetDrift(100)
			src := tones(p.from, 9000, 440)[:p.from/50]
			var dst []int16
			b.ReportAllocs()
			for b.Loop() {
				dst = d.Resample(dst[:0], src)
			}
		})
	}
}
