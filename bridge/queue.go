package bridge

import (
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// queue is the agent's sound that waits to be sent, in units: bytes of the
// carrier's encoding, or samples where what a sample becomes depends on those
// before it. Those are encoded when they are sent, so that the encoder never
// saw what the caller didn't get.
type queue struct {
	format  media.Format
	late    bool // whether sound is encoded when it is sent
	codec   codec.Codec
	bytes   fifo[byte]
	pcm     fifo[int16]
	encoded []byte // what was taken of pcm since the last call of rewind
}

func newQueue(format media.Format, c codec.Codec) queue {
	return queue{format: format, late: format.Encoding.Stateful(), codec: c}
}

func (q *queue) len() int {
	if q.late {
		return q.pcm.len()
	}
	return q.bytes.len()
}

// units returns how many units d has.
func (q *queue) units(d time.Duration) int {
	if q.late {
		return q.format.Samples(d)
	}
	return q.format.Bytes(d)
}

// duration returns how long n units play.
func (q *queue) duration(n int) time.Duration {
	if q.late {
		return media.PCMDuration(n, q.format.Rate)
	}
	return q.format.Duration(n)
}

// add queues sound at the carrier's rate.
func (q *queue) add(pcm []int16) {
	if q.late {
		q.pcm.data = append(q.pcm.room(), pcm...)
		return
	}
	q.bytes.data = q.codec.Encode(q.bytes.room(), pcm)
}

// extend queues sound behind what waits, whose memory stays where it is: what
// was taken of it stays good.
func (q *queue) extend(pcm []int16) {
	if q.late {
		q.pcm.data = append(q.pcm.data, pcm...)
		return
	}
	q.bytes.data = q.codec.Encode(q.bytes.data, pcm)
}

// samples returns how many samples n units have.
func (q *queue) samples(n int) int {
	if q.late {
		return n
	}
	return n / q.format.Encoding.SampleSize()
}

// take removes the first n units and returns their bytes, good until the next
// call of add or rewind. Silence fills up where fewer are queued.
func (q *queue) take(n int) []byte {
	if !q.late {
		return q.bytes.take(n, q.format.Encoding.Silence())
	}
	from := len(q.encoded)
	q.encoded = q.codec.Encode(q.encoded, q.pcm.take(n, 0))
	return q.encoded[from:]
}

// rewind takes the memory back of what was encoded for sending.
func (q *queue) rewind() { q.encoded = q.encoded[:0] }

// reset forgets what waits.
func (q *queue) reset() {
	q.bytes.reset()
	q.pcm.reset()
}
