package api

import (
	"context"
	"time"
)

const (
	// farewellWait is how long a carrier may take to ask how a call goes on
	// whose stream has ended.
	farewellWait = time.Second
	// farewellStep is how often that is looked for.
	farewellStep = 20 * time.Millisecond
)

// Farewell returns when the carriers have asked, as our documents told them to,
// how the calls go on that have just ended, or have had their time to. A server
// that is gone sooner lets callers hear the carrier's words of trouble behind
// the agent's goodbye.
func (s *Server) Farewell(ctx context.Context) {
	ticker := time.NewTicker(farewellStep)
	defer ticker.Stop()
	for s.passages.unasked() {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// unasked reports whether a carrier may be about to ask how a call goes on.
func (p *passages) unasked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, of := range p.key {
		if of.call.Recoverable && !of.call.Carrier.Quirks.RecoversByCall && of.used && of.sockets == 0 && !of.left &&
			p.now().Sub(of.ended) < farewellWait {
			return true
		}
	}
	return false
}
