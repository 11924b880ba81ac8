package playout

import "math"

// longHoleMS is from which on a hole is long enough to begin anew behind it,
// with the delay that is wanted.
const longHoleMS = 60

// hole is the state while there is nothing on the tape to play.
type hole struct {
	open      bool
	played    bool  // something was played before it
	offset    int64 // of what was played before it: the beat less its media time
	concealed int64 // samples so far
}

// open begins a hole at t.
func (b *Buffer) openHole(t int64) {
	b.hole = hole{open: true, played: true, offset: t - b.pos}
	b.stats.holes++
}

// resume ends the hole where the time has come for what is held, and tells
// whether it did. What merely came late is played at once. Behind a gap in the
// timestamps sound is played at the delay it would have without the gap, so
// that the gap keeps its length.
func (b *Buffer) resume(t int64) bool {
	p := b.queue.head()
	if p == nil || t < b.due(p) {
		return false
	}
	if missing := p.pos - b.pos; missing >= b.ms(joinMS) {
		b.gaps.add(b.pos, p.pos)
		if p.seq != 0 && p.seq == b.seq+1 { // nothing was sent
			quiet := min(missing, b.hole.concealed)
			if !b.stretch.Pausing() {
				b.stats.concealed -= quiet
				b.stats.comfort += quiet
			}
		}
	}
	b.pos = p.pos
	played := b.hole.played
	b.hole = hole{}
	b.unite()
	if played {
		b.conceal.Join(b.tape.ahead())
	}
	return true
}

// due returns when p, the first packet behind the hole, is to be played.
func (b *Buffer) due(p *packet) int64 {
	want := b.late.median() + b.aim().most()
	if b.hole.played {
		if p.pos-b.pos < b.ms(joinMS) {
			return math.MinInt64 / 2
		}
		if b.hole.concealed < b.ms(longHoleMS) {
			want = min(want, b.hole.offset)
		}
	}
	return p.pos + want
}

// fill makes up sound for dst, or for what of it is played before the first
// packet behind the hole is due, and returns how much.
func (b *Buffer) fill(dst []int16, t int64) int {
	n := len(dst)
	if p := b.queue.head(); p != nil {
		n = int(min(int64(n), max(b.due(p)-t, 1)))
	}
	dst = dst[:n]
	if !b.hole.played {
		clear(dst)
		return n
	}
	b.conceal.Conceal(dst)
	b.tape.record(dst)
	b.hole.concealed += int64(n)
	if b.stretch.Pausing() {
		b.stats.comfort += int64(n)
	} else {
		b.stats.concealed += int64(n)
	}
	return n
}

// gaps remembers the last stretches of media time that were given up, to tell
// late packets from duplicates.
type gaps struct {
	last [8]struct{ from, to int64 }
	next int
}

func (g *gaps) add(from, to int64) {
	g.last[g.next].from, g.last[g.next].to = from, to
	g.next = (g.next + 1) % len(g.last)
}

func (g *gaps) has(from, to int64) bool {
	for _, l := range g.last {
		if from < l.to && to > l.from {
			return true
		}
	}
	return false
}
