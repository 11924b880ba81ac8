package playout

import "time"

const (
	// exactMS is how far off the delay may be in silence, and nearMS how far in
	// speech, which is changed no more than is worth while.
	exactMS, nearMS = 1, 6
	// lowMS is how much sound is left when a late packet makes playout slow.
	lowMS = 25
	// dueMS is how much later than usual a packet must be to be overdue.
	dueMS = 5
	// surplusMS is how much more than the delay and a packet may be held, for
	// packets that come early: more of it comes from a sender that is too fast,
	// whatever the delay.
	surplusMS = 40
)

// Pull fills dst with the next samples. It is to be called on the listener's
// beat, each len(dst) samples, with its time; usual lengths are 10 and 20 ms.
// Before the first packet is due there is silence.
func (b *Buffer) Pull(dst []int16, now time.Time) {
	b.beatLen = len(dst)
	t := b.beat.at(b.clock(now), int64(len(dst)), b.ms(100))
	tuned := false
	for len(dst) > 0 {
		if b.hole.open && !b.resume(t) {
			n := b.fill(dst, t)
			dst, t = dst[n:], t+int64(n)
			continue
		}
		if !tuned {
			b.tune(t, len(dst))
			tuned = true
		}
		n := min(len(dst), len(b.tape.ahead()))
		if n == 0 {
			b.openHole(t)
			continue
		}
		b.play(dst[:n], t)
		dst, t = dst[n:], t+int64(n)
	}
}

// play moves sound from the tape to dst.
func (b *Buffer) play(dst []int16, t int64) {
	n := copy(dst, b.tape.ahead())
	b.tape.front += n
	b.pos += int64(n)
	b.stats.played += int64(n)
	b.stats.waited += b.waits.take(n, t)
	b.stretch.Played(dst)
	b.conceal.Played(dst)
}

// tune brings the delay nearer to where it should be, by one step, before n
// samples are played.
func (b *Buffer) tune(t int64, n int) {
	usual := b.late.median()
	to := b.aim()
	b.target = to.most()
	overdue := t - b.end() - usual
	spare := min(b.spare(t-b.pos-usual-to.jitter, int64(n)), t-b.pos-usual-to.stall)
	surplus := int64(len(b.tape.ahead())-b.packetLen) - b.target - min(2*b.late.spread(), b.ceiling/2) - b.ms(surplusMS)
	switch {
	case b.queue.n == 0 && b.threatened(overdue, n):
		b.slowDown(n)
	case overdue > b.late.spread()+b.ms(dueMS):
	case max(spare, surplus) >= b.ms(exactMS):
		b.lose(max(spare, surplus), n)
	case spare < 0 && surplus < 0:
		b.regain(-spare)
	}
}

// spare returns by how much the delay can be shorter, or below zero has to be
// longer, for each packet to be there when the beat comes that plays its first
// sample. slack is by how much it is longer than the latest packet that counts.
//
// A packet whose beginning is played in the middle of a beat of n samples has to
// be there sooner than one that a beat begins with: so the delay is shortest
// where packets and beats begin together, and that is what this leads to. Where
// the packets are no multiple of the beat they begin anywhere.
func (b *Buffer) spare(slack, n int64) int64 {
	if b.uneven > 0 {
		return slack - n
	}
	inner := int64(len(b.tape.ahead())) % n
	slack -= inner
	beats := slack / n
	if slack < 0 {
		beats = (slack - n + 1) / n
	}
	return inner + beats*n
}

// threatened tells whether the sound may run out before more of it comes: what
// is left is less than the n samples that are due, or the next packet is overdue
// and there is little left, or it is very late.
func (b *Buffer) threatened(overdue int64, n int) bool {
	left := len(b.tape.ahead())
	if left < n {
		return true
	}
	if overdue <= b.late.spread()+b.ms(dueMS) {
		return false
	}
	return overdue > b.remarkable() || int64(left) < b.ms(lowMS)
}

// slowDown makes what is left last longer: for ever in silence, for n samples
// at a time, and by a quarter otherwise. When hardly anything is left there is
// nothing to stretch.
func (b *Buffer) slowDown(n int) {
	for {
		left := len(b.tape.ahead())
		if left < n/4 || b.pad(n) > 0 {
			return
		}
		if b.lengthen(b.stretch.Ahead(), leastUrgent) == 0 || left >= n {
			return
		}
	}
}

// lose makes the delay shorter by up to spare.
func (b *Buffer) lose(spare int64, n int) {
	most := min(int(spare), len(b.tape.ahead())-n)
	if cut := b.stretch.Skip(b.tape.pcm, b.tape.front, most); cut > 0 {
		b.moved(-cut)
		b.stats.skipped += int64(cut)
		return
	}
	if spare < b.ms(nearMS) {
		return
	}
	cut := b.stretch.Shorten(b.tape.pcm, b.tape.front, most, b.least(spare))
	b.moved(-cut)
	b.stats.removed += int64(cut)
}

// regain makes the delay longer by up to deficit.
func (b *Buffer) regain(deficit int64) {
	if b.pad(int(deficit)) == 0 && deficit >= b.ms(nearMS) {
		b.lengthen(int(deficit+b.ms(nearMS/2)), b.least(deficit))
	}
}

// pad makes silence longer by up to n samples, and returns by how much.
func (b *Buffer) pad(n int) int {
	n = min(n, b.tape.room, int(b.ceiling-b.held()))
	b.tape.makeRoom(n)
	n = b.stretch.Pad(b.tape.pcm, b.tape.front, n)
	b.moved(n)
	b.stats.padded += int64(n)
	return n
}

func (b *Buffer) lengthen(most int, least float64) int {
	b.tape.makeRoom(b.stretch.Ahead())
	most = min(most, int(b.ceiling-b.held()))
	n := b.stretch.Lengthen(b.tape.pcm, b.tape.front, most, least)
	b.moved(n)
	b.stats.added += int64(n)
	return n
}

// How alike two periods must be for one to be left out or played twice, when
// that isn't urgent and when it is. Far from the delay that is wanted nearly
// anything is better than waiting.
const leastCalm, leastUrgent, urgentMS = 0.85, 0.0, 80

func (b *Buffer) least(off int64) float64 {
	urgency := min(float64(off)/float64(b.ms(urgentMS)), 1)
	return leastCalm + (leastUrgent-leastCalm)*urgency
}

// beat tells the time of what is played from that of the calls, which come now
// and then a little early or late.
type beat struct {
	next  int64
	begun bool
}

// at returns the time of a call at t for n samples. It follows the calls slowly,
// and at once where they are more than jump samples from the beat.
func (m *beat) at(t, n, jump int64) int64 {
	off := t - m.next
	if !m.begun || off > jump || off < -jump {
		m.begun, m.next, off = true, t, 0
	}
	m.next += off / 16
	t = m.next
	m.next += n
	return t
}
