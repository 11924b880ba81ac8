package tcpbench

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// path is a call's messages of sound and when each comes in.
type path struct {
	name    string
	carrier telephony.Carrier
	packets []packet // in the order of arrival
	left    int      // packets that the carrier discarded
}

// packet is 20 ms of sound.
type packet struct {
	at      time.Duration // media time
	arrived time.Duration
	// whole is when it and all that was sent before it, and not discarded, had
	// arrived.
	whole time.Duration
}

// alongTrace is a path on which nothing overtakes.
func alongTrace(c telephony.Carrier, t trace.Trace) path {
	p := path{name: t.Name, carrier: c}
	for _, tp := range t.Packets {
		p.packets = append(p.packets, packet{at: tp.Sent, arrived: tp.Arrived, whole: tp.Arrived})
	}
	return p
}

// reordered lets a share of the packets be overtaken by one or two others, as
// Telnyx says that it may happen: they are sent after those, and TCP then keeps
// that order.
func (p path) reordered(share float64, rng *rand.Rand) path {
	const most = 2
	p.name += fmt.Sprintf(", %g %% overtaken", 100*share)
	type place struct{ behind, own int }
	order := make([]place, len(p.packets))
	for i := range order {
		order[i] = place{behind: i, own: i}
		if rng.Float64() < share {
			order[i].behind = min(i+1+rng.IntN(most), len(order)-1)
		}
	}
	slices.SortFunc(order, func(a, b place) int {
		// Those that were overtaken come after it who overtook them last.
		return cmp.Or(cmp.Compare(a.behind, b.behind), cmp.Compare(b.own, a.own))
	})
	sent := slices.Clone(p.packets)
	var whole time.Duration
	for _, pl := range order {
		sent[pl.own].arrived = p.packets[pl.behind].arrived
	}
	for i := range sent {
		whole = max(whole, sent[i].arrived)
		sent[i].whole = whole
	}
	p.packets = make([]packet, 0, len(sent))
	for _, pl := range order {
		p.packets = append(p.packets, sent[pl.own])
	}
	return p
}

// discarded leaves packets out: of those that are late by more than most, as
// Twilio does where a socket is congested (its warning 31930), and a share of
// the others in runs of three.
func (p path) discarded(most time.Duration, share float64, rng *rand.Rand) path {
	const run = 3
	p.name += fmt.Sprintf(", discarded when %v late and %g %%", most, 100*share)
	kept, skip := p.packets[:0:0], 0
	for i, pk := range p.packets {
		if skip == 0 && rng.Float64() < share/run {
			skip = run
		}
		if i > 0 && i < len(p.packets)-1 && (skip > 0 || pk.arrived-pk.at > most) {
			skip = max(skip-1, 0)
			p.left++
			continue
		}
		kept = append(kept, pk)
	}
	p.packets = kept
	return p
}

// length returns the media time of the path.
func (p path) length() (length time.Duration) {
	for _, pk := range p.packets {
		length = max(length, pk.at+trace.Interval)
	}
	return length
}

// errUnheard reports a run in which the recognizer did not get the speech, which
// then shows nothing.
var errUnheard = errors.New("the recognizer heard too little")

// outcome is what the bridge made of a path.
type outcome struct {
	path   path
	added  spread // from when a packet and those before it had arrived until it was handed on
	waited spread // from when a packet had arrived itself
	// lost is the share of the packets that came and were not handed on.
	lost float64
	// offTime is by how much the media time at the end is off.
	offTime time.Duration
	gaps    uint64
	// changed counts the samples at the recognizer that are not those which it
	// gets where every packet comes in order as soon as it is sent.
	changed int
	heard   time.Duration // sound at the recognizer
}

// play runs a path in virtual time, and again without delays to know what the
// recognizer should get.
func (p path) play() (outcome, error) {
	got, o, err := p.run()
	if err != nil {
		return o, fmt.Errorf("%s: %w", p.name, err)
	}
	ideal := p
	ideal.packets = slices.Clone(p.packets)
	slices.SortFunc(ideal.packets, func(a, b packet) int { return int(a.at - b.at) })
	for i := range ideal.packets {
		pk := &ideal.packets[i]
		pk.arrived, pk.whole = pk.at, pk.at
	}
	want, _, err := ideal.run()
	if err != nil {
		return o, fmt.Errorf("%s, without delays: %w", p.name, err)
	}
	if least := p.length() - silence; o.heard < least {
		return o, fmt.Errorf("%s: %w: %v of %v", p.name, errUnheard, o.heard, least)
	}
	o.changed = max(len(got), len(want)) - min(len(got), len(want))
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			o.changed++
		}
	}
	return o, nil
}

// run plays the packets into a leg and returns what goes to the recognizer. A
// beat of 20 ms runs beside them, as in a call.
func (p path) run() (heard []int16, o outcome, err error) {
	o.path = p
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := newLeg(p.carrier, func(pcm []int16) { heard = append(heard, pcm...) })
	from, err := newCaller(p.carrier, "1")
	if err != nil {
		return nil, o, err
	}
	greeting, err := from.greeting()
	if err != nil {
		return nil, o, err
	}
	for _, msg := range greeting {
		if _, err := l.message(begin, msg); err != nil {
			return nil, o, err
		}
	}
	var handed handings
	beat := trace.Interval
	for _, pk := range p.packets {
		for ; beat < pk.arrived; beat += trace.Interval {
			handed.note(l.tick(begin.Add(beat)), begin.Add(beat))
		}
		msg, err := from.packet(nil, pk.at)
		if err != nil {
			return nil, o, err
		}
		now := begin.Add(pk.arrived)
		upTo, err := l.message(now, msg)
		if err != nil {
			return nil, o, err
		}
		handed.note(upTo, now)
	}
	for end := beat + time.Second; beat < end; beat += trace.Interval {
		handed.note(l.tick(begin.Add(beat)), begin.Add(beat))
	}
	o.heard = media.PCMDuration(len(heard), recognizerRate)
	o.judge(begin, handed, l, begin.Add(beat))
	return heard, o, nil
}

// judge works out the figures.
func (o *outcome) judge(begin time.Time, handed handings, l *leg, end time.Time) {
	var added, waited []time.Duration
	first, last := o.path.packets[0].at, o.path.packets[0].at
	for _, pk := range o.path.packets {
		first, last = min(first, pk.at), max(last, pk.at)
	}
	for _, pk := range o.path.packets {
		at, ok := handed.when(pk.at - first + trace.Interval)
		if !ok {
			continue
		}
		added = append(added, at.Sub(begin.Add(pk.whole)))
		waited = append(waited, at.Sub(begin.Add(pk.arrived)))
	}
	n := l.counts(end)
	came := time.Duration(len(o.path.packets)) * trace.Interval
	o.added, o.waited = sorted(added), sorted(waited)
	o.lost = 1 - float64(n.Jitter.Played)/float64(came)
	o.offTime = (n.Jitter.Media - (last - first + trace.Interval)).Abs()
	o.gaps = n.Jitter.Gaps
}
