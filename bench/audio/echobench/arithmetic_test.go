package echobench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestAnEchoIsLateAndWeaker(t *testing.T) {
	in := make([]int16, rate)
	for i := range in {
		in[i] = int16(8000 * math.Sin(2*math.Pi*1000*float64(i)/rate))
	}
	for k := plain; k < kinds; k++ {
		out := path{kind: k, loss: 12, delay: 100 * time.Millisecond}.echo(in, rand.New(rand.NewPCG(1, 1)))
		if early := power(out[:790]); early > 100*100 {
			t.Errorf("%v: something comes back at once: %.0f", k, early)
		}
		if got := 10 * math.Log10(power(in[4000:])/power(out[4000:])); math.Abs(got-12) > 3 {
			t.Errorf("%v: the echo is %.1f dB weaker, want about 12", k, got)
		}
	}
}

func power(pcm []int16) (sum float64) {
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum / float64(len(pcm))
}

func TestSegmentalRatioIsThatOfSpeechToTheRest(t *testing.T) {
	ref, deg := make([]int16, rate), make([]int16, rate)
	speech := make([]bool, 100)
	for i := range ref {
		ref[i] = int16(1000 * (1 - 2*(i%2)))
		deg[i] = ref[i] + int16(100*(1-2*(i/2%2)))
	}
	for i := range speech {
		speech[i] = i < 50
	}
	clear(deg[rate/2:]) // where nobody speaks
	if got := segmental(ref, deg, speech, rate); math.Abs(got-20) > 0.01 {
		t.Errorf("%.2f dB, want 20", got)
	}
	if got := segmental(ref, ref, speech, rate); got != 35 {
		t.Errorf("what has nothing beside it is at %.1f dB, want 35", got)
	}
}

func TestBehindFindsTheDelay(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	ref := make([]int16, 2000)
	for i := range ref {
		ref[i] = int16(rng.IntN(2000) - 1000)
	}
	if got := behind(slices.Concat(make([]int16, 48), ref), ref, rate); got != 48 {
		t.Errorf("%d samples, want 48", got)
	}
}

func TestBargeInsAreCountedAgainstWhoWouldHaveBeenHeard(t *testing.T) {
	const ms = time.Millisecond
	var b bargeIns
	for _, c := range []struct{ want, got time.Duration }{
		{1100 * ms, 1140 * ms}, // found
		{1100 * ms, -1},        // missed
		{1100 * ms, 2600 * ms}, // too late
		{1100 * ms, 400 * ms},  // an echo, before
		{-1, 1100 * ms},        // nobody would have heard that one
	} {
		b.add(outcome{stopped: c.want}, outcome{stopped: c.got}, time.Second)
	}
	if b.callers != 4 || b.missed != 2 || b.early != 1 || len(b.added) != 1 || b.added[0] != 40 {
		t.Errorf("%+v", b)
	}
}

func TestTheAgentIsInterruptedByACallerAndByAnEchoWithoutAGuard(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	syllables := func(seconds int) []int16 {
		pcm := make([]int16, seconds*rate)
		for i := range pcm {
			loud := math.Pow(math.Sin(math.Pi*float64(i)/1600), 2)
			pcm[i] = int16(5000 * loud * rng.NormFloat64())
		}
		return pcm
	}
	p := prompt{agent: syllables(4), path: &path{loss: 12, delay: 120 * time.Millisecond}}
	bare, err := p.run()
	if err != nil || bare.stopped < 0 {
		t.Errorf("without a guard the echo doesn't interrupt: %+v, %v", bare, err)
	}
	p.guard = true
	guarded, err := p.run()
	if err != nil || guarded.stopped >= 0 || guarded.heard || guarded.echoes == 0 {
		t.Errorf("with a guard: %+v, %v", guarded, err)
	}
	p.path, p.caller = nil, slices.Concat(make([]int16, 2*rate), syllables(1))
	over, err := p.run()
	if err != nil || over.stopped < 2*time.Second || over.stopped > 2300*time.Millisecond || !over.heard {
		t.Errorf("a caller from 2 s on: %+v, %v", over, err)
	}
}
