package dtmf

import "fmt"

const (
	// silentHops is the silence, 25 ms, that ends a key; less is a break in it.
	// Q.24's receivers ride through 10 ms and take pauses of 40, NTT's of 30.
	silentHops = 5
	// faint is the power of a hop, 50 dB below full scale, in which no key is
	// sought, and unsteady the most by which those of a key differ: two tones
	// beat, and there is noise.
	faint, unsteady = fullScale * 1e-5, 2.5
	// highest and lowest bound what samples of halfRate have in common with
	// the ones before: 0.85 in the lowest tone and 0.26 in the highest. It is
	// nothing in white noise and more than that in hum.
	highest, lowest = 0.25, 0.89
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
	pairs  int                 // of these, the newest that are known for the tones of key alone
	near   [hopsHeard]float32  // and their powers up to workRate/2

	// The key that is down; zero for none.
	key    byte
	row    int
	column int
	level  [2]float32 // the powers of its tones
	silent int        // hops since it was heard last
	ended  float32    // where it then ended, in hops
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
	d.complete()
	return d.seek(events)
}

// steady says whether the power of the newest hops is that of tones that go on,
// and lies where the tones do.
func (d *Detector) steady() bool {
	least, most := d.wide[0], d.wide[0]
	var power, common float32
	for i, p := range d.wide {
		if p < least {
			least = p
		}
		if p > most {
			most = p
		}
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
		if d.key != 0 { // while it sounds on, nobody asks for other tones
			d.pairs = min(d.pairs+1, hopsHeard)
		}
		switch {
		case ago >= hopsHeard || d.near[0] < faint:
			d.heard[0] = spectrum{}
		case d.key != 0:
			d.heard[0] = d.table.pair(x, d.row, d.column)
		default:
			d.table.analyse(&d.heard[0], x)
		}
	}
	d.looked = d.hops
}

// complete looks for all tones in the hops in which only those of a key were
// sought.
func (d *Detector) complete() {
	for ago := range d.pairs {
		if d.near[ago] >= faint {
			d.table.analyse(&d.heard[ago], d.tape.hop(ago))
		}
	}
	d.pairs = 0
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
	}
	if found {
		d.key, d.row, d.column = keyOf(row, column), row, column
		d.silent, d.ended = 0, 0
		events = append(events, Event{Key: d.key, Down: true, At: d.position(began)})
	}
	return events
}

// position returns where in the line's samples it was so many hops ago, and not
// before the event that was told last.
func (d *Detector) position(hops float32) int64 {
	at := (float64(d.hops) - float64(hops)) * float64(2*hop*d.front.ratio)
	d.told = max(d.told, int64(at)-int64(d.front.delay()))
	return d.told
}
