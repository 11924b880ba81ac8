package echo

import "time"

const (
	// Step is the grid of levels.
	Step = 10 * time.Millisecond
	// slots is how much sound is known at once: what plays within the next
	// 700 ms, and what has played as long as echoes take.
	slots = 128
	// reach is for how many slots the agent's sound may come back: the longest
	// delay and its reverberation.
	reach = lags + 20
	// decay is how fast reverberation dies away: 1.8 dB in a step, which is
	// 60 dB in a third of a second.
	decay level = 180
	// early is how many slots before its time sound may play: a process that was
	// stopped for a while takes the time later than it is.
	early = 4
	// jumps is how many slots the playout clock may be corrected by, to an
	// earlier time, while sound follows sound.
	jumps = 15
	// sounding is the level from which on sound makes an echo worth a thought.
	sounding level = -5500
)

// playing is the agent's sound on the axis of the time when it plays, in
// numbered slots of one Step. Those from upTo on are silent.
type playing struct {
	upTo       int64
	end        int64  // the slot behind all sound that was sent
	last       int64  // the last slot that sounds
	now, rings levels // of the slot before upTo: its level, and with reverberation

	// What can be heard in a step that began within a slot, and lasted into the
	// one behind: the lower level of both, and the higher one with reverberation.
	least, most [bands][slots]level
}

// nothing is what plays before anything was sent.
func nothing() (p playing) {
	for b := range bands {
		for i := range slots {
			p.least[b][i], p.most[b][i] = silent, silent
		}
		p.now[b], p.rings[b] = silent, silent
	}
	p.last = -slots
	return p
}

// begin makes ready for sound that plays from a slot on, or behind the sound
// before it where that is about the same. It reports whether it isn't.
func (p *playing) begin(at int64) (anew bool) {
	if anew = at < p.end-jumps || at > p.end+1; !anew {
		at = p.end
	}
	p.cut(at)
	p.reach(at)
	return anew
}

// cut drops what plays from a slot on.
func (p *playing) cut(at int64) {
	if at < p.upTo {
		for b := range bands {
			p.now[b], p.rings[b] = silent, p.most[b][(at-1)&(slots-1)]
		}
	}
	p.upTo, p.end, p.last = min(p.upTo, at), min(p.end, at), min(p.last, at-1)
}

// reach lets silence play up to a slot, where there is no sound.
func (p *playing) reach(at int64) {
	p.upTo = max(p.upTo, at-slots)
	for p.upTo < at {
		p.place(levels{silent, silent})
	}
}

// place puts levels into the next slot.
func (p *playing) place(of levels) {
	before, i := (p.upTo-1)&(slots-1), p.upTo&(slots-1)
	for b, l := range of {
		rings := max(l, p.rings[b]-decay, silent)
		p.least[b][before], p.most[b][before] = min(p.now[b], l), max(p.rings[b], rings)
		p.least[b][i], p.most[b][i] = silent, rings // as long as nothing follows
		p.now[b], p.rings[b] = l, rings
		if l >= sounding {
			p.last = p.upTo
		}
	}
	p.upTo++
}
