package playout

import "slices"

const (
	// recentPackets are those among which the usual transit time is found: 5 s
	// of packets of 20 ms.
	recentPackets = 250
	// spansPerSecond and spans set how long and how finely it is remembered
	// how late packets were: 30 s.
	spansPerSecond, spans = 5, 150
	// forgetSpans is after how long a better network is believed, 5 s.
	forgetSpans = 25
	// leastSpans stands for the time that the memory covers in the beginning,
	// 10 s.
	leastSpans = 50
	// ranks bounds how many of the largest are looked at.
	ranks = 16
)

// lateness learns how late packets are. All times are in samples.
//
// A packet's transit is when it came minus its media time; only differences
// mean something. Its lateness is that above the median of the last packets,
// which drift of the sender's clock, a burst or a lone fast packet do not move.
// Of each span of 200 ms the highest lateness is kept for 30 s: a burst behind
// a stall counts once.
type lateness struct {
	span     int64 // samples of a span
	recent   [recentPackets]int64
	sorted   [recentPackets]int64
	n, place int // filled, and the next place, of recent

	highest [spans]int64
	current int64 // number of the span that is filled now
	covered int   // how many spans are remembered, with the current one
	top     [ranks]int64
	stale   bool // top has to be found again
}

func newLateness(rate int) lateness {
	return lateness{span: max(int64(rate)/spansPerSecond, 1)}
}

// add takes the transit of a packet that came at now.
func (l *lateness) add(transit, now int64) {
	l.insert(transit)
	l.advance(now / l.span)
	late := transit - l.median()
	if i := l.current % spans; late > l.highest[i] {
		l.highest[i] = late
		l.stale = true
	}
}

// insert puts transit into recent and sorted, in place of the oldest.
func (l *lateness) insert(transit int64) {
	s := l.sorted[:l.n]
	if l.n == recentPackets {
		i, _ := slices.BinarySearch(s, l.recent[l.place])
		copy(s[i:], s[i+1:])
		s = s[:l.n-1]
	} else {
		l.n++
	}
	i, _ := slices.BinarySearch(s, transit)
	s = s[:len(s)+1]
	copy(s[i+1:], s[i:])
	s[i] = transit
	l.recent[l.place] = transit
	l.place = (l.place + 1) % recentPackets
}

// advance begins a new span where the time has come.
func (l *lateness) advance(number int64) {
	if l.covered == 0 {
		l.current, l.covered = number, 1
		l.highest[number%spans] = 0
		return
	}
	for steps := min(number-l.current, spans); steps > 0; steps-- {
		l.current = number - steps + 1
		l.highest[l.current%spans] = 0
		l.covered = min(l.covered+1, spans)
		l.stale = true
	}
	if l.stale {
		l.forget()
	}
}

// forget drops what is old where the network has become better: where many
// spans were late and the last five seconds are not.
func (l *lateness) forget() {
	if l.covered < 2*forgetSpans {
		return
	}
	var young, all int64
	for i := range l.covered {
		h := l.highest[(l.current-int64(i))%spans]
		all = max(all, h)
		if i < forgetSpans {
			young = max(young, h)
		}
	}
	if 2*young >= all {
		return
	}
	often := 0
	for i := forgetSpans; i < l.covered; i++ {
		if h := l.highest[(l.current-int64(i))%spans]; h > 2*young {
			often++
		}
	}
	if 4*often > l.covered-forgetSpans {
		l.covered = forgetSpans
	}
}

// rebase forgets the transits, which a new time base has made incomparable,
// and keeps what is known of lateness.
func (l *lateness) rebase() { l.n, l.place = 0, 0 }

// median returns the usual transit; zero where no packet came.
func (l *lateness) median() int64 {
	if l.n == 0 {
		return 0
	}
	return l.sorted[l.n/2]
}

// fastest returns the shortest transit of the last packets; zero where no
// packet came.
func (l *lateness) fastest() int64 {
	if l.n == 0 {
		return 0
	}
	return l.sorted[0]
}

// spread returns by how much one packet in ten is later than usual.
func (l *lateness) spread() int64 {
	if l.n == 0 {
		return 0
	}
	return l.sorted[l.n*9/10] - l.median()
}

// largest returns the highest lateness of spans, the largest first, and over
// how many spans they were found.
func (l *lateness) largest() (top []int64, over int) {
	if l.stale {
		l.stale = false
		l.top = [ranks]int64{}
		for i := range l.covered {
			h := l.highest[(l.current-int64(i))%spans]
			for k := ranks - 1; k >= 0 && h > l.top[k]; k-- {
				if k < ranks-1 {
					l.top[k+1] = l.top[k]
				}
				l.top[k] = h
			}
		}
	}
	return l.top[:], max(l.covered, leastSpans)
}
