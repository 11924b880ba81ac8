package dtmf

import (
	"fmt"
	"math"
)

const (
	// hopsHeard is how many hops together name the pair that may be sounding.
	// 15 ms of sound keep neighbours of a group, 70 Hz apart, from each other.
	hopsHeard = 3
	// hopsJudged is how many must hold the pair and little else.
	hopsJudged = 6
	// enough is how much of a pair makes a key, in hops: 31.5 ms. Q.24's
	// receivers take 40 ms and refuse 23.
	enough = 6.3
	// silentHops is the silence, 25 ms, that ends a key; less is a break in it.
	// Q.24's receivers ride through 10 ms and take pauses of 40, NTT's of 30.
	silentHops = 5
	// breakHops is how many hops of a break are bridged before a key is found.
	breakHops = 2
	// loud is the power that each tone has at least: a sine of -42 dBFS.
	loud = fullScale * 6.3e-5 / 2
	// The high tone may be 6 dB stronger than the low one and 10 dB weaker.
	// Q.24's receivers take 4 and 8 dB.
	strongHigh, weakHigh = 4.0, 0.1
	// faint is the power of a hop, 50 dB below full scale, in which no key is
	// sought, and unsteady the most by which those of a key differ: two tones
	// beat, and there is noise.
	faint, unsteady = fullScale * 1e-5, 2.5
	// highest and lowest bound what samples of halfRate have in common with
	// the ones before: 0.85 in the lowest tone and 0.26 in the highest. It is
	// nothing in white noise and more than that in hum.
	highest, lowest = 0.25, 0.89
	// likely is the part of the power that makes a pair worth measuring. It is
	// little, for tones that are off by what is tolerated lose half of theirs.
	likely = 0.45
	// impure is the part of the power near the tones, and of all, that may be
	// something else: noise 8 dB below them, or other voices. overtones is the
	// part that their second harmonics may have of the tones' power; speech and
	// instruments have more (Q.23 allows 1 % for all that telephones add).
	impure, impureWide, overtones = 0.15, 0.18, 0.025
	// oneVoice is how near to an octave two tones may not be: of 3, 6 and 9
	// the high tone has 1.92 times the frequency of the low one, at worst 1.99.
	oneVoice = 0.0095
	// some is the part of a hop that the pair fills where it is there.
	some = 0.25
	// there is what is left of a tone's power while it sounds on, pure the part
	// of a hop's power that its pair then has.
	there, pure = 0.12, 0.4
)

// Event is a key that went down or came up.
type Event struct {
	Key  byte // one of Keys
	Down bool // whether it went down
	// At is where the tones began, or ended, in samples since the first one
	// pushed. It lies before what was pushed by now: by about 35 ms where a
	// key went down, which is good to 3 ms, and by 30 ms where it came up, which
	// is good to 5 ms.
	At int64
}

// Detector finds keys in one stream of sound. It is owned by one goroutine at
// a time.
type Detector struct {
	table *table
	rate  int
	front front

	hops   int64               // judged so far
	wide   [hopsJudged]float32 // powers of the newest hops, newest first
	common [hopsJudged]float32 // what their samples have in common with the ones before
	looked int64               // up to which hop the following is known
	tape   tape
	heard  [hopsHeard]spectrum // of the newest hops
	near   [hopsHeard]float32  // and their powers up to workRate/2

	// The key that is down; zero for none.
	key    byte
	row    int
	column int
	level  [2]float32 // the powers of its tones
	silent int        // hops since it was heard last
	ended  float32    // where it then ended, in hops
	fresh  int        // hops since a key was down, as far as they count
	told   int64      // where the newest event was
}

// New returns a Detector at the start of a stream of rate samples per second:
// 8000, 16000, 24000 or 48000. Its error wraps ErrConfig.
func New(rate int) (*Detector, error) {
	switch rate {
	case 8000, 16000, 24000, 48000:
		return &Detector{table: shared(), rate: rate, front: newFront(rate), tape: newTape()}, nil
	}
	return nil, fmt.Errorf("%w: %d samples per second, want 8000, 16000, 24000 or 48000", ErrConfig, rate)
}

// Key returns the key that is down, zero for none.
func (d *Detector) Key() byte { return d.key }

// Push looks for keys in the next samples, as many or few as there are, and
// appends what it found to events. For each key it tells first that it went
// down and then that it came up.
func (d *Detector) Push(events []Event, pcm []int16) []Event {
	for len(pcm) > 0 {
		n, full := d.front.take(pcm)
		pcm = pcm[n:]
		if full {
			events = d.judge(events)
		}
	}
	return events
}

// judge looks at the hop that is full. Most sound is neither loud enough nor
// steady enough for tones, and is not looked at any closer.
func (d *Detector) judge(events []Event) []Event {
	d.hops++
	d.fresh = min(d.fresh+1, span/hop)
	copy(d.wide[1:], d.wide[:])
	copy(d.common[1:], d.common[:])
	d.wide[0], d.common[0] = d.front.power()
	if d.key == 0 && !d.steady() {
		return events
	}
	d.catchUp()
	if d.key != 0 && d.sounds() {
		d.silent = 0
		return events
	}
	return d.seek(events)
}

// steady says whether the power of the newest hops is that of tones that go on,
// and lies where the tones do.
func (d *Detector) steady() bool {
	least, most := d.wide[0], d.wide[0]
	var power, common float32
	for i, p := range d.wide {
		least, most = min(least, p), max(most, p)
		power += p
		common += d.common[i]
	}
	return least >= faint && most <= unsteady*least && common >= highest*power && common <= lowest*power
}

// catchUp looks closer at the hops that were not, as far as they count.
func (d *Detector) catchUp() {
	for ago := int(min(d.hops-d.looked, span/hop)) - 1; ago >= 0; ago-- {
		x := d.tape.next()
		d.front.filter(x, ago)
		copy(d.near[1:], d.near[:])
		d.near[0] = power(x)
		copy(d.heard[1:], d.heard[:])
		d.heard[0] = spectrum{}
		if ago < hopsHeard && d.near[0] >= faint {
			d.heard[0] = d.table.analyse(x)
		}
	}
	d.looked = d.hops
}

// sounds says whether the key that is down is heard in the newest hop, and
// notes where it ended if that was its end.
func (d *Detector) sounds() bool {
	low, high := d.heard[0].power(d.row), d.heard[0].power(d.column)
	if low < there*d.level[0] || high < there*d.level[1] || low+high < pure*d.near[0] {
		return false
	}
	d.ended = min(1, root((low+high)/(d.level[0]+d.level[1]))) - 1
	return true
}

// seek looks for a key that has gone down, and ends the one before.
func (d *Detector) seek(events []Event) []Event {
	d.silent++
	row, column, began, found := d.find()
	if d.key != 0 && found && row == d.row && column == d.column {
		d.silent, d.ended = 0, 0 // it was never up
		return events
	}
	if d.key != 0 && (found || d.silent >= silentHops) {
		events = append(events, Event{Key: d.key, At: d.position(float32(d.silent) - d.ended)})
		d.key = 0
		d.fresh = d.silent
	}
	if found {
		d.key, d.row, d.column = keyOf(row, column), row, column
		d.silent, d.ended = 0, 0
		events = append(events, Event{Key: d.key, Down: true, At: d.position(began)})
	}
	return events
}

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
	if like.part[0] < some || like.rest > impure*like.power || wide-tones > impureWide*wide {
		return 0, 0, 0, false
	}
	lasted, began := like.run(d.fresh)
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
// long ago they began; both in hops, of the newest limit ones.
func (l *likeness) run(limit int) (lasted, began float32) {
	pause := 0
	for h, part := range l.part[:min(limit, len(l.part))] {
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

// position returns where in the line's samples it was so many hops ago, and not
// before the event that was told last.
func (d *Detector) position(hops float32) int64 {
	at := (float64(d.hops) - float64(hops)) * float64(2*hop*d.front.ratio)
	d.told = max(d.told, int64(at)-int64(d.front.delay()))
	return d.told
}
