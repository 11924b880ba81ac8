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
	told  reports
}

// New returns a Ledger that keeps the records of the last keep ended calls.
func New(keep int) *Ledger {
	return &Ledger{
		keep: max(keep, 1), live: map[string]func() Record{}, ended: map[string]Record{},
		told: newReports(),
	}
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
	l.told.hold(r.key())
	if old, known := l.ended[r.ID]; known {
		l.told.release(old.key())
	} else {
		l.order = append(l.order, r.ID)
	}
	l.ended[r.ID] = r
	for len(l.order) > l.keep {
		l.told.release(l.ended[l.order[0]].key())
		delete(l.ended, l.order[0])
		l.order = slices.Delete(l.order, 0, 1)
	}
}

// Tell enters what a carrier tells of a call, by the carrier's id, before,
// while or after the call is here. Reports may come in any order and more than
// once: they are merged. What is told of a call without an id is dropped.
func (l *Ledger) Tell(carrier, carrierCallID string, t Told) {
	if carrierCallID == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told.tell(callKey{carrier, carrierCallID}, t)
}

// complete returns r with what its carrier told.
func (l *Ledger) complete(r Record) Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Told = l.told.find(r.key())
	return r
}

// Find returns the record of a call by our id, as it is now.
func (l *Ledger) Find(id string) (Record, bool) {
	l.mu.Lock()
	snapshot, live := l.live[id]
	r, found := l.ended[id]
	l.mu.Unlock()
	switch {
	case live:
		return l.complete(snapshot()), true
	case found:
		return l.complete(r), true
	}
	return Record{}, false
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
		r := l.ended[id]
		r.Told = l.told.find(r.key())
		ended = append(ended, r)
	}
	l.mu.Unlock()
	all := make([]Record, 0, len(snapshots)+len(ended))
	for _, snapshot := range snapshots {
		all = append(all, l.complete(snapshot()))
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
