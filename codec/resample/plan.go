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

// shared keeps the plans of the ratios asked for last.
var shared plans //nolint:gochecknoglobals // a memo of pure results: no caller can tell whether it is there

// plans is a bounded memo of plans by ratio.
type plans struct {
	mu   sync.Mutex
	kept []*entry // oldest first
}

// entry is a plan that is made outside the lock, by the first who needs it.
type entry struct {
	up, down int
	plan     func() plan
}

// plan returns the plan for up/down, which must be in lowest terms.
func (p *plans) plan(up, down int) plan { return p.entry(up, down).plan() }

// entry finds or adds the entry for up/down and drops the oldest where there
// are too many.
func (p *plans) entry(up, down int) *entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.kept {
		if e.up == up && e.down == down {
			return e
		}
	}
	if len(p.kept) == maxPlans {
		p.kept = append(p.kept[:0], p.kept[1:]...)
	}
	e := &entry{up: up, down: down, plan: sync.OnceValue(func() plan { return newPlan(up, down) })}
	p.kept = append(p.kept, e)
	return e
}

// newPlan picks the faster of the two ways to run the filter.
func newPlan(up, down int) plan {
	if up*down <= maxGrid {
		return newGrid(up, down)
	}
	return newWalk(up, down)
}
