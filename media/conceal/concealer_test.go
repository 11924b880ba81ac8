package conceal_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
)

var rates = []int{8000, 16000, 24000, 48000}

// hush is a line without noise.
type hush struct{}

func (hush) Fill(dst []int16) { clear(dst) }

// level returns the RMS of pcm in dBFS.
func level(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(pcm))/(1<<30)+1e-12)
}

func steepest(pcm []int16) (most int) {
	for i := 1; i < len(pcm); i++ {
		most = max(most, step(pcm[i-1], pcm[i]))
	}
	return most
}

func step(a, b int16) int { return int(math.Abs(float64(a) - float64(b))) }

// vowel returns n samples of a voice whose pitch goes from one frequency to
// another, and whose harmonics don't depend on the rate.
func vowel(n, rate int, from, to float64) []int16 {
	out := make([]int16, n)
	phase := 0.0
	for i := range out {
		hertz := from + (to-from)*float64(i)/float64(n)
		phase += 2 * math.Pi * hertz / float64(rate)
		v := 0.0
		for h := 1.0; h*max(from, to) < 3400; h++ {
			v += math.Sin(h*phase+h*h) / h
		}
		out[i] = int16(5000 * v)
	}
	return out
}

func hissing(n int, level float64) []int16 {
	rnd := rand.New(rand.NewPCG(5, 6))
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(max(-32768, min(32767, 32768*math.Pow(10, level/20)*rnd.NormFloat64())))
	}
	return out
}

// lose conceals the samples from one to another of pcm, in a copy.
func lose(c *conceal.Concealer, pcm []int16, from, to int, bridged bool) []int16 {
	out := slices.Clone(pcm)
	c.Played(out[:from])
	if bridged {
		c.Bridge(to-from, out[to:])
	}
	c.Conceal(out[from:to])
	c.Join(out[to:])
	return out
}

// distortion returns how far b is from a, in dB of a.
func distortion(a, b []int16) float64 {
	var wrong, power float64
	for i := range a {
		wrong += (float64(a[i]) - float64(b[i])) * (float64(a[i]) - float64(b[i]))
		power += float64(a[i]) * float64(a[i])
	}
	return 10 * math.Log10(wrong/power+1e-12)
}

func TestASteadyVoiceGoesOn(t *testing.T) {
	for _, rate := range rates {
		for _, hertz := range []float64{80, 125, 200, 250, 310} {
			for _, bridged := range []bool{false, true} {
				pcm := vowel(rate/5, rate, hertz, hertz)
				from, to := rate/10, rate/10+rate/50
				out := lose(conceal.New(rate, hush{}), pcm, from, to, bridged)
				// Without a fraction of a sample the pitch is up to half a sample off.
				if got := distortion(pcm[from:to], out[from:to]); got > -7 {
					t.Errorf("%d Hz, pitch %.0f, bridged %t: %.1f dB, want -7 at most", rate, hertz, bridged, got)
				}
			}
		}
	}
}

func TestTwoSidesAreBetterThanOne(t *testing.T) {
	for _, rate := range rates {
		pcm := vowel(rate/5, rate, 110, 170)
		from, to := rate/10, rate/10+rate/50
		one := distortion(pcm[from:to], lose(conceal.New(rate, hush{}), pcm, from, to, false)[from:to])
		two := distortion(pcm[from:to], lose(conceal.New(rate, hush{}), pcm, from, to, true)[from:to])
		if two > one-2 {
			t.Errorf("%d Hz: %.1f dB from both sides, %.1f from one, want 2 dB less", rate, two, one)
		}
	}
}

// The level just before and behind a join is as in the sound itself, to 3 dB.
func TestJoinsOfSteadySoundHaveNoStepInLevel(t *testing.T) {
	for _, rate := range rates {
		for name, pcm := range map[string][]int16{
			"voice": vowel(rate/2, rate, 125, 125), // 5 ms windows below hold no whole period
			"hiss":  hissing(rate/2, -30),
		} {
			for _, bridged := range []bool{false, true} {
				from, to, w := rate/10, rate/10+rate/50, rate*16/1000
				out := lose(conceal.New(rate, hush{}), pcm, from, to, bridged)
				for _, at := range []int{from, to} {
					if diff := level(out[at:at+w]) - level(out[at-w:at]); math.Abs(diff) > 3 {
						t.Errorf("%s, %d Hz, bridged %t: %+.1f dB at sample %d", name, rate, bridged, diff, at)
					}
				}
			}
		}
	}
}

func TestALongGapFadesIntoTheLinesNoise(t *testing.T) {
	const line = -50
	for _, rate := range rates {
		for _, bridged := range []bool{false, true} {
			g := noise.New(rate)
			g.SetLevel(line)
			pcm := vowel(2*rate, rate, 120, 130)
			from, to := rate/10, rate/10+rate
			out := lose(conceal.New(rate, g), pcm, from, to, bridged)
			ms := func(n int) int { return from + n*rate/1000 }
			if early := level(out[ms(30):ms(60)]); early < level(pcm[from:to])-8 {
				t.Errorf("%d Hz, bridged %t: %.1f dBFS after 30 ms", rate, bridged, early)
			}
			if late := level(out[ms(80):ms(900)]); math.Abs(late-line) > 1 {
				t.Errorf("%d Hz, bridged %t: %.1f dBFS after 80 ms, want the noise of %d", rate, bridged, late, line)
			}
		}
	}
}

func TestALinesNoiseHasNoHoleWhileItFades(t *testing.T) {
	const line = -40
	g := noise.New(8000)
	g.SetLevel(line)
	pcm := make([]int16, 4000)
	g.Start(0)
	g.Fill(pcm)
	var mean float64
	const gaps = 50
	for i := range gaps {
		out := lose(conceal.New(8000, g), pcm[i*40:], 800, 1600, false)
		mean += level(out[800+160:800+800]) / gaps // from 20 ms on
	}
	if math.Abs(mean-line) > 2 {
		t.Errorf("noise of %d dBFS goes on at %.1f", line, mean)
	}
}

func TestWithNothingHeardThereIsNoise(t *testing.T) {
	g := noise.New(8000)
	g.SetLevel(-40)
	c := conceal.New(8000, g)
	dst := make([]int16, 800)
	c.Conceal(dst)
	if got := level(dst[80:]); math.Abs(got+40) > 2 {
		t.Errorf("%.1f dBFS, want -40", got)
	}
	if dst[0] > 100 || dst[0] < -100 {
		t.Errorf("it begins with %d", dst[0])
	}
	c.Played(vowel(800, 8000, 100, 100))
	c.Reset()
	c.Conceal(dst)
	if got := level(dst[80:]); math.Abs(got+40) > 2 {
		t.Errorf("%.1f dBFS after Reset, want -40", got)
	}
}

func TestWithoutAGapJoinChangesNothing(t *testing.T) {
	c := conceal.New(8000, hush{})
	pcm := vowel(800, 8000, 100, 120)
	for name, before := range map[string]func(){
		"at the start":    func() {},
		"after sound":     func() { c.Played(pcm) },
		"after a join":    func() { c.Conceal(make([]int16, 160)); c.Join(make([]int16, 160)) },
		"behind a bridge": func() { c.Bridge(160, pcm[160:]); c.Conceal(make([]int16, 160)) },
		"after a bridge that Played ended": func() {
			c.Bridge(160, pcm)
			c.Conceal(make([]int16, 80))
			c.Played(pcm)
		},
	} {
		before()
		next := slices.Clone(pcm)
		if c.Join(next); !slices.Equal(next, pcm) {
			t.Errorf("%s: changed", name)
		}
	}
}

func TestOddUseIsHarmless(t *testing.T) {
	for _, rate := range []int{-1, 0, 3999, 4000, 11025, 44100, 192000} {
		c := conceal.New(rate, hush{})
		for _, n := range []int{0, 1, 7, 19, 20, 21, 40, 41, 80, 1000} {
			pcm := hissing(n, -20)
			c.Bridge(n, pcm)
			c.Conceal(pcm)
			c.Conceal(make([]int16, 3*n))
			c.Join(pcm)
			c.Bridge(-n, pcm)
			c.Join(nil)
			c.Played(pcm)
			c.Conceal(pcm)
		}
	}
}

func TestConcealingAllocatesNothing(t *testing.T) {
	for _, rate := range rates {
		g := noise.New(rate)
		g.SetLevel(-50)
		c := conceal.New(rate, g)
		pcm := vowel(rate/10, rate, 100, 150)
		dst := make([]int16, rate/50)
		n := testing.AllocsPerRun(200, func() {
			c.Played(pcm)
			for range 5 {
				c.Conceal(dst)
			}
			c.Join(dst)
			c.Bridge(5*len(dst), pcm)
			c.Conceal(dst)
		})
		if n != 0 {
			t.Errorf("%d Hz: %v allocations, want none", rate, n)
		}
	}
}

// What 20 ms of a gap cost at 8000 samples per second.
func BenchmarkConceal(b *testing.B) {
	pcm := vowel(8000, 8000, 90, 180)
	g := noise.New(8000)
	g.SetLevel(-60)
	dst := make([]int16, 160)
	c := conceal.New(8000, g)
	for _, frames := range []int{1, 3} {
		b.Run(fmt.Sprintf("%d of one side", frames), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%frames == 0 {
					at := i % 4000
					c.Join(dst)
					c.Played(pcm[at : at+320])
				}
				c.Conceal(dst)
			}
		})
		b.Run(fmt.Sprintf("%d of both", frames), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%frames == 0 {
					at := i % 4000
					c.Played(pcm[at : at+320])
					c.Bridge(frames*160, pcm[at+480:at+640])
				}
				c.Conceal(dst)
			}
		})
	}
}

// What a frame costs that isn't lost.
func BenchmarkPlayed(b *testing.B) {
	c := conceal.New(8000, hush{})
	pcm := vowel(160, 8000, 90, 180)
	b.ReportAllocs()
	for b.Loop() {
		c.Played(pcm)
	}
}
