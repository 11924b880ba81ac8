package jitter

import "time"

// Stats counts what a Buffer has seen since New. Played plus Lost is Media.
type Stats struct {
	Pushed     uint64 // frames taken
	Reordered  uint64 // of these, frames that a later one had overtaken
	Late       uint64 // frames dropped because their time was over
	Duplicates uint64 // frames dropped because they were known
	Full       uint64 // frames dropped for want of room
	Invalid    uint64 // frames dropped as unusable
	Gaps       uint64 // gaps told by Pop
	Resets     uint64 // new time bases

	Played  time.Duration // sound handed out
	Lost    time.Duration // sound missing
	Trimmed time.Duration // sound cut because it was there twice
	Media   time.Duration // media time so far
}

// Plus returns what s and o count together.
func (s Stats) Plus(o Stats) Stats {
	return Stats{
		Pushed: s.Pushed + o.Pushed, Reordered: s.Reordered + o.Reordered, Late: s.Late + o.Late,
		Duplicates: s.Duplicates + o.Duplicates, Full: s.Full + o.Full, Invalid: s.Invalid + o.Invalid,
		Gaps: s.Gaps + o.Gaps, Resets: s.Resets + o.Resets,
		Played: s.Played + o.Played, Lost: s.Lost + o.Lost, Trimmed: s.Trimmed + o.Trimmed, Media: s.Media + o.Media,
	}
}

// counters keeps the lengths in samples, which add up exactly.
type counters struct {
	pushed, reordered, late, duplicate, full, invalid, gaps, resets uint64
	played, lost, trimmed                                           int64
}

// Stats returns the counts so far. It may be called between any two calls of
// the other methods.
func (b *Buffer) Stats() Stats {
	c := b.stats
	return Stats{
		Pushed:     c.pushed,
		Reordered:  c.reordered,
		Late:       c.late,
		Duplicates: c.duplicate,
		Full:       c.full,
		Invalid:    c.invalid,
		Gaps:       c.gaps,
		Resets:     c.resets,
		Played:     b.clock(c.played),
		Lost:       b.clock(b.next) - b.clock(c.played),
		Trimmed:    b.clock(c.trimmed),
		Media:      b.clock(b.next),
	}
}
