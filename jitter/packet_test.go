package jitter_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/media"
)

// Packets whose bytes don't tell their length, and can't be cut.
func TestPacketsCountBySamplesAndAreCutBehindTheDecoder(t *testing.T) {
	for name, c := range map[string]struct {
		format  media.Format
		payload []byte // of 20 ms
	}{
		"Opus":  {media.Format{Encoding: media.Opus, Rate: 16000}, []byte{9 << 3, 1, 2, 3, 4}},
		"G.722": {media.Format{Encoding: media.G722, Rate: 16000}, make([]byte, 160)},
	} {
		t.Run(name, func(t *testing.T) {
			b := jitter.New(jitter.Config{})
			for i, at := range []time.Duration{0, 20 * ms, 60 * ms, 67 * ms, 100 * ms} {
				push(t, b, media.Frame{Format: c.format, At: at, Seq: uint64(i + 1), Payload: c.payload}, epoch.Add(at))
			}
			now := epoch.Add(time.Second)
			for i, want := range []jitter.Item{
				{Outcome: jitter.Play, Samples: 320},
				{Outcome: jitter.Play, Samples: 320},
				{Outcome: jitter.Lost, Samples: 320},
				{Outcome: jitter.Play, Samples: 320},
				{Outcome: jitter.Play, Samples: 112, Cut: 208}, // 13 of its 20 ms were there before
				{Outcome: jitter.Lost, Samples: 208},
				{Outcome: jitter.Play, Samples: 320},
			} {
				got := b.Pop(now)
				if got.Outcome != want.Outcome || got.Samples != want.Samples || got.Cut != want.Cut {
					t.Fatalf("item %d: %v of %d samples, %d cut; want %v of %d, %d cut",
						i, got.Outcome, got.Samples, got.Cut, want.Outcome, want.Samples, want.Cut)
				}
				if got.Outcome == jitter.Play && len(got.Frame.Payload) != len(c.payload) {
					t.Errorf("item %d: %d bytes of %d are left", i, len(got.Frame.Payload), len(c.payload))
				}
			}
			if s := b.Stats(); s.Played+s.Lost != s.Media || s.Media != 120*ms || s.Trimmed != 13*ms {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestWhatIsNoPacketIsRefused(t *testing.T) {
	b := jitter.New(jitter.Config{})
	f := media.Frame{Format: media.Format{Encoding: media.Opus, Rate: 16000}, Payload: []byte{9<<3 | 3, 0}}
	if err := b.Push(f, epoch); err == nil {
		t.Error("a packet without frames was taken")
	}
	if _, next := b.Direct(f); next {
		t.Error("it was played at once")
	}
}
