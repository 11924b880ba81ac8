package sim

import (
	"math/rand/v2"
	"time"
)

// mouth is what goes into the caller's telephone: the turn that is spoken or
// keyed in, and the line's noise everywhere.
type mouth struct {
	noise int16
	rng   *rand.Rand

	pcm    []int16 // the rest of the turn's sound
	voiced int     // how much of it is left until its last voiced sample
	keys   string  // the keys that are still to be pressed
	keyIn  time.Duration
	busy   bool // whether sound or keys of the turn are left
}

// newMouth returns a silent one. Its noise is the same in every call, so that
// calls can be compared.
func newMouth(noise int16) mouth {
	return mouth{noise: noise, rng: rand.New(rand.NewPCG(1, 2))}
}

// begin starts a turn.
func (m *mouth) begin(w waveform, keys string) {
	m.pcm, m.keys, m.keyIn, m.busy = w.pcm, keys, keyHeld, true
	if m.voiced = w.last(0, len(w.pcm)); m.voiced < 0 {
		m.voiced = len(w.pcm)
	}
}

// spoken is what a slot of the caller's line holds beside its sound.
type spoken struct {
	key  byte // the key whose press ended in it, or zero
	over bool // whether the turn's last voiced sound or key is in it
	end  int  // where it then ends, in samples from the slot's start
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
	if m.keyIn -= slot; m.keyIn > 0 {
		return s
	}
	m.keyIn += keyEvery
	s.key, m.keys = m.keys[0], m.keys[1:]
	if m.keys == "" {
		m.busy = false
		s.over, s.end = true, len(dst)
	}
	return s
}

// addClipped returns a+b, held to what a sample can be.
func addClipped(a, b int16) int16 {
	return int16(max(-1<<15, min(1<<15-1, int32(a)+int32(b))))
}
