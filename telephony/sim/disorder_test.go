package sim_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

func TestACarrierDropsItsShareAndLeavesAGapInTheCounters(t *testing.T) {
	for _, run := range []int{0, 1, 5} {
		way := sim.Profile{Dropped: sim.Drops{Share: 0.2, Run: run}}
		placeOver(t, onTwilio(nil), way, quietFor(2*time.Minute), func(c called) {
			const packets = 2 * 60 * 50
			if share := float64(c.Network.Dropped) / packets; share < 0.17 || share > 0.23 {
				t.Errorf("runs of %d: %.3f of the sound dropped", run, share)
			}
			if got := len(c.agent.of(telephony.Audio)); got+c.Network.Dropped != packets || got != c.Media.SentFrames {
				t.Errorf("runs of %d: %d came, %d dropped, %d sent", run, got, c.Network.Dropped, c.Media.SentFrames)
			}
			seq, at := clock(c)
			longest := time.Duration(0)
			for i := 1; i < len(at); i++ {
				gap := at[i] - at[i-1]
				if seq[i]-seq[i-1] != uint64(gap/(20*ms)) {
					t.Fatalf("a gap of %v, and of %d in the counter", gap, seq[i]-seq[i-1])
				}
				longest = max(longest, gap)
			}
			if longest < time.Duration(run)*20*ms {
				t.Errorf("longest gap %v", longest)
			}
		})
	}
}

func TestACarrierDropsWhatASocketTakesTooLate(t *testing.T) {
	way := sim.Profile{
		ToServer: sim.Path{Stalls: []sim.Stall{{Every: 10 * time.Second, Shortest: time.Second, Longest: time.Second}}},
		Dropped:  sim.Drops{Backlog: 400 * ms},
	}
	placeOver(t, onTwilio(nil), way, quietFor(time.Minute), func(c called) {
		// In each of six stalls 400 ms are held and 600 ms are not.
		if n := c.Network.Dropped; n < 6*29 || n > 6*31 {
			t.Errorf("%d messages dropped, want 30 in each of six stalls", n)
		}
		if long := gapsIn(c); len(long) != 6 || slices.Max(long) > 620*ms || slices.Min(long) < 580*ms {
			t.Errorf("gaps %v", long)
		}
		if len(c.Errors) > 0 {
			t.Errorf("the server is blamed: %v", c.Errors)
		}
	})
}

// gapsIn returns the media time that is missing in each gap.
func gapsIn(c called) (missing []time.Duration) {
	_, at := clock(c)
	for i := 1; i < len(at); i++ {
		if gap := at[i] - at[i-1] - 20*ms; gap > 0 {
			missing = append(missing, gap)
		}
	}
	return missing
}

func TestOvertakenSoundStaysWithinTheWindow(t *testing.T) {
	way := sim.Profile{Reordered: sim.Reordering{Share: 0.3, Window: 3}}
	placeOver(t, &server{carrier: telnyx.Carrier(telnyx.Config{})}, way, quietFor(time.Minute), func(c called) {
		highest, late, most := time.Duration(-1), 0, time.Duration(0)
		for _, ev := range trace(c) {
			if ev.at < highest {
				late++
				most = max(most, highest-ev.at)
			}
			highest = max(highest, ev.at)
		}
		if late != c.Network.Reordered || late < 300 || most != 60*ms {
			t.Errorf("%d of %d came late, by %v at most", late, c.Network.Reordered, most)
		}
	})
}

func TestSoundComesBeforeTheStart(t *testing.T) {
	for _, s := range everyServer() {
		placeOver(t, s, sim.Profile{EarlyMedia: 3}, quietFor(2*time.Second), func(c called) {
			early := 0
			for _, err := range c.agent.wrong {
				if errors.Is(err, telephony.ErrNotStarted) {
					early++
				}
			}
			if early != 3 || len(c.agent.wrong) != 3 || len(c.agent.of(telephony.Started)) != 1 {
				t.Errorf("%s: server objected %v", c.Carrier, c.agent.wrong)
			}
		})
	}
}

func TestTheNetworkBreaksTheSocketAndLosesWhatIsOnItsWay(t *testing.T) {
	way := sim.Profile{ToServer: sim.Path{Delay: 100 * ms}, Breaks: sim.Breaks{At: time.Second}}
	placeOver(t, onTwilio(nil), way, quietFor(10*time.Second), func(c called) {
		var closed *telephony.CloseError
		if !errors.As(c.agent.ended, &closed) || closed.Code != telephony.CloseAbnormal {
			t.Errorf("server's socket ended with %v", c.agent.ended)
		}
		if n := len(c.agent.of(telephony.Stopped)); n > 0 || c.Ending != telephony.MediaLost {
			t.Errorf("%d stops, ended %s", n, c.Ending)
		}
		if got := len(c.agent.of(telephony.Audio)); got < 44 || got > 46 {
			t.Errorf("%d frames came of 50, want all but the last 100 ms", got)
		}
	})
}

func TestBreaksComeAtTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		s.t = t
		cfg := s.config()
		cfg.Network = sim.Profile{Breaks: sim.Breaks{PerMinute: 6}}
		report, err := sim.Load(t.Context(), cfg, answering, sim.LoadPlan{Calls: 100, Hold: 10 * time.Second})
		s.wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		// One call in e gets through: a break is due every 10 s.
		if report.Lasted < 25 || report.Lasted > 50 || report.Endings[telephony.MediaLost] != 100-report.Lasted {
			t.Errorf("%d calls lasted, endings %v", report.Lasted, report.Endings)
		}
		stopped := 0
		for _, a := range s.agents {
			stopped += len(a.of(telephony.Stopped))
		}
		if stopped != report.Lasted {
			t.Errorf("%d were stopped in good order", stopped)
		}
	})
}
