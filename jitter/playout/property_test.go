package playout_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/jitter/playout"
)

// TestMediaTimeStaysTrue holds for packets that come in any order, early, late,
// twice or never: whatever is not stretched is the very sound of the time that
// Position tells, no more is held than the ceiling allows, nothing is played
// before it came, and all that was played is accounted for.
func TestMediaTimeStaysTrue(t *testing.T) {
	pcm := hiss(8 * rate)
	rapid.Check(t, func(t *rapid.T) {
		packets := arrivals(t)
		ceiling := time.Duration(rapid.IntRange(100, 600).Draw(t, "ceiling")) * ms
		r := newRig(playout.Config{Ceiling: ceiling})
		r.beat = rapid.SampledFrom([]time.Duration{10 * ms, 20 * ms}).Draw(t, "beat")
		arrived := map[time.Duration]time.Duration{}
		for _, p := range packets {
			if at, twice := arrived[p.at]; !twice || p.arrived < at {
				arrived[p.at] = p.arrived
			}
		}
		var total, changed time.Duration // sound is cross-faded for a while behind a change
		r.each = func(now time.Duration, before playout.Stats, position time.Duration, dst []int16) {
			after := r.b.Stats()
			if after.Held > ceiling {
				t.Fatalf("%v held at %v", after.Held, now)
			}
			moved := r.b.Position() - position
			if s := stretched(after); s != total {
				total, changed = s, now
			}
			plain := after.Played-before.Played == r.beat && moved == r.beat && now-changed > 60*ms
			if !plain {
				return
			}
			position += packets[0].at // media time begins with the first packet
			from := int(position) * rate / int(time.Second)
			if !slices.Equal(dst, pcm[from:from+len(dst)]) {
				t.Fatalf("at %v: not the sound of %v", now, position)
			}
			if came, ok := arrived[(position+r.beat-1)/(20*ms)*(20*ms)]; !ok || came > now {
				t.Fatalf("at %v: sound of %v, which came at %v", now, position, came)
			}
		}
		s := r.run(packets, pcm, 6*time.Second)
		account(t, r, s)
	})
}

func stretched(s playout.Stats) time.Duration {
	return s.Added + s.Padded + s.Removed + s.Skipped + s.Dropped
}

// account holds Stats to what was heard.
func account(t *rapid.T, r *rig, s playout.Stats) {
	if concealed := time.Duration(r.fill.concealed) * time.Second / rate; concealed != s.Concealed+s.Comfort {
		t.Fatalf("%v made up, %v told", concealed, s.Concealed+s.Comfort)
	}
	heard := time.Duration(len(r.heard)) * time.Second / rate
	if quiet := heard - s.Played - s.Concealed - s.Comfort; quiet < 0 || s.Played > 0 && quiet > 3*time.Second {
		t.Fatalf("%v heard, %+v", heard, s)
	}
	told := s.Late + s.Duplicates + s.Full + s.Invalid
	if int(told) != len(r.errs) {
		t.Fatalf("%d refused, %d told", len(r.errs), told)
	}
}

// arrivals draws a stream of four seconds: jitter, losses, doubles and stalls.
func arrivals(t *rapid.T) []packet {
	jitter := rapid.IntRange(0, 80).Draw(t, "jitter")
	var packets []packet
	var held time.Duration
	for i := range 200 {
		at := time.Duration(i) * 20 * ms
		switch rapid.IntRange(0, 60).Draw(t, "fate") {
		case 0:
			if i > 0 {
				continue
			}
		case 1:
			packets = append(packets, packet{at: at, seq: uint64(i + 1), arrived: at + 100*ms})
		case 2:
			held = at + time.Duration(rapid.IntRange(0, 700).Draw(t, "stall"))*ms
		}
		late := time.Duration(rapid.IntRange(0, jitter).Draw(t, "late")) * ms
		packets = append(packets, packet{at: at, seq: uint64(i + 1), arrived: max(at+late, held)})
	}
	slices.SortStableFunc(packets, func(a, b packet) int { return int(a.arrived - b.arrived) })
	return packets
}

// FuzzPlayout feeds packets and beats with any times, stamps and lengths: the
// Buffer must neither panic nor hold more than its ceiling, and tell what it
// did. Each four bytes are one step.
func FuzzPlayout(f *testing.F) {
	f.Add([]byte{0, 0, 20, 160, 1, 10, 80, 0, 1, 10, 80, 0})
	f.Add([]byte{0, 0, 0, 160, 0, 0, 200, 160, 2, 3, 4, 5, 3, 255, 255, 255, 1, 200, 255, 255})
	pcm := hiss(1 << 16)
	f.Fuzz(func(t *testing.T, script []byte) {
		fill := &filler{}
		const ceiling = 200 * ms
		b := playout.New(playout.Config{Ceiling: ceiling, Conceal: fill, Depth: 4})
		now := epoch
		var at time.Duration
		var seq uint64
		var pulled int
		dst := make([]int16, 1<<12)
		for ; len(script) >= 4; script = script[4:] {
			x, y, z := int(int8(script[1])), int(script[2]), int(script[3])
			switch script[0] % 4 {
			case 0: // the next packet, a little off
				at += time.Duration(y) * ms
				seq++
				_ = b.Push(playout.Frame{At: at + time.Duration(x)*ms, Seq: seq, PCM: pcm[:z]}, now)
			case 1: // time passes, and a beat
				now = now.Add(time.Duration(x) * ms)
				b.Pull(dst[:y+z], now)
				pulled += y + z
			case 2: // a jump of the sender's clock
				at += time.Duration(x) << (y % 64)
				_ = b.Push(playout.Frame{At: at, PCM: pcm[x&63 : (x&63)+8*z]}, now)
			default: // a jump of ours
				now = now.Add(time.Duration(x) << (y % 64))
			}
			s := b.Stats()
			if s.Held > ceiling || s.Held < 0 {
				t.Fatalf("%v held", s.Held)
			}
			if made := time.Duration(fill.concealed) * time.Second / rate; made != s.Concealed+s.Comfort {
				t.Fatalf("%v made up, %+v", made, s)
			}
			if heard := time.Duration(pulled) * time.Second / rate; s.Played+s.Concealed+s.Comfort > heard {
				t.Fatalf("%v heard, %+v", heard, s)
			}
		}
	})
}
