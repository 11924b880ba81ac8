package jitter

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// slot is one held frame.
type slot struct {
	at      time.Duration // the carrier's timestamp
	seq     uint64
	pos, n  int64 // begin and length in media time, in samples
	arrived time.Time
	payload []byte // reused from frame to frame
}

// queue holds frames in the order of their position. The slot that was handed
// out last stays untouched until it is released, so there is one slot more
// than frames that may be held. Free slots are taken last in, first out: a
// stream that keeps its order uses a single one.
type queue struct {
	slots []slot
	order []int // held slots by position
	free  []int
	out   int // the slot handed out, -1 for none
}

func newQueue(depth int) queue {
	q := queue{
		slots: make([]slot, depth+1),
		order: make([]int, 0, depth),
		free:  make([]int, 0, depth+1),
		out:   -1,
	}
	for i := depth; i >= 0; i-- {
		q.free = append(q.free, i)
	}
	return q
}

func (q *queue) empty() bool { return len(q.order) == 0 }

func (q *queue) full() bool { return len(q.order) == cap(q.order) }

// has tells whether a frame with f's time is held: one with its number, or one
// as long.
func (q *queue) has(f media.Frame) bool {
	for _, i := range q.order {
		s := &q.slots[i]
		if s.at == f.At && (s.seq == f.Seq || len(s.payload) == len(f.Payload)) {
			return true
		}
	}
	return false
}

// insert copies f into a slot and reports whether a later frame was there
// before it. The queue must not be full.
func (q *queue) insert(f media.Frame, pos, n int64, now time.Time) (overtaken bool) {
	last := len(q.free) - 1
	i := q.free[last]
	q.free = q.free[:last]
	s := &q.slots[i]
	s.at, s.seq, s.pos, s.n, s.arrived = f.At, f.Seq, pos, n, now
	s.payload = append(s.payload[:0], f.Payload...)

	k := len(q.order)
	q.order = append(q.order, i)
	for ; k > 0 && q.slots[q.order[k-1]].pos > pos; k-- {
		q.order[k] = q.order[k-1]
		overtaken = true
	}
	q.order[k] = i
	return overtaken
}

// head returns the earliest held frame, nil for none.
func (q *queue) head() *slot {
	if len(q.order) == 0 {
		return nil
	}
	return &q.slots[q.order[0]]
}

// end returns where the last of the held frames ends, in samples.
func (q *queue) end() int64 {
	var end int64
	for _, i := range q.order {
		end = max(end, q.slots[i].pos+q.slots[i].n)
	}
	return end
}

// oldest returns the earliest arrival among the held frames; some must be.
func (q *queue) oldest() time.Time {
	var oldest time.Time
	for k, i := range q.order {
		if t := q.slots[i].arrived; k == 0 || t.Before(oldest) {
			oldest = t
		}
	}
	return oldest
}

func (q *queue) shift(n int64) {
	for _, i := range q.order {
		q.slots[i].pos -= n
	}
}

// handOut takes the head from the queue and keeps its payload until release.
func (q *queue) handOut() { q.out = q.unlink() }

// drop forgets the head.
func (q *queue) drop() { q.free = append(q.free, q.unlink()) }

func (q *queue) unlink() int {
	i := q.order[0]
	q.order = q.order[:copy(q.order, q.order[1:])]
	return i
}

func (q *queue) release() {
	if q.out >= 0 {
		q.free = append(q.free, q.out)
		q.out = -1
	}
}

// memory remembers the frames that were played last, to know them again.
type memory struct {
	ring [32]struct {
		at  time.Duration
		seq uint64
	}
	n      int           // frames remembered so far
	latest time.Duration // the largest of their timestamps
}

func (m *memory) add(at time.Duration, seq uint64) {
	s := &m.ring[m.n%len(m.ring)]
	s.at, s.seq = at, seq
	if m.n++; m.n == 1 || at > m.latest {
		m.latest = at
	}
}

func (m *memory) has(at time.Duration, seq uint64) bool {
	if at > m.latest {
		return false // as nearly every frame is
	}
	for i := range min(m.n, len(m.ring)) {
		if m.ring[i].at == at && m.ring[i].seq == seq {
			return true
		}
	}
	return false
}
