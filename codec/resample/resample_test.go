package resample_test

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/resample"
)

// noise returns n samples of loud noise, the same for the same seed.
func noise(n int, seed uint64) []int16 {
	random := rand.New(rand.NewPCG(seed, seed))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(random.Uint32())
	}
	return pcm
}

func TestOutputIsTheSameHoweverTheInputIsSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(pairs).Draw(t, "pair")
		pcm := noise(rapid.IntRange(0, 3000).Draw(t, "samples"), rapid.Uint64().Draw(t, "seed"))
		whole, err := resample.New(p.from, p.to)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := resample.New(p.from, p.to)
		if err != nil {
			t.Fatal(err)
		}
		want := whole.Resample(nil, pcm)
		longest := rapid.SampledFrom([]int{1, 7, 160, 1000}).Draw(t, "longest")
		var got []int16
		for rest := pcm; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(0, longest).Draw(t, "part"))
			if n == 0 {
				got = parts.Resample(got, nil)
				n = 1
			}
			got = parts.Resample(got, rest[:n])
			rest = rest[n:]
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%d samples in parts are not the %d of the whole", len(got), len(want))
		}
	})
}

func TestEachFrameGivesItsOwnLength(t *testing.T) {
	for _, p := range pairs {
		r, frame := open(t, p), make([]int16, p.from/50)
		for i := range 50 {
			if got := len(r.Resample(nil, frame)); got != p.to/50 {
				t.Fatalf("%s: frame %d gives %d samples, want %d", p.name(), i, got, p.to/50)
			}
		}
	}
}

func TestASecondInIsASecondOut(t *testing.T) {
	for _, p := range pairs {
		if got := len(open(t, p).Resample(nil, make([]int16, p.from))); got != p.to {
			t.Errorf("%s: a second gives %d samples, want %d", p.name(), got, p.to)
		}
	}
}

func TestResetLeavesNoEcho(t *testing.T) {
	for _, p := range pairs {
		used, fresh := open(t, p), open(t, p)
		used.Resample(nil, noise(1237, 1))
		used.Reset()
		pcm := noise(2000, 2)
		if !slices.Equal(used.Resample(nil, pcm), fresh.Resample(nil, pcm)) {
			t.Errorf("%s: the stream before Reset is heard after it", p.name())
		}
	}
}

func TestSilenceStaysSilence(t *testing.T) {
	for _, p := range pairs {
		for i, v := range open(t, p).Resample(nil, make([]int16, p.from/4)) {
			if v != 0 {
				t.Fatalf("%s: sample %d of silence is %d", p.name(), i, v)
			}
		}
	}
}

func TestSteadyLevelComesOutExactly(t *testing.T) {
	for _, p := range pairs {
		pcm := make([]int16, p.from/4)
		for i := range pcm {
			pcm[i] = 20011
		}
		out := open(t, p).Resample(nil, pcm)
		for i, v := range out[p.to/50:] {
			if v != 20011 {
				t.Fatalf("%s: sample %d of a level of 20011 is %d", p.name(), p.to/50+i, v)
			}
		}
	}
}

// TestOverflowSaturates feeds a square wave between the ends of the range,
// whose edges overshoot in any sharp filter, and holds the output against that
// of the same wave at half the level, which has room.
func TestOverflowSaturates(t *testing.T) {
	for _, p := range pairs {
		full, half := make([]int16, p.from/4), make([]int16, p.from/4)
		period := p.from / 500
		for i := range full {
			full[i], half[i] = -32768, -16384
			if i%period < period/2 {
				full[i], half[i] = 32767, 16384
			}
		}
		got, reference := open(t, p).Resample(nil, full), open(t, p).Resample(nil, half)
		clipped := 0
		for i, v := range got {
			want := max(-32768, min(2*int(reference[i]), 32767))
			if diff := int(v) - want; diff < -3 || diff > 3 {
				t.Fatalf("%s: sample %d is %d, want %d", p.name(), i, v, want)
			}
			if v == 32767 || v == -32768 {
				clipped++
			}
		}
		if clipped == 0 {
			t.Errorf("%s: nothing overshot, so the test shows nothing", p.name())
		}
	}
}

func TestEqualRatesCopy(t *testing.T) {
	r, pcm := open(t, pair{8000, 8000}), noise(500, 3)
	if got := r.Resample(nil, pcm); !slices.Equal(got, pcm) {
		t.Error("8000 to 8000 changes the samples")
	}
	if r.Delay() != 0 {
		t.Errorf("8000 to 8000 has a delay of %v", r.Delay())
	}
}

func TestResampleAppends(t *testing.T) {
	got := open(t, pair{8000, 16000}).Resample([]int16{1, 2, 3}, make([]int16, 10))
	if len(got) != 23 || !slices.Equal(got[:3], []int16{1, 2, 3}) {
		t.Errorf("Resample gave %d samples that begin with %v, want 23 that begin with [1 2 3]", len(got), got[:3])
	}
}

func TestUnusableRatesAreRefused(t *testing.T) {
	for _, p := range []pair{{0, 8000}, {8000, 0}, {-8000, 8000}, {8000, 1 << 30}, {7999, 8000}, {191999, 1000}} {
		if _, err := resample.New(p.from, p.to); !errors.Is(err, codec.ErrUnsupported) {
			t.Errorf("%s: the error is %v, want one that wraps ErrUnsupported", p.name(), err)
		}
	}
}

func TestResampleDoesNotAllocate(t *testing.T) {
	for _, p := range pairs {
		r, src, dst := open(t, p), noise(p.from/50, 4), make([]int16, 0, p.to/50+2)
		if n := testing.AllocsPerRun(100, func() { r.Resample(dst, src) }); n != 0 {
			t.Errorf("%s: %v allocations per frame", p.name(), n)
		}
	}
}

// TestFiltersAreSharedSafely opens more ratios than are kept, from several
// goroutines, while each also uses what it opened.
func TestFiltersAreSharedSafely(t *testing.T) {
	pcm := noise(400, 5)
	want := open(t, pair{8000, 16000}).Resample(nil, pcm)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 40 {
				r, err := resample.New(8000, 8000+100*((i+10*worker)%40+1))
				if err != nil {
					t.Error(err)
					return
				}
				r.Resample(nil, pcm)
				if r, err = resample.New(8000, 16000); err != nil {
					t.Error(err)
					return
				}
				if !slices.Equal(r.Resample(nil, pcm), want) {
					t.Error("8000 to 16000 differs from one to the next")
				}
			}
		})
	}
	all.Wait()
}

// TestAFilterIsSharedByItsRatio also bounds what a resampler adds to a call:
// its own past and one chunk, not the filter, which is 85 KiB for this ratio.
func TestAFilterIsSharedByItsRatio(t *testing.T) {
	open(t, pair{22050, 16000})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		open(t, pair{44100, 32000})
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / 100; each > 8<<10 {
		t.Errorf("a second resampler with the same ratio takes %d bytes, want at most 8 KiB", each)
	}
}
