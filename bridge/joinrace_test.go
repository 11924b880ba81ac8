package bridge_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/bridge"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
)

// Fault 18: sockets of one call that open together, while the carrier asks how
// the call goes on or tells that it is over, or the server ends it, leave one
// record with one ending, and nothing behind.
func TestStreamsThatRaceForACallLeaveOneCall(t *testing.T) {
	for seed := range uint64(300) {
		agent := agentOf(asr.Config{}, goesOn("Hello."), tts.Config{})
		inHouse(t, agent, func(h *house) {
			h.race(rand.New(rand.NewPCG(seed, 18)))
			record := h.theRecord()
			synctest.Wait()
			if stats := h.board.Stats(); stats.Live != 0 || stats.Panics != 0 || stats.Ended[record.Ending] != 1 {
				t.Errorf("seed %d: %+v", seed, stats)
			}
		})
	}
}

// race opens four streams of one call within three seconds, and does all else
// that may be done with a call meanwhile.
func (h *house) race(r *rand.Rand) {
	open := func(joins bool) {
		cfg := h.streamOf(plivo.Carrier(), "id", joins)
		target := sim.Target{MediaURL: "ws://127.0.0.1/media/plivo/t", Call: telephony.PeerCall{CallID: "CA1"}}
		_, _ = sim.Place(h.t.Context(), cfg, target, breaksAt(time.Second)) // which may be refused
	}
	done := r.IntN(4) == 0
	does := []func(){
		func() { open(true) },
		func() { open(true) },
		func() { open(true) },
		func() { h.board.Resumes("id", telephony.Lost{Asks: true}) },
		func() { h.board.Resumes("id", telephony.Lost{Asks: true, Done: done}) },
		func() { h.board.Stats() },
		func() { h.book.List(ledger.Filter{}) },
	}
	switch r.IntN(3) {
	case 0:
		does = append(does, func() { h.board.CarrierEnded("plivo", "CA1", telephony.CallerHungUp, "completed") })
	case 1:
		does = append(does, func() { h.end(bridge.ErrOperator) })
	}
	var together sync.WaitGroup
	together.Go(func() { open(false) })
	for _, do := range does {
		wait := time.Duration(r.IntN(30)) * 100 * time.Millisecond
		together.Go(func() {
			time.Sleep(wait)
			do()
		})
	}
	together.Wait()
}
