package jitter_test

import (
	"math"
	"testing"
	"time"

	"github.com/talkpath/talkpath/jitter"
)

func TestANewTimeBaseLeavesNoHole(t *testing.T) {
	cases := map[string]struct{ before, after time.Duration }{
		"clock set back":      {10 * time.Second, 0},
		"clock set forward":   {0, time.Hour},
		"32 bit of ms wrap":   {(math.MaxUint32 - 19) * ms, 0},
		"from the far future": {math.MaxInt64, math.MinInt64/2 - 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := jitter.New(jitter.Config{})
			push(t, b, sound(0, 20*ms), epoch) // the payload does not matter
			drain(b, epoch)
			var all []told
			for i, at := range []time.Duration{c.before, c.after, c.after + 20*ms} {
				f := sound(0, 20*ms)
				f.At = at
				now := epoch.Add(time.Duration(i+1) * 20 * ms)
				if err := b.Push(f, now); err == nil {
					all = append(all, drain(b, now)...)
				}
			}
			for i, it := range all {
				if it.Outcome != jitter.Play {
					t.Errorf("item %d is %v for %v, want no gap", i, it.Outcome, it.For)
				}
			}
			if s := b.Stats(); s.Resets == 0 || s.Lost != 0 || s.Media != s.Played {
				t.Errorf("stats %+v, want resets and no loss", s)
			}
		})
	}
}

func TestAJumpBackWaitsBehindWhatIsHeld(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 60 * ms})
	for i := range 100 {
		at := time.Duration(i) * 20 * ms
		push(t, b, sound(at, 20*ms), epoch.Add(at))
		drain(b, epoch.Add(at))
	}
	now := epoch.Add(2 * time.Second)
	push(t, b, sound(2020*ms, 20*ms), now) // 2000 is missing
	push(t, b, sound(0, 20*ms), now)       // a new base
	push(t, b, sound(20*ms, 20*ms), now)
	check(t, drain(b, now.Add(60*ms)), lost(2000*ms, 20*ms), played(2020*ms, 20*ms),
		playedAs(2040*ms, 0, 20*ms), playedAs(2060*ms, 20*ms, 20*ms))
	if got := b.Stats().Resets; got != 1 {
		t.Errorf("%d resets, want 1", got)
	}
}

func TestAJumpWithinTheLimitsIsAGap(t *testing.T) {
	b := jitter.New(jitter.Config{MaxGap: time.Second})
	push(t, b, sound(0, 20*ms), epoch)
	push(t, b, sound(1020*ms, 20*ms), epoch.Add(time.Second))
	push(t, b, sound(2041*ms, 20*ms), epoch.Add(2*time.Second))
	check(t, drain(b, epoch.Add(2*time.Second)), played(0, 20*ms), lost(20*ms, time.Second), played(1020*ms, 20*ms),
		playedAs(1040*ms, 2041*ms, 20*ms))
}

// A carrier whose timestamps leap to and fro could otherwise order five
// seconds of filling with every frame.
func TestGapsDoNotRunAheadOfRealTime(t *testing.T) {
	b := jitter.New(jitter.Config{})
	for i := range 200 {
		now := epoch.Add(time.Duration(i) * 20 * ms)
		push(t, b, sound(time.Duration(i%2)*4*time.Second+time.Duration(i)*ms, 20*ms), now)
		drain(b, now)
	}
	if got, limit := b.Stats().Media, 4*time.Second+5*time.Second; got > limit {
		t.Errorf("media time is %v after 4s, want %v at most", got, limit)
	}
}

func TestALongStreamKeepsItsPlace(t *testing.T) {
	b := jitter.New(jitter.Config{})
	const long = 400 * time.Hour // where samples times nanoseconds overflow
	push(t, b, sound(0, 20*ms), epoch)
	drain(b, epoch)
	for at := 4 * time.Second; at < long; at += 5 * time.Second {
		f := sound(0, 20*ms)
		f.At = at
		push(t, b, f, epoch.Add(at))
		drain(b, epoch.Add(at))
	}
	s := b.Stats()
	if s.Resets != 0 || s.Media < long-5*time.Second || s.Media > long {
		t.Errorf("media time %v and %d resets after %v", s.Media, s.Resets, long)
	}
}
