package tcpbench

import (
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// What the carriers do to their messages.
const (
	overtaken    = 0.1                    // share of the frames, at Telnyx
	discardLate  = 100 * time.Millisecond // frames that are so late, at Twilio
	discardShare = 0.01                   // of the others
)

// virtualResults are what became of the paths of the three kinds.
type virtualResults struct {
	inOrder, outOfOrder, discarded []outcome
}

// playAll plays the traces of a length, of a carrier that keeps order, of one
// that doesn't, and of one that discards.
func playAll(seed uint64, length time.Duration) (r virtualResults, err error) {
	recordings, err := recorded(length)
	if err != nil {
		return r, err
	}
	traces := append(trace.All(seed, length), recordings...)
	for i, t := range traces {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		for _, kind := range []struct {
			path path
			all  *[]outcome
		}{
			{alongTrace(twilio.Carrier(), t), &r.inOrder},
			{alongTrace(telnyx.Carrier(telnyx.Config{}), t).reordered(overtaken, rng), &r.outOfOrder},
			{alongTrace(twilio.Carrier(), t).discarded(discardLate, discardShare, rng), &r.discarded},
		} {
			o, err := kind.path.play()
			if err != nil {
				return r, err
			}
			*kind.all = append(*kind.all, o)
		}
	}
	return r, nil
}

// recorded returns the recordings of real TCP, cut to a length.
func recorded(length time.Duration) ([]trace.Trace, error) {
	all, err := trace.Recorded()
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Packets = all[i].Packets[:min(len(all[i].Packets), int(length/trace.Interval))]
	}
	return all, nil
}

func (r virtualResults) all() (all []outcome) {
	all = append(all, r.inOrder...)
	all = append(all, r.outOfOrder...)
	return append(all, r.discarded...)
}

// worst returns the largest figure of some outcomes.
func worst(all []outcome, figure func(outcome) float64) (most float64) {
	for _, o := range all {
		most = max(most, figure(o))
	}
	return most
}
