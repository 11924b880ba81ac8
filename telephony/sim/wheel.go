package sim

import (
	"context"
	"sync"
	"time"
)

const (
	// spokes divide a slot, so that calls don't all send at one moment; real
	// ones don't either.
	spokes = 10
	turn   = slot / spokes
)

// wheel beats for many calls from one goroutine, which costs less than a timer
// in each. Every call has its spoke, and with it its place in the slot.
type wheel struct {
	mu      sync.Mutex
	spokes  [spokes][]*loadCall
	stopped bool
	late    []time.Duration // how late each turn was in which there was a call
}

// add puts c on the emptiest spoke. It reports false where the wheel has
// stopped.
func (w *wheel) add(c *loadCall) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return false
	}
	best := 0
	for i := range w.spokes {
		if len(w.spokes[i]) < len(w.spokes[best]) {
			best = i
		}
	}
	w.spokes[best] = append(w.spokes[best], c)
	return true
}

// run turns the wheel until ctx ends; then the calls that are left hang up.
func (w *wheel) run(ctx context.Context) {
	begun := time.Now()
	ticker := time.NewTicker(turn)
	defer ticker.Stop()
	for next := 0; ; {
		select {
		case <-ctx.Done():
			w.stop()
			return
		case <-ticker.C:
		}
		now := time.Now()
		due := int(now.Sub(begun) / turn)
		next = max(next, due-spokes+1) // a call that is late catches up by itself
		for ; next <= due; next++ {
			w.turn(next%spokes, now, now.Sub(begun)-time.Duration(next)*turn)
		}
	}
}

// turn beats for the calls of one spoke and takes those off that are over.
func (w *wheel) turn(spoke int, now time.Time, late time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := w.spokes[spoke]
	if len(calls) > 0 {
		w.late = append(w.late, late)
	}
	kept := calls[:0]
	for _, c := range calls {
		if c.beat(now) {
			kept = append(kept, c)
		}
	}
	clear(calls[len(kept):])
	w.spokes[spoke] = kept
}

// stop lets every call hang up and takes no more.
func (w *wheel) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	for i, calls := range w.spokes {
		for _, c := range calls {
			c.hangUp()
		}
		w.spokes[i] = nil
	}
}
