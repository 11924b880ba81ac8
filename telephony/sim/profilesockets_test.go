package sim_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
)

// A carrier that redials opens the same URL again, on the same network.
func TestANetworkBreaksSocketsAndOpensSecondOnes(t *testing.T) {
	for end, way := range map[string]sim.Profile{
		"broken":   {ToServer: sim.Path{Delay: 100 * ms}, Breaks: sim.Breaks{At: 3 * time.Second}},
		"replaced": {ToServer: sim.Path{Delay: 100 * ms}, SecondSocket: 3 * time.Second},
	} {
		s := &server{carrier: plivo.Carrier()}
		s.carrier.Quirks.Redials = true
		placeOver(t, s, way, quietFor(6*time.Second), func(r called) {
			if len(r.Streams) != 2 || r.Streams[0].End != end || r.Streams[0].ID != r.Streams[1].ID || len(r.Errors) > 0 {
				t.Fatalf("%s: streams %+v, errors %v", end, r.Streams, r.Errors)
			}
			if r.Ending != telephony.CallerHungUp || len(s.agents) != 2 {
				t.Errorf("%s: ended %s on %d sockets", end, r.Ending, len(s.agents))
			}
			for i, a := range s.agents {
				if n := len(a.of(telephony.Audio)); n < 140 || n > 150 {
					t.Errorf("%s: %d packets on socket %d, want three seconds of them", end, n, i+1)
				}
			}
		})
	}
}
