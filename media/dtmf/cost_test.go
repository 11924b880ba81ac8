package dtmf_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media/dtmf"
)

// lines are sounds of two seconds, of which detectors cost differently.
func lines(t testing.TB, rate int) map[string][]int16 {
	all := make(map[string][]int16)
	silence := newLine(rate, 1)
	silence.silence(2 * time.Second)
	all["silence"] = silence.pcm()
	noise := newLine(rate, 2)
	noise.silence(2 * time.Second)
	noise.white(-20)
	all["loud noise"] = noise.pcm()
	held := newLine(rate, 5)
	held.key(t, newGenerator(t, dtmf.Config{Rate: rate}), '5', 2*time.Second, 0)
	all["a held key"] = held.pcm()
	chord := newLine(rate, 5)
	chord.buzz(2*time.Second, 600, 0.3)
	all["a steady voice"] = chord.pcm()
	speech := newLine(rate, 3)
	for _, pitch := range []float64{90, 120, 180, 240, 150, 110} {
		speech.buzz(200*ms, pitch, 0.3)
		speech.silence(134 * ms)
	}
	all["buzz"] = speech.pcm()
	keys, g := newLine(rate, 4), newGenerator(t, dtmf.Config{Rate: rate})
	for _, key := range []byte("0123456789*#ABCD0123") {
		keys.key(t, g, key, 50*ms, 50*ms)
	}
	all["keys"] = keys.pcm()
	return all
}

func TestPushAllocatesNothing(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		for name, pcm := range lines(t, rate) {
			d, events, found := newDetector(t, rate), make([]dtmf.Event, 0, 8), 0
			push := func() {
				for at := 0; at+rate/50 <= len(pcm); at += rate / 50 {
					events = d.Push(events[:0], pcm[at:at+rate/50])
					found += len(events)
				}
			}
			if n := testing.AllocsPerRun(3, push); n != 0 {
				t.Errorf("%d Hz, %s: %v allocations in two seconds, want none", rate, name, n)
			}
			if (found > 0) != strings.Contains(name, "key") {
				t.Errorf("%d Hz, %s: %d events", rate, name, found)
			}
		}
	}
}

func TestMakingTonesAllocatesNothing(t *testing.T) {
	g, dst := newGenerator(t, dtmf.Config{Rate: 8000}), make([]int16, 160)
	if n := testing.AllocsPerRun(100, func() {
		_ = g.Press('5', 50*ms)
		g.Fill(dst)
	}); n != 0 {
		t.Errorf("%v allocations a key, want none", n)
	}
}

// The state of 200 calls must fit into a processor's cache.
func TestADetectorIsSmall(t *testing.T) {
	for rate, limit := range map[int]uint64{8000: 5 << 10, 24000: 9 << 10} {
		const calls = 200
		newDetector(t, rate) // makes the table that all share
		all := make([]*dtmf.Detector, calls)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range all {
			all[i] = newDetector(t, rate)
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / calls; each > limit {
			t.Errorf("%d Hz: a detector holds %d bytes, want %d at most", rate, each, limit)
		} else {
			t.Logf("%d Hz: a detector holds %d bytes", rate, each)
		}
	}
}

// What 20 ms cost depends on what is heard: at 8000 samples per second.
func BenchmarkPush(b *testing.B) {
	for name, pcm := range lines(b, 8000) {
		b.Run(name, func(b *testing.B) {
			d, events := newDetector(b, 8000), make([]dtmf.Event, 0, 8)
			b.ReportAllocs()
			for at := 0; b.Loop(); at = (at + 160) % 16000 {
				events = d.Push(events[:0], pcm[at:at+160])
			}
		})
	}
}

func BenchmarkFill(b *testing.B) {
	g, dst := newGenerator(b, dtmf.Config{Rate: 8000}), make([]int16, 160)
	_ = g.Press('5', time.Duration(1<<62))
	b.ReportAllocs()
	for b.Loop() {
		g.Fill(dst)
	}
}
