package denoise_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/denoise"
)

func newSuppressor(t testing.TB, rate int) *denoise.Suppressor {
	t.Helper()
	s, err := denoise.New(rate)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// words returns harmonics of a voice in syllables with pauses, loud being their
// peak.
func words(length time.Duration, rate int, loud float64) []int16 {
	pcm := make([]int16, int(length.Seconds()*float64(rate)))
	for i := range pcm {
		at := float64(i) / float64(rate)
		within := math.Mod(at+0.6, 1) // a pause and three syllables in each second
		if within > 0.6 {
			continue
		}
		swell := math.Pow(math.Sin(math.Pi*within/0.2), 2)
		pitch := 120 + 20*math.Sin(2*math.Pi*at/3)
		sum := 0.0
		for h := 1; h < 20; h++ {
			sum += math.Sin(2*math.Pi*pitch*float64(h)*at) / float64(h)
		}
		pcm[i] = int16(loud / 2 * swell * sum)
	}
	return pcm
}

func hiss(samples int, loud float64, seed uint64) []int16 {
	rng := rand.New(rand.NewPCG(seed, 1))
	pcm := make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(loud * rng.NormFloat64())
	}
	return pcm
}

// decibels returns the ratio of the power of a to that of b.
func decibels(a, b []int16) float64 { return 10 * math.Log10(power(a)/power(b)) }

func power(pcm []int16) float64 {
	sum := 1e-9
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum / float64(len(pcm))
}

func lag(rate int) int { return int(denoise.Latency.Seconds() * float64(rate)) }

func TestCleanSpeechComesOutAsItWentInSixMillisecondsLater(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		in := words(6*time.Second, rate, 9000)
		out := newSuppressor(t, rate).Suppress(nil, in)
		if len(out) != len(in) {
			t.Fatalf("%d Hz: %d samples came of %d", rate, len(out), len(in))
		}
		rest := make([]int16, 0, len(in))
		for i, s := range out[lag(rate):] {
			rest = append(rest, s-in[i])
		}
		if got := decibels(in, rest); got < 30 {
			t.Errorf("%d Hz: the change is %.1f dB below the speech, want 30 or more", rate, got)
		}
	}
}

func TestSteadyNoiseIsFourteenDecibelsQuieterWithinASecond(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		for _, loud := range []float64{30, 300, 3000} {
			in := hiss(4*rate, loud, 1)
			out := newSuppressor(t, rate).Suppress(nil, in)
			if got := decibels(in[rate:], out[rate:]); got < 12 || got > 14.1 {
				t.Errorf("%d Hz, noise of %.0f: %.1f dB quieter, want 12 to 14", rate, loud, got)
			}
		}
	}
}

func TestSpeechInNoiseKeepsItsLevel(t *testing.T) {
	const rate = 8000
	clean := words(8*time.Second, rate, 9000)
	in := slices.Clone(clean)
	for i, n := range hiss(len(in), 800, 2) {
		in[i] += n
	}
	out := newSuppressor(t, rate).Suppress(nil, in)[lag(rate):]
	var before, after []int16
	for i, s := range out[:7*rate] {
		if i < 2*rate || clean[i] == 0 {
			continue
		}
		before, after = append(before, in[i]-clean[i]), append(after, s-clean[i])
	}
	if got := decibels(before, after); got < 2 {
		t.Errorf("what is beside the speech is %.1f dB quieter, want 2 or more", got)
	}
	if got := decibels(clean[2*rate:7*rate], out[2*rate:7*rate]); math.Abs(got) > 1 {
		t.Errorf("speech and noise are %.1f dB quieter than the clean speech, want 1 at most", got)
	}
}

func TestNoiseThatBecomesLouderIsLearned(t *testing.T) {
	const rate = 8000
	in := slices.Concat(hiss(3*rate, 50, 3), hiss(9*rate, 1500, 4)) // 30 dB
	out := newSuppressor(t, rate).Suppress(nil, in)
	if got := decibels(in[10*rate:], out[10*rate:]); got < 10 {
		t.Errorf("seven seconds after it rose, noise is %.1f dB quieter, want 10 or more", got)
	}
}

func TestAnySplitGivesTheSameSound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.SampledFrom([]int{8000, 16000}).Draw(rt, "rate")
		in := hiss(rate/2, 2000, rapid.Uint64().Draw(rt, "seed"))
		want := newSuppressor(t, rate).Suppress(nil, in)
		s, got := newSuppressor(t, rate), []int16{}
		for rest := in; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "n")
			got = s.Suppress(got, rest[:n])
			rest = rest[n:]
		}
		if !slices.Equal(got, want) {
			rt.Fatal("another split gave other samples")
		}
	})
}

func TestRestartKeepsTheNoiseAndForgetsTheSound(t *testing.T) {
	const rate = 8000
	s := newSuppressor(t, rate)
	before := hiss(3*rate, 300, 5)
	for i, w := range words(500*time.Millisecond, rate, 20000) {
		before[len(before)-rate/2+i] += w
	}
	s.Suppress(nil, before)
	s.Restart()
	if out := s.Suppress(nil, make([]int16, rate/100)); power(out) > 1 {
		t.Errorf("after a restart there is sound of before: %.0f", power(out))
	}
	s.Restart()
	in := hiss(rate/5, 300, 6)
	if out := s.Suppress(nil, in); decibels(in, out) < 10 {
		t.Errorf("after a restart known noise is %.1f dB quieter, want 10 or more", decibels(in, out))
	}
}

func TestOtherRatesAreRefused(t *testing.T) {
	for _, rate := range []int{0, 11025, 24000, 48000} {
		if _, err := denoise.New(rate); !errors.Is(err, denoise.ErrRate) {
			t.Errorf("%d: %v, want ErrRate", rate, err)
		}
	}
}

func TestSuppressAllocatesNothing(t *testing.T) {
	s, in := newSuppressor(t, 16000), hiss(320, 1000, 7)
	dst := make([]int16, 0, 640)
	if n := testing.AllocsPerRun(200, func() { dst = s.Suppress(dst[:0], in) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// Whatever comes in, the same number of samples goes out but for the step in
// progress, and what is silent stays so.
func FuzzSuppress(f *testing.F) {
	f.Add([]byte{0, 128, 255, 127, 0, 0, 1, 2}, uint16(3))
	f.Fuzz(func(t *testing.T, raw []byte, size uint16) {
		s := newSuppressor(t, 8000)
		var in, out []int16
		for i := 0; i+1 < len(raw); i += 2 {
			in = append(in, slices.Repeat([]int16{int16(raw[i]) | int16(raw[i+1])<<8}, int(size%50)+1)...)
		}
		out = s.Suppress(out, in)
		if len(out) != len(in)/80*80 {
			t.Fatalf("%d samples of %d", len(out), len(in))
		}
		for range 40 { // nothing may remain of it, such as a NaN
			out = s.Suppress(out[:0], make([]int16, 80))
		}
		if power(out) > 1 {
			t.Fatalf("silence sounds: %v", out)
		}
		if tail := s.Suppress(nil, words(time.Second, 8000, 20000)); power(tail) < 1000 {
			t.Fatal("speech is silent")
		}
	})
}

// What 10 ms cost.
func BenchmarkSuppress(b *testing.B) {
	for name, rate := range map[string]int{"8 kHz": 8000, "16 kHz": 16000} {
		b.Run(name, func(b *testing.B) {
			s, in := newSuppressor(b, rate), hiss(rate/100, 1000, 8)
			dst := make([]int16, 0, 2*len(in))
			b.ReportAllocs()
			for b.Loop() {
				dst = s.Suppress(dst[:0], in)
			}
		})
	}
}
