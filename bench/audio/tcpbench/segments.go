package tcpbench

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"
)

// segments follows TCP streams by their packets, as they are delivered, and
// knows when each byte had come with all before it: from then on the receiver
// can have it. Streams are told apart by the port of their sender. Its methods
// may run together.
type segments struct {
	mu      sync.Mutex
	streams map[uint16]*byteStream
}

// byteStream is one direction of one connection. Bytes are counted from the
// first, as sequence numbers are from the one behind the SYN's.
type byteStream struct {
	first uint32 // sequence number of the first byte
	whole uint64 // so many bytes have come without a hole
	ahead []span // that have come behind a hole
	marks []mark
}

type span struct{ from, to uint64 }

// mark says that the stream was whole up to a byte at a time.
type mark struct {
	upTo uint64
	at   time.Time
}

func newSegments() *segments { return &segments{streams: map[uint16]*byteStream{}} }

// packet takes a packet of IPv4 (RFC 791 section 3.1), and ignores what is not
// TCP (RFC 9293 section 3.1).
func (s *segments) packet(data []byte, at time.Time) {
	const tcp, syn = 6, 0x02
	if len(data) < 20 || data[0]>>4 != 4 || data[9] != tcp {
		return
	}
	head := int(data[0]&0x0F) * 4
	total := int(binary.BigEndian.Uint16(data[2:]))
	if head < 20 || total > len(data) || total < head+20 {
		return
	}
	segment := data[head:total]
	offset := int(segment[12]>>4) * 4
	if offset < 20 || offset > len(segment) {
		return
	}
	port, seq := binary.BigEndian.Uint16(segment), binary.BigEndian.Uint32(segment[4:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if segment[13]&syn != 0 {
		if _, again := s.streams[port]; !again {
			s.streams[port] = &byteStream{first: seq + 1}
		}
		return
	}
	st := s.streams[port]
	if st == nil || offset == len(segment) {
		return
	}
	// A stream of these has far less than 2 GiB; what keeps a connection alive
	// lies in front of its first byte (RFC 9293 section 3.8.4).
	if from := seq - st.first; from < 1<<31 {
		st.take(span{from: uint64(from), to: uint64(from) + uint64(len(segment)-offset)}, at)
	}
}

// whole returns how many bytes of a stream have come without a hole.
func (s *segments) whole(port uint16) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.streams[port]; st != nil {
		return st.whole
	}
	return 0
}

// when returns when the first n bytes of a stream had come; false where they
// have not.
func (s *segments) when(port uint16, n uint64) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.streams[port]
	if st == nil || n > st.whole {
		return time.Time{}, false
	}
	i, _ := slices.BinarySearchFunc(st.marks, n, func(m mark, n uint64) int {
		if m.upTo < n {
			return -1
		}
		return 1
	})
	return st.marks[i].at, i < len(st.marks)
}

func (st *byteStream) take(got span, at time.Time) {
	if got.to <= st.whole {
		return // it had come before
	}
	if got.from > st.whole {
		st.ahead = append(st.ahead, got)
		return
	}
	st.whole = got.to
	for again := true; again; {
		again = false
		st.ahead = slices.DeleteFunc(st.ahead, func(a span) bool {
			if a.from > st.whole {
				return false
			}
			again = again || a.to > st.whole
			st.whole = max(st.whole, a.to)
			return true
		})
	}
	st.marks = append(st.marks, mark{upTo: st.whole, at: at})
}
