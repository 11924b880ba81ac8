package tcpbench

import (
	"encoding/binary"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// segment builds a packet of IPv4 with TCP in it, of port 7.
func segment(seq uint32, flags byte, n int) []byte {
	p := make([]byte, 40+n)
	p[0], p[9] = 0x45, 6
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	binary.BigEndian.PutUint16(p[20:], 7)
	binary.BigEndian.PutUint32(p[24:], seq)
	p[32], p[33] = 5<<4, flags
	return p
}

func TestAStreamIsWholeWhenItsHoleIsFilled(t *testing.T) {
	isn := uint32(1<<32 - 150) // sequence numbers wrap in it
	s := newSegments()
	at := func(i int) time.Time { return epoch.Add(time.Duration(i) * ms) }
	s.packet(segment(isn, 0x02, 0), at(0))
	s.packet(segment(isn, 0x02, 0), at(1))       // again
	s.packet(segment(isn+1, 0x10, 100), at(2))   // 0 to 100
	s.packet(segment(isn+201, 0x10, 100), at(3)) // 200 to 300, early
	s.packet(segment(isn, 0x10, 1), at(4))       // keeps the connection alive
	if got := s.whole(7); got != 100 {
		t.Errorf("%d bytes are whole, want 100", got)
	}
	if _, ok := s.when(7, 101); ok {
		t.Error("a byte in the hole has come")
	}
	s.packet(segment(isn+101, 0x10, 100), at(5)) // fills it
	s.packet(segment(isn+1, 0x10, 100), at(6))   // sent again for nothing
	for n, want := range map[uint64]int{1: 2, 100: 2, 101: 5, 300: 5} {
		if got, ok := s.when(7, n); !ok || !got.Equal(at(want)) {
			t.Errorf("%d bytes had come at %v %v, want %v", n, got, ok, at(want))
		}
	}
	if s.whole(8) != 0 {
		t.Error("a port that sent nothing has bytes")
	}
}

func TestSegmentsInAnyOrderMakeTheSameStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cuts := rapid.SliceOfN(rapid.IntRange(1, 50), 1, 20).Draw(t, "lengths")
		var all [][]byte
		seq := uint32(1)
		for _, n := range cuts {
			all = append(all, segment(seq, 0x10, n))
			seq += uint32(n)
		}
		all = append(all, all[rapid.IntRange(0, len(all)-1).Draw(t, "again")])
		s := newSegments()
		s.packet(segment(0, 0x02, 0), epoch)
		last := epoch
		for i, p := range rapid.Permutation(all).Draw(t, "order") {
			last = epoch.Add(time.Duration(i) * ms)
			s.packet(p, last)
		}
		if got := s.whole(7); got != uint64(seq-1) {
			t.Fatalf("%d of %d bytes are whole", got, seq-1)
		}
		if at, ok := s.when(7, uint64(seq-1)); !ok || at.After(last) {
			t.Fatalf("whole at %v %v", at, ok)
		}
	})
}

// FuzzSegments gives packets of any bytes.
func FuzzSegments(f *testing.F) {
	f.Add(segment(1, 0x02, 0), segment(2, 0x10, 10))
	f.Add(segment(1, 0x02, 0), segment(2, 0x10, 10)[:30])
	f.Fuzz(func(t *testing.T, first, second []byte) {
		s := newSegments()
		s.packet(first, epoch)
		s.packet(second, epoch)
		for port := range s.streams {
			if n := s.whole(port); n > 0 {
				if _, ok := s.when(port, n); !ok {
					t.Errorf("%d bytes have come and nobody knows when", n)
				}
			}
		}
	})
}
