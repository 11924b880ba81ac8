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
)

// floor learns the noise power of one band.
//
// It follows what is not speech. During speech it holds, except for two bounds
// by minimum statistics: it falls at once when the band falls well below it,
// and it is never below what the band has had at the least over the last
// 1.6 s. The second bound is how it learns that a line has become louder.
type floor struct {
	noise float64
	rise  float64 // how far noise lies above its least smoothed power

	smooth float64
	least  [blocks]float64 // of each block
	block  int             // the one in progress
	steps  int             // in it
	age    int             // steps heard, up to where they no longer matter
}

// newFloor returns the floor of a band whose power in one step has so many
// degrees of freedom: of some 35 independent smoothed values the least is
// about two standard deviations below the mean.
func newFloor(freedom float64) floor {
	const averaged = (2 - smoothing) / smoothing
	return floor{rise: 1 + 2*math.Sqrt(2/(averaged*freedom))}
}

// hear takes the band's power in the next step.
func (f *floor) hear(power float64, voiced bool) {
	power = max(power, quietest)
	if f.age == 0 {
		f.noise, f.smooth = power, power
		for i := range f.least {
			f.least[i] = power
		}
	}
	f.smooth += smoothing * (power - f.smooth)
	f.remember()
	if !voiced {
		// The first steps are averaged evenly.
		f.noise += max(learning, 1/float64(f.age+1)) * (power - f.noise)
	}
	f.noise = min(f.noise, fall*f.smooth)
	f.noise = max(f.noise, f.rise*f.minimum())
	f.age = min(f.age+1, 1/learning)
}

// remember keeps the least smoothed power of each block.
func (f *floor) remember() {
	f.least[f.block] = min(f.least[f.block], f.smooth)
	if f.steps++; f.steps < blockSteps {
		return
	}
	f.steps = 0
	f.block = (f.block + 1) % blocks
	f.least[f.block] = f.smooth
}

func (f *floor) minimum() float64 {
	least := f.least[0]
	for _, x := range f.least[1:] {
		least = min(least, x)
	}
	return least
}
