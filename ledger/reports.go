package ledger

import "container/list"

// maxLoose bounds the reports of calls whose end is not in the ledger: those
// that have yet to begin or to end, and those that never come here. The one
// that was told of longest ago is forgotten first.
const maxLoose = 20_000

// callKey names a call as its carrier does.
type callKey struct{ carrier, call string }

// reports holds what carriers told of calls. Its owner locks.
type reports struct {
	known map[callKey]*report
	loose *list.List // of callKey, the one told of longest ago first
}

// report is what was told of one call.
type report struct {
	told  Told
	held  int           // records of ended calls that show it
	place *list.Element // in loose; nil while it is held
}

func newReports() reports { return reports{known: map[callKey]*report{}, loose: list.New()} }

// tell takes what a carrier tells of a call.
func (r *reports) tell(k callKey, t Told) {
	one := r.of(k)
	one.told = one.told.Merge(t)
	if one.place != nil {
		r.loose.MoveToBack(one.place)
	}
	r.bound()
}

// find returns what was told of a call.
func (r *reports) find(k callKey) Told {
	if one, told := r.known[k]; told {
		return one.told
	}
	return Told{}
}

// hold keeps what is told of a call until release.
func (r *reports) hold(k callKey) {
	one := r.of(k)
	one.held++
	if one.place != nil {
		r.loose.Remove(one.place)
		one.place = nil
	}
}

// release lets what was told of a call be forgotten.
func (r *reports) release(k callKey) {
	one := r.of(k)
	if one.held--; one.held > 0 {
		return
	}
	one.place = r.loose.PushBack(k)
	r.bound()
}

// of returns the report of a call, a new one where nothing was told yet.
func (r *reports) of(k callKey) *report {
	one, known := r.known[k]
	if !known {
		one = &report{place: r.loose.PushBack(k)}
		r.known[k] = one
	}
	return one
}

// bound forgets the loose reports that are too many.
func (r *reports) bound() {
	for r.loose.Len() > maxLoose {
		k, _ := r.loose.Remove(r.loose.Front()).(callKey)
		delete(r.known, k)
	}
}
