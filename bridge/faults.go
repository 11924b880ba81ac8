package bridge

import (
	"sync"

	"github.com/rs/zerolog"
)

// faults keeps the first fault of each kind in a call. It has a lock of its
// own, so that engines can note theirs at any time.
type faults struct {
	mu    sync.Mutex
	seen  map[string]bool
	texts []string
}

// note keeps and logs err where it is the first of its kind.
func (f *faults) note(log zerolog.Logger, kind string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen[kind] {
		return
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[kind] = true
	f.texts = append(f.texts, kind+": "+err.Error())
	log.Warn().Err(err).Str("fault", kind).Msg("first fault of its kind")
}

// list returns what was kept; never nil.
func (f *faults) list() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string{}, f.texts...)
}
