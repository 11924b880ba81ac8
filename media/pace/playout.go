package pace

import "time"

// PlayoutConfig sets how far a Playout trusts its own clock.
type PlayoutConfig struct {
	// Margin is how far the estimate may run past a mark that is still out. It
	// must be longer than a mark takes from the carrier's player to us. Default
	// 300 ms.
	Margin time.Duration
	// Patience is how long a mark that is overdue holds the estimate back;
	// then it is taken for lost. Default 2 s.
	Patience time.Duration
}

// Playout is the account of the agent's audio of one call: how much was sent
// to the carrier, and how much of it the caller has heard. Positions count
// audio, from the first that was sent. It is owned by one goroutine or lock at
// a time, reads no clock and allocates nothing.
//
// The rules:
//
//  1. The carrier plays what it has in real time, from the moment it gets it.
//     Where it runs dry it stops, and goes on when more is sent.
//  2. Position never goes back and never passes SentTotal. Where a rule below
//     corrects the estimate to an earlier place, Position rests until the
//     estimate has caught up.
//  3. While a mark is out, Position is at most Margin behind it: the carrier
//     returns a mark when it has played up to it, so sound far beyond can't
//     have been heard. A mark that the estimate passed Patience ago no longer
//     holds.
//  4. A mark that comes back proves that all up to it was played: an estimate
//     that lags goes there at once; one that is more than Margin ahead goes
//     back there (rule 2). In between it stays, since the mark took time to
//     come.
//  5. Clear drops what the carrier has not played, and all marks with it. Marks
//     that come back on account of a Clear prove nothing and are ignored.
//
// The zero Playout is ready for use and has the default limits.
type Playout struct {
	cfg  PlayoutConfig
	sent time.Duration
	high time.Duration // the highest Position returned

	proven time.Duration // up to where marks tell for sure

	// The estimate is from, plus the time since since, and ends at sent.
	from  time.Duration
	since time.Time

	marks marks
}

// NewPlayout returns a Playout of a call for which nothing was sent.
func NewPlayout(cfg PlayoutConfig) *Playout { return &Playout{cfg: cfg} }

// Sent adds audio of length d that was handed to the carrier at now.
func (p *Playout) Sent(d time.Duration, now time.Time) {
	if d <= 0 {
		return
	}
	p.from, p.since = p.estimate(now), now
	p.sent += d
}

// SentTotal returns how much was sent, without what Clear has cut.
func (p *Playout) SentTotal() time.Duration { return p.sent }

// Position returns how much of the sent audio the caller has heard at now.
func (p *Playout) Position(now time.Time) time.Duration {
	est := p.estimate(now)
	if mark, ok := p.marks.holding(est, now, p.patience()); ok {
		est = min(est, mark+p.margin())
	}
	p.high = min(max(p.high, est), p.sent)
	return p.high
}

// Lead returns how much was sent and not heard at now: what a Clear would cut.
func (p *Playout) Lead(now time.Time) time.Duration { return p.sent - p.Position(now) }

// Mark tells that a mark was sent behind the audio up to position, which is
// SentTotal as a rule. A position beyond SentTotal or before the last mark's is
// ignored. Of more than 64 marks that are out, the first are forgotten.
func (p *Playout) Mark(position time.Duration) {
	if position >= 0 && position <= p.sent {
		p.marks.add(position)
	}
}

// Played tells that the mark sent at upTo came back at now. It returns false,
// and changes nothing, where no such mark is out: it was never told with Mark,
// came back before, or was dropped by a Clear. Marks before it come back with
// it.
func (p *Playout) Played(upTo time.Duration, now time.Time) bool {
	p.Position(now) // what was told before this mark is not taken back
	if !p.marks.take(upTo) {
		return false
	}
	p.proven = upTo
	est := p.estimate(now)
	if est < upTo || est > upTo+p.margin() {
		p.from, p.since = upTo, now
	}
	p.Position(now)
	return true
}

// Proven returns how much of the sent audio the caller has heard for sure: up
// to the last mark that came back.
func (p *Playout) Proven() time.Duration { return p.proven }

// Clear tells that the carrier dropped its queue at now. SentTotal is cut to
// the position heard, which is returned.
func (p *Playout) Clear(now time.Time) (heard time.Duration) {
	heard = p.Position(now)
	p.sent, p.from, p.since = heard, heard, now
	p.marks = marks{}
	return heard
}

// estimate returns what real time alone says.
func (p *Playout) estimate(now time.Time) time.Duration {
	played := min(max(now.Sub(p.since), 0), p.sent-p.from)
	return p.from + played
}

func (p *Playout) margin() time.Duration {
	if p.cfg.Margin <= 0 {
		return 300 * time.Millisecond
	}
	return p.cfg.Margin
}

func (p *Playout) patience() time.Duration {
	if p.cfg.Patience <= 0 {
		return 2 * time.Second
	}
	return p.cfg.Patience
}
