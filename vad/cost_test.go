package vad_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/talkpath/talkpath/vad"
)

// The state of 200 calls must fit into a processor's cache.
func TestADetectorIsSmall(t *testing.T) {
	const calls, limit = 200, 2560
	newDetector(t, 48000) // makes the table that all share
	all := make([]*vad.Detector, calls)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range all {
		all[i] = newDetector(t, 48000)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / calls; each > limit {
		t.Errorf("a detector holds %d bytes, want %d at most", each, limit)
	} else {
		t.Logf("a detector holds %d bytes", each)
	}
}

func TestPushAllocatesNothingInSilence(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		d := newDetector(t, rate)
		pcm := make([]int16, rate/50)
		if n := testing.AllocsPerRun(500, func() { d.Push(pcm) }); n != 0 {
			t.Errorf("%d Hz: %v allocations a push, want none", rate, n)
		}
	}
}

// What a call costs depends on what is said: at 8000 samples per second.
func BenchmarkLine(b *testing.B) {
	for name, add := range map[string]func(s *signal){
		"silence":     func(*signal) {},
		"speech":      func(s *signal) { s.speech(0, 2*time.Second, -20) },
		"noise":       func(s *signal) { s.white(0, 2*time.Second, -45) },
		"faint noise": func(s *signal) { s.white(0, 2*time.Second, -80) },
	} {
		b.Run(name, func(b *testing.B) {
			d := newDetector(b, 8000)
			s := newSignal(8000, 2*time.Second)
			add(s)
			pcm := s.pcm()
			d.Push(pcm)
			d.Push(pcm)
			b.ReportAllocs()
			for at := 0; b.Loop(); at = (at + 160) % len(pcm) {
				d.Push(pcm[at : at+160])
			}
		})
	}
}
