package api

import (
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// maxOnce and onceLife bound the values of Proof.Once that are remembered
	// of a carrier. No carrier's signature that tells its age is taken when it
	// is older than five minutes.
	maxOnce  = 100_000
	onceLife = 15 * time.Minute
	// maxAnswered bounds the calls of a carrier that are known to have been answered.
	maxAnswered = 100_000
)

// seen remembers values for a time, the last so many of them. It keeps a hash
// in place of each. Its methods may run together.
type seen struct {
	most int
	life time.Duration // no limit where zero

	mu    sync.Mutex
	since map[[16]byte]time.Time
	order [][16]byte // a ring once it is full
	next  int        // the oldest in the ring
}

func newSeen(most int, life time.Duration) *seen {
	return &seen{most: most, life: life, since: map[[16]byte]time.Time{}}
}

// note remembers a value and reports whether it was known already. A value
// that is noted again lives no longer for it.
func (s *seen) note(value string, now time.Time) (known bool) {
	key := digest(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.knows(key, now) {
		return true
	}
	if _, stale := s.since[key]; stale {
		s.since[key] = now // it has its place in the ring
		return false
	}
	if len(s.order) < s.most {
		s.order = append(s.order, key)
	} else {
		delete(s.since, s.order[s.next])
		s.order[s.next] = key
		s.next = (s.next + 1) % s.most
	}
	s.since[key] = now
	return false
}

// forget lets a value be new again.
func (s *seen) forget(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.since, digest(value))
}

// has reports whether a value is known, and remembers nothing.
func (s *seen) has(value string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.knows(digest(value), now)
}

func (s *seen) knows(key [16]byte, now time.Time) bool {
	since, known := s.since[key]
	return known && (s.life == 0 || now.Sub(since) <= s.life)
}

func digest(value string) (key [16]byte) {
	sum := sha256.Sum256([]byte(value))
	copy(key[:], sum[:])
	return key
}
