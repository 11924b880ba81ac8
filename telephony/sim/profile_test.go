package sim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
)

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

func TestAProfileOutOfBoundsIsRefused(t *testing.T) {
	for key, p := range map[string]sim.Profile{
		"to_server.delay":                {ToServer: sim.Path{Delay: -1}},
		"from_server.jitter":             {FromServer: sim.Path{Jitter: time.Hour}},
		"to_server.burst":                {ToServer: sim.Path{Burst: -1}},
		"to_server.stalls":               {ToServer: sim.Path{Stalls: make([]sim.Stall, 17)}},
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
