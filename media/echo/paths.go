package echo

import "slices"

const (
	// lags is how many delays are thought possible, in slots.
	lags = 50
	// strongest is the highest bound, which all delays have until something is
	// known. Bounds lie some decibels below the echo itself.
	strongest level = -600
	// Where less comes back a bound falls by half of what is missing, falls at
	// most, and where more does it rises slowly. So it settles near the weakest
	// of what an echo has, and a few steps that are far off, such as those of
	// sound that got lost, count no more than others.
	falls level = 380
	rises level = 12
	// While all bounds are below unheard, no echo is loud enough to be taken for
	// speech. Then one of seldom steps is looked at, and counts for all of them.
	// When a bound is above heard, some two seconds after an echo set in, all is
	// learned anew. weakest is as low as bounds get.
	unheard level = -4200
	heard   level = -3400
	weakest level = -4500
	seldom        = 8
	// varies is by how many slots delays change from one start of the agent's
	// sound to the next: carriers begin to play when they have got enough.
	varies = 8
	// tiring is how fast the noise may rise: 3 dB a second.
	tiring level = 3
	// clear is how far over the line's noise, and faint how loud, sound must be
	// to count as anybody's.
	clear level = 900
	faint level = -6000
)

// paths is what is known of the ways by which the agent's sound may come back.
type paths struct {
	noise  levels             // on the line
	bounds [bands][lags]level // of what comes back by each delay, relative to what plays
	top    levels             // the highest of them
	none   bool               // whether no echo is loud enough to matter
}

// anything is what is known before any sound was heard.
func anything() (p paths) {
	for b := range p.bounds {
		for lag := range p.bounds[b] {
			p.bounds[b][lag] = strongest
		}
		p.top[b] = strongest
	}
	return p
}

// forget takes it that any echo may come back, on the same line.
func (p *paths) forget() {
	noise := p.noise
	*p = anything()
	p.noise = noise
}

// blur takes it that all delays may have changed a little.
func (p *paths) blur() {
	for b := range p.bounds {
		sharp := p.bounds[b]
		for lag := range sharp {
			p.bounds[b][lag] = slices.Max(sharp[max(0, lag-varies):min(lags, lag+varies+1)])
		}
	}
}

// learn takes the level in a band of what began to come in a slot for what it
// says of the bounds: of what two slots play, the lower level is sure to have
// come back. of is the higher one of two steps, so that a hole of one says
// nothing.
func (p *paths) learn(band int, of level, slot int64, sent *playing) {
	bounds, played := &p.bounds[band], &sent.least[band]
	fall, rise, top := falls, rises, silent
	if p.none {
		fall, rise = falls*seldom, rises*seldom
	}
	for lag, bound := range bounds {
		least := played[(slot-int64(lag))&(slots-1)]
		if least >= sounding {
			if less := bound - (of - least); less > 0 {
				bound = max(bound-min(less/2, fall), weakest)
			} else {
				bound = min(bound+rise, strongest)
			}
			bounds[lag] = bound
		}
		top = max(top, bound)
	}
	p.top[band] = top
	switch top = max(p.top[0], p.top[1]); {
	case top < unheard:
		p.none = true
	case p.none && top > heard:
		p.forget()
	}
}

// hear takes the level in a band of what is heard for what it says of the
// noise, and reports whether it is more than that.
func (p *paths) hear(band int, of level) (audible bool) {
	noise := &p.noise[band]
	if of < *noise {
		*noise += (of - *noise) / 4
	} else {
		*noise = min(*noise+tiring, 0)
	}
	return of > max(*noise+clear, faint)
}

// loudest returns the level in a band of the loudest echo that may have begun
// to come in a slot.
func (p *paths) loudest(band int, slot int64, sent *playing) level {
	loudest := silent
	bounds, played := &p.bounds[band], &sent.most[band]
	for lag, bound := range bounds {
		loudest = max(loudest, played[(slot-int64(lag))&(slots-1)]+bound)
	}
	return loudest
}

const (
	// above is how far over its bound an echo may be without a doubt.
	above level = 150
	// A step adds to the doubt what it has more than that in each band, at most
	// highest, and takes lowest away where it has less. At enough, which two
	// steps of loud speech have, the caller speaks. More than full is not kept,
	// so that it is soon forgotten.
	highest level = 1000
	lowest  level = -200
	enough  level = 2000
	full    level = 3000
)

// doubt is how much has come lately that no echo explains: a cumulative sum
// (Page 1954), which finds a change as fast as can be.
type doubt struct {
	sum level
	age int // steps since there is any
}

// add takes what a step has more than any echo, and reports whether there is
// enough to be sure.
func (d *doubt) add(excess level) bool {
	d.sum = max(0, min(d.sum+excess, full))
	d.age++
	if d.sum == 0 {
		d.age = 0
	}
	return d.sum > enough
}
