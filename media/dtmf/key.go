package dtmf

import (
	"errors"
	"math"
	"strings"
	"sync"
)

// Keys are the keys there are, in rows of four as they stand on a telephone.
const Keys = "123A456B789C*0#D"

// ErrKey reports a byte that is no key.
var ErrKey = errors.New("not a telephone key")

// ErrConfig reports a rate or a Config that can't be used.
var ErrConfig = errors.New("unusable dtmf config")

const (
	rows  = 4        // tones of the low group, which come first
	tones = 2 * rows // of both groups
)

// pairOf returns the two tones of a key.
func pairOf(key byte) (row, column int, ok bool) {
	i := strings.IndexByte(Keys, key)
	return i / rows, rows + i%rows, i >= 0
}

// keyOf returns the key that has a pair of tones.
func keyOf(row, column int) byte { return Keys[row*rows+column-rows] }

// hertz returns the frequencies of all tones (ITU-T Q.23).
func hertz() [tones]float64 {
	return [tones]float64{697, 770, 852, 941, 1209, 1336, 1477, 1633}
}

// table holds what is computed once and then read by all detectors, so that
// many calls do not push each other out of the processor's cache.
type table struct {
	turn  [tones]float64 // of each tone, in radians a sample
	twice [tones]float32 // the cosine of the turn, twice: Goertzel's factor
	waves [tones]waves
	back  [hopsHeard][tones]turned
	bell  [bell]float32 // the window in which a tone is measured
}

// waves are a tone's cosine and sine at the samples of the first half of a hop,
// from its middle.
type waves struct{ cos, sin [hop / 2]float32 }

// turned is a rotation.
type turned struct{ cos, sin float32 }

var shared = sync.OnceValue(newTable) //nolint:gochecknoglobals // a read-only table

func newTable() *table {
	t := &table{}
	for i, f := range hertz() {
		t.turn[i] = 2 * math.Pi * f / workRate
		t.twice[i] = float32(2 * math.Cos(t.turn[i]))
		for n := range hop / 2 {
			sin, cos := math.Sincos(t.turn[i] * (float64(hop-1)/2 - float64(n)))
			t.waves[i].cos[n], t.waves[i].sin[n] = float32(cos), float32(sin)
		}
		for h := range t.back {
			sin, cos := math.Sincos(t.turn[i] * float64(h*hop))
			t.back[h][i] = turned{float32(cos), float32(sin)}
		}
	}
	for i := range t.bell { // Hann's
		t.bell[i] = float32(0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/bell))
	}
	return t
}
