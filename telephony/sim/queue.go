package sim

// queue is a carrier's playout queue: sound in order of arrival, with marks
// between. It counts in samples since the stream began. Where it keeps no
// sound, for load tests, it counts only. It is owned by one lock.
type queue struct {
	keep  bool
	limit int64 // samples that may wait

	sound []int16 // what waits, from head on
	head  int
	holes []hole // silence that a carrier plays where a chunk broke its rules
	in    int64  // samples that were ever queued
	out   int64  // of those, how many were taken to be played or dropped

	marks []mark
	busy  bool // whether the last slot that was taken still sounds
}

// hole is a stretch of the queue in which the carrier has nothing to play.
type hole struct{ from, to int64 }

// mark is a name that comes back when the queue's sound before at was played.
type mark struct {
	name string
	at   int64
}

// waiting returns the samples that are still to be played.
func (q *queue) waiting() int64 { return q.in - q.out }

// push queues n samples and reports how many of them had no room. pcm holds
// them where the queue keeps sound.
func (q *queue) push(pcm []int16, n int) (dropped int) {
	if room := int(q.limit - q.waiting()); n > room {
		dropped, n = n-room, room
	}
	if q.keep {
		q.compact(n)
		q.sound = append(q.sound, pcm[:n]...)
	}
	q.in += int64(n)
	return dropped
}

// hole queues n samples of the carrier's own silence, in which the agent's
// sound is interrupted.
func (q *queue) hole(n int) {
	q.holes = append(q.holes, hole{from: q.in, to: q.in + int64(n)})
	if q.keep {
		q.compact(n)
		for range n {
			q.sound = append(q.sound, 0)
		}
	}
	q.in += int64(n)
}

// take moves up to max samples out of the queue, all of them the agent's sound
// or all of them a hole. dst is filled where the queue keeps sound. It returns
// zero samples where the queue has run dry.
func (q *queue) take(dst []int16, most int) (n int, sound bool) {
	n = int(min(int64(most), q.waiting()))
	if n == 0 {
		return 0, false
	}
	q.busy, sound = true, true
	if len(q.holes) > 0 {
		h := q.holes[0]
		switch {
		case q.out < h.from:
			n = int(min(int64(n), h.from-q.out))
		default:
			n, sound = int(min(int64(n), h.to-q.out)), false
			if q.out+int64(n) == h.to {
				q.holes = q.holes[1:]
			}
		}
	}
	if q.keep {
		copy(dst[:n], q.sound[q.head:q.head+n])
		q.head += n
	}
	q.out += int64(n)
	return n, sound
}

// endSlot says that what was taken so far has now been heard.
func (q *queue) endSlot() { q.busy = false }

// mark places a mark behind all that is queued.
func (q *queue) mark(name string) { q.marks = append(q.marks, mark{name: name, at: q.in}) }

// due appends the names of the marks before which nothing is left to be
// heard, and forgets them.
func (q *queue) due(names []string) []string {
	if q.busy {
		return names // the sound before the first mark may be in the slot that plays now
	}
	n := 0
	for n < len(q.marks) && q.marks[n].at <= q.out {
		names = append(names, q.marks[n].name)
		n++
	}
	q.marks = q.marks[:copy(q.marks, q.marks[n:])]
	return names
}

// clear drops what waits and returns how much that was.
func (q *queue) clear() (dropped int64) {
	dropped = q.waiting()
	q.out = q.in
	q.sound, q.head, q.holes = q.sound[:0], 0, q.holes[:0]
	return dropped
}

// takeMarks appends the names of all marks and forgets them.
func (q *queue) takeMarks(names []string) []string {
	for _, m := range q.marks {
		names = append(names, m.name)
	}
	q.marks = q.marks[:0]
	return names
}

// compact makes room for n more samples by moving what waits to the front,
// where that saves growing.
func (q *queue) compact(n int) {
	if q.head > 0 && len(q.sound)+n > cap(q.sound) {
		q.sound = q.sound[:copy(q.sound, q.sound[q.head:])]
		q.head = 0
	}
}
