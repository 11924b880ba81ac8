package jitter_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/jitter"
)

func TestAnOvertakenFrameIsAwaitedWhileTheLineStandsStill(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 60 * ms, Patience: 500 * ms})
	push(t, b, sound(0, 20*ms), epoch)
	push(t, b, sound(40*ms, 20*ms), epoch.Add(40*ms))
	check(t, drain(b, epoch.Add(340*ms)), played(0, 20*ms))
	push(t, b, sound(60*ms, 20*ms), epoch.Add(340*ms)) // all at once
	check(t, drain(b, epoch.Add(340*ms)))
	push(t, b, sound(20*ms, 20*ms), epoch.Add(340*ms))
	check(t, drain(b, epoch.Add(340*ms)), played(20*ms, 20*ms), played(40*ms, 20*ms), played(60*ms, 20*ms))
}

func TestPatienceEndsWithTheSoundThatFollowsOrWithTime(t *testing.T) {
	for name, c := range map[string]struct {
		follow []time.Duration // frames behind the gap
		due    time.Duration
	}{
		"enough sound has overtaken it": {[]time.Duration{40 * ms, 60 * ms, 80 * ms}, 60 * ms},
		"the line stays dead":           {[]time.Duration{40 * ms}, 560 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			b := jitter.New(jitter.Config{Wait: 60 * ms, Patience: 500 * ms})
			push(t, b, sound(0, 20*ms), epoch)
			drain(b, epoch)
			want := []told{lost(20*ms, 20*ms)}
			for _, at := range c.follow {
				push(t, b, sound(at, 20*ms), epoch)
				want = append(want, played(at, 20*ms))
			}
			if due, ok := b.Due(); !ok || !due.Equal(epoch.Add(c.due)) {
				t.Errorf("due after %v %v, want %v", due.Sub(epoch), ok, c.due)
			}
			check(t, drain(b, epoch.Add(c.due-1)))
			check(t, drain(b, epoch.Add(c.due)), want...)
		})
	}
}

// TCP delivers what a carrier that reorders has sent in the carrier's order,
// and stands still now and then.
func TestStallsBetweenFramesThatChangedPlacesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 2 // frames that may overtake one
		cfg := jitter.Config{Wait: (most + 1) * 20 * ms, Patience: 500 * ms, Depth: 64}
		n := rapid.IntRange(1, 60).Draw(t, "frames")
		type place struct{ frame, behind int }
		order := make([]place, n)
		sent := make([]arrival, n)
		for i := range order {
			order[i] = place{frame: i, behind: i}
			if rapid.IntRange(0, 4).Draw(t, "overtaken") == 0 {
				order[i].behind = min(i+rapid.IntRange(1, most).Draw(t, "by"), n-1)
			}
			at := time.Duration(i) * 20 * ms
			sent[i] = arrival{sound(at, 20*ms), epoch.Add(at)}
		}
		want := play(t, cfg, sent)
		slices.SortFunc(order, func(a, b place) int {
			return cmp.Or(cmp.Compare(a.behind, b.behind), cmp.Compare(b.frame, a.frame))
		})
		var got []arrival
		last := epoch
		for _, p := range order {
			at := epoch.Add(time.Duration(p.behind) * 20 * ms)
			if rapid.IntRange(0, 9).Draw(t, "stalls") == 0 {
				at = at.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "stall")) * ms)
			}
			if at.Before(last) {
				at = last
			}
			last = at
			got = append(got, arrival{sent[p.frame].frame, at})
		}
		if diff := gocmp.Diff(want, play(t, cfg, got)); diff != "" {
			t.Fatalf("over a line that stalls (-in order +over it):\n%s", diff)
		}
	})
}
