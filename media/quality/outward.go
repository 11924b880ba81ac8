package quality

import "time"

// Cause is what a reply that the caller hears waits for, where its sound has
// run out.
type Cause uint8

// What a reply may wait for.
const (
	Nothing  Cause = iota // it is complete
	Voice                 // the synthesizer: a sentence's sound
	Dialogue              // the dialogue: more text
	Own                   // its own process, which had something to send or to take
	causes
)

const (
	// leastHole is the shortest hole that counts: one frame of a telephone.
	leastHole = 20 * time.Millisecond
	// playerSlack is by how much a mark may come later than the earliest ones
	// did before the carrier's player is taken to have run dry: marks come at
	// the player's beat. The network's jitter comes on top, which is taken to be
	// the same both ways.
	playerSlack = 80 * time.Millisecond
	// markPatience is when a mark is taken to be lost.
	markPatience = 3 * time.Second
)

// Outward is how the agent's sound went.
type Outward struct {
	Messages uint64
	Sent     time.Duration
	// Voice, Dialogue and Own are holes in the agent's speech, by what was
	// waited for.
	Voice, Dialogue, Own Stalls
	// Player are holes that the carrier's player must have left, as marks tell
	// that came too late for what was sent in time.
	Player Stalls
	// MarkDelay and MarkDelayMax tell how long after the sound before it was to
	// have been played a mark came back: at the least, and at the most. They
	// are valid where Marks isn't zero.
	Marks                   int
	MarkDelay, MarkDelayMax time.Duration
	MarksMissing            int // marks that don't come back, whose sound was not cleared
}

// outward accounts for the sound that is sent. Times count from the meter's
// beginning.
type outward struct {
	Outward
	speaking bool                  // whether a reply is under way of which something was sent
	dry      time.Duration         // when the carrier has played all that it has
	filled   time.Duration         // when it has played what is no part of a reply
	seen     time.Duration         // up to when silence has been put down to a cause
	hole     [causes]time.Duration // the one that goes on
	marks    [16]pending           // the oldest first
	out      int
	shift    time.Duration // by how much the player is known to lag in this reply
}

// pending is a mark that is out.
type pending struct{ position, due time.Duration }

// waits tells what a reply waits for, up to now.
func (o *outward) waits(at time.Duration, why Cause) {
	if why == Nothing {
		o.over()
		return
	}
	from := max(o.dry, o.seen)
	o.hole[why] += at - from
	o.seen = at
}

// over says that what follows is another reply.
func (o *outward) over() {
	o.speaking, o.shift = false, 0
	o.hole = [causes]time.Duration{}
}

// send takes sound that is handed to the carrier.
func (o *outward) send(at, length time.Duration) {
	o.close()
	if from := max(at, o.filled); from >= o.dry {
		o.dry, o.shift = from, 0 // whatever lagged is over
	}
	o.dry += length
	o.seen = o.dry
	o.speaking = true
	o.Messages++
	o.Sent += length
}

// fill takes sound that is no part of a reply.
func (o *outward) fill(at, length time.Duration) { o.filled = max(at, o.dry, o.filled) + length }

// close ends the hole that goes on: one hole, by what it waited for longest.
func (o *outward) close() {
	if o.hole == [causes]time.Duration{} {
		return
	}
	var whole, most time.Duration
	why := Nothing
	for c, d := range o.hole {
		if whole += d; d > most {
			why, most = Cause(c), d
		}
	}
	o.hole = [causes]time.Duration{}
	if whole < leastHole {
		return
	}
	switch why {
	case Voice:
		o.Voice.add(whole)
	case Dialogue:
		o.Dialogue.add(whole)
	case Own:
		o.Own.add(whole)
	case Nothing, causes:
	}
}

// clear says that the carrier drops what it has not played.
func (o *outward) clear(at time.Duration) {
	o.over()
	o.dry, o.seen, o.filled, o.out = at, at, at, 0
}

// mark notes a mark behind all that was sent.
func (o *outward) mark(position time.Duration) {
	if o.out == len(o.marks) {
		o.MarksMissing++
		o.out = copy(o.marks[:], o.marks[1:])
	}
	o.marks[o.out] = pending{position, o.dry}
	o.out++
}

// played takes a mark that came back. held is by how much all that comes is
// late at this time, and slack by how much a mark may be in any case: neither is
// the player's fault.
func (o *outward) played(at, position, held, slack time.Duration) {
	for i, m := range o.marks[:o.out] {
		if m.position != position {
			continue
		}
		o.MarksMissing += i
		o.out = copy(o.marks[:], o.marks[i+1:o.out])
		delay := at - m.due
		o.returned(delay-min(held, max(delay, 0)), slack)
		return
	}
}

// returned takes by how much a mark came late. A player that lags keeps lagging
// until it has played all that it has.
func (o *outward) returned(delay, slack time.Duration) {
	if o.Marks++; o.Marks == 1 {
		o.MarkDelay = delay
	}
	o.MarkDelay = min(o.MarkDelay, delay)
	o.MarkDelayMax = max(o.MarkDelayMax, delay)
	if lag := delay - o.MarkDelay; lag-o.shift >= slack {
		o.Player.add(lag - o.shift)
		o.shift = lag
	}
}

// missing returns how many marks will not come back.
func (o *outward) missing(at time.Duration) (n int) {
	for _, m := range o.marks[:o.out] {
		if at-m.due > markPatience {
			n++
		}
	}
	return o.MarksMissing + n
}
