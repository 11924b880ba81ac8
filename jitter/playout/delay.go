package playout

const (
	// marginMS is the least delay above the usual transit, for a beat and a
	// network that are good but not perfect.
	marginMS = 2
	// startSpans is for how long Config.Start holds, and a first stall counts,
	// 3 s.
	startSpans = 15
)

// aim is how much above the usual transit sound is to be played, in samples:
// what jitter makes necessary for each packet to be there when the beat comes,
// and what stalls do for the sound that is held to last.
type aim struct{ jitter, stall int64 }

func (a aim) most() int64 { return max(a.jitter, a.stall) }

// aim returns what is to be aimed at.
//
// Delay d is kept where gaps that it avoids would come at least d/patience
// times a second: that is the largest d for which k spans of the last 30 s were
// as late. Of stalls a first one does not count, so that one raises nothing,
// but for the first seconds, in which nothing else is known. A gap in silence
// is none, as silence can be made longer, so gaps count by the part of the time
// in which somebody speaks.
func (b *Buffer) aim() aim {
	a := aim{jitter: b.ms(marginMS)}
	excused := 1
	if b.late.covered <= startSpans {
		a.jitter, excused = max(b.start, a.jitter), 0
	}
	top, over := b.late.largest()
	weight := float64(b.patience) * float64(spansPerSecond) / float64(over) * b.activity()
	stalled := b.remarkable()
	for k, late := range top {
		if late > stalled {
			a.stall = max(a.stall, min(b.needed(late), int64(weight*float64(k+1-excused))))
		} else {
			a.jitter = max(a.jitter, min(late, int64(weight*float64(k+1))))
		}
	}
	// What a few seconds have shown is not the worst that is to come.
	if early := int64(leastSpans - b.late.covered); early > 0 {
		a.jitter += b.late.spread() * early / (2 * leastSpans)
	}
	return aim{jitter: min(a.jitter, b.ceiling), stall: min(a.stall, b.ceiling)}
}

func (b *Buffer) activity() float64 { return min(max(b.stretch.Activity(), 0.25), 1) }

// needed returns the delay with which nothing is missing in a stall: playout
// slows down until it is over, which is worth up to 39 ms and a seventh of what
// is longer.
func (b *Buffer) needed(late int64) int64 {
	gain := min(late*2/5, b.ms(39)+max(late-b.ms(120), 0)*15/100)
	return max(late-gain, b.remarkable())
}

// remarkable returns the lateness from which on a packet is held up by more
// than the usual jitter.
func (b *Buffer) remarkable() int64 { return 2*b.late.spread() + b.ms(10) }

func (b *Buffer) ms(n int64) int64 { return n * int64(b.rate) / 1000 }
