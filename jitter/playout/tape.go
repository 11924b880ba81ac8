package playout

import "github.com/talkpath/talkpath/media/stretch"

// tape is sound in one piece: what was played last, and behind front what is
// to be played next.
type tape struct {
	pcm   []int16
	front int
	keep  int // how much of the past is kept
	room  int // how much room before the past there is after each tidy
}

// newTape returns a tape for ahead samples to be played.
func newTape(s *stretch.Stretcher, ahead int) tape {
	keep := s.Past()
	room := 4 * keep
	t := tape{keep: keep, room: room}
	// Twice as much as is needed, so that it is tidied once in a while only.
	t.pcm = make([]int16, room+keep, 2*(room+keep+ahead))
	t.front = room + keep
	return t
}

// ahead returns what is to be played.
func (t *tape) ahead() []int16 { return t.pcm[t.front:] }

// add puts pcm behind what is there.
func (t *tape) add(pcm []int16) {
	if len(t.pcm)+len(pcm) > cap(t.pcm) {
		t.tidy()
	}
	t.pcm = append(t.pcm, pcm...)
}

// makeRoom sees to it that n samples have room before the past.
func (t *tape) makeRoom(n int) {
	if t.front-t.keep < n {
		t.tidy()
	}
}

// tidy moves everything to where it stands after newTape.
func (t *tape) tidy() {
	from, to := t.front-t.keep, t.room
	n := len(t.pcm) - from
	t.pcm = t.pcm[:max(to+n, len(t.pcm))]
	copy(t.pcm[to:to+n], t.pcm[from:from+n])
	t.pcm = t.pcm[:to+n]
	t.front = to + t.keep
}

// record adds what was played although it was not ahead.
func (t *tape) record(pcm []int16) {
	t.add(pcm)
	t.front = len(t.pcm)
}
