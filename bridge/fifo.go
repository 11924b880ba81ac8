package bridge

// fifo is a queue of bytes that keeps its memory.
type fifo struct {
	data []byte // what is queued begins at head
	head int
}

func (q *fifo) len() int { return len(q.data) - q.head }

func (q *fifo) reset() { q.data, q.head = q.data[:0], 0 }

// room moves what is queued to the front and returns it, to be appended to
// and put back as data.
func (q *fifo) room() []byte {
	if q.head > 0 {
		n := copy(q.data, q.data[q.head:])
		q.data, q.head = q.data[:n], 0
	}
	return q.data
}

// take removes the first n bytes and returns them, good until the next call
// of room. Where fewer are queued, pad fills up.
func (q *fifo) take(n int, pad byte) []byte {
	for q.len() < n {
		q.data = append(q.data, pad)
	}
	out := q.data[q.head : q.head+n]
	q.head += n
	return out
}
