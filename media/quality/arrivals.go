package quality

import "time"

const (
	// window is how long the fastest message is remembered, once more as long
	// at most: what is late is late against it.
	window = 10 * time.Second
	// untimedWindow is the same where sound has no timestamps: what the carrier
	// drops there makes all that follows late.
	untimedWindow = 2 * time.Second
	// stallLeast is the hole between arrivals, beyond the usual distance of two
	// messages, that counts as a stall: players hold 60 to 120 ms, which bridges
	// less.
	stallLeast = 150 * time.Millisecond
	// unsent is the time without a message after which the carrier is taken to
	// send no silence, where its timestamps say that nothing is missing.
	unsent = 500 * time.Millisecond
	// filled is the longest jump of timestamps that is taken for a gap in the
	// sound, and setBack the shortest that is a new beginning.
	filled  = 5 * time.Second
	setBack = time.Second
)

// Arrivals is how the caller's sound came.
type Arrivals struct {
	Late    Lateness
	HoleMax time.Duration // the longest time in which nothing came that was due
	Stalls  Stalls        // holes that a listener hears
	Ours    Stalls        // more of these, while our own process slept
	Clumps  uint64        // times that messages came at once, by ones or more
	// Unsent is silence that the carrier left out, of that which timestamps
	// tell as a gap.
	Unsent      time.Duration
	UnsentTimes uint64
	// LostOurs is sound that the carrier dropped while our process slept.
	LostOurs time.Duration
}

// Stalls are times in which nothing came.
type Stalls struct {
	Times   int
	Total   time.Duration
	Longest time.Duration
}

func (s *Stalls) add(d time.Duration) {
	s.Times++
	s.Total += d
	s.Longest = max(s.Longest, d)
}

// arrivals measures when sound comes. Times count from the meter's beginning.
type arrivals struct {
	Arrivals
	packet  time.Duration
	untimed bool

	begun   bool
	last    time.Duration    // when the newest message came
	end     time.Duration    // the media time up to which sound has come
	fast    [2]time.Duration // the least of arrival less media time, in this window and in the one before
	turn    time.Duration    // when the window ends
	bucket  int              // of the newest message
	suspect time.Duration    // a pause that was a stall if sound now comes in a burst
	drift   drift
}

// arrive takes a message with the sound from one media time to another.
func (a *arrivals) arrive(at, from, to time.Duration, p *process) {
	if !a.begun {
		a.begin(at, to)
		return
	}
	gap, jump := at-a.last, from-a.end
	if jump < -setBack || jump-gap > setBack {
		a.begin(at, to)
		return
	}
	if gap >= unsent && a.paused(at, gap, jump, to) {
		return
	}
	a.late(at, at-to)
	if gap >= a.packet/4 {
		a.Clumps++
	}
	hole := gap - max(jump, 0) - a.packet
	a.HoleMax = max(a.HoleMax, hole)
	if hole >= stallLeast {
		a.stall(hole, p.explains(a.last, at))
	}
	if jump > a.packet/2 && p.sluggish(at) {
		a.LostOurs += jump
	}
	a.last, a.end = at, max(a.end, to)
}

// begin starts anew: a first message, or one after which times mean something
// else than before.
func (a *arrivals) begin(at, to time.Duration) {
	a.begun, a.suspect, a.bucket = true, 0, 0
	a.fast = [2]time.Duration{at - to, at - to}
	a.turn = at + a.window()
	a.drift.reset()
	a.late(at, at-to)
	a.Clumps++
	a.last, a.end = at, to
}

// paused takes a message after a long time without any, and says whether
// nothing else can be told of it.
func (a *arrivals) paused(at, gap, jump, to time.Duration) (done bool) {
	if a.untimed {
		a.begin(at, to)
		a.suspect = gap
		return true
	}
	if jump >= unsent && jump <= filled && gap-jump < unsent {
		a.Unsent += jump
		a.UnsentTimes++
	}
	return false
}

// late counts a message by how late it is.
func (a *arrivals) late(at, behind time.Duration) {
	if at >= a.turn {
		a.fast = [2]time.Duration{behind, a.fast[0]}
		a.turn = at + a.window()
	}
	if a.suspect > 0 {
		a.settle(behind)
	}
	a.fast[0] = min(a.fast[0], behind)
	a.bucket = a.Late.add(behind-min(a.fast[0], a.fast[1]), a.bucket)
	a.drift.add(at, behind)
}

// settle decides whether a pause in sound without timestamps was a stall: what
// was held up then comes at once.
func (a *arrivals) settle(behind time.Duration) {
	if a.fast[1]-behind >= a.suspect/2 {
		a.stall(a.suspect, false)
		a.suspect = 0
	}
}

func (a *arrivals) stall(d time.Duration, ours bool) {
	if ours {
		a.Ours.add(d)
		return
	}
	a.Stalls.add(d)
}

// held returns by how much what comes now is late, beyond the usual.
func (a *arrivals) held(at time.Duration) time.Duration {
	if !a.begun {
		return 0
	}
	behind := max(at-a.last-a.packet, 0) // of what is due and hasn't come
	if since := at - a.last; since < 3*a.packet {
		behind = max(behind, a.last-a.end-min(a.fast[0], a.fast[1]))
	}
	return behind
}

func (a *arrivals) window() time.Duration {
	if a.untimed {
		return untimedWindow
	}
	return window
}
