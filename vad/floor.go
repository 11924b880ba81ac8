package vad

import "math"

const (
	// blocks of blockSteps are the 1.6 s in which speech is expected to pause
	// once: the least power within them is noise.
	blocks     = 8
	blockSteps = 20
	// smoothing and learning are the parts of a new step in the smoothed power
	// and in the noise.
	smoothing = 0.3
	learning  = 0.05
	// fall is how far the smoothed power may lie below the noise, 3 dB. Steady
	// noise seldom does.
	fall = 2.0
	// quietest is the noise of a line that carries silence, -96 dBFS in all.
	quietest = 2.5e-10 / bands
	// sinking is how many steps of silence bring every floor down to the
	// quietest: within half of them the smoothed power has arrived, and after
	// the other half no block remembers more.
	sinking = 2 * blocks * blockSteps
	// freedomOfBin is the degrees of freedom of the power in one bin of a
	// spectrum under a Hann window, and freedomOfStep of the power of a step.
	freedomOfBin  = 1.3
	freedomOfStep = 66
	// all is the floor of the step's power; those before it are of its bands.
	all = bands
)

// powers has one value for each band, and one for the step.
type powers [bands + 1]float32

// floors learn the noise power of each band and of the whole.
//
// They follow what is not speech. During speech they hold, except for two
// bounds by minimum statistics: a floor falls at once when its band falls well
// below it, and it is never below what the band has had at the least over the
// last 1.6 s. The second bound is how it learns that a line has become louder.
type floors struct {
	noise  powers
	table  *table
	smooth powers
	least  [blocks]powers // of each block
	past   powers         // the least of all blocks but the one in progress
	block  int            // the one in progress
	steps  int            // in it
	age    int            // steps heard, up to where they no longer matter
	hushed int            // steps of silence in a row, up to sinking
}

// hear takes the powers of the next step.
func (f *floors) hear(power *powers, voiced bool) {
	if f.age == 0 {
		f.begin(power)
	}
	f.tick()
	f.hushed = 0
	f.follow(power, voiced)
	f.age = min(f.age+1, 1/learning)
}

// hush takes a step of silence. Floors that already rest at the bottom only
// count it.
func (f *floors) hush() {
	if f.hushed < sinking {
		heard := f.hushed
		f.hear(&powers{}, false)
		f.hushed = heard + 1
		return
	}
	if f.steps++; f.steps == blockSteps {
		f.steps = 0
		f.block = (f.block + 1) % blocks
	}
}

func (f *floors) begin(power *powers) {
	for i, p := range power {
		p = max(p, quietest)
		f.noise[i], f.smooth[i], f.past[i] = p, p, p
	}
	for b := range f.least {
		f.least[b] = f.smooth
	}
}

// tick turns to the next block in time. What that one remembered is forgotten.
func (f *floors) tick() {
	if f.steps++; f.steps < blockSteps {
		return
	}
	f.steps = 0
	f.block = (f.block + 1) % blocks
	for i := range f.past {
		f.least[f.block][i] = math.MaxFloat32
		least := f.least[0][i]
		for b := 1; b < blocks; b++ {
			least = min(least, f.least[b][i])
		}
		f.past[i] = least
	}
}

// follow moves every floor.
func (f *floors) follow(power *powers, voiced bool) {
	var part float32 // of the step in the noise
	if !voiced {
		// The first steps are averaged evenly.
		part = max(learning, 1/float32(f.age+1))
	}
	now := &f.least[f.block]
	for i, p := range power {
		p = max(p, quietest)
		smooth := f.smooth[i] + smoothing*(p-f.smooth[i])
		now[i] = min(now[i], smooth)
		noise := f.noise[i] + part*(p-f.noise[i])
		noise = min(noise, fall*smooth)
		f.noise[i] = max(noise, f.table.rise[i]*min(now[i], f.past[i]))
		f.smooth[i] = smooth
	}
}
