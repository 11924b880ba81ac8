// Package jitter puts the frames of one call's caller back in order on their
// way to the recognizer.
//
// Sound that arrives in order leaves at once: a recognizer needs no even beat,
// so there is no playout delay here. A frame that overtook another waits for
// it, at most [Config.Wait], and [Config.Patience] more where the line stands
// still meanwhile. What never came is told as a gap, so that the
// reader can fill it and media time stays true. Media time is counted in
// samples from the first frame on and has neither holes nor steps, whatever
// the carrier's timestamps do.
//
// A Buffer starts no goroutine, takes no lock and never reads the clock: it is
// owned by one goroutine at a time, and time comes in as an argument.
package jitter
