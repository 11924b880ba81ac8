package playout

import "time"

// Stats counts what a Buffer has done since New, and tells how it is now.
type Stats struct {
	Pushed     uint64 // packets taken
	Reordered  uint64 // of these, packets that a later one had overtaken
	Late       uint64 // packets dropped because their time was over
	Duplicates uint64 // packets dropped because their time was known
	Full       uint64 // packets dropped for want of room
	Invalid    uint64 // packets dropped as unusable
	Holes      uint64 // times at which sound was missing
	Resets     uint64 // new time bases

	Played    time.Duration // sound that was sent, as it was or stretched
	Concealed time.Duration // sound that was made up, but for
	Comfort   time.Duration // silence that was made up: in a pause, or left out by the sender
	Removed   time.Duration // left out of speech to lose delay
	Added     time.Duration // played twice in speech to gain delay
	Skipped   time.Duration // left out of silence
	Padded    time.Duration // added to silence
	Dropped   time.Duration // left out because Ceiling was reached

	// Waited is how long the samples in Played stayed in the Buffer, from the
	// arrival of their packet to the Pull that played them, on average.
	Waited time.Duration
	// Delay is how long after its usual arrival sound is played now, and Target
	// how long it should be.
	Delay, Target time.Duration
	// Held is the sound that is held now.
	Held time.Duration
}

// counters keeps lengths in samples, which add up exactly.
type counters struct {
	pushed, reordered, late, duplicate, full, invalid, holes, resets             uint64
	played, concealed, comfort, removed, added, skipped, padded, dropped, waited int64
}

// Stats returns the counts so far. It may be called between any two calls of
// the other methods.
func (b *Buffer) Stats() Stats {
	c := b.stats
	s := Stats{
		Pushed: c.pushed, Reordered: c.reordered, Late: c.late, Duplicates: c.duplicate,
		Full: c.full, Invalid: c.invalid, Holes: c.holes, Resets: c.resets,
		Played: b.length(c.played), Concealed: b.length(c.concealed), Comfort: b.length(c.comfort),
		Removed: b.length(c.removed), Added: b.length(c.added),
		Skipped: b.length(c.skipped), Padded: b.length(c.padded), Dropped: b.length(c.dropped),
		Delay:  b.length(b.beat.next - b.pos - b.late.median()),
		Target: b.length(b.target),
		Held:   b.length(b.held()),
	}
	if c.played > 0 {
		s.Waited = b.length(c.waited / c.played)
	}
	return s
}

// length converts samples without overflow.
func (b *Buffer) length(n int64) time.Duration {
	rate := int64(b.rate)
	return time.Duration(n/rate)*time.Second + time.Duration(n%rate)*time.Second/time.Duration(rate)
}

// Position returns the media time of the sample that is played next, since the
// first packet that was pushed; a new time base does not move it. In a hole it
// stands still.
func (b *Buffer) Position() time.Duration { return b.length(b.pos) }
