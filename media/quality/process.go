package quality

import "time"

// lateBeat is the time without a beat or a message of the call's after which
// its own process was late: beats come each 20 ms, and one may be left out
// where the caller's sound has just done its work.
const lateBeat = 60 * time.Millisecond

// Process is what the call's own process did to it.
type Process struct {
	LateBeats int           // times that the process didn't get to the call for too long
	Held      time.Duration // all of them together
	Longest   time.Duration
}

// process notices when the process itself didn't get to its call: it lacked
// CPU, or a lock was held. Times count from the meter's beginning.
type process struct {
	Process
	last     time.Duration // when time has passed for the call
	from, to time.Duration // the last time that it didn't
}

// passed lets time pass, and says whether it came late.
func (p *process) passed(at time.Duration) (late bool) {
	gap := at - p.last
	if gap > lateBeat {
		p.from, p.to = p.last, at
		p.LateBeats++
		p.Held += gap
		p.Longest = max(p.Longest, gap)
		late = true
	}
	p.last = at
	return late
}

// explains reports whether the process itself is why nothing was noted between
// two times: it slept for half of that, or longer.
func (p *process) explains(from, to time.Duration) bool {
	asleep := min(p.to, to) - max(p.from, from)
	return asleep > 0 && asleep >= (to-from)/2
}

// sluggish reports whether the process slept for so long, and so recently, that
// the carrier may have dropped what it held for us.
func (p *process) sluggish(at time.Duration) bool {
	const long, recent = 300 * time.Millisecond, time.Second
	return p.to-p.from >= long && at-p.to <= recent
}
