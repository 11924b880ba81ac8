package sim_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// placeOver runs one call in virtual time over a network and then judges it.
func placeOver(t *testing.T, s *server, network sim.Profile, plan sim.Plan, judge func(called)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s.t, s.agents = t, nil
		if s.script == nil {
			s.script = func(*agent) {}
		}
		cfg := s.config()
		cfg.Network, cfg.Seed = network, 1
		report, err := sim.Place(t.Context(), cfg, sim.Target{MediaURL: "wss://agent.example/media"}, plan)
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		judge(called{report, s.agents[0]})
	})
}

func everyServer() []*server {
	return []*server{
		onTwilio(nil), onExotel(16000, nil),
		{carrier: plivo.Carrier()}, {carrier: telnyx.Carrier(telnyx.Config{})}, {carrier: vonage.Carrier()},
	}
}

// profile returns the profile of a name.
func profile(t testing.TB, name string) sim.Profile {
	t.Helper()
	p, ok := sim.ProfileNamed(name)
	if !ok || p.Check() != nil {
		t.Fatalf("profile %q: %v", name, p.Check())
	}
	return p
}

// quietFor is a plan of a call that lasts so long, in which nobody speaks.
func quietFor(d time.Duration) sim.Plan { return sim.Plan{Patience: d} }

// arrived is a packet and when it came, since the stream's start.
type arrived struct {
	at, when time.Duration
	seq      uint64
}

func trace(c called) (all []arrived) {
	for _, ev := range c.agent.of(telephony.Audio) {
		all = append(all, arrived{ev.Frame.At, ev.when, ev.Frame.Seq})
	}
	return all
}

func TestACallOverEachProfileIsTheSameForTheSameSeed(t *testing.T) {
	for _, s := range everyServer() {
		for _, p := range sim.Profiles() {
			var first []arrived
			for range 2 {
				placeOver(t, s, p, quietFor(12*time.Second), func(c called) {
					if first == nil {
						first = trace(c)
					} else if !slices.Equal(first, trace(c)) {
						t.Errorf("%s, %s: another trace", s.carrier.Name(), p.Name)
					}
					if len(c.agent.wrong) > 0 || len(c.Errors) > 0 || c.Ending != telephony.CallerHungUp {
						t.Errorf("%s, %s: server objected %v; %v, ended %s", s.carrier.Name(), p.Name, c.agent.wrong, c.Errors, c.Ending)
					}
				})
			}
		}
	}
}

func TestAllSoundArrivesInOrderWhereTheCarrierKeepsIt(t *testing.T) {
	for _, s := range everyServer() {
		for _, p := range sim.Profiles() {
			placeOver(t, s, p, quietFor(12*time.Second), func(c called) {
				got := trace(c)
				inOrder := slices.IsSortedFunc(got, func(a, b arrived) int { return cmp.Compare(a.at, b.at) })
				if want := s.carrier.Quirks.ReorderWait == 0 || p.Reordered.Share == 0; inOrder != want {
					t.Errorf("%s, %s: in order is %v", s.carrier.Name(), p.Name, inOrder)
				}
				if len(got) != c.Media.SentFrames {
					t.Errorf("%s, %s: %d frames came of %d", s.carrier.Name(), p.Name, len(got), c.Media.SentFrames)
				}
				packets := int((12*time.Second + time.Millisecond*5) / s.carrier.Quirks.Packet)
				if net := c.Network; net != nil {
					packets -= net.Dropped
				}
				if len(got) != packets {
					t.Errorf("%s, %s: %d frames came, want %d", s.carrier.Name(), p.Name, len(got), packets)
				}
			})
		}
	}
}

func TestSoundOnItsWayIsLateByTheDelayInBothDirections(t *testing.T) {
	way := sim.Profile{ToServer: sim.Path{Delay: 70 * ms}, FromServer: sim.Path{Delay: 130 * ms}}
	s := onTwilio(func(a *agent) {
		// What comes at 70 ms is said by return.
		if a.waitFor(telephony.Audio, 1) {
			a.play(square(200*ms, 8000))
		}
	})
	placeOver(t, s, way, sim.Plan{}, func(c called) {
		// The first packet is sent at 20 ms, arrives at 90 ms (20 ms after the
		// start did), is seen 5 ms later at most; the answer arrives at 220 ms.
		if start := time.Duration(c.Greeting.Start); start < 220*ms || start > 240*ms {
			t.Errorf("heard at %v", start)
		}
		if stops := c.agent.of(telephony.Stopped); len(stops) != 1 || len(c.agent.of(telephony.Audio)) != c.Media.SentFrames {
			t.Errorf("%d stops, %d frames", len(stops), len(c.agent.of(telephony.Audio)))
		}
	})
}

func TestACarrierDropsItsShareAndLeavesAGapInTheCounters(t *testing.T) {
	for _, run := range []int{0, 1, 5} {
		way := sim.Profile{Dropped: sim.Drops{Share: 0.2, Run: run}}
		placeOver(t, onTwilio(nil), way, quietFor(5*time.Minute), func(c called) {
			const packets = 5 * 60 * 50
			if share := float64(c.Network.Dropped) / packets; share < 0.18 || share > 0.22 {
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

func TestOnlyACarrierThatRedialsOpensASecondSocket(t *testing.T) {
	p := sim.Profile{SecondSocket: 3 * time.Second}
	for redials, want := range map[bool]time.Duration{false: 0, true: 3 * time.Second} {
		quirks := plivo.Carrier().Quirks
		quirks.Redials = redials
		if got := p.SecondSocketOn(quirks); got != want {
			t.Errorf("redials is %v: at %v, want %v", redials, got, want)
		}
	}
}

// pacedConn counts packets and when they leave.
type pacedConn struct {
	telephony.Conn
	first, last time.Time
	n           int
}

func (c *pacedConn) Write(msg telephony.Message) error {
	if strings.Contains(string(msg.Data), `"media"`) {
		if c.last = time.Now(); c.n == 0 {
			c.first = c.last
		}
		c.n++
	}
	return nil
}

func TestPacketsLeaveByTheCarriersClock(t *testing.T) {
	carrier := onExotel(8000, nil).carrier
	const packets = 6000 // of 100 ms: ten minutes, in which 120 ms are gained or lost
	for _, ppm := range []sim.PPM{-200, 200} {
		synctest.Test(t, func(t *testing.T) {
			dial := dialMute(carrier)
			var conn *pacedConn
			cfg := sim.Config{Carrier: carrier, Codecs: codecs(), Network: sim.Profile{Drift: ppm}}
			cfg.Dial = func(ctx context.Context, url string) (telephony.Conn, error) {
				mute, err := dial(ctx, url)
				conn = &pacedConn{Conn: mute}
				return conn, err
			}
			plan := sim.Plan{MaxDuration: packets * 100 * ms, Patience: time.Hour}
			report, err := sim.Place(t.Context(), cfg, sim.Target{MediaURL: "wss://agent.example/", Call: named}, plan)
			if err != nil || report.Ending != telephony.MaxDurationReached {
				t.Fatalf("%v %v", report.Ending, err)
			}
			if conn.n != packets {
				t.Errorf("%d ppm: %d packets", ppm, conn.n)
			}
			want := ppm.Real((packets - 1) * 100 * ms)
			// The beat's own period is rounded to nanoseconds.
			if took := conn.last.Sub(conn.first); took < want-ms || took > want+ms {
				t.Errorf("%d ppm: ten minutes of packets took %v, want %v", ppm, took, want)
			}
		})
	}
}

func TestAPlacedCallIsSentByTheCarriersClock(t *testing.T) {
	placeOver(t, onTwilio(nil), sim.Profile{Drift: 100_000}, quietFor(11*time.Second), func(c called) {
		got := c.agent.of(telephony.Audio)
		for i, ev := range got {
			want := sim.PPM(100_000).Real(time.Duration(i+1) * 20 * ms)
			if off := ev.when - want; off < 0 || off > ms {
				t.Fatalf("packet %d left at %v, want %v", i, ev.when, want)
			}
		}
		if over := time.Duration(c.Duration) - 11*time.Second; len(got) != 550 || over < 0 || over > ms {
			t.Errorf("%d packets in %v", len(got), c.Duration)
		}
	})
}

func TestAReportNamesTheNetworkUnlessItIsClean(t *testing.T) {
	for _, p := range sim.Profiles() {
		placeOver(t, onTwilio(nil), p, quietFor(time.Second), func(c called) {
			text, err := json.Marshal(c.Report)
			if err != nil {
				t.Fatal(err)
			}
			want := `"network":{"profile":"` + p.Name + `","seed":1,`
			if got := strings.Contains(string(text), want); got != (p.Name != "clean") {
				t.Errorf("%s: %s", p.Name, text)
			}
		})
	}
}

func TestALoadGoesThroughTheNetworkToo(t *testing.T) {
	for _, p := range sim.Profiles() {
		synctest.Test(t, func(t *testing.T) {
			s := onTwilio(conversing)
			s.t = t
			cfg := s.config()
			cfg.Network, cfg.Seed = p, 9
			report, err := sim.Load(t.Context(), cfg, answering, sim.LoadPlan{Calls: 8, Ramp: 200 * ms, Hold: 12 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			s.wg.Wait()
			got := 0
			for _, a := range s.agents {
				got += len(a.of(telephony.Audio))
				if len(a.wrong) > 0 || len(a.of(telephony.Stopped)) != 1 {
					t.Errorf("%s: server objected %v", p.Name, a.wrong)
				}
			}
			if report.Lasted != 8 || report.Answered < 8 || report.SentFrames != got || report.Violations > 0 {
				t.Errorf("%s: server got %d frames: %+v", p.Name, got, report)
			}
			if (report.Network == nil) != (p.Name == "clean") {
				t.Errorf("%s: reported %+v", p.Name, report.Network)
			}
			if p.Name == "loss" && report.Network.Dropped == 0 {
				t.Error("nothing was dropped")
			}
		})
	}
}

func TestAProfileOutOfBoundsIsRefused(t *testing.T) {
	for key, p := range map[string]sim.Profile{
		"to_server.delay":                {ToServer: sim.Path{Delay: -1}},
		"from_server.jitter":             {FromServer: sim.Path{Jitter: time.Hour}},
		"to_server.burst":                {ToServer: sim.Path{Burst: -1}},
		"to_server.stalls[0].every":      {ToServer: sim.Path{Stalls: []sim.Stall{{Shortest: ms, Longest: ms, Random: true}}}},
		"to_server.stalls[0].longest":    {ToServer: sim.Path{Stalls: []sim.Stall{{Every: time.Second, Shortest: ms, Longest: 900 * ms}}}},
		"to_server.stalls[0].shortest":   {ToServer: sim.Path{Stalls: []sim.Stall{{Every: time.Second, Longest: ms}}}},
		"to_server.lost_segments.share":  {ToServer: sim.Path{Lost: sim.Retransmits{Share: 1.1}}},
		"from_server.lost_segments.hole": {FromServer: sim.Path{Lost: sim.Retransmits{Hole: -1}}},
		"drift_ppm":                      {Drift: 200_000},
		"dropped.share":                  {Dropped: sim.Drops{Share: nan()}},
		"dropped.run":                    {Dropped: sim.Drops{Run: -1}},
		"dropped.backlog":                {ToServer: sim.Path{Delay: 50 * ms}, Dropped: sim.Drops{Backlog: 50 * ms}},
		"reordered.share":                {Reordered: sim.Reordering{Share: -0.1}},
		"reordered.window":               {Reordered: sim.Reordering{Window: 17}},
		"early_media":                    {EarlyMedia: 51},
		"breaks.at":                      {Breaks: sim.Breaks{At: -1}},
		"breaks.per_minute":              {Breaks: sim.Breaks{PerMinute: 61}},
		"second_socket":                  {SecondSocket: -1},
	} {
		var wrong *sim.ProfileError
		if err := p.Check(); !errors.As(err, &wrong) || wrong.Key != key {
			t.Errorf("%s: %v", key, err)
		}
		cfg := onTwilio(nil).config()
		cfg.Network = p
		if _, err := sim.Place(t.Context(), cfg, answering, sim.Plan{}); !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%s: a call is placed: %v", key, err)
		}
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}
