package ledger

import (
	"slices"
	"sync"
)

// Ledger keeps the records of the live calls and of the last that ended. Its
// methods may run together.
type Ledger struct {
	keep int

	mu    sync.Mutex
	live  map[string]func() Record
	ended map[string]Record
	order []string // ids of ended calls, oldest first
}

// New returns a Ledger that keeps the records of the last keep ended calls.
func New(keep int) *Ledger {
	return &Ledger{keep: max(keep, 1), live: map[string]func() Record{}, ended: map[string]Record{}}
}

// Open enters a live call; snapshot returns its record at any time until
// Close.
func (l *Ledger) Open(id string, snapshot func() Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live[id] = snapshot
}

// Close enters the final record of a call that ended.
func (l *Ledger) Close(r Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, r.ID)
	if _, known := l.ended[r.ID]; !known {
		l.order = append(l.order, r.ID)
	}
	l.ended[r.ID] = r
	for len(l.order) > l.keep {
		delete(l.ended, l.order[0])
		l.order = slices.Delete(l.order, 0, 1)
	}
}

// Find returns the record of a call by our id, as it is now.
func (l *Ledger) Find(id string) (Record, bool) {
	l.mu.Lock()
	snapshot, live := l.live[id]
	r, found := l.ended[id]
	l.mu.Unlock()
	if live {
		return snapshot(), true
	}
	return r, found
}

// Filter says which calls List returns; its zero value takes all.
type Filter struct {
	Carrier       string
	CarrierCallID string
	Status        string
	Limit         int // zero for all that are kept
}

// List returns the records that pass f: live calls first, then ended ones,
// newest first.
func (l *Ledger) List(f Filter) []Record {
	l.mu.Lock()
	snapshots := make([]func() Record, 0, len(l.live))
	for _, s := range l.live {
		snapshots = append(snapshots, s)
	}
	ended := make([]Record, 0, len(l.order))
	for _, id := range slices.Backward(l.order) {
		ended = append(ended, l.ended[id])
	}
	l.mu.Unlock()
	all := make([]Record, 0, len(snapshots)+len(ended))
	for _, snapshot := range snapshots {
		all = append(all, snapshot())
	}
	slices.SortFunc(all, func(a, b Record) int { return b.StartedAt.Compare(a.StartedAt) })
	return f.apply(append(all, ended...))
}

func (f Filter) apply(all []Record) []Record {
	out := []Record{}
	for _, r := range all {
		switch {
		case f.Carrier != "" && r.Carrier != f.Carrier:
		case f.CarrierCallID != "" && r.CarrierCallID != f.CarrierCallID:
		case f.Status != "" && r.Status != f.Status:
		case f.Limit > 0 && len(out) >= f.Limit:
			return out
		default:
			out = append(out, r)
		}
	}
	return out
}
