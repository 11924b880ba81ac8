package jitter_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/jitter"
)

func TestDirectTakesTheNextFrameAsItIs(t *testing.T) {
	b := jitter.New(jitter.Config{})
	first := sound(0, 20*ms)
	if _, next := b.Direct(first); next {
		t.Error("the first frame of a stream was taken: it may have to wait")
	}
	push(t, b, first, epoch)
	check(t, drain(b, epoch), played(0, 20*ms))
	f := sound(20*ms, 20*ms)
	it, next := b.Direct(f)
	if !next || it.Samples != 160 || it.Frame.At != 20*ms || &it.Frame.Payload[0] != &f.Payload[0] {
		t.Errorf("next is %v, item %+v", next, it)
	}
	for name, bad := range map[string]time.Duration{"a duplicate": 20 * ms, "a late one": 0, "one behind a gap": 200 * ms} {
		if _, next := b.Direct(sound(bad, 20*ms)); next {
			t.Errorf("%s was taken", name)
		}
	}
}

// Whatever comes, trying Direct first changes nothing about what is played.
func TestDirectDecidesAsPushAndPopDo(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		cfg := jitter.Config{Wait: time.Duration(rapid.IntRange(0, 60).Draw(r, "wait")) * ms}
		plain, direct := jitter.New(cfg), jitter.New(cfg)
		now, at := epoch, time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(r, "frames") {
			now = now.Add(time.Duration(rapid.IntRange(0, 50).Draw(r, "later")) * ms)
			length := time.Duration(rapid.SampledFrom([]int{5, 10, 20, 100}).Draw(r, "length")) * ms
			f := sound(at, length)
			f.Seq = uint64(rapid.IntRange(0, 3).Draw(r, "seq"))
			at += length + time.Duration(rapid.SampledFrom([]int{0, 0, 0, 0, 3, -3, 40, -40, 6000, -2000}).Draw(r, "step"))*ms

			_ = plain.Push(f, now)
			want := drain(plain, now)
			var got []told
			if it, next := direct.Direct(f); next {
				got = append(got, told{it.Outcome, it.Frame.At, it.Frame.Duration(), int(it.Frame.Payload[0])})
			} else {
				_ = direct.Push(f, now)
			}
			got = append(got, drain(direct, now)...)
			if diff := cmp.Diff(want, got); diff != "" {
				r.Fatalf("frame at %v: %s", f.At, diff)
			}
		}
		if diff := cmp.Diff(plain.Stats(), direct.Stats()); diff != "" {
			r.Fatal(diff)
		}
	})
}
