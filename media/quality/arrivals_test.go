package quality_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/quality"
)

const ms = time.Millisecond

// wire is a meter whose messages and beats a test times.
type wire struct {
	*quality.Meter
	now time.Time
}

func newWire(cfg quality.Config) *wire {
	cfg.Format = mulaw
	w := &wire{Meter: quality.New(cfg), now: epoch}
	w.At(epoch)
	return w
}

// arrives takes a message that comes a time after the beginning, with beats up
// to then.
func (w *wire) arrives(at, from, length time.Duration) {
	w.beats(at)
	w.Passed()
	w.Arrived(media.Frame{Format: mulaw, At: from, Payload: make([]byte, mulaw.Bytes(length))})
}

func (w *wire) beats(until time.Duration) {
	for next := w.now.Add(20 * ms); next.Before(epoch.Add(until)); next = w.now.Add(20 * ms) {
		w.now = next
		w.At(next)
		w.Passed()
	}
	w.sleeps(until)
}

// sleeps moves on to a time without a beat.
func (w *wire) sleeps(until time.Duration) {
	w.now = epoch.Add(until)
	w.At(w.now)
}

func (w *wire) measures() quality.Measures { return w.Measures(w.now) }

// run sends messages of 20 ms, from one media time to another, each delay after
// its time.
func (w *wire) run(from, to, delay time.Duration) {
	for at := from; at < to; at += 20 * ms {
		w.arrives(at+20*ms+delay, at, 20*ms)
	}
}

func TestLatenessIsCountedAgainstTheFastest(t *testing.T) {
	w := newWire(quality.Config{})
	w.run(0, time.Second, 50*ms)
	for i, late := range []time.Duration{0, 4, 6, 9, 14, 19, 29, 200, 3000} {
		w.arrives(1070*ms+time.Duration(i)*20*ms+late*ms, time.Second+time.Duration(i)*20*ms, 20*ms)
	}
	got := w.measures().Arrivals.Late
	want := [quality.Buckets]uint32{0: 52, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 11: 1, 18: 1}
	if got.Counts != want || got.Max != 3*time.Second || got.Messages() != 59 {
		t.Errorf("counted %+v", got)
	}
	if runs := got.Runs; runs[11] != 1 || runs[18] != 1 || runs[1] != 1 {
		t.Errorf("runs %v: lateness rose only", runs)
	}
}

func TestEachLatenessIsInTheBucketWhoseBoundIsAboveIt(t *testing.T) {
	bounds := quality.Bounds()
	rapid.Check(t, func(t *rapid.T) {
		late := time.Duration(rapid.Int64Range(0, int64(4*time.Second)).Draw(t, "late"))
		w := newWire(quality.Config{})
		w.arrives(20*ms, 0, 20*ms)
		w.arrives(40*ms+late, 20*ms, 20*ms)
		i := 0
		for i < len(bounds) && late >= bounds[i] {
			i++
		}
		counts := w.measures().Arrivals.Late.Counts
		if i == 0 && counts[0] != 2 || i > 0 && counts[i] != 1 {
			t.Fatalf("%v is not in bucket %d: %v", late, i, counts)
		}
	})
}

func TestAStallIsAHoleInWhatIsDue(t *testing.T) {
	cases := map[string]struct {
		untimed bool
		feed    func(*wire)
		stalls  int
		longest time.Duration
		unsent  time.Duration
	}{
		"no hole":      {false, func(w *wire) { w.run(time.Second, 2*time.Second, 0) }, 0, 0, 0},
		"too short":    {false, func(w *wire) { w.burst(time.Second, 140*ms); w.run(1140*ms, 2*time.Second, 0) }, 0, 0, 0},
		"a stall":      {false, func(w *wire) { w.burst(time.Second, 300*ms); w.run(1300*ms, 2*time.Second, 0) }, 1, 280 * ms, 0},
		"not sent":     {false, func(w *wire) { w.run(3*time.Second, 4*time.Second, 0) }, 0, 0, 2 * time.Second},
		"a new base":   {false, func(w *wire) { w.arrives(1020*ms, 90*time.Second, 20*ms) }, 0, 0, 0},
		"base is back": {false, func(w *wire) { w.run(-time.Minute, -59*time.Second, 61*time.Second) }, 0, 0, 0},
		"untimed, a pause": {true, func(w *wire) {
			w.run(time.Second, 2*time.Second, 3*time.Second) // media time counts what came
		}, 0, 0, 0},
		"untimed, a stall": {true, func(w *wire) {
			w.burst(time.Second, 800*ms)
			w.run(1800*ms, 3*time.Second, 0)
		}, 1, 800 * ms, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWire(quality.Config{Untimed: c.untimed})
			w.run(0, time.Second, 0)
			c.feed(w)
			a := w.measures().Arrivals
			if a.Stalls.Times != c.stalls || a.Stalls.Longest != c.longest || a.Unsent != c.unsent || a.Ours.Times != 0 {
				t.Errorf("counted %+v, ours %+v, %v unsent", a.Stalls, a.Ours, a.Unsent)
			}
		})
	}
}

// burst sends the messages of so much sound at once, at its end.
func (w *wire) burst(from, length time.Duration) {
	for at := from; at < from+length; at += 20 * ms {
		w.arrives(from+length, at, 20*ms)
	}
}

// One cause, one culprit: where the process slept it is no stall of the
// network's, whatever came when.
func TestNoHoleIsBlamedOnTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWire(quality.Config{})
		var network, ours int
		at := time.Duration(0)
		for range rapid.IntRange(1, 10).Draw(t, "holes") {
			w.run(at, at+400*ms, 0)
			at += 400 * ms
			hole := time.Duration(rapid.IntRange(10, 50).Draw(t, "hole")) * 20 * ms
			if rapid.Bool().Draw(t, "asleep") {
				w.sleeps(at + hole)
				ours++
			} else {
				network++
			}
			w.burst(at, hole)
			at += hole
		}
		m := w.measures()
		if m.Arrivals.Stalls.Times != network || m.Arrivals.Ours.Times != ours {
			t.Fatalf("%d stalls and %d of ours, want %d and %d", m.Arrivals.Stalls.Times, m.Arrivals.Ours.Times, network, ours)
		}
	})
}

// Messages that come at the same time may as well be one.
func TestHowSoundIsCutIntoMessagesMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, cut := newWire(quality.Config{}), newWire(quality.Config{})
		var sent, came time.Duration
		for range rapid.IntRange(1, 100).Draw(t, "messages") {
			length := time.Duration(rapid.IntRange(2, 20).Draw(t, "length")) * 10 * ms
			jump := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 60, 700}).Draw(t, "jump")) * ms
			delay := time.Duration(rapid.IntRange(0, 400).Draw(t, "delay")) * ms
			sent += jump
			came = max(came, sent+length+delay)
			whole.arrives(came, sent, length)
			first := time.Duration(rapid.IntRange(1, int(length/(10*ms))-1).Draw(t, "cut")) * 10 * ms
			cut.arrives(came, sent, first)
			cut.arrives(came, sent+first, length-first)
			sent += length
		}
		a, b := whole.measures(), cut.measures()
		if a.Received != b.Received || a.Arrivals.Stalls != b.Arrivals.Stalls || a.Arrivals.HoleMax != b.Arrivals.HoleMax ||
			a.Arrivals.Unsent != b.Arrivals.Unsent || a.Process != b.Process {
			t.Fatalf("whole %+v\ncut %+v", a.Arrivals, b.Arrivals)
		}
	})
}

// A message's lateness is the same whenever the call began and whatever its
// carrier counts from.
func TestNothingDependsOnWhereTimesBegin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		here, there := newWire(quality.Config{}), newWire(quality.Config{})
		shift := time.Duration(rapid.Int64Range(0, int64(1000*time.Hour)).Draw(t, "shift"))
		var came time.Duration
		for i := range rapid.IntRange(1, 200).Draw(t, "messages") {
			at := time.Duration(i) * 20 * ms
			came = max(came, at+time.Duration(rapid.IntRange(20, 600).Draw(t, "delay"))*ms)
			here.arrives(came, at, 20*ms)
			there.arrives(came, at+shift, 20*ms)
		}
		if a, b := here.measures(), there.measures(); a.Arrivals != b.Arrivals {
			t.Fatalf("%+v\n%+v", a.Arrivals, b.Arrivals)
		}
	})
}

func TestTheClocksDriftIsEstimatedThroughJitterAndStalls(t *testing.T) {
	for name, c := range map[string]struct {
		ppm, jitter float64 // jitter in ms
		length      time.Duration
		within      float64
	}{
		"no drift":                 {0, 0, 2 * time.Minute, 0.1},
		"fast":                     {200, 0, 2 * time.Minute, 0.5},
		"slow":                     {-150, 0, 2 * time.Minute, 0.5},
		"jitter of 10 ms":          {200, 10, 2 * time.Minute, 20},
		"jitter of 30 ms, an hour": {-40, 30, time.Hour, 5},
	} {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 2))
			w := newWire(quality.Config{})
			var came time.Duration
			for at := time.Duration(0); at < c.length; at += 20 * ms {
				delay := time.Duration(math.Abs(rnd.NormFloat64()) * c.jitter * float64(ms))
				if at/ms%10_000 < 400 {
					delay += 400*ms - at%(10*time.Second) // a stall each 10 s
				}
				sent := time.Duration(float64(at+20*ms) / (1 + c.ppm/1e6))
				came = max(came, sent+delay)
				w.arrives(came, at, 20*ms)
			}
			if d := w.measures().Drift; !d.Known || math.Abs(d.PPM-c.ppm) > c.within {
				t.Errorf("estimated %+v, want %v ppm", d, c.ppm)
			}
		})
	}
}

func TestADriftIsNotToldTooEarly(t *testing.T) {
	w := newWire(quality.Config{})
	w.run(0, 50*time.Second, 0)
	if d := w.measures().Drift; d.Known {
		t.Errorf("after 50 s %+v", d)
	}
}

func TestSoundThatIsMissingWithoutTimestampsIsNoDrift(t *testing.T) {
	w := newWire(quality.Config{Untimed: true})
	var media time.Duration
	for at := time.Duration(0); at < 2*time.Minute; at += 20 * ms {
		if at/(20*ms)%50 == 0 {
			continue // one message in fifty is dropped
		}
		w.arrives(at+20*ms, media, 20*ms)
		media += 20 * ms
	}
	m := w.measures()
	if m.Drift.Known || m.Untold < 2200*ms || m.Untold > 2600*ms {
		t.Errorf("%+v and %v missing, want 2.4 s of 2 min", m.Drift, m.Untold)
	}
}

// Timings come from outside. None may break the meter, or what is made of it.
func FuzzTimings(f *testing.F) {
	f.Add([]byte("in order, as it should be"), int64(0), false)
	f.Add([]byte{0, 255, 3, 9, 9, 200, 1, 1, 1, 255, 255, 255}, int64(math.MaxInt64-1000), true)
	f.Fuzz(func(t *testing.T, steps []byte, first int64, untimed bool) {
		w := newWire(quality.Config{Untimed: untimed})
		from, messages := time.Duration(first), uint64(0)
		for i := 0; i+2 < len(steps); i += 3 {
			w.sleeps(w.now.Sub(epoch) + time.Duration(steps[i])*7*ms)
			w.Passed()
			from += (time.Duration(steps[i+1]) - 20) * (time.Duration(steps[i+1]) - 20) * ms * 20
			length := time.Duration(steps[i+2]%25) * 20 * ms
			w.Arrived(media.Frame{Format: mulaw, At: from, Payload: make([]byte, mulaw.Bytes(length))})
			messages++
		}
		m := w.measures()
		if got := m.Arrivals.Late.Messages(); got != messages {
			t.Fatalf("%d of %d messages are counted", got, messages)
		}
		for _, finding := range quality.Assess(m).Findings {
			if math.IsNaN(finding.Figure) || math.IsInf(finding.Figure, 0) {
				t.Fatalf("%+v", finding)
			}
		}
	})
}
