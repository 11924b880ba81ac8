package telnyx

import "github.com/talkpath/talkpath/media"

// law translates sound from one of G.711's laws to the other, code by code.
type law [256]byte

// lawFrom returns the translation from one law to the other: to the code whose
// level is nearest.
func lawFrom(from media.Encoding) *law {
	old, other := muLevel, aLevel
	if from == media.PCMA {
		old, other = aLevel, muLevel
	}
	var to law
	for code := range to {
		level, best := old(byte(code)), -1
		for candidate := range to {
			if off := distance(level, other(byte(candidate))); best < 0 || off < best {
				to[code], best = byte(candidate), off
			}
		}
	}
	return &to
}

func distance(a, b int) int { return max(a-b, b-a) }

// muLevel returns the level of a mu-law code (ITU-T G.711, table 2) as a
// 16-bit sample.
func muLevel(code byte) int {
	code = ^code
	const bias = 0x84
	level := (int(code&0xf)<<3+bias)<<(code>>4&7) - bias
	if code&0x80 != 0 {
		return -level
	}
	return level
}

// aLevel returns the level of an A-law code (ITU-T G.711, table 1) as a 16-bit
// sample.
func aLevel(code byte) int {
	code ^= 0x55 // even bits are sent inverted
	level := int(code&0xf)<<4 + 8
	if segment := code >> 4 & 7; segment > 0 {
		level = (level + 0x100) << (segment - 1)
	}
	if code&0x80 == 0 {
		return -level
	}
	return level
}
