package noise_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/noise"
)

// filtered returns samples of white noise, of a level in dBFS, behind the
// all-pole filter 1/(1 + a1/z + a2/z²).
func filtered(seed uint64, samples int, dBFS float64, a ...float64) []int16 {
	rnd := rand.New(rand.NewPCG(seed, 1))
	line := make([]float64, samples)
	power := 0.0
	for i := range line {
		line[i] = rnd.NormFloat64()
		for j, c := range a {
			if i > j {
				line[i] -= c * line[i-j-1]
			}
		}
		power += line[i] * line[i]
	}
	gain := 32768 * math.Pow(10, dBFS/20) / math.Sqrt(power/float64(samples))
	pcm := make([]int16, samples)
	for i, x := range line {
		pcm[i] = int16(math.Round(x * gain))
	}
	return pcm
}

func TestAnalysisFindsTheFilterThatMadeTheNoise(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		// The reflection coefficients of 1 + a1/z + a2/z² are a1/(1+a2) and a2.
		a := noise.NewAnalyzer(rate)
		a.Push(filtered(1, 4*rate, -40, -1.2, 0.5))
		d := a.Noise()
		want := []float64{-0.8, 0.5, 0, 0, 0, 0, 0, 0, 0, 0}
		for i, k := range want {
			if math.Abs(d.Reflection[i]-k) > 0.06 {
				t.Errorf("%d Hz: coefficient %d is %.3f, want %.3f", rate, i+1, d.Reflection[i], k)
			}
		}
		if d.Order != noise.MaxOrder || math.Abs(d.Level+40) > 0.5 {
			t.Errorf("%d Hz: order %d at %.2f dBFS, want 10 at -40", rate, d.Order, d.Level)
		}
	}
}

func TestTheNoiseMadeIsTheNoiseMeasured(t *testing.T) {
	for name, filter := range map[string][]float64{
		"white": nil, "falling": {-0.9}, "rising": {0.7}, "with a peak": {-1.2, 0.8}, "hollow": {0, 0.6},
	} {
		t.Run(name, func(t *testing.T) {
			of := filtered(2, 32000, -45, filter...)
			a := noise.NewAnalyzer(8000)
			a.Push(of)
			g := noise.New(8000)
			g.SetNoise(a.Noise().Rounded())
			g.Start(0)
			made := make([]int16, len(of))
			g.Fill(made)
			if x, y := level(of), level(made); math.Abs(x-y) > 0.8 {
				t.Errorf("made at %.2f dBFS, measured at %.2f", y, x)
			}
			for _, hertz := range []float64{300, 800, 1500, 2200, 3000, 3600} {
				if x, y := tone(of, 8000, hertz), tone(made, 8000, hertz); math.Abs(x-y) > 2.5 {
					t.Errorf("%.0f Hz is %.1f dB apart", hertz, y-x)
				}
			}
		})
	}
}

func TestTheWaySoundIsCutChangesNothing(t *testing.T) {
	pcm := filtered(3, 3000, -50, -0.8)
	whole := noise.NewAnalyzer(8000)
	whole.Push(pcm)
	want := whole.Noise()
	rapid.Check(t, func(t *rapid.T) {
		a := noise.NewAnalyzer(8000)
		for rest := pcm; len(rest) > 0; {
			n := min(rapid.IntRange(0, 500).Draw(t, "n"), len(rest))
			a.Push(rest[:n])
			rest = rest[n:]
		}
		got := a.Noise()
		if math.Abs(got.Level-want.Level) > 1e-9 {
			t.Fatalf("level %v, want %v", got.Level, want.Level)
		}
		for i, k := range got.Reflection {
			if math.Abs(k-want.Reflection[i]) > 1e-9 {
				t.Fatalf("coefficient %d is %v, want %v", i, k, want.Reflection[i])
			}
		}
	})
}

func TestAConstantIsNoNoise(t *testing.T) {
	pcm := filtered(4, 16000, -60)
	for i := range pcm {
		pcm[i] += 500
	}
	a := noise.NewAnalyzer(8000)
	a.Push(pcm)
	if d := a.Noise(); math.Abs(d.Level+60) > 0.5 || math.Abs(d.Reflection[0]) > 0.1 {
		t.Errorf("level %.1f dBFS, first coefficient %.2f; want -60 and 0", d.Level, d.Reflection[0])
	}
}

func TestANewLevelIsKnownSoon(t *testing.T) {
	a := noise.NewAnalyzer(8000)
	a.Push(filtered(5, 40000, -40, -0.9))
	a.Push(filtered(6, 8000*3/10, -62, 0.7)) // 0.3 s
	if d := a.Noise(); math.Abs(d.Level+62) > 4 || d.Reflection[0] < -0.5 {
		t.Errorf("0.3 s after the change: %.1f dBFS, first coefficient %.2f", d.Level, d.Reflection[0])
	}
	a.Push(filtered(7, 8000, -62, 0.7))
	if d := a.Noise(); math.Abs(d.Level+62) > 0.7 || math.Abs(d.Reflection[0]-0.7) > 0.1 {
		t.Errorf("1.3 s after the change: %.1f dBFS, first coefficient %.2f; want -62 and 0.7", d.Level, d.Reflection[0])
	}
}

func TestABreakForgetsNothingButTheSoundAroundIt(t *testing.T) {
	a := noise.NewAnalyzer(8000)
	pcm := filtered(8, 16000, -50, -0.9)
	a.Push(pcm)
	before := a.Noise()
	a.Push([]int16{30000, -30000, 30000}) // the first voice, not yet noticed
	a.Break()
	if got := a.Noise(); got != before {
		t.Errorf("%+v behind a break, want %+v", got, before)
	}
	a.Push(pcm[:8000])
	if got := a.Noise(); math.Abs(got.Level+50) > 0.7 {
		t.Errorf("level %.2f dBFS, want -50", got.Level)
	}
}

func TestNothingMeasuredIsSilence(t *testing.T) {
	a := noise.NewAnalyzer(0)
	if a.Known() || a.Noise().Level > -96 {
		t.Errorf("known %v, %+v", a.Known(), a.Noise())
	}
	a.Push(make([]int16, 8000))
	if d := a.Noise(); !a.Known() || d.Level > -96 || d.Reflection != [noise.MaxOrder]float64{} {
		t.Errorf("zeros: known %v, %+v", a.Known(), d)
	}
}

func TestAnalysisAllocatesNothing(t *testing.T) {
	a := noise.NewAnalyzer(8000)
	pcm := filtered(9, 160, -40)
	var d noise.Description
	if n := testing.AllocsPerRun(500, func() { a.Push(pcm); d = a.Noise() }); n != 0 {
		t.Errorf("%v allocations a frame of %+v", n, d)
	}
}

func TestBandsBecomeTheNoiseThatHasThem(t *testing.T) {
	// A noise that is measured in bands as a voice detector has them.
	edges := []float64{188, 313, 438, 563, 688, 875, 1063, 1250, 1500, 1813, 2125, 2500, 2938, 3438}
	of := filtered(10, 80000, -50, -0.9)
	var bands []noise.Band
	for i, low := range edges[:len(edges)-1] {
		bands = append(bands, noise.Band{Low: low, High: edges[i+1], Power: between(of, low, edges[i+1])})
	}
	d := noise.FromBands(8000, bands)
	if math.Abs(d.Reflection[0]+0.9) > 0.08 {
		t.Errorf("first coefficient %.2f, want that of the filter, -0.9", d.Reflection[0])
	}
	g := noise.New(8000)
	g.SetNoise(d)
	g.Start(0)
	made := make([]int16, len(of))
	g.Fill(made)
	low, high := edges[0], edges[len(edges)-1]
	if got, want := 10*math.Log10(between(made, low, high)), 10*math.Log10(between(of, low, high)); math.Abs(got-want) > 0.5 {
		t.Errorf("%.2f dBFS within the bands, want that of the sound, %.2f", got, want)
	}
	for _, hertz := range []float64{300, 800, 1500, 2200, 3000} {
		if x, y := tone(of, 8000, hertz), tone(made, 8000, hertz); math.Abs(x-y) > 3 {
			t.Errorf("%.0f Hz is %.1f dB apart", hertz, y-x)
		}
	}
}

// between returns the mean square of pcm, at 8000 samples per second, within a
// band, as a part of full scale.
func between(pcm []int16, low, high float64) float64 {
	const block = 512
	sum, blocks := 0.0, 0
	for ; len(pcm) >= block; pcm = pcm[block:] {
		blocks++
		for bin := int(low / 8000 * block); float64(bin)*8000/block < high; bin++ {
			if float64(bin)*8000/block < low {
				continue
			}
			var re, im float64
			for i, s := range pcm[:block] {
				phase := 2 * math.Pi * float64(bin) * float64(i) / block
				re, im = re+float64(s)*math.Cos(phase), im+float64(s)*math.Sin(phase)
			}
			sum += 2 * (re*re + im*im) / block / block
		}
		if blocks == 30 {
			break
		}
	}
	return sum / float64(blocks) / 32768 / 32768
}

func TestOddBandsGiveSilenceOrSense(t *testing.T) {
	for name, bands := range map[string][]noise.Band{
		"none": nil, "without power": {{Low: 100, High: 200}}, "negative": {{Low: 100, High: 200, Power: -1}},
		"endless": {{Low: 100, High: 200, Power: math.Inf(1)}}, "no number": {{Low: 100, High: 200, Power: math.NaN()}},
		"empty": {{Low: 200, High: 200, Power: 0.1}},
	} {
		if d := noise.FromBands(8000, bands); d.Level > -96 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	d := noise.FromBands(16000, []noise.Band{{Low: 200, High: 3400, Power: 1e-4}})
	if all := -40 + 10*math.Log10(8000/3200.0); math.Abs(d.Level-all) > 0.01 || slices.ContainsFunc(d.Reflection[:], func(k float64) bool { return math.IsNaN(k) || math.Abs(k) >= 1 }) {
		t.Errorf("one band: %+v", d)
	}
}

func BenchmarkAnalyze(b *testing.B) {
	a := noise.NewAnalyzer(8000)
	pcm := filtered(11, 160, -50, -0.9)
	b.ReportAllocs()
	for b.Loop() {
		a.Push(pcm)
	}
}

func BenchmarkNoise(b *testing.B) {
	a := noise.NewAnalyzer(8000)
	a.Push(filtered(11, 8000, -50, -0.9))
	for b.Loop() {
		a.Noise()
	}
}

func BenchmarkFromBands(b *testing.B) {
	var bands []noise.Band
	for i := range 13 {
		bands = append(bands, noise.Band{Low: float64(200 + 250*i), High: float64(450 + 250*i), Power: 1e-6})
	}
	for b.Loop() {
		noise.FromBands(8000, bands)
	}
}

const ms = time.Millisecond
