package playout_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/talkpath/talkpath/jitter/playout"
)

func TestACleanStreamIsPlayedAsItIs(t *testing.T) {
	r := newRig(playout.Config{Start: -1})
	pcm := hiss(10 * rate)
	s := r.run(steady(10*time.Second, onTime), pcm, 10*time.Second)
	if !slices.Equal(r.heard, pcm[:len(r.heard)]) {
		t.Error("what is heard is not what was sent")
	}
	if s.Waited > 10*ms || s.Concealed+s.Removed+s.Added != 0 {
		t.Errorf("%+v, want a delay of a beat and no change", s)
	}
}

func TestOneStallRaisesNothing(t *testing.T) {
	r := newRig(playout.Config{})
	var usual, back time.Duration
	r.each = func(now time.Duration, s playout.Stats, _ time.Duration, _ []int16) {
		if now < 20*time.Second {
			usual = s.Delay
		}
		if s.Delay > usual+20*ms && now > 20300*ms {
			back = now - 20300*ms
		}
		if now > 21*time.Second && s.Target > 20*ms {
			t.Fatalf("target %v at %v", s.Target, now)
		}
	}
	s := r.run(steady(30*time.Second, stall(20*time.Second, 300*ms)), voice(rate), 30*time.Second)
	if back == 0 || back > 1500*ms {
		t.Errorf("back after %v, want at most 1.5s", back)
	}
	if s.Dropped != 0 || s.Late != 0 {
		t.Errorf("%+v, want all of it played", s)
	}
}

func TestStallsThatComeAgainAreExpected(t *testing.T) {
	r := newRig(playout.Config{})
	var learned playout.Stats
	r.each = func(now time.Duration, s playout.Stats, _ time.Duration, _ []int16) {
		if now < 6*time.Second {
			learned = s
		}
	}
	s := r.run(steady(30*time.Second, func(at time.Duration) time.Duration {
		return stall(time.Second, 120*ms)(at % (2 * time.Second))
	}), voice(rate), 30*time.Second)
	if got := s.Concealed - learned.Concealed; got > 20*ms {
		t.Errorf("%v concealed in a dozen stalls, want next to nothing", got)
	}
	if s.Delay > 130*ms {
		t.Errorf("delay %v", s.Delay)
	}
}

func TestJitterIsCoveredAndABetterNetworkBelieved(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var last time.Duration
	packets := steady(40*time.Second, func(at time.Duration) time.Duration {
		if at > 20*time.Second {
			return 60 * ms
		}
		last = max(last, at+60*ms+time.Duration(rng.NormFloat64()*float64(20*ms)))
		return last - at
	})
	r := newRig(playout.Config{})
	var jittered, settled playout.Stats
	r.each = func(now time.Duration, s playout.Stats, _ time.Duration, _ []int16) {
		if now < 20*time.Second {
			jittered = s
		}
		if now < 28*time.Second {
			settled = s
		}
	}
	r.run(packets, voice(rate), 40*time.Second)
	if jittered.Target < 40*ms || jittered.Concealed > 100*ms {
		t.Errorf("with jitter of 20ms: target %v, %v concealed", jittered.Target, jittered.Concealed)
	}
	if settled.Target > 5*ms || settled.Delay > 25*ms {
		t.Errorf("8s later: target %v, delay %v", settled.Target, settled.Delay)
	}
}

func TestALostPacketLeavesAHoleOfItsLength(t *testing.T) {
	pcm := hiss(4 * rate)
	packets := steady(4*time.Second, onTime)
	packets = slices.Delete(packets, 100, 102) // 2.00 to 2.04 s
	r := newRig(playout.Config{Start: -1})
	s := r.run(packets, pcm, 4*time.Second)
	check(t, "concealed", s.Concealed, 40*ms)
	want := slices.Clone(pcm[:len(r.heard)])
	for i := 2 * rate; i < 2*rate+40*rate/1000; i++ {
		want[i] = made
	}
	if !slices.Equal(r.heard, want) {
		t.Error("sound is not where it belongs")
	}
	if r.fill.joins != 1 || s.Holes != 1 {
		t.Errorf("%d joins of %d holes, want one", r.fill.joins, s.Holes)
	}
}

func TestSilenceThatIsNotSentIsNoLoss(t *testing.T) {
	var packets []packet
	for i, at := 0, time.Duration(0); at < 20*time.Second; at += 20 * ms {
		if at%(4*time.Second) < 2*time.Second {
			i++
			packets = append(packets, packet{at: at, seq: uint64(i), arrived: at})
		}
	}
	r := newRig(playout.Config{})
	s := r.run(packets, hiss(rate), 18*time.Second)
	if s.Concealed != 0 || !near(s.Comfort, 8*time.Second, 100*ms) || s.Target > 10*ms {
		t.Errorf("%+v, want 8s of silence and no loss", s)
	}
}

func TestPacketsAreOrdered(t *testing.T) {
	pcm := hiss(10 * rate)
	late := func(at time.Duration) time.Duration {
		if at/(20*ms)%3 == 0 {
			return 30 * ms
		}
		return 0
	}
	packets := steady(10*time.Second, late)
	slices.SortStableFunc(packets, func(a, b packet) int { return int(a.arrived - b.arrived) })
	r := newRig(playout.Config{Start: 60 * ms})
	s := r.run(packets, pcm, 10*time.Second)
	if s.Reordered < 100 || s.Late != 0 || s.Concealed != 0 || len(r.errs) != 0 {
		t.Errorf("%+v %v, want packets put in order", s, r.errs)
	}
	if !slices.Contains(r.heard, pcm[5*rate]) || s.Target < 20*ms {
		t.Errorf("target %v", s.Target)
	}
}

func TestWhatComesTwiceOrTooLateIsCounted(t *testing.T) {
	r := newRig(playout.Config{Start: -1})
	packets := steady(2*time.Second, onTime)
	again, late := packets[20], packets[60]
	again.arrived += 10 * ms
	late.arrived += 200 * ms
	packets = slices.Delete(packets, 60, 61)
	packets = append(packets, again, late)
	slices.SortStableFunc(packets, func(a, b packet) int { return int(a.arrived - b.arrived) })
	s := r.run(packets, hiss(2*rate), 2*time.Second)
	if s.Duplicates != 1 || s.Late != 1 {
		t.Errorf("%d duplicates, %d late, want one of each", s.Duplicates, s.Late)
	}
	if !slices.ContainsFunc(r.errs, func(err error) bool { return errors.Is(err, playout.ErrLate) }) {
		t.Errorf("errors %v", r.errs)
	}
}

func TestUnusablePacketsAreRefused(t *testing.T) {
	b := playout.New(playout.Config{Conceal: &filler{}})
	for _, n := range []int{0, rate} {
		if err := b.Push(playout.Frame{PCM: make([]int16, n)}, epoch); !errors.Is(err, playout.ErrFrame) {
			t.Errorf("%d samples: %v", n, err)
		}
	}
	if got := b.Stats().Invalid; got != 2 {
		t.Errorf("%d counted", got)
	}
}

// TestDriftBuildsUpNothing lets the sender's clock be wrong for five minutes,
// which comes to 60 ms.
func TestDriftBuildsUpNothing(t *testing.T) {
	for _, ppm := range []time.Duration{-200, 200} {
		packets := steady(5*time.Minute, func(at time.Duration) time.Duration { return at*ppm/1000000 + time.Second })
		r := newRig(playout.Config{})
		var most time.Duration
		r.each = func(_ time.Duration, s playout.Stats, _ time.Duration, _ []int16) { most = max(most, s.Held) }
		s := r.run(packets, voice(rate), 5*time.Minute)
		if s.Concealed > 50*ms || most > 50*ms {
			t.Errorf("%d ppm: %v concealed, %v held at most", ppm, s.Concealed, most)
		}
	}
}

// TestAFastSenderBuildsUpNothing has a sender that sends 18 s too much in 109,
// as a public bridge once had.
func TestAFastSenderBuildsUpNothing(t *testing.T) {
	packets := steady(127*time.Second, func(at time.Duration) time.Duration { return -at * 18 / 127 })
	r := newRig(playout.Config{Ceiling: 300 * ms})
	s := r.run(packets, hiss(rate), 109*time.Second)
	if s.Held > 300*ms || s.Delay > 400*ms {
		t.Errorf("%+v after 109s", s)
	}
	if lost := s.Dropped + s.Removed + s.Skipped; !near(lost, 18*time.Second, time.Second) {
		t.Errorf("%v left out, want the 18s: %+v", lost, s)
	}
}

func TestTheCeilingHoldsInABurst(t *testing.T) {
	r := newRig(playout.Config{})
	var most time.Duration
	r.each = func(_ time.Duration, s playout.Stats, _ time.Duration, _ []int16) { most = max(most, s.Held) }
	s := r.run(steady(20*time.Second, stall(5*time.Second, 4*time.Second)), voice(rate), 20*time.Second)
	if most > 500*ms || s.Dropped < 3*time.Second {
		t.Errorf("%v held at most, %v dropped", most, s.Dropped)
	}
	if s.Delay > 40*ms {
		t.Errorf("delay %v at the end", s.Delay)
	}
}

func TestANewTimeBaseLeavesNoHole(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"set back": -time.Hour, "set forward": time.Hour, "a little forward": 2 * time.Second, "far": 1 << 62,
	} {
		t.Run(name, func(t *testing.T) {
			packets := steady(10*time.Second, onTime)
			for i := 250; i < len(packets); i++ {
				packets[i].at += jump
				packets[i].seq = 0
			}
			r := newRig(playout.Config{})
			dst := make([]int16, 80)
			pcm := voice(160)
			for now := 5 * ms; now < 10*time.Second; now += 10 * ms {
				for len(packets) > 0 && packets[0].arrived <= now {
					if err := r.b.Push(playout.Frame{At: packets[0].at, PCM: pcm}, epoch.Add(packets[0].arrived)); err != nil {
						t.Fatal(err)
					}
					packets = packets[1:]
				}
				r.b.Pull(dst, epoch.Add(now))
			}
			s := r.b.Stats()
			if s.Resets != 1 || s.Concealed > 10*ms || s.Delay > 40*ms {
				t.Errorf("%+v, want one reset without a hole", s)
			}
		})
	}
}

func TestPullsAndPacketsOfAnyLength(t *testing.T) {
	for _, beat := range []time.Duration{5 * ms, 10 * ms, 20 * ms, 30 * ms} {
		for _, length := range []time.Duration{10 * ms, 20 * ms, 30 * ms, 60 * ms} {
			var packets []packet
			for at := time.Duration(0); at < 10*time.Second; at += length {
				packets = append(packets, packet{at: at, arrived: at})
			}
			r := newRig(playout.Config{})
			r.length, r.beat = length, beat
			s := r.run(packets, voice(rate), 10*time.Second)
			if s.Concealed > 0 || s.Delay > 40*ms+beat || s.Added+s.Removed > 200*ms {
				t.Errorf("beats of %v, packets of %v: %+v", beat, length, s)
			}
		}
	}
}

// Senders that stamp in milliseconds may be some of them off. While packets wait
// to be played that must not make them duplicates, nor behind a hole.
func TestStampsThatOverlapALittleLoseNothing(t *testing.T) {
	for _, early := range []time.Duration{0, ms, 4 * ms} {
		b := playout.New(playout.Config{Start: 60 * ms, Conceal: &filler{}})
		pcm := hiss(160)
		for i := range 50 {
			at := time.Duration(i) * 20 * ms
			f := playout.Frame{At: at, Seq: uint64(i + 1), PCM: pcm}
			if i%2 == 1 {
				f.At -= early
			}
			if err := b.Push(f, epoch.Add(at)); err != nil {
				t.Fatalf("%v early, packet %d: %v", early, i, err)
			}
			if i > 0 && i < 25 || i > 30 {
				b.Pull(make([]int16, 160), epoch.Add(at))
			}
		}
		if s := b.Stats(); s.Pushed != 50 || s.Duplicates+s.Late+s.Full != 0 {
			t.Errorf("%v early: %+v", early, s)
		}
		if err := b.Push(playout.Frame{At: 48 * 20 * ms, Seq: 49, PCM: pcm}, epoch.Add(time.Second)); !errors.Is(err, playout.ErrDuplicate) {
			t.Errorf("%v early: %v for a packet that came twice", early, err)
		}
	}
}
