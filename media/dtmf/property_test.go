package dtmf_test

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/dtmf"
)

// eventsOf pushes pcm cut at the given lengths, again and again.
func eventsOf(t testing.TB, rate int, pcm []int16, cuts []int) (all []dtmf.Event) {
	t.Helper()
	d := newDetector(t, rate)
	for i := 0; len(pcm) > 0; i++ {
		n := len(pcm)
		if len(cuts) > 0 {
			n = min(n, max(1, cuts[i%len(cuts)]))
		}
		all = d.Push(all, pcm[:n])
		pcm = pcm[n:]
	}
	return all
}

// checkEvents checks what holds whatever was heard.
func checkEvents(t testing.TB, all []dtmf.Event, samples int) {
	t.Helper()
	var last dtmf.Event
	for i, ev := range all {
		if ev.Down != (i%2 == 0) || !slices.Contains([]byte(dtmf.Keys), ev.Key) || !ev.Down && ev.Key != last.Key {
			t.Fatalf("event %d of %+v: presses and releases of keys must take turns", i, all)
		}
		if ev.At < last.At || ev.At > int64(samples) {
			t.Fatalf("event %d of %+v is out of order, or beyond the %d samples", i, all, samples)
		}
		last = ev
	}
}

func TestTheWayItIsCutChangesNoEvent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.SampledFrom([]int{8000, 16000, 24000, 48000}).Draw(rt, "rate")
		l := newLine(rate, rapid.Uint64().Draw(rt, "seed"))
		for _, key := range rapid.SliceOfN(rapid.SampledFrom([]byte(dtmf.Keys)), 1, 3).Draw(rt, "keys") {
			l.add(press{
				key: key, level: rapid.Float64Range(-40, -7).Draw(rt, "level"), twist: rapid.Float64Range(-12, 8).Draw(rt, "twist"),
				held: time.Duration(rapid.IntRange(15, 120).Draw(rt, "held")) * ms, gap: time.Duration(rapid.IntRange(5, 60).Draw(rt, "gap")) * ms,
				noise: rapid.Float64Range(4, 40).Draw(rt, "noise"),
			})
		}
		pcm := l.pcm()
		whole := eventsOf(t, rate, pcm, nil)
		checkEvents(t, whole, len(pcm))
		cuts := rapid.SliceOfN(rapid.IntRange(1, rate/10), 1, 8).Draw(rt, "cuts")
		if cut := eventsOf(t, rate, pcm, cuts); !slices.Equal(cut, whole) {
			rt.Fatalf("cut at %v: %+v, whole: %+v", cuts, cut, whole)
		}
	})
}

func FuzzDetector(f *testing.F) {
	g := newGenerator(f, dtmf.Config{Rate: 8000})
	for _, keys := range []string{"1", "5#", "DA0"} {
		l := newLine(8000, 1)
		for _, key := range []byte(keys) {
			l.key(f, g, key, 60*ms, 40*ms)
		}
		var raw []byte
		for _, s := range l.pcm() {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(s))
		}
		f.Add(raw, byte(0), uint16(160))
	}
	f.Add([]byte{0xff, 0x7f, 0x00, 0x80}, byte(2), uint16(1))
	f.Fuzz(func(t *testing.T, raw []byte, rate byte, cut uint16) {
		pcm := make([]int16, len(raw)/2)
		for i := range pcm {
			pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		hertz := []int{8000, 16000, 24000, 48000}[rate%4]
		whole := eventsOf(t, hertz, pcm, nil)
		checkEvents(t, whole, len(pcm))
		if got := eventsOf(t, hertz, pcm, []int{int(cut), 1}); !slices.Equal(got, whole) {
			t.Fatalf("cut at %d: %+v, whole: %+v", cut, got, whole)
		}
	})
}

func FuzzGenerator(f *testing.F) {
	f.Add(8000, -12.0, 0.0, byte('5'), int64(100*ms), 800)
	f.Add(48000, -6.0, -12.0, byte('x'), int64(-1), 0)
	f.Fuzz(func(t *testing.T, rate int, level, twist float64, key byte, held int64, n int) {
		g, err := dtmf.NewGenerator(dtmf.Config{Rate: rate, Level: level, Twist: twist})
		if err != nil {
			return
		}
		known := slices.Contains([]byte(dtmf.Keys), key)
		if err = g.Press(key, time.Duration(held)); (err == nil) != known {
			t.Fatalf("%q: %v", key, err)
		}
		dst := make([]int16, max(0, min(n, 1<<16)))
		sounding := g.Fill(dst)
		if sounding < 0 || sounding > len(dst) || !known && sounding > 0 {
			t.Fatalf("%d of %d samples sound", sounding, len(dst))
		}
		for _, s := range dst[sounding:] {
			if s != 0 {
				t.Fatal("no silence behind the key")
			}
		}
	})
}
