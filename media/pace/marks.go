package pace

import "time"

// marks are the marks that are out, in the order of their positions.
type marks struct {
	ring  [64]mark
	first int
	n     int
}

type mark struct {
	position time.Duration
	passed   time.Time // when the estimate was first seen beyond it
}

func (m *marks) at(i int) *mark { return &m.ring[(m.first+i)%len(m.ring)] }

func (m *marks) add(position time.Duration) {
	if m.n > 0 && position <= m.at(m.n-1).position {
		return
	}
	if m.n == len(m.ring) {
		m.drop(1)
	}
	*m.at(m.n) = mark{position: position}
	m.n++
}

// take removes the mark at position and all before it.
func (m *marks) take(position time.Duration) bool {
	for i := range m.n {
		if m.at(i).position == position {
			m.drop(i + 1)
			return true
		}
	}
	return false
}

func (m *marks) drop(n int) {
	m.first = (m.first + n) % len(m.ring)
	m.n -= n
}

// holding returns the first mark that has not been overdue for longer than
// patience, given an estimate at now.
func (m *marks) holding(est time.Duration, now time.Time, patience time.Duration) (time.Duration, bool) {
	for i := range m.n {
		mk := m.at(i)
		if est <= mk.position {
			mk.passed = time.Time{}
			return mk.position, true
		}
		if mk.passed.IsZero() {
			mk.passed = now
		}
		if now.Sub(mk.passed) <= patience {
			return mk.position, true
		}
	}
	return 0, false
}
