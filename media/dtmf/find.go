package dtmf

import "math"

const (
	// hopsHeard is how many hops together name the pair that may be sounding.
	// 15 ms of sound keep neighbours of a group, 70 Hz apart, from each other.
	hopsHeard = 3
	// hopsJudged is how many must hold the pair and little else.
	hopsJudged = 6
	// enough is how much of a pair makes a key, in hops: 31.5 ms. Q.24's
	// receivers take 40 ms and refuse 23.
	enough = 6.3
	// breakHops is how many hops of a break are bridged before a key is found.
	breakHops = 2
	// loud is the power that each tone has at least: a sine of -42 dBFS.
	loud = fullScale * 6.3e-5 / 2
	// The high tone may be 6 dB stronger than the low one and 10 dB weaker.
	// Q.24's receivers take 4 and 8 dB.
	strongHigh, weakHigh = 4.0, 0.1
	// likely is the part of the power that makes a pair worth measuring. It is
	// little, for tones that are off by what is tolerated lose half of theirs.
	likely = 0.45
	// impure is the part of the power near the tones, and of all, that may be
	// something else: noise 8 dB below them, or other voices. overtones is the
	// part that their second harmonics may have of the tones' power; speech and
	// instruments have more (Q.23 allows 1 % for all that telephones add).
	impure, impureWide, overtones = 0.15, 0.18, 0.025
	// oneVoice is how near to 2 the ratio of the two frequencies may not be: a
	// voice and its overtone have that. Keys' are 1.99 at the nearest, where
	// both tones are off by what Q.24 allows.
	oneVoice = 0.0095
	// some is the part of a hop that the pair fills where it is there.
	some = 0.25
)

// find returns the pair that sounds, for long enough to be a key, and how many
// hops ago it began.
func (d *Detector) find() (row, column int, began float32, found bool) {
	if d.near[0] < faint {
		return 0, 0, 0, false
	}
	row, column, a, b := d.table.strongest(&d.heard)
	if a+b < likely*(d.near[0]+d.near[1]+d.near[2])/hopsHeard || b > 2*strongHigh*a || b < weakHigh/3*a {
		return 0, 0, 0, false
	}
	low, high, ok := d.measure(row, column)
	if !ok {
		return 0, 0, 0, false
	}
	like := compare(d.tape.last(), low, high, hopsJudged)
	var wide float32
	for _, p := range d.wide {
		wide += p / hopsJudged
	}
	tones := like.power - like.rest
	if like.rest > impure*like.power || wide-tones > impureWide*wide {
		return 0, 0, 0, false
	}
	lasted, began := like.run()
	if lasted < enough || d.harmonics(low, high, &like) > overtones*(low.power()+high.power()) {
		return 0, 0, 0, false
	}
	d.level = [2]float32{float32(low.power()), float32(high.power())}
	return row, column, began, true
}

// measure returns the two waves of a pair, where they can be a key's.
func (d *Detector) measure(row, column int) (low, high wave, ok bool) {
	x := d.tape.last()
	var older, newer [bell]float32
	for i, w := range d.table.bell {
		older[i] = w * x[span-bell-apart+i]
		newer[i] = w * x[span-bell+i]
	}
	if low, ok = d.table.measure(row, older[:], newer[:]); !ok {
		return low, high, false
	}
	if high, ok = d.table.measure(column, older[:], newer[:]); !ok {
		return low, high, false
	}
	twist, octave := high.power()/low.power(), high.turn/low.turn
	return low, high, twist > weakHigh && twist < strongHigh && math.Abs(octave-2) > oneVoice &&
		min(low.power(), high.power()) >= loud
}

// harmonics returns the power of the second harmonics of two waves. That of the
// low one lies among the high tones, and is sought in what these leave; that of
// the high one is above workRate/2.
func (d *Detector) harmonics(low, high wave, like *likeness) float64 {
	x := d.front.line[d.front.end-bell/hop*d.front.size() : d.front.end]
	return bellPower(d.table, like.other[:], 2*low.turn) + bellPower(d.table, x, 2*high.turn*workRate/float64(d.rate))
}

// run returns how long the waves have been there, breaks left out, and how
// long ago they began; both in hops.
func (l *likeness) run() (lasted, began float32) {
	pause := 0
	for h, part := range l.part {
		if part < some {
			if pause++; pause > breakHops {
				break
			}
			continue
		}
		pause = 0
		part = min(part, 1)
		lasted += part
		began = float32(h) + part
	}
	return lasted, began
}
