package bridge

import (
	"maps"
	"time"

	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media/quality"
)

// Lines is how calls sounded.
type Lines struct {
	// Of ended calls:
	MOS      map[Heard]Distribution
	Drift    map[string]Distribution // ppm, by carrier
	Findings map[Found]uint64
	// Of live and ended calls together:
	Lateness  Histogram // of messages from carriers
	Stalled   time.Duration
	Concealed time.Duration
	Clipped   time.Duration
	Holes     map[string]time.Duration // in the agent's speech, by what was waited for
}

// Heard says who was heard, over which carrier.
type Heard struct {
	Carrier   string
	Direction string // of quality.Direction
}

// Found is what was found, and whose fault it is.
type Found struct{ Hop, Code, Severity string }

// Distribution counts figures by upper bound.
type Distribution struct {
	Bounds []float64
	Counts []uint64 // one more than Bounds: the last is above all of them
	Sum    float64
}

func (d *Distribution) observe(x float64) {
	i := 0
	for i < len(d.Bounds) && x > d.Bounds[i] {
		i++
	}
	d.Counts[i]++
	d.Sum += x
}

// mosBounds are finer where users begin to be dissatisfied: ITU-T G.109 has its
// classes at 3.1, 3.6, 4.03 and 4.34.
func mosBounds() []float64 { return []float64{1.5, 2, 2.58, 3.1, 3.6, 3.8, 4.03, 4.2, 4.34} }

// driftBounds lie around what telephone networks keep, 50 ppm.
func driftBounds() []float64 { return []float64{-1000, -200, -100, -50, -20, 20, 50, 100, 200, 1000} }

// newLines returns Lines in which nothing is counted.
func newLines() Lines {
	return Lines{
		MOS: map[Heard]Distribution{}, Drift: map[string]Distribution{}, Findings: map[Found]uint64{},
		Lateness: Histogram{Bounds: quality.Bounds(), Counts: make([]uint64, quality.Buckets)},
		Holes:    map[string]time.Duration{},
	}
}

// clone returns a copy that shares no memory with l.
func (l Lines) clone() Lines {
	l.MOS, l.Drift = copied(l.MOS), copied(l.Drift)
	l.Findings, l.Holes = maps.Clone(l.Findings), maps.Clone(l.Holes)
	l.Lateness.Counts = append([]uint64{}, l.Lateness.Counts...)
	return l
}

func copied[K comparable](m map[K]Distribution) map[K]Distribution {
	out := make(map[K]Distribution, len(m))
	for k, d := range m {
		d.Counts = append([]uint64{}, d.Counts...)
		out[k] = d
	}
	return out
}

// count adds what flowed in one call.
func (l *Lines) count(m *quality.Measures) {
	for i, n := range m.Arrivals.Late.Counts {
		l.Lateness.Counts[i] += uint64(n)
	}
	l.Lateness.Sum += m.Arrivals.Late.Sum
	l.Stalled += m.Arrivals.Stalls.Total
	l.Concealed += m.Concealed
	l.Clipped += m.Sound.Clipped
	l.Holes["voice"] += m.Out.Voice.Total
	l.Holes["dialogue"] += m.Out.Dialogue.Total
	l.Holes["process"] += m.Out.Own.Total
	l.Holes["delivery"] += m.Out.Player.Total
}

// ended adds what came of a call.
func (l *Lines) ended(carrier string, q *ledger.Quality) {
	if q == nil {
		return
	}
	for direction, score := range map[quality.Direction]*ledger.Score{
		quality.OfCaller: q.Caller.Score, quality.OfAgent: q.Agent.Score,
	} {
		if score != nil {
			observe(l.MOS, Heard{carrier, string(direction)}, mosBounds, score.MOS)
		}
	}
	if d := q.Caller.Drift; d != nil {
		observe(l.Drift, carrier, driftBounds, d.PPM)
	}
	for _, f := range q.Findings {
		l.Findings[Found{f.Hop, f.Code, f.Severity}]++
	}
}

// observe adds a figure to the distribution of a key.
func observe[K comparable](all map[K]Distribution, key K, bounds func() []float64, x float64) {
	d, known := all[key]
	if !known {
		d.Bounds = bounds()
		d.Counts = make([]uint64, len(d.Bounds)+1)
	}
	d.observe(x)
	all[key] = d
}
