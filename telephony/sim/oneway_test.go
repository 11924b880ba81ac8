package sim_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// copyist is a carrier that copies a call's sound to streams which take
// nothing, and keeps what it sends on them.
type copyist struct {
	telephony.Peer
	listen telephony.Listening
	sent   *[]telephony.Event
}

type copied struct {
	telephony.PeerStream
	copyist
}

func (c copyist) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	stream, err := c.Peer.Open(s, call)
	return copied{stream, c}, err
}

func (c copied) Start() telephony.Start {
	start := c.PeerStream.Start()
	start.Listen = c.listen
	return start
}

func (c copied) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	kept := ev
	kept.Frame.Payload = slices.Clone(ev.Frame.Payload)
	*c.sent = append(*c.sent, kept)
	ev.Callee = false // the carrier underneath has two-way streams only
	return c.PeerStream.Encode(dst, ev)
}

func (c copied) Decode(telephony.Message) (telephony.Event, error) {
	return telephony.Event{}, &telephony.Violation{Rule: "message on a one-way stream"}
}

// copying returns a server whose carrier copies a part of its calls, and
// what it sent.
func copying(part telephony.Listening, script func(*agent)) (*server, *[]telephony.Event) {
	s := onExotel(8000, script) // whose sound comes through as it was said
	s.carrier.Quirks.Packet = 20 * ms
	sent := new([]telephony.Event)
	s.carrier.Peer = copyist{s.carrier.Peer, part, sent}
	return s, sent
}

// track returns the samples of one side's packets.
func track(t *testing.T, events []telephony.Event, callee bool) (pcm []int16) {
	t.Helper()
	decoder, err := codecs().New(media.Format{Encoding: media.L16, Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, ev := range events {
		if ev.Kind != telephony.Audio || ev.Callee != callee {
			continue
		}
		if ev.Frame.At != time.Duration(n)*20*ms || ev.Frame.Seq != uint64(n+1) {
			t.Errorf("packet %d is of %v and has the number %d", n, ev.Frame.At, ev.Frame.Seq)
		}
		n++
		if pcm, err = decoder.Decode(pcm, ev.Frame.Payload); err != nil {
			t.Fatal(err)
		}
	}
	return pcm
}

func TestBothPartiesAreCopiedAsTheyTalk(t *testing.T) {
	s, sent := copying(telephony.ListenBoth, func(*agent) {})
	plan := sim.Plan{Turns: []sim.Turn{
		{Say: "hello", Speech: speech(0, 300*ms, 0)},
		{Say: "hello yourself", Speech: speech(0, 500*ms, 0), Callee: true},
		{Say: "bye", Speech: speech(0, 200*ms, 0)},
	}}
	place(t, s, plan, func(r called) {
		noErrors(t, r.Report)
		// Silence counts from the slot on in which a turn ends: 680 ms lie between.
		type voice struct{ from, to time.Duration }
		spurts := func(pcm []int16) (all []voice) {
			for i, v := range pcm {
				at := media.PCMDuration(i, 8000)
				switch {
				case v == 0:
				case len(all) == 0 || at-all[len(all)-1].to > 100*ms:
					all = append(all, voice{at, at})
				default:
					all[len(all)-1].to = at + media.PCMDuration(1, 8000)
				}
			}
			return all
		}
		caller, callee := track(t, *sent, false), track(t, *sent, true)
		if diff := cmp.Diff([]voice{{700 * ms, 1000 * ms}, {2860 * ms, 3060 * ms}}, spurts(caller), cmp.AllowUnexported(voice{})); diff != "" {
			t.Errorf("caller: %s", diff)
		}
		if diff := cmp.Diff([]voice{{1680 * ms, 2180 * ms}}, spurts(callee), cmp.AllowUnexported(voice{})); diff != "" {
			t.Errorf("other party: %s", diff)
		}
		if len(caller) != len(callee) || r.Media.SentFrames != 2*len(caller)/160 {
			t.Errorf("%d samples of the one, %d of the other, %d packets", len(caller), len(callee), r.Media.SentFrames)
		}
		if r.Ending != telephony.CallerHungUp || time.Duration(r.Duration) != 3740*ms || len(r.agent.of(telephony.Stopped)) != 1 {
			t.Errorf("ended %q after %v, %d stops", r.Ending, r.Duration, len(r.agent.of(telephony.Stopped)))
		}
		want := []sim.TurnReport{{
			Caller:   sim.CallerReport{Say: "hello", Start: sim.Millis(700 * ms), End: sim.Millis(1000 * ms)},
			Agent:    &sim.AgentReport{Start: sim.Millis(1680 * ms), End: sim.Millis(2180 * ms)},
			Response: millis(680 * ms),
		}, {
			Caller: sim.CallerReport{Say: "bye", Start: sim.Millis(2860 * ms), End: sim.Millis(3060 * ms)},
		}}
		if diff := cmp.Diff(want, r.Turns); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheCallerAloneIsCopiedWithoutTheOtherParty(t *testing.T) {
	s, sent := copying(telephony.ListenCaller, func(*agent) {})
	plan := sim.Plan{Turns: []sim.Turn{
		{Speech: speech(0, 300*ms, 0), Callee: true}, {Speech: speech(0, 300*ms, 0)},
	}}
	place(t, s, plan, func(r called) {
		noErrors(t, r.Report)
		caller := track(t, *sent, false)
		if first := slices.IndexFunc(caller, func(s int16) bool { return s != 0 }); media.PCMDuration(first, 8000) < time.Second {
			t.Errorf("sound from %v on, which is the other party's", media.PCMDuration(first, 8000))
		}
		if other := track(t, *sent, true); len(other) > 0 {
			t.Errorf("%d samples of the other party", len(other))
		}
	})
}

func TestWhatAServerSendsOnAOneWayStreamBreaksTheRules(t *testing.T) {
	s, _ := copying(telephony.ListenCaller, func(a *agent) {
		a.play(square(100*ms, 8000))
		a.clear()
	})
	place(t, s, sim.Plan{}, func(r called) {
		n := len(r.Errors)
		if r.Violations < 2 || n != 1 || !strings.HasPrefix(r.Errors[0], "message on a one-way stream (") {
			t.Errorf("%d violations, errors %q", r.Violations, r.Errors)
		}
		if slices.ContainsFunc(r.Heard, func(s int16) bool { return s != 0 }) || r.Media.ReceivedFrames != 0 {
			t.Error("it is heard all the same")
		}
	})
}

func TestABrokenCopyEndsWithItsStream(t *testing.T) {
	o := onLineman(func(*agent) {}, here)
	o.carrier.Peer = copyist{o.carrier.Peer, telephony.ListenCaller, new([]telephony.Event)}
	o.call(t, sim.Plan{Breaks: []time.Duration{500 * ms}}, func(t *testing.T, r *sim.Report) {
		if r.Ending != telephony.MediaLost || len(o.asked) > 0 {
			t.Errorf("ended %q, asked %q", r.Ending, o.questions())
		}
	})
}

func TestTheOtherPartySpeaksOnOneWayStreamsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		plan := sim.Plan{Turns: []sim.Turn{{Speech: speech(0, 100*ms, 0), Callee: true}}}
		if _, err := sim.Place(t.Context(), s.config(), answering, plan); !errors.Is(err, sim.ErrConfig) || len(s.agents) > 0 {
			t.Errorf("%v, want ErrConfig and no socket", err)
		}
	})
}
