package tcpbench

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const ms = time.Millisecond

// The goal of the recognizer's leg: nothing is delayed, lost, moved or changed
// by how the messages arrive.
func TestTimingChangesNothingThatTheRecognizerGets(t *testing.T) {
	const seeds, length = 3, 2500 * ms
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 0))
		stall := time.Duration(100+rng.IntN(300)) * ms
		for _, tr := range []trace.Trace{
			trace.Gaussian(time.Duration(rng.IntN(40))*ms, length, rng),
			trace.OneStall(time.Second+time.Duration(rng.IntN(1000))*ms, stall, length),
			trace.Stalls(stall, 2*stall, length),
		} {
			for _, p := range []path{
				alongTrace(twilio.Carrier(), tr),
				alongTrace(telnyx.Carrier(telnyx.Config{}), tr).reordered(overtaken, rng),
				alongTrace(twilio.Carrier(), tr).discarded(discardLate, discardShare, rng),
			} {
				o, err := p.play()
				if err != nil {
					t.Fatal(err)
				}
				if o.added.most() != 0 || o.lost != 0 || o.offTime != 0 || o.changed != 0 {
					t.Errorf("seed %d, %s, %s: %v added, %g lost, %v off, %d samples differ",
						seed, p.carrier.Name(), p.name, o.added.most(), o.lost, o.offTime, o.changed)
				}
			}
		}
	}
}

func TestAFrameThatIsMissingCostsAtMostTheReorderWait(t *testing.T) {
	carrier := telnyx.Carrier(telnyx.Config{})
	p := alongTrace(carrier, trace.Clean(4*time.Second)).discarded(time.Hour, 0.05, rand.New(rand.NewPCG(1, 1)))
	o, err := p.play()
	if err != nil {
		t.Fatal(err)
	}
	most := carrier.Quirks.ReorderWait + trace.Interval // the beat may be as late
	if got := o.added.most(); p.left == 0 || got == 0 || got > most {
		t.Errorf("%d frames missing, %v added at most, want more than nothing and no more than %v", p.left, got, most)
	}
	if o.gaps == 0 || o.lost != 0 || o.offTime != 0 {
		t.Errorf("%d gaps, %g of what came lost, %v off", o.gaps, o.lost, o.offTime)
	}
}

// The measurement must see what it is to find: a Telnyx that is taken for a
// carrier which keeps order loses each frame that was overtaken.
func TestSoundThatIsLostIsSeen(t *testing.T) {
	carrier := telnyx.Carrier(telnyx.Config{})
	carrier.Quirks.ReorderWait = 0
	p := alongTrace(carrier, trace.Clean(4*time.Second)).reordered(overtaken, rand.New(rand.NewPCG(1, 1)))
	o, err := p.play()
	if err != nil {
		t.Fatal(err)
	}
	if o.lost < 0.05 || o.changed == 0 {
		t.Errorf("%g lost and %d samples changed where about a tenth is", o.lost, o.changed)
	}
}

func TestOvertakenPacketsComeRightAfterThoseThatOvertookThem(t *testing.T) {
	p := path{packets: []packet{{at: 0, arrived: 5 * ms}, {at: 20 * ms, arrived: 25 * ms}, {at: 40 * ms, arrived: 90 * ms}}}
	got := p.reordered(1, rand.New(rand.NewPCG(1, 1))) // all that can be
	var last time.Duration
	for i, pk := range got.packets {
		if pk.arrived < last || pk.whole < pk.arrived {
			t.Errorf("packet %d, of %v, arrived at %v behind %v and was whole at %v", i, pk.at, pk.arrived, last, pk.whole)
		}
		last = pk.arrived
	}
	if got.packets[2].at == 40*ms {
		t.Errorf("nothing was overtaken: %v", got.packets)
	}
	if p.packets[0].arrived != 5*ms {
		t.Error("the path itself was changed")
	}
}

func TestWhatIsDiscardedLeavesTheEnds(t *testing.T) {
	tr := trace.OneStall(200*ms, 300*ms, time.Second)
	p := alongTrace(telephony.Carrier{}, tr).discarded(100*ms, 0, rand.New(rand.NewPCG(1, 1)))
	if p.left != 10 || len(p.packets) != 40 { // 300 to 120 ms late
		t.Errorf("%d left out, %d stay", p.left, len(p.packets))
	}
	if first, last := p.packets[0].at, p.packets[len(p.packets)-1].at; first != 0 || last != 980*ms {
		t.Errorf("the path goes from %v to %v", first, last)
	}
}
