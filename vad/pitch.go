package vad

import "math/bits"

const (
	// signs is how many signs a step adds: of every second sample.
	signs = hop / 2
	// compared is how many of the newest signs are held against earlier ones,
	// those of 32 ms.
	compared = 128
	// inaudible is what counts as zero.
	inaudible = 1e-6
	// shortest and longest are the periods sought, in signs: 400 to 80 Hz.
	shortest, longest = 10, 50
)

// pitch finds how periodic the sound below 1 kHz is, by its signs alone: these
// tell a voice from noise nearly as well as the samples, and a word holds 64 of
// them.
type pitch struct {
	bits [3]uint64 // the newest sign is the lowest bit of the first word
	last float32   // sum of the last two samples
}

// hear takes the samples of a step.
func (p *pitch) hear(step *[hop]float32) {
	var word uint64
	last := p.last
	for i := 0; i < hop; i += 2 {
		sum := step[i] + step[i+1]
		word <<= 1
		if last+sum < -inaudible {
			word |= 1
		}
		last = sum
	}
	p.last = last
	p.push(word)
}

// push adds the signs of a step; those of silence are zero.
func (p *pitch) push(word uint64) {
	p.bits[2] = p.bits[2]<<signs | p.bits[1]>>(64-signs)
	p.bits[1] = p.bits[1]<<signs | p.bits[0]>>(64-signs)
	p.bits[0] = p.bits[0]<<signs | word
}

// find returns the period after which the signs are most alike, and how much:
// from 0, where as many are unlike, to 1.
func (p *pitch) find() (strength float32, lag int) {
	a, b, c := p.bits[0], p.bits[1], p.bits[2]
	least := compared / 2
	for i := shortest; i <= longest; i++ {
		x := a ^ (a>>i | b<<(64-i))
		y := b ^ (b>>i | c<<(64-i))
		if n := bits.OnesCount64(x) + bits.OnesCount64(y); n < least {
			least, lag = n, i
		}
	}
	return 1 - float32(least)/(compared/2), lag
}
