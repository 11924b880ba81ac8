package sim_test

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
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
		{carrier: plivo.Carrier()},
		{carrier: telnyx.Carrier(telnyx.Config{})},
		{carrier: vonage.Carrier()},
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
				placeOver(t, s, p, quietFor(6*time.Second), func(c called) {
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
			placeOver(t, s, p, quietFor(6*time.Second), func(c called) {
				got := trace(c)
				inOrder := slices.IsSortedFunc(got, func(a, b arrived) int { return cmp.Compare(a.at, b.at) })
				if want := s.carrier.Quirks.ReorderWait == 0 || p.Reordered.Share == 0; inOrder != want {
					t.Errorf("%s, %s: in order is %v", s.carrier.Name(), p.Name, inOrder)
				}
				if len(got) != c.Media.SentFrames {
					t.Errorf("%s, %s: %d frames came of %d", s.carrier.Name(), p.Name, len(got), c.Media.SentFrames)
				}
				packets := int((6*time.Second + time.Millisecond*5) / s.carrier.Quirks.Packet)
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
	const packets = 3000 // of 100 ms: five minutes, in which 60 ms are gained or lost
	for _, ppm := range []sim.PPM{-200, 200} {
		synctest.Test(t, func(t *testing.T) {
			dial := dialMute(carrier)
			var conn *pacedConn
			cfg := sim.Config{Carrier: carrier, Codecs: codecs(), Network: sim.Profile{Drift: ppm}}
			cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
				mute, err := dial(ctx, url, header)
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
				t.Errorf("%d ppm: five minutes of packets took %v, want %v", ppm, took, want)
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
