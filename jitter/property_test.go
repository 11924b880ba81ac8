package jitter_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/media"
)

// arrival is a frame and when it comes in.
type arrival struct {
	frame media.Frame
	at    time.Time
}

// play runs arrivals through a Buffer the way a call does: Pop after each Push
// and whenever Due says so. It checks that items join, and returns them.
func play(t *rapid.T, cfg jitter.Config, arrivals []arrival) []told {
	b := jitter.New(cfg)
	var all []told
	take := func(now time.Time) {
		for {
			it := b.Pop(now)
			if it.Outcome == jitter.Wait {
				return
			}
			first := -1
			if it.Outcome == jitter.Play {
				first = int(it.Frame.Payload[0])
				if got := len(it.Frame.Payload); got != it.Samples {
					t.Fatalf("%d bytes for %d samples", got, it.Samples)
				}
			}
			length := media.PCMDuration(it.Samples, mulaw.Rate)
			if n := len(all); n > 0 && all[n-1].At+all[n-1].For != it.Frame.At {
				t.Fatalf("item at %v follows one that ends at %v", it.Frame.At, all[n-1].At+all[n-1].For)
			}
			all = append(all, told{it.Outcome, it.Frame.At, length, first})
		}
	}
	for _, a := range arrivals {
		for due, ok := b.Due(); ok && due.Before(a.at); due, ok = b.Due() {
			take(due)
		}
		if err := b.Push(a.frame, a.at); err != nil {
			t.Fatalf("push of the frame at %v: %v", a.frame.At, err)
		}
		take(a.at)
	}
	if due, ok := b.Due(); ok {
		take(due.Add(cfg.Wait + cfg.Patience))
	}
	if s := b.Stats(); s.Played+s.Lost != s.Media {
		t.Fatalf("played %v and lost %v are not the media time %v", s.Played, s.Lost, s.Media)
	}
	return all
}

func TestAnyOrderWithinTheWaitGivesTheSameSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const wait = 200 * ms
		cfg := jitter.Config{Wait: wait, Depth: 64}
		start := time.Duration(rapid.IntRange(0, 1000).Draw(t, "start")) * 20 * ms
		var sent []arrival
		at := start
		for i, n := 0, rapid.IntRange(1, 60).Draw(t, "frames"); i < n; i++ {
			length := time.Duration(rapid.IntRange(1, 10).Draw(t, "length")) * 20 * ms
			if rapid.IntRange(0, 9).Draw(t, "lost") > 0 {
				sent = append(sent, arrival{sound(at, length), epoch.Add(at)})
			}
			at += length
		}
		want := play(t, cfg, sent)
		for i := range sent {
			sent[i].at = sent[i].at.Add(time.Duration(rapid.IntRange(0, int(wait/ms)-1).Draw(t, "delay")) * ms)
		}
		slices.SortStableFunc(sent, func(a, b arrival) int { return a.at.Compare(b.at) })
		if diff := cmp.Diff(want, play(t, cfg, sent)); diff != "" {
			t.Fatalf("out of order (-in order +out of order):\n%s", diff)
		}
	})
}

// FuzzBuffer throws frames with any timestamps, lengths, formats and times at a
// Buffer: its items always join, its sums are right and it hands out no more
// than it was given and may hold.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef0123456789abcdef"), uint16(0), uint8(16))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\x7f\x10\x01\x00\x00\x00\x00\x00\x80\x10\x01"), uint16(40), uint8(2))
	f.Add(make([]byte, 200), uint16(500), uint8(1))
	f.Add(bytes.Repeat([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\xff\x1c"), 8), uint16(60), uint8(64))
	f.Fuzz(func(t *testing.T, script []byte, wait uint16, depth uint8) {
		cfg := jitter.Config{Wait: time.Duration(wait) * ms, Patience: time.Duration(depth) * ms, Depth: int(depth)}
		b := jitter.New(cfg)
		payload := make([]byte, 256*8*16)
		now, end, given := epoch, int64(0), int64(0)
		for ; len(script) >= 10; script = script[10:] {
			at := time.Duration(binary.LittleEndian.Uint64(script))
			odd := script[9]
			if odd&1 == 0 { // mostly near each other
				at %= 6 * time.Second
			}
			length, format := int(script[8])*8, mulaw
			if odd&4 != 0 { // rarely: other bits are set as well
				length = length*16 + 1
			}
			if odd&8 != 0 {
				format = media.Format{Encoding: media.L16, Rate: 16000}
			}
			now = now.Add(time.Duration(int8(odd)) * ms)
			err := b.Push(media.Frame{Format: format, At: at, Payload: payload[:min(length, len(payload))]}, now)
			if err == nil {
				given += int64(length / format.Encoding.SampleSize())
			}
			if err == nil && odd&2 == 0 {
				continue // Pop is not called each time
			}
			for items := 0; ; items++ {
				it := b.Pop(now)
				if it.Outcome == jitter.Wait {
					break
				}
				if rate := it.Frame.Format.Rate; it.Frame.At != media.PCMDuration(int(end), rate) {
					t.Fatalf("item at %v, want %v", it.Frame.At, media.PCMDuration(int(end), rate))
				}
				if it.Samples <= 0 || it.Samples > 5*it.Frame.Format.Rate || items > 2*max(int(depth), 16) {
					t.Fatalf("item %d has %d samples", items, it.Samples)
				}
				end += int64(it.Samples)
				if it.Outcome == jitter.Play {
					given -= int64(it.Samples)
				}
			}
			if given < 0 {
				t.Fatalf("%d samples more than were given came out", -given)
			}
		}
		if s := b.Stats(); s.Played+s.Lost != s.Media {
			t.Fatalf("played %v and lost %v are not the media time %v", s.Played, s.Lost, s.Media)
		}
	})
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for name, cfg := range map[string]jitter.Config{"in order": {}, "waiting": {Wait: 60 * ms}} {
		b := jitter.New(cfg)
		f := sound(0, 20*ms)
		step := func() {
			// Of five frames the third is lost and the last two change places.
			for _, i := range []time.Duration{0, 1, 4, 3} {
				g := f
				g.At += i * 20 * ms
				g.Seq++
				_ = b.Push(g, epoch.Add(g.At))
				for b.Pop(epoch.Add(g.At)).Outcome != jitter.Wait {
				}
			}
			f.At += 100 * ms
		}
		if n := testing.AllocsPerRun(1000, step); n != 0 {
			t.Errorf("%s: %v allocations for each five frames, want none", name, n)
		}
		if s := b.Stats(); s.Played == 0 || s.Lost == 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func BenchmarkBuffer(b *testing.B) {
	buf := jitter.New(jitter.Config{})
	f := sound(0, 20*ms)
	for b.Loop() {
		if err := buf.Push(f, epoch.Add(f.At)); err != nil {
			b.Fatal(err)
		}
		for buf.Pop(epoch.Add(f.At)).Outcome != jitter.Wait {
		}
		f.At += 20 * ms
	}
}
