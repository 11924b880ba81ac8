package jitterbench

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/jitter/playout"
)

// babble is sound of which no part is like another.
func babble(n int) []int16 {
	rng := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	var last float64
	for i := range pcm {
		last = 0.7*last + 3000*rng.NormFloat64()
		pcm[i] = int16(last)
	}
	return pcm
}

func TestACleanTraceIsPlayedAtTheNextBeat(t *testing.T) {
	r := play(trace.Clean(8*time.Second), babble(8*rate), playout.Config{Start: -1})
	got := r.totals(3 * time.Second)
	if got.delay != phase || got.bySample != phase+beat/2 || got.concealed != 0 {
		t.Errorf("%+v, want delays of %v and half a beat more", got, phase)
	}
	for _, d := range r.delays() {
		if d != phase {
			t.Fatalf("a packet is played %v after its sending", d)
		}
	}
}

func TestSpurtsAreWhatIsSpoken(t *testing.T) {
	speech := make([]bool, 800)
	for i := range speech {
		speech[i] = i%200 < 100 // a second of each two
	}
	r := play(trace.Clean(8*time.Second), babble(8*rate), playout.Config{Start: -1})
	mean, spurts := r.spurts(speech, 3*time.Second)
	if mean != phase || len(spurts) != 2 || len(spurts[0]) != 50 || len(spurts[1]) != 50 {
		t.Errorf("%v, %d spurts", mean, len(spurts))
	}
}

func TestWhatIsHeardIsFoundInWhatWasSent(t *testing.T) {
	sent := babble(10 * rate)
	r := run{played: append(make([]int16, samples(130*time.Millisecond)), sent...)}
	found := listen(r, sent, time.Second, 2*time.Second)
	if len(found) < 40 {
		t.Fatalf("%d found", len(found))
	}
	for _, h := range found {
		if h.delay != 130*time.Millisecond+phase {
			t.Errorf("at %v: %v", h.at, h.delay)
		}
	}
}

func TestSpeedIsThatOfWhatIsHeard(t *testing.T) {
	var found []heard
	for at := time.Second; at < 3*time.Second; at += hop {
		found = append(found, heard{at: at, delay: 600*time.Millisecond - (at-time.Second)/5})
	}
	if got := fastest(found, babble(4*rate)); got < 1.199 || got > 1.201 {
		t.Errorf("%.3f, want 1.2", got)
	}
	if got := fastest(found, make([]int16, 4*rate)); got != 0 {
		t.Errorf("%.3f in silence, want none", got)
	}
}

func TestAStallIsRecoveredFrom(t *testing.T) {
	rec := recoverFrom(babble(11 * rate))
	if rec.back <= 0 || rec.back > 3*time.Second || rec.found < 20 {
		t.Errorf("%+v", rec)
	}
}
