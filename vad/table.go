package vad

import (
	"math"
	"sync"
)

// table holds what is computed once and then read by all detectors, so that
// many calls do not push each other out of the processor's cache.
type table struct {
	fourier fourier
	rise    powers         // how far a floor lies above its least smoothed power
	freedom [pairs]float32 // degrees of freedom of each pair of bands
	network network
}

var shared = sync.OnceValue(newTable) //nolint:gochecknoglobals // a read-only table

// newTable finds the rise from the degrees of freedom of a power in one step:
// of some 35 independent smoothed values the least is about two standard
// deviations below the mean.
func newTable() *table {
	const averaged = (2 - smoothing) / smoothing
	rise := func(freedom float64) float32 { return float32(1 + 2*math.Sqrt(2/(averaged*freedom))) }
	t := &table{fourier: newFourier(), network: trained()}
	for b := range bands {
		freedom := freedomOfBin * float64(t.fourier.edges[b+1]-t.fourier.edges[b])
		t.rise[b] = rise(freedom)
		t.freedom[b/2] += float32(freedom)
	}
	t.rise[all] = rise(freedomOfStep)
	return t
}
