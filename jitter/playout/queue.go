package playout

// packet is a run of sound that waits for what belongs before it.
type packet struct {
	pos     int64 // of its first sample, in media time
	arrived int64 // in samples of the Buffer's clock
	seq     uint64
	pcm     []int16 // reused
}

func (p *packet) end() int64 { return p.pos + int64(len(p.pcm)) }

// queue holds packets by their position. Its memory is that of the longest
// packets so far, depth of them at most.
type queue struct {
	held []packet // used ones first, in order
	n    int
	sum  int // samples held
}

func newQueue(depth, longest int) queue {
	q := queue{held: make([]packet, depth)}
	for i := range q.held {
		q.held[i].pcm = make([]int16, 0, longest)
	}
	return q
}

func (q *queue) full() bool { return q.n == len(q.held) }

// head returns the first packet, nil where there is none.
func (q *queue) head() *packet {
	if q.n == 0 {
		return nil
	}
	return &q.held[0]
}

// insert copies f into its place and tells whether another lies in its way, by
// slack samples or more. The queue must not be full.
func (q *queue) insert(f Frame, pos, arrived, slack int64) (clash bool) {
	k := q.n
	for ; k > 0 && q.held[k-1].pos > pos; k-- {
		continue
	}
	end := pos + int64(len(f.PCM))
	if k > 0 && q.held[k-1].end() >= pos+slack || k < q.n && q.held[k].pos+slack <= end {
		return true
	}
	free := q.held[q.n]
	copy(q.held[k+1:q.n+1], q.held[k:q.n])
	free.pos, free.arrived, free.seq = pos, arrived, f.Seq
	free.pcm = append(free.pcm[:0], f.PCM...)
	q.held[k] = free
	q.n++
	q.sum += len(f.PCM)
	return false
}

// drop forgets the head.
func (q *queue) drop() {
	first := q.held[0]
	q.sum -= len(first.pcm)
	copy(q.held, q.held[1:q.n])
	q.n--
	q.held[q.n] = first
}

// end returns where the last packet ends; from where there is none.
func (q *queue) end(from int64) int64 {
	if q.n == 0 {
		return from
	}
	return q.held[q.n-1].end()
}

// waits remembers when the sound on the tape came, to tell how long it stayed.
type waits struct {
	span  []wait
	first int
	n     int
}

type wait struct {
	samples int
	arrived int64
}

func newWaits(most int) waits { return waits{span: make([]wait, most)} }

func (w *waits) at(i int) *wait { return &w.span[(w.first+i)%len(w.span)] }

// add tells that samples which came at arrived were put behind the others.
// Where there is no room they join the last ones.
func (w *waits) add(samples int, arrived int64) {
	if w.n > 0 {
		if last := w.at(w.n - 1); last.arrived == arrived || w.n == len(w.span) {
			last.samples += samples
			return
		}
	}
	*w.at(w.n) = wait{samples: samples, arrived: arrived}
	w.n++
}

// grow tells that n samples were added before all others, from what came with
// the first of them or, with n below zero, that they were left out.
func (w *waits) grow(n int) {
	if n > 0 && w.n > 0 {
		w.at(0).samples += n
	}
	w.take(-n, 0)
}

// take removes n samples at now, and returns how long they had waited in sum.
func (w *waits) take(n int, now int64) (sum int64) {
	for n > 0 && w.n > 0 {
		s := w.at(0)
		k := min(n, s.samples)
		sum += int64(k) * (now - s.arrived)
		n -= k
		if s.samples -= k; s.samples == 0 {
			w.first = (w.first + 1) % len(w.span)
			w.n--
		}
	}
	return sum
}
