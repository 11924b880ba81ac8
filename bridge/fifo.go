package bridge

// fifo is a queue of bytes or samples that keeps its memory.
type fifo[T byte | int16] struct {
	data []T // what is queued begins at head
	head int
}

func (q *fifo[T]) len() int { return len(q.data) - q.head }

func (q *fifo[T]) reset() { q.data, q.head = q.data[:0], 0 }

// room moves what is queued to the front and returns it, to be appended to
// and put back as data.
func (q *fifo[T]) room() []T {
	if q.head > 0 {
		n := copy(q.data, q.data[q.head:])
		q.data, q.head = q.data[:n], 0
	}
	return q.data
}

// take removes the first n values and returns them, good until the next call
// of room. Where fewer are queued, pad fills up.
func (q *fifo[T]) take(n int, pad T) []T {
	for q.len() < n {
		q.data = append(q.data, pad)
	}
	out := q.data[q.head : q.head+n]
	q.head += n
	return out
}
