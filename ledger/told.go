package ledger

import (
	"cmp"
	"slices"
	"time"
)

// Told is what a carrier tells of a call, beside what we saw of it. The zero
// Told says that it told nothing.
type Told struct {
	State string `json:"state,omitempty"` // initiated, ringing, answered or ended; empty where not told
	// Ending is why the call ended, Cause the same in the carrier's words and
	// numbers, and EndedAt when. They are of one event, the one that Merge
	// prefers.
	Ending     string    `json:"ending,omitempty"`
	Cause      string    `json:"cause,omitempty"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
	DurationMS int64     `json:"duration_ms,omitempty"` // of the call, the longest that was told
	Faults     []string  `json:"faults,omitempty"`      // of the call's streams, each once, sorted; at most maxFaults
}

// maxFaults bounds the faults that are kept of a call: those that sort first.
const maxFaults = 16

// Merge returns what two reports tell together. Carriers send their events in
// any order and more than once, so it is a join: commutative, associative and
// idempotent, with the zero Told as its identity.
//
// The state is the later of both. Of two endings, the one with the earlier
// time counts, since a call ends once and what came later came of it; one
// without a time counts less, and between equals the alphabet decides.
func (t Told) Merge(b Told) Told {
	t, b = t.normal(), b.normal()
	if compareState(b.State, t.State) > 0 {
		t.State = b.State
	}
	if b.compareEnding(t) < 0 {
		t.Ending, t.Cause, t.EndedAt = b.Ending, b.Cause, b.EndedAt
	}
	t.DurationMS = max(t.DurationMS, b.DurationMS)
	t.Faults = joined(t.Faults, b.Faults)
	return t
}

// normal returns t in the one form in which equal reports are equal.
func (t Told) normal() Told {
	if !t.EndedAt.IsZero() {
		t.EndedAt = t.EndedAt.UTC().Round(0) // without the monotonic clock
	}
	t.DurationMS = max(t.DurationMS, 0)
	t.Faults = joined(t.Faults, nil)
	return t
}

// compareState orders states by how far the call has come. Words that are no
// state come before all that are.
func compareState(a, b string) int {
	order := []string{"initiated", "ringing", "answered", "ended"}
	return cmp.Or(cmp.Compare(slices.Index(order, a), slices.Index(order, b)), cmp.Compare(a, b))
}

// compareEnding orders endings, the one that counts first.
func (t Told) compareEnding(b Told) int {
	return cmp.Or(
		filledFirst(t.Ending == "", b.Ending == ""),
		filledFirst(t.EndedAt.IsZero(), b.EndedAt.IsZero()),
		t.EndedAt.Compare(b.EndedAt),
		cmp.Compare(t.Ending, b.Ending),
		filledFirst(t.Cause == "", b.Cause == ""),
		cmp.Compare(t.Cause, b.Cause),
	)
}

func filledFirst(aEmpty, bEmpty bool) int {
	switch {
	case aEmpty == bEmpty:
		return 0
	case bEmpty:
		return -1
	default:
		return 1
	}
}

// joined returns all texts of a and b once, sorted, in a slice of its own.
func joined(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > 0 && all[0] == "" {
		all = all[1:]
	}
	if len(all) == 0 {
		return nil
	}
	return slices.Clone(all[:min(len(all), maxFaults)])
}
