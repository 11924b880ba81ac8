package noise

import (
	"errors"
	"fmt"
	"math"
)

// MaxOrder is how many reflection coefficients a Description holds.
const MaxOrder = 10

const (
	// lowestLevel is the level of the last value that the level byte has.
	lowestLevel = -127
	// coefficientStep is between two values of a coefficient byte, and zeroByte
	// the one that stands for zero (RFC 3389, section 3.2: k = 258 (N-127) in
	// parts of 32768). The last value is reserved.
	coefficientStep = 258.0 / 32768
	zeroByte        = 127
	reservedByte    = 255
)

// ErrPayload reports bytes that are no comfort noise payload.
var ErrPayload = errors.New("no comfort noise payload")

// Description tells what a noise sounds like: what a silence insertion
// descriptor (SID) of RFC 3389 holds. It is a plain value.
type Description struct {
	// Level is in dBov, where the RMS of a full-scale square wave is 0: the
	// dBFS of this project. -127 and less is silence.
	Level float64
	// Order is how many coefficients count, from 0 to MaxOrder. With none the
	// noise has the colour that a Generator gives by itself.
	Order int
	// Reflection are the reflection coefficients k of the all-pole filter 1/A
	// that shapes white noise, from -1 to 1. A(z) is 1 + k1/z at order one, so
	// noise that falls towards the high end has a negative k1. Those from Order
	// on are zero.
	Reflection [MaxOrder]float64
}

// Silence returns the Description of no sound.
func Silence() Description { return Description{Level: lowestLevel} }

// Append appends the payload of d to dst: one byte for the level, and one for
// each coefficient. It allocates only where dst has no room.
func (d Description) Append(dst []byte) []byte {
	dst = append(dst, levelByte(d.Level))
	for _, k := range d.Reflection[:d.order()] {
		dst = append(dst, coefficientByte(k))
	}
	return dst
}

// Parse reads a payload of any length. A spectrum of more than MaxOrder
// coefficients is taken for the part of it that fits, and one with a value that
// is reserved for what stands before that: section 3 lets a receiver reduce the
// order. An empty payload and one whose level byte has the bit set that is
// always zero are errors that wrap ErrPayload.
func Parse(payload []byte) (Description, error) {
	if len(payload) == 0 {
		return Description{}, fmt.Errorf("%w: it is empty, and lacks the level", ErrPayload)
	}
	if payload[0] > -lowestLevel {
		return Description{}, fmt.Errorf("%w: level byte %d, want 0 to 127", ErrPayload, payload[0])
	}
	d := Description{Level: -float64(payload[0])}
	for _, n := range payload[1:min(len(payload), 1+MaxOrder)] {
		if n == reservedByte {
			break
		}
		d.Reflection[d.Order] = coefficientStep * (float64(n) - zeroByte)
		d.Order++
	}
	return d, nil
}

// Rounded returns what is left of d when it was sent as a payload.
func (d Description) Rounded() Description {
	r := Description{Level: -float64(levelByte(d.Level)), Order: d.order()}
	for i, k := range d.Reflection[:r.Order] {
		r.Reflection[i] = coefficientStep * (float64(coefficientByte(k)) - zeroByte)
	}
	return r
}

// order returns Order within its bounds.
func (d Description) order() int { return min(max(d.Order, 0), MaxOrder) }

func levelByte(level float64) byte {
	if !(level > lowestLevel) { // NaN too
		return -lowestLevel
	}
	return byte(math.Round(max(-level, 0)))
}

func coefficientByte(k float64) byte {
	n := math.Round(k/coefficientStep) + zeroByte
	if math.IsNaN(n) {
		return zeroByte
	}
	return byte(min(max(n, 0), reservedByte-1))
}
