package noise_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/talkpath/talkpath/media/noise"
)

// level returns the RMS of pcm in dBFS.
func level(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(pcm))/32768/32768)
}

// steepest returns the largest step between neighbours.
func steepest(pcm []int16) int {
	var most int
	for i := 1; i < len(pcm); i++ {
		most = max(most, int(math.Abs(float64(pcm[i])-float64(pcm[i-1]))))
	}
	return most
}

func TestTheLevelIsTheOneAskedFor(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		for _, want := range []float64{-80, -70, -60, -50, -40, -30, -20} {
			g := noise.New(rate)
			g.SetLevel(want)
			g.Start(0)
			pcm := make([]int16, 4*rate)
			g.Fill(pcm)
			if got := level(pcm[rate/50:]); math.Abs(got-want) > 0.5 {
				t.Errorf("%d Hz: level %.2f dBFS, want %.0f", rate, got, want)
			}
		}
	}
}

func TestNoLevelIsSilence(t *testing.T) {
	for _, dBFS := range []float64{-96, -200, math.Inf(-1), math.NaN()} {
		g := noise.New(8000)
		g.SetLevel(dBFS)
		g.Start(0)
		pcm := make([]int16, 800)
		g.Fill(pcm)
		if slices.Max(pcm) != 0 || slices.Min(pcm) != 0 {
			t.Errorf("level %v sounds", dBFS)
		}
	}
}

func TestTheLoudestLevelDoesNotWrap(t *testing.T) {
	g := noise.New(8000)
	g.SetLevel(math.Inf(1))
	g.Start(0)
	pcm := make([]int16, 8000)
	g.Fill(pcm)
	if got := level(pcm); got < -3 {
		t.Errorf("level %.1f dBFS, want nearly full scale", got)
	}
}

func TestJoinsHaveNoStep(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		for _, gap := range []int{20, 60, 7, 3} { // ms; the short ones have no room for whole ramps
			t.Run(fmt.Sprintf("%d Hz %d ms", rate, gap), func(t *testing.T) {
				g := noise.New(rate)
				g.SetLevel(-55)
				const before, after = 9000, -7000
				n := rate * gap / 1000
				pcm := make([]int16, n+2)
				pcm[0], pcm[n+1] = before, after
				g.Start(before)
				g.Fill(pcm[1 : 1+n/2])
				g.Stop(pcm[1+n/2:n+1], after)
				// A cosine ramp over 5 ms, or half the gap, is this steep.
				ramp := min(float64(rate)/200, float64(n)/2)
				limit := int(before*math.Pi/2/ramp*1.3) + 600
				if gap < 10 { // both ramps at once
					limit = int((before-after)*math.Pi/2/ramp*1.3) + 600
				}
				if got := steepest(pcm); got > limit {
					t.Errorf("a step of %d, want %d at most", got, limit)
				}
			})
		}
	}
}

func TestAJoinWithSilenceRisesFromZero(t *testing.T) {
	g := noise.New(8000)
	g.SetLevel(-30)
	pcm := make([]int16, 480)
	g.Start(0)
	g.Stop(pcm, 0)
	if a, b := pcm[0], pcm[len(pcm)-1]; max(a, -a) > 30 || max(b, -b) > 30 {
		t.Errorf("begins with %d and ends with %d, want next to nothing", a, b)
	}
	if got := level(pcm[40:440]); math.Abs(got+30) > 3 {
		t.Errorf("level %.1f dBFS between the joins, want -30", got)
	}
}

func TestANewLevelGlides(t *testing.T) {
	g := noise.New(8000)
	g.SetLevel(-60)
	g.Start(0)
	pcm := make([]int16, 8000)
	g.Fill(pcm)
	g.SetLevel(-30)
	g.Fill(pcm)
	if got := level(pcm[:16]); got > -38 {
		t.Errorf("level %.1f dBFS within 2 ms of the change, want a slow rise", got)
	}
	if got := level(pcm[4000:]); math.Abs(got+30) > 0.7 {
		t.Errorf("level %.1f dBFS at the end, want -30", got)
	}
}

func TestTheHighEndIsSofter(t *testing.T) {
	g := noise.New(16000)
	g.SetLevel(-30)
	g.Start(0)
	pcm := make([]int16, 64000)
	g.Fill(pcm)
	low, high := tone(pcm, 16000, 400), tone(pcm, 16000, 6000)
	if drop := low - high; drop < 6 || drop > 20 {
		t.Errorf("6 kHz is %.1f dB below 400 Hz, want a gentle slope", drop)
	}
}

// tone returns the level around hertz, averaged over blocks.
func tone(pcm []int16, rate int, hertz float64) float64 {
	var power float64
	const block = 256
	for ; len(pcm) >= block; pcm = pcm[block:] {
		var re, im float64
		for i, s := range pcm[:block] {
			phase := 2 * math.Pi * hertz * float64(i) / float64(rate)
			re += float64(s) * math.Cos(phase)
			im += float64(s) * math.Sin(phase)
		}
		power += re*re + im*im
	}
	return 10 * math.Log10(power)
}

func TestTheSoundDependsOnTheSeedAlone(t *testing.T) {
	fill := func(seed uint64, parts ...int) []int16 {
		g := noise.New(8000)
		g.Seed(seed)
		g.SetLevel(-40)
		g.Start(0)
		var all []int16
		for _, n := range parts {
			part := make([]int16, n)
			g.Fill(part)
			all = append(all, part...)
		}
		return all
	}
	if !slices.Equal(fill(7, 320), fill(7, 1, 159, 160)) {
		t.Error("the way it is cut changes the sound")
	}
	if slices.Equal(fill(7, 320), fill(8, 320)) {
		t.Error("two seeds sound alike")
	}
}

func TestOddUseIsHarmless(t *testing.T) {
	g := noise.New(0)
	g.SetLevel(-40)
	g.Stop(nil, 5)
	g.Fill(nil)
	one := make([]int16, 1)
	g.Start(100)
	g.Stop(one, 100)
	if one[0] < 50 || one[0] > 150 {
		t.Errorf("one sample between two of 100 is %d", one[0])
	}
}

func TestFillingAllocatesNothing(t *testing.T) {
	g := noise.New(8000)
	g.SetLevel(-40)
	dst := make([]int16, 160)
	n := testing.AllocsPerRun(1000, func() {
		g.SetNoise(coloured(-40, -0.5, 0.1))
		g.Start(100)
		g.Fill(dst)
		g.SetNoise(coloured(-50, 0.5, 0.1))
		g.Add(dst)
		g.Stop(dst, -100)
		g.Yield(dst)
	})
	if n != 0 {
		t.Errorf("%v allocations a gap, want none", n)
	}
}

func BenchmarkFill(b *testing.B) {
	g := noise.New(8000)
	g.SetNoise(coloured(-40, -0.8, 0.3, 0.1, -0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1))
	g.Start(0)
	dst := make([]int16, 160)
	b.ReportAllocs()
	for b.Loop() {
		g.Fill(dst)
	}
}

func TestANewSpectrumGlides(t *testing.T) {
	g := noise.New(8000)
	g.SetNoise(coloured(-40, -0.95))
	g.Start(0)
	pcm := make([]int16, 8000)
	g.Fill(pcm)
	g.SetNoise(coloured(-40, 0.95))
	now := make([]int16, 40) // 5 ms
	g.Fill(now)
	if change := steepest(now); change > 900 {
		t.Errorf("a step of %d within 5 ms of the change, from noise of steps up to %d", change, steepest(pcm))
	}
	g.Fill(pcm)
	if low, high := tone(pcm, 8000, 300), tone(pcm, 8000, 3700); high-low < 10 {
		t.Errorf("3.7 kHz is %.1f dB above 300 Hz, want the new colour", high-low)
	}
}

// Whatever filter shapes it, noise keeps its level while it glides from one to
// another.
func TestAGlideKeepsTheLevel(t *testing.T) {
	g := noise.New(8000)
	colours := []noise.Description{
		coloured(-40, -0.97, 0.6), coloured(-40, 0.9), coloured(-40, 0, 0.95), coloured(-40, -0.5, 0.9, -0.5), {Level: -40},
	}
	g.SetNoise(colours[0])
	g.Start(0)
	pcm := make([]int16, 4000)
	g.Fill(pcm)
	for i := range 50 {
		g.SetNoise(colours[i%len(colours)])
		g.Fill(pcm)
		if got := level(pcm); math.Abs(got+40) > 3 {
			t.Errorf("level %.1f dBFS after a change to %+v", got, colours[i%len(colours)])
		}
	}
}

func TestAFilterThatIsNoneIsCutShort(t *testing.T) {
	for name, d := range map[string]noise.Description{
		"beyond one": coloured(-40, -0.5, 3), "no number": coloured(-40, -0.5, math.NaN()),
		"on the edge": coloured(-40, -0.5, 1), "next to it, ten times": coloured(-40, 0.999, 0.999, 0.999, 0.999, 0.999, 0.999, 0.999, 0.999, 0.999, 0.999),
	} {
		g := noise.New(8000)
		g.SetNoise(d)
		g.Start(0)
		pcm := make([]int16, 32000)
		g.Fill(pcm)
		if got := level(pcm); math.Abs(got+40) > 3 {
			t.Errorf("%s: level %.1f dBFS, want -40", name, got)
		}
	}
}

func TestAddIsFillOnTopOfASound(t *testing.T) {
	sounding := func() *noise.Generator {
		g := noise.New(8000)
		g.SetLevel(-40)
		g.Start(0)
		return g
	}
	filled, added := make([]int16, 500), slices.Repeat([]int16{1000}, 500)
	sounding().Fill(filled)
	sounding().Add(added)
	for i := range added {
		if d := added[i] - 1000 - filled[i]; d < -1 || d > 1 {
			t.Fatalf("sample %d: %d, want 1000 and %d", i, added[i], filled[i])
		}
	}
}

func TestYieldKeepsThePowerOfNoiseThatGoesOn(t *testing.T) {
	var sum float64
	for seed := range uint64(200) {
		g := noise.New(8000)
		g.Seed(seed)
		g.SetNoise(coloured(-40, 0))
		g.Start(0)
		pcm := make([]int16, 200)
		g.Fill(pcm)
		behind := filtered(seed, 40, -40)
		g.Yield(behind)
		sum += math.Pow(10, level(behind)/10) / 200
	}
	if got := 10 * math.Log10(sum); math.Abs(got+40) > 0.5 {
		t.Errorf("level %.1f dBFS in the join, want -40 as on both sides", got)
	}
}

func TestYieldLeavesWhatIsBehindTheJoin(t *testing.T) {
	g := noise.New(8000)
	g.SetLevel(-30)
	g.Start(0)
	pcm := slices.Repeat([]int16{5000}, 100)
	g.Yield(pcm)
	g.Yield(nil)
	if pcm[0] > 2500 || slices.ContainsFunc(pcm[40:], func(s int16) bool { return s != 5000 }) {
		t.Errorf("begins with %d, and is %d behind the join", pcm[0], pcm[40:44])
	}
}
