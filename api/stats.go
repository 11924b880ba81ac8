package api

import (
	"cmp"
	"slices"
	"sync"
)

// Stats counts what came to the webhooks and the media sockets.
type Stats struct {
	Verified       []Tally // webhooks that were proven, by the number of the secret that matched
	Refused        []Tally // webhooks that were not, by why
	Replayed       []Tally // webhooks that had been seen before; Of is empty
	TicketsRefused []Tally // media sockets that were refused, by why; Carrier is empty
}

// Tally counts one thing of one carrier.
type Tally struct {
	Carrier, Of string
	N           uint64
}

// counter counts things of carriers. Its methods may run together.
type counter struct {
	mu sync.Mutex
	n  map[Tally]uint64 // by a Tally whose N is zero
}

func (c *counter) add(carrier, of string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[Tally]uint64{}
	}
	c.n[Tally{Carrier: carrier, Of: of}]++
}

func (c *counter) tallies() (all []Tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for t, n := range c.n {
		t.N = n
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Carrier, b.Carrier), cmp.Compare(a.Of, b.Of))
	})
	return all
}

// counters are the counts of a Server.
type counters struct{ verified, refused, replayed, tickets counter }

// Stats returns the counts since the start.
func (s *Server) Stats() Stats {
	return Stats{
		Verified: s.count.verified.tallies(), Refused: s.count.refused.tallies(),
		Replayed: s.count.replayed.tallies(), TicketsRefused: s.count.tickets.tallies(),
	}
}
