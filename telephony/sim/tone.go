package sim

import (
	"math"
	"time"

	"github.com/talkpath/talkpath/media"
)

// Tones lets every caller of a load test say a tone of their own in place of
// words, and listen for it: the server must say back what it hears. A caller
// who hears another's tone has found a leak between two calls.
type Tones struct {
	// All is how many callers there are, in this Load and those that run at
	// the same time; zero for no tones. At most MaxTones.
	All int
	// First is the number of this Load's first caller, from 0; the others
	// follow.
	First int
}

// MaxTones is how many tones can be told apart.
const MaxTones = 400

const (
	// The tones lie in what a telephone carries, evenly spaced: 7 Hz apart
	// where there are MaxTones.
	lowestTone, highestTone = 400, 3200
	toneLevel               = 8000 // peak amplitude: -12 dB of full scale
	toneLength              = 800 * time.Millisecond
)

// Hertz returns the i-th caller's tone.
func (t Tones) Hertz(i int) float64 {
	return lowestTone + float64(i)*(highestTone-lowestTone)/float64(max(t.All-1, 1))
}

// fit says whether there is a tone for each of so many calls.
func (t Tones) fit(calls int) bool {
	return t == Tones{} || t.First >= 0 && t.First+calls <= t.All && t.All <= MaxTones
}

// hum returns the samples of a tone that swells four times a second, as
// syllables do, so that a voice detector takes it for speech.
func hum(hertz float64, rate int) []int16 {
	pcm := make([]int16, media.PCMSamples(toneLength, rate))
	for i := range pcm {
		at := float64(i) / float64(rate)
		syllable := 0.55 - 0.45*math.Cos(2*math.Pi*4*at)
		pcm[i] = int16(toneLevel * syllable * math.Sin(2*math.Pi*hertz*at))
	}
	return pcm
}

const (
	// Foreign tones are looked for in short windows, so that a few packets of
	// one are found. In one of them tones nearer than nearTone look alike, and
	// a tone has at least purePart of the power or shares it with another.
	shortWindow = 40 * time.Millisecond
	nearTone    = 60 // Hz
	purePart    = 0.8
	foreignPart = 0.15
	// Tones that are near are told apart over long windows.
	longWindow = 250 * time.Millisecond
	// echoWindows is how many short windows of its own tone make an echo.
	echoWindows = 5
)

// toneEar listens to the answers that one caller gets.
type toneEar struct {
	tones Tones
	own   int // the caller's number
	rate  int

	short, long []int16 // windows that are not full yet
	shorts      struct{ own, foreign int }
	longs       map[int]float64 // how much there was of the caller's tone and those near it
	listening   bool            // whether the caller has said anything yet

	echoed, foreign int // answers
}

func newToneEar(tones Tones, own, rate int) *toneEar {
	return &toneEar{
		tones: tones, own: own, rate: rate, longs: make(map[int]float64),
		short: make([]int16, 0, media.PCMSamples(shortWindow, rate)),
		long:  make([]int16, 0, media.PCMSamples(longWindow, rate)),
	}
}

// next says that the caller begins to say something, or hangs up: what was
// heard since the last time is one answer.
func (e *toneEar) next() {
	switch {
	case e.shorts.foreign > 0 || e.neighbour():
		e.foreign++
	case e.shorts.own >= echoWindows:
		e.echoed++
	}
	e.shorts.own, e.shorts.foreign = 0, 0
	e.short, e.long = e.short[:0], e.long[:0]
	clear(e.longs)
	e.listening = true
}

// hear takes the next samples at the caller's ear. What comes before the
// caller's first word is the agent's own.
func (e *toneEar) hear(pcm []int16) {
	if !e.listening {
		return
	}
	for _, s := range pcm {
		if e.short = append(e.short, s); len(e.short) == cap(e.short) {
			e.judge(e.short)
			e.short = e.short[:0]
		}
		if e.long = append(e.long, s); len(e.long) == cap(e.long) {
			e.compare(e.long)
			e.long = e.long[:0]
		}
	}
}

// judge looks for the caller's tone in a short window, and for others where
// there is more than that.
func (e *toneEar) judge(pcm []int16) {
	if !voiced(pcm) {
		return
	}
	own := e.tones.Hertz(e.own)
	part := partOf(pcm, own, e.rate)
	if part >= purePart/2 {
		e.shorts.own++
	}
	if part >= purePart {
		return
	}
	for i := range e.tones.All {
		hertz := e.tones.Hertz(i)
		if math.Abs(hertz-own) >= nearTone && partOf(pcm, hertz, e.rate) >= foreignPart {
			e.shorts.foreign++
			return
		}
	}
}

// compare measures the tones near the caller's in a long window.
func (e *toneEar) compare(pcm []int16) {
	if !voiced(pcm) {
		return
	}
	own := e.tones.Hertz(e.own)
	for i := range e.tones.All {
		if hertz := e.tones.Hertz(i); math.Abs(hertz-own) < nearTone {
			e.longs[i] += partOf(pcm, hertz, e.rate)
		}
	}
}

// neighbour says whether a tone near the caller's was heard in place of it.
func (e *toneEar) neighbour() bool {
	for i, part := range e.longs {
		if i != e.own && part > 2*e.longs[e.own] {
			return true
		}
	}
	return false
}

// partOf returns how much of the power of pcm is a tone's, from 0 to 1, by
// Goertzel's algorithm.
func partOf(pcm []int16, hertz float64, rate int) float64 {
	turn := 2 * math.Cos(2*math.Pi*hertz/float64(rate))
	var last, before, energy float64
	for _, s := range pcm {
		x := float64(s)
		last, before = x+turn*last-before, last
		energy += x * x
	}
	if energy == 0 {
		return 0
	}
	power := last*last + before*before - turn*last*before
	return 2 * power / (float64(len(pcm)) * energy)
}
