package sim

import (
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/media/dtmf"
)

// mouth is what goes into the caller's telephone: the turn that is spoken or
// keyed in, and the line's noise everywhere.
type mouth struct {
	noise int16
	rng   *rand.Rand

	pcm    []int16       // the rest of the turn's sound
	voiced int           // how much of it is left until its last voiced sample
	keys   string        // the keys that are still to be pressed
	keyIn  time.Duration // until the next of them comes up
	busy   bool          // whether sound or keys of the turn are left

	tones *dtmf.Generator // of keys that are heard; nil where they aren't
	down  bool            // whether the next key is down
	tone  []int16         // of one slot
}

// newMouth returns a silent one. Its noise is the same in every call, so that
// calls can be compared.
func newMouth(noise int16) mouth {
	return mouth{noise: noise, rng: rand.New(rand.NewPCG(1, 2))}
}

// begin starts a turn, whose keys sound where tones isn't nil.
func (m *mouth) begin(w waveform, keys string, tones *dtmf.Generator) {
	m.pcm, m.keys, m.keyIn, m.busy, m.tones = w.pcm, keys, keyHeld, true, tones
	if m.voiced = w.last(0, len(w.pcm)); m.voiced < 0 {
		m.voiced = len(w.pcm)
	}
}

// spoken is what a slot of the caller's line holds beside its sound.
type spoken struct {
	key    byte // the key whose press ended in it, or zero
	sounds bool // whether a key's tones are in it
	over   bool // whether the turn's last voiced sound or key is in it
	end    int  // where it then ends, in samples from the slot's start
}

// fill writes the next samples, at most a slot, to dst.
func (m *mouth) fill(dst []int16) (s spoken) {
	n := copy(dst, m.pcm)
	m.pcm = m.pcm[n:]
	clear(dst[n:])
	if m.noise > 0 {
		for i := range dst {
			dst[i] = addClipped(dst[i], int16(m.rng.IntN(2*int(m.noise)+1))-m.noise)
		}
	}
	if !m.busy {
		return s
	}
	left := m.voiced
	m.voiced = max(0, left-len(dst))
	switch {
	case left > len(dst) || left > 0 && m.keys != "":
		return s
	case m.keys == "":
		m.busy = false
		return spoken{over: true, end: left}
	}
	s.sounds = m.keyTones(dst)
	if m.keyIn -= slot; m.keyIn > 0 {
		return s
	}
	m.keyIn += keyEvery
	m.down = false
	s.key, m.keys = m.keys[0], m.keys[1:]
	if m.keys == "" {
		m.busy = false
		s.over, s.end = true, len(dst)
	}
	return s
}

// keyTones adds the tones of the key that is down, or goes down in this slot, to
// dst, and says whether there are any.
func (m *mouth) keyTones(dst []int16) bool {
	if m.tones == nil {
		return false
	}
	from := 0
	if !m.down {
		if m.keyIn-keyHeld >= slot {
			return false
		}
		from = len(dst) * int(m.keyIn-keyHeld) / int(slot)
		m.down = m.tones.Press(m.keys[0], keyHeld) == nil // the plan has been checked
	}
	m.tone = append(m.tone[:0], dst[from:]...)
	m.tones.Fill(m.tone)
	for i, s := range m.tone {
		dst[from+i] = addClipped(dst[from+i], s)
	}
	return true
}

// addClipped returns a+b, held to what a sample can be.
func addClipped(a, b int16) int16 {
	return int16(max(-1<<15, min(1<<15-1, int32(a)+int32(b))))
}
