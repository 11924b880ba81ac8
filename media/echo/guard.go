package echo

import (
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/media"
)

// ErrConfig reports a rate that can't be used.
var ErrConfig = errors.New("unusable echo guard rate")

// late is how much later than the fastest sound can come before it is taken to
// follow silence that was never sent.
const late = 400 * time.Millisecond

// Guard compares what one call hears with what it has sent. It is owned by one
// goroutine or lock, reads no clock and allocates nothing once its queue has
// its size.
type Guard struct {
	// What each frame needs lies together: calls are many, and caches small.
	rate    int
	epoch   time.Time     // where slot 0 begins
	samples int           // heard since the agent's sound may come back
	offset  time.Duration // from the time of sound in the stream to when it comes
	drift   time.Duration // allowed for in a sample
	skip    int           // samples that needn't be looked at
	on      bool          // whether the agent's sound may be coming back
	caller  bool          // whether the newest sound is more than an echo
	band    uint8         // the one that is learned from next
	before  levels        // what was heard in the step before
	doubt   doubt
	heard   meter
	playing playing
	paths   paths

	// What waits to be sent.
	ahead   meter
	waiting []levels
	head    int
}

// New returns a Guard of a call with rate samples per second in both
// directions: a multiple of 8000, else the error wraps ErrConfig.
func New(rate int) (*Guard, error) {
	if rate < base || rate%base != 0 {
		return nil, fmt.Errorf("%w: %d samples per second, want a multiple of 8000", ErrConfig, rate)
	}
	factor := rate / base
	return &Guard{
		rate: rate, drift: time.Second / time.Duration(rate) / 2000,
		ahead: meter{factor: factor}, heard: meter{factor: factor},
		playing: nothing(), paths: anything(),
	}, nil
}

// Queue takes sound that waits to be sent, behind what waits already.
func (g *Guard) Queue(pcm []int16) {
	if g.head > 0 && len(g.waiting) == cap(g.waiting) {
		g.waiting = g.waiting[:copy(g.waiting, g.waiting[g.head:])]
		g.head = 0
	}
	for len(pcm) > 0 {
		n, of, full := g.ahead.measure(pcm)
		pcm = pcm[n:]
		if full {
			g.waiting = append(g.waiting, of)
		}
	}
}

// Sent tells that the first part of what waits, of the given length, was sent
// and plays from a time on. Where less waits, the rest of it is silence.
func (g *Guard) Sent(length time.Duration, plays time.Time) {
	if g.playing.begin(g.slot(plays) - early) {
		g.paths.blur()
	}
	for range (length + Step/2) / Step {
		g.playing.place(g.next())
	}
	g.playing.end = g.playing.upTo
}

// next takes the first levels that wait.
func (g *Guard) next() levels {
	if g.head < len(g.waiting) {
		g.head++
		return g.waiting[g.head-1]
	}
	g.waiting, g.head = g.waiting[:0], 0
	if g.ahead.n == 0 {
		return levels{silent, silent}
	}
	of := g.ahead.levels()
	g.ahead.reset()
	return of
}

// Drop tells that what waits, and what would have played after now, never will.
func (g *Guard) Drop(now time.Time) {
	g.waiting, g.head = g.waiting[:0], 0
	g.ahead.reset()
	g.playing.cut(g.slot(now) - early)
}

// slot returns the slot in which a time lies.
func (g *Guard) slot(t time.Time) int64 {
	if g.epoch.IsZero() {
		g.epoch = t
	}
	return int64(t.Sub(g.epoch) / Step)
}

// Hear takes the next samples that were heard, which came at now.
func (g *Guard) Hear(now time.Time, pcm []int16) {
	g.caller = false
	if g.slot(now) > g.playing.last+reach {
		g.on = false
		return
	}
	if !g.on {
		g.on, g.skip, g.doubt = true, 0, doubt{}
		g.samples, g.offset = 0, now.Sub(g.epoch)
		g.heard.reset()
	}
	g.follow(now, len(pcm))
	for len(pcm) > 0 {
		if n := min(g.skip, len(pcm)); n > 0 {
			g.skip -= n
			pcm = pcm[n:]
			continue
		}
		n, of, full := g.heard.measure(pcm)
		pcm = pcm[n:]
		if full {
			g.compare(of, g.began(len(pcm)+g.rate/100))
		}
	}
}

// follow keeps the offset of the sound that came fastest. It rises by half a
// millisecond in a second, for clocks that drift.
func (g *Guard) follow(now time.Time, n int) {
	g.samples += n
	came := now.Sub(g.epoch) - media.PCMDuration(g.samples, g.rate)
	if came < g.offset || came > g.offset+late {
		g.offset = came
		return
	}
	g.offset += time.Duration(n) * g.drift
}

// began returns the slot in which the sound began to come that lies so many
// samples before the end of all that was heard.
func (g *Guard) began(behind int) int64 {
	return int64((media.PCMDuration(g.samples-behind, g.rate) + g.offset) / Step)
}

// compare judges a step of what is heard, which began in a slot.
func (g *Guard) compare(of levels, slot int64) {
	g.playing.reach(slot + 2)
	g.paths.learn(int(g.band), max(of[g.band], g.before[g.band]), slot, &g.playing)
	g.before = of
	if g.paths.none {
		g.skip = (seldom - 1) * g.rate / 100
	}
	g.band = 1 - g.band // one at a time: to learn from both would cost twice as much
	var excess level
	for b, l := range of {
		if !g.paths.hear(b, l) {
			excess += lowest
			continue
		}
		excess += max(lowest, min(l-g.paths.loudest(b, slot, &g.playing)-above, highest))
	}
	g.caller = g.doubt.add(excess) || g.caller
}

// Forget tells that an echo may have set in that was not there before: what was
// taken for the caller fell silent with the agent.
func (g *Guard) Forget() {
	g.paths.forget()
	g.doubt, g.skip = doubt{}, 0
}

// Explains reports whether the agent's echo explains what the last Hear brought.
// Where the caller spoke over it, since is how long before the end of that they
// began.
func (g *Guard) Explains() (echo bool, since time.Duration) {
	switch {
	case !g.on || g.paths.none:
		return false, 0
	case g.caller:
		return false, time.Duration(g.doubt.age) * Step
	}
	return true, 0
}
