package sim

import (
	"math"
	"slices"
	"time"
)

// Percentiles sum up a set of times, exactly: each is one of the samples, by
// the nearest-rank method. Times are in milliseconds with three decimals.
type Percentiles struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

// PercentilesOf sorts samples and sums them up; none give the zero value.
func PercentilesOf(samples []time.Duration) Percentiles {
	if len(samples) == 0 {
		return Percentiles{}
	}
	slices.Sort(samples)
	at := func(percent int) float64 {
		rank := (percent*len(samples) + 99) / 100 // rounded up, counted from 1
		return math.Round(float64(samples[rank-1])/float64(time.Microsecond)) / 1000
	}
	return Percentiles{Count: len(samples), P50: at(50), P95: at(95), P99: at(99), Max: at(100)}
}
