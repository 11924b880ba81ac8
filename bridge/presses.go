package bridge

import "time"

const (
	// pairWait is how long the other telling of a press is waited for, counted
	// from the carrier's event or the end of the tones. A carrier tells of a
	// press when it begins or when it is over, beside the sound.
	pairWait = time.Second
	// maxUnpaired is how many presses may wait for that.
	maxUnpaired = 16
)

// way is how a press was told.
type way uint8

const (
	byEvent way = iota + 1 // by the carrier
	byTones                // in band
)

// presses joins the two ways in which a press of a key may be told, so that it
// counts once whichever comes first and whether both come. Each telling of one
// way is paired with at most one of the other.
type presses struct {
	unpaired [maxUnpaired]press // the oldest first
	n        int
}

type press struct {
	key      byte
	told     way
	at       time.Time
	sounding bool // whether its tones go on
}

// take takes a press and says whether it is a new one.
func (p *presses) take(now time.Time, key byte, told way) bool {
	p.expire(now)
	for i, other := range p.unpaired[:p.n] {
		if other.key == key && other.told != told {
			p.n = i + copy(p.unpaired[i:], p.unpaired[i+1:p.n])
			return false
		}
	}
	if p.n == maxUnpaired {
		p.n = copy(p.unpaired[:], p.unpaired[1:])
	}
	p.unpaired[p.n] = press{key: key, told: told, at: now, sounding: told == byTones}
	p.n++
	return true
}

// release says that no tones sound any more.
func (p *presses) release(now time.Time) {
	for i := range p.unpaired[:p.n] {
		if one := &p.unpaired[i]; one.sounding {
			one.sounding, one.at = false, now
		}
	}
}

// expire forgets the presses whose other telling does not come.
func (p *presses) expire(now time.Time) {
	kept := p.unpaired[:0]
	for _, one := range p.unpaired[:p.n] {
		if one.sounding || now.Sub(one.at) <= pairWait {
			kept = append(kept, one)
		}
	}
	p.n = len(kept)
}
