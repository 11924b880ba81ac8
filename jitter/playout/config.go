package playout

import "time"

// Concealer makes up the sound that is missing. It belongs to the Buffer to
// which it is given, which calls it in the order of what is played.
type Concealer interface {
	// Played tells what was played and not made up, to continue from.
	Played(pcm []int16)
	// Conceal fills dst with the next samples of the gap that began behind
	// what was played last, or goes on.
	Conceal(dst []int16)
	// Join ends the gap: it smooths the beginning of next, which is what is
	// played after it, in place. It keeps nothing of next.
	Join(next []int16)
}

// Config sets a Buffer up. Only Conceal has no default.
type Config struct {
	// Rate is that of the sound, in samples per second: 8000, 16000, 24000 or
	// 48000. Default 8000.
	Rate int
	// Conceal fills gaps.
	Conceal Concealer
	// Start is the delay of the first packets, before anything is known of the
	// network. Default 20 ms; below zero, none.
	Start time.Duration
	// Ceiling is the most sound that is ever held. When more comes in, the
	// oldest is dropped. Default 500 ms, at least 100 ms.
	Ceiling time.Duration
	// Patience weighs delay against gaps: it is the delay in return for which
	// one gap a second is avoided. Delay d is worth keeping while gaps that it
	// avoids would come more often than d/Patience a second. Default 2 s.
	Patience time.Duration
	// Depth is how many packets are held at most that came before one that
	// belongs before them. Default 64.
	Depth int
}

const (
	leastCeiling = 100 * time.Millisecond
	leastRate    = 1000
	mostRate     = 192000
)

func (c Config) withDefaults() Config {
	if c.Rate < leastRate || c.Rate > mostRate {
		c.Rate = 8000
	}
	if c.Start == 0 {
		c.Start = 20 * time.Millisecond
	}
	c.Start = min(max(c.Start, 0), time.Second)
	if c.Ceiling <= 0 {
		c.Ceiling = 500 * time.Millisecond
	}
	c.Ceiling = min(max(c.Ceiling, leastCeiling), 10*time.Second)
	if c.Patience <= 0 {
		c.Patience = 2 * time.Second
	}
	if c.Depth <= 0 {
		c.Depth = 64
	}
	return c
}
