package bridge

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/talkpath/talkpath/ledger"
)

// Stats is what all calls of a Switchboard have done.
type Stats struct {
	Live        int
	Started     uint64
	Ended       map[string]uint64 // by ending
	Refused     uint64            // for the limit or a shutdown
	BadMessages uint64
	Panics      uint64
	Resumed     uint64            // streams that took the place of one that was lost
	EngineFails map[string]uint64 // by engine
	// Of live and ended calls together:
	ReceivedFrames, SentFrames uint64
	Clears                     uint64
	Lost                       time.Duration // sound that the carriers never sent
	// Response is how long callers waited for the agent's first sound, as the
	// bridge sees it.
	Response Histogram
	Lines    Lines
}

// Histogram counts durations by upper bound.
type Histogram struct {
	Bounds []time.Duration
	Counts []uint64 // one more than Bounds: the last is above all of them
	Sum    time.Duration
}

// responseBounds returns the upper bounds of Stats.Response.
func responseBounds() [responseBuckets - 1]time.Duration {
	const ms = time.Millisecond
	return [...]time.Duration{
		100 * ms, 200 * ms, 300 * ms, 400 * ms, 500 * ms, 600 * ms, 700 * ms, 800 * ms,
		1000 * ms, 1200 * ms, 1500 * ms, 2000 * ms, 3000 * ms, 5000 * ms, 10000 * ms,
	}
}

// responseBuckets is the number of buckets of Stats.Response.
const responseBuckets = 16

// counters is what a Switchboard counts itself.
type counters struct {
	started, refused, badMessages, panics, resumed atomic.Uint64

	mu          sync.Mutex
	endings     map[string]uint64
	engineFails map[string]uint64
	received    uint64 // frames of ended calls
	sent        uint64
	clears      uint64
	lost        time.Duration
	response    [responseBuckets]uint64
	responseSum time.Duration
	lines       Lines
}

func (s *counters) engineFault(engine string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engineFails == nil {
		s.engineFails = map[string]uint64{}
	}
	s.engineFails[engine]++
}

func (s *counters) ended(r ledger.Record, n Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endings == nil {
		s.endings = map[string]uint64{}
	}
	s.endings[r.Ending]++
	s.received += n.ReceivedFrames
	s.sent += n.SentFrames
	s.clears += n.Clears
	s.lost += n.Jitter.Lost
	s.lines.count(&n.Line)
	s.lines.ended(r.Carrier, r.Quality)
	for _, t := range r.Turns {
		if t.ResponseMS > 0 {
			s.observe(time.Duration(t.ResponseMS) * time.Millisecond)
		}
	}
}

func (s *counters) observe(d time.Duration) {
	i := 0
	for _, bound := range responseBounds() {
		if d <= bound {
			break
		}
		i++
	}
	s.response[i]++
	s.responseSum += d
}

// Stats returns what has happened so far.
func (b *Switchboard) Stats() Stats {
	b.mu.Lock()
	live := make([]*Call, 0, len(b.calls))
	for c := range b.calls {
		live = append(live, c)
	}
	s := b.stats.snapshot()
	b.mu.Unlock()
	s.Live = len(live)
	for _, c := range live {
		n := c.counts()
		s.ReceivedFrames += n.ReceivedFrames
		s.SentFrames += n.SentFrames
		s.Clears += n.Clears
		s.Lost += n.Jitter.Lost
		s.Lines.count(&n.Line)
	}
	return s
}

func (s *counters) snapshot() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	bounds := responseBounds()
	return Stats{
		Started: s.started.Load(), Refused: s.refused.Load(),
		BadMessages: s.badMessages.Load(), Panics: s.panics.Load(), Resumed: s.resumed.Load(),
		Ended: maps.Clone(s.endings), EngineFails: maps.Clone(s.engineFails),
		ReceivedFrames: s.received, SentFrames: s.sent, Clears: s.clears, Lost: s.lost,
		Response: Histogram{Bounds: bounds[:], Counts: append([]uint64{}, s.response[:]...), Sum: s.responseSum},
		Lines:    s.lines.clone(),
	}
}

// counts returns what has flowed in a call.
func (c *Call) counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.core == nil {
		return Counts{}
	}
	return c.counted(time.Now())
}
