package sim_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/telephony/sim"
)

// anyPath draws a path that a Profile may have.
func anyPath(t *rapid.T) sim.Path {
	span := func(name string, most time.Duration) time.Duration {
		return time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, name))
	}
	path := sim.Path{
		Delay: span("delay", 200*ms), Jitter: span("jitter", 100*ms), Burst: span("burst", 200*ms),
		Lost: sim.Retransmits{Share: rapid.Float64Range(0, 1).Draw(t, "share"), Hole: span("hole", 200*ms)},
	}
	for range rapid.IntRange(0, 3).Draw(t, "stalls") {
		s := sim.Stall{Every: 20*ms + span("every", 5*time.Second), Random: rapid.Bool().Draw(t, "random")}
		s.Longest = ms + span("longest", s.Every/2-ms)
		s.Shortest = ms + span("shortest", s.Longest-ms)
		path.Stalls = append(path.Stalls, s)
	}
	if err := (sim.Profile{ToServer: path}).Check(); err != nil {
		t.Fatal(err)
	}
	return path
}

// sendings draws when messages are sent: mostly 20 ms apart, at times together
// or after a pause.
func sendings(t *rapid.T) (at []time.Duration) {
	now := time.Duration(0)
	for range rapid.IntRange(1, 300).Draw(t, "messages") {
		now += rapid.SampledFrom([]time.Duration{0, 20 * ms, 20 * ms, 20 * ms, 1234567, 3 * time.Second}).Draw(t, "pause")
		at = append(at, now)
	}
	return at
}

func arrivals(path sim.Path, seed uint64, sent []time.Duration) (at []time.Duration) {
	a := sim.NewArrivals(path, seed)
	for _, s := range sent {
		at = append(at, a.Next(s))
	}
	return at
}

func TestNothingArrivesBeforeItWasSentNorBeforeWhatWasSentBeforeIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent := sendings(t)
		got := arrivals(anyPath(t), rapid.Uint64().Draw(t, "seed"), sent)
		for i := range got {
			if got[i] < sent[i] {
				t.Fatalf("message %d arrives at %v, was sent at %v", i, got[i], sent[i])
			}
		}
		if !slices.IsSorted(got) {
			t.Fatalf("arrivals go back: %v", got)
		}
	})
}

func TestTheSameSeedGivesTheSameArrivals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent, path, seed := sendings(t), anyPath(t), rapid.Uint64().Draw(t, "seed")
		if a, b := arrivals(path, seed, sent), arrivals(path, seed, sent); !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

// beats returns the times of packets of 20 ms.
func beats(d time.Duration) (at []time.Duration) {
	for now := time.Duration(0); now < d; now += 20 * ms {
		at = append(at, now)
	}
	return at
}

func TestAnotherSeedGivesOtherArrivals(t *testing.T) {
	for _, p := range sim.Profiles() {
		if p.Name == "clean" || p.Name == "drift" {
			continue // nothing in them is left to chance
		}
		sent := beats(time.Minute)
		if slices.Equal(arrivals(p.ToServer, 1, sent), arrivals(p.ToServer, 2, sent)) {
			t.Errorf("%s: two seeds give the same", p.Name)
		}
	}
}

func TestAPathWithoutPropertiesTakesNoTime(t *testing.T) {
	sent := beats(time.Minute)
	if got := arrivals(sim.Path{}, 1, sent); !slices.Equal(got, sent) {
		t.Error("times differ")
	}
}

func TestJitterHasItsMeanAndItsDeviation(t *testing.T) {
	// So far apart that no message holds up another.
	a := sim.NewArrivals(sim.Path{Delay: 500 * ms, Jitter: 30 * ms}, 7)
	const n = 20000
	var sum, squares float64
	for i := range n {
		sent := time.Duration(i) * 10 * time.Second
		late := float64(a.Next(sent)-sent) / float64(ms)
		sum, squares = sum+late, squares+late*late
	}
	mean := sum / n
	if deviation := math.Sqrt(squares/n - mean*mean); math.Abs(mean-500) > 1 || math.Abs(deviation-30) > 0.6 {
		t.Errorf("mean %.2f ms, standard deviation %.2f ms; want 500 and 30", mean, deviation)
	}
}

// gaps returns the times between arrivals that are longer than most.
func gaps(at []time.Duration, most time.Duration) (long []time.Duration) {
	for i := 1; i < len(at); i++ {
		if gap := at[i] - at[i-1]; gap > most {
			long = append(long, gap)
		}
	}
	return long
}

func TestStallsComeAsOftenAndLastAsLongAsTheyShould(t *testing.T) {
	sent := beats(time.Hour)
	for name, c := range map[string]struct {
		stall       sim.Stall
		least, most int
	}{
		"every 2 s":          {sim.Stall{Every: 2 * time.Second, Shortest: 120 * ms, Longest: 120 * ms}, 1799, 1800},
		"in the mean 9.75 s": {sim.Stall{Every: 9750 * ms, Shortest: 200 * ms, Longest: 300 * ms, Random: true}, 320, 400},
	} {
		long := gaps(arrivals(sim.Path{Stalls: []sim.Stall{c.stall}}, 3, sent), 20*ms)
		if len(long) < c.least || len(long) > c.most {
			t.Errorf("%s: %d stalls in an hour, want %d to %d", name, len(long), c.least, c.most)
		}
		for _, gap := range long { // up to a packet is lost to the beat
			if gap < c.stall.Shortest-20*ms || gap > c.stall.Longest+20*ms {
				t.Errorf("%s: one of %v", name, gap)
			}
		}
	}
}

func TestWhatWasHeldUpArrivesAtOnce(t *testing.T) {
	at := arrivals(sim.Path{Stalls: []sim.Stall{{Every: 10 * time.Second, Shortest: 300 * ms, Longest: 300 * ms}}}, 4, beats(time.Minute))
	together := 1
	longest := 0
	for i := 1; i < len(at); i++ {
		if together++; at[i] != at[i-1] {
			together = 1
		}
		longest = max(longest, together)
	}
	if longest != 15 && longest != 16 { // 300 ms of packets
		t.Errorf("at most %d messages arrived together", longest)
	}
}

func TestBurstsBringWhatCameBetweenThem(t *testing.T) {
	at := arrivals(sim.Path{Burst: 100 * ms}, 5, beats(time.Minute))
	for i := 1; i < len(at); i++ {
		if gap := at[i] - at[i-1]; gap != 0 && gap != 100*ms {
			t.Fatalf("arrivals %v apart", gap)
		}
	}
}

func TestALostSegmentLeavesAHoleAndThenAllComesAtOnce(t *testing.T) {
	sent := beats(time.Hour)
	at := arrivals(sim.Path{Delay: 20 * ms, Lost: sim.Retransmits{Share: 0.01, Hole: 80 * ms}}, 6, sent)
	long := gaps(at, 20*ms)
	// A segment that is lost in the hole of another costs less.
	if share := float64(len(long)) / float64(len(sent)); share < 0.008 || share > 0.0105 {
		t.Errorf("%d holes in %d messages, want about one in a hundred", len(long), len(sent))
	}
	for i := range at {
		if late := at[i] - sent[i]; late > 100*ms {
			t.Fatalf("a message came after %v, want 100 ms at most", late)
		}
	}
}

func TestDriftIsExactOverAnHour(t *testing.T) {
	for ppm, want := range map[sim.PPM]time.Duration{
		0:    time.Hour,
		200:  time.Hour + 720*ms,
		-200: time.Hour - 720*ms,
		1:    time.Hour + 3600*time.Microsecond,
		1000: time.Hour + 3600*ms,
	} {
		if got := ppm.Media(time.Hour); got != want {
			t.Errorf("%d ppm: %v of media in an hour, want %v", ppm, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		ppm := sim.PPM(rapid.IntRange(-100_000, 100_000).Draw(t, "ppm"))
		d := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "media"))
		if back := ppm.Media(ppm.Real(d)); back < d-1 || back > d+2 {
			t.Fatalf("%d ppm: %v of media take %v, in which %v pass", ppm, d, ppm.Real(d), back)
		}
	})
}
