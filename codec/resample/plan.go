package resample

import "sync"

const (
	// maxRatio bounds the numbers of a ratio, and with them a filter: 4096
	// phases of about 52 taps are 0.8 MiB. 44.1 to 48 kHz needs 160.
	maxRatio = 4096
	// maxGrid bounds up*down for grid, which handles each pair of an input
	// and an output phase on its own.
	maxGrid = 12
	// maxPlans bounds the filters kept: twice as many as the ratios of all
	// rates in use on telephones and in speech engines.
	maxPlans = 32
)

// plan is the part of a resampler that all with the same ratio share. It
// doesn't change after it is made.
type plan interface {
	start() stream
}

// memo keeps, bounded, what was made for the ratios asked for last.
type memo[T any] struct {
	mu   sync.Mutex
	kept []*entry[T] // oldest first
}

// entry is what is made outside the lock, by the first who needs it.
type entry[T any] struct {
	up, down int
	value    func() T
}

// Memos of pure results: no caller can tell whether they are there.
var (
	sharedPlans memo[plan]  //nolint:gochecknoglobals // see above
	sharedFine  memo[*fine] //nolint:gochecknoglobals // see above
)

// get returns what was made for up/down, which must be in lowest terms.
func (m *memo[T]) get(up, down int, build func(up, down int) T) T {
	return m.entry(up, down, build).value()
}

// entry finds or adds the entry for up/down and drops the oldest where there
// are too many.
func (m *memo[T]) entry(up, down int, build func(up, down int) T) *entry[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.kept {
		if e.up == up && e.down == down {
			return e
		}
	}
	if len(m.kept) == maxPlans {
		m.kept = append(m.kept[:0], m.kept[1:]...)
	}
	e := &entry[T]{up: up, down: down, value: sync.OnceValue(func() T { return build(up, down) })}
	m.kept = append(m.kept, e)
	return e
}

// newPlan picks the faster of the two ways to run the filter.
func newPlan(up, down int) plan {
	if up*down <= maxGrid {
		return newGrid(up, down)
	}
	return newWalk(up, down)
}
