package neteq

import (
	"encoding/json"
	"fmt"
	"time"
)

// Result is what NetEq did on one trace with one codec.
type Result struct {
	Trace string `json:"trace"`
	Codec string `json:"codec"`
	// Pushed is how many packets were sent, and PushError how much later than
	// the trace has them arrive.
	Pushed    int       `json:"pushed"`
	PushError PushError `json:"push_error_ms"`
	// Total is what NetEq did from Drop on.
	Total Sums `json:"total"`
	// Samples are the sums since the beginning, at about each Every.
	Samples []Sample `json:"samples"`
}

// PushError is the lateness of the pushes, in ms.
type PushError struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// Sums are what NetEq counts, as RTCInboundRtpStreamStats defines them in
// W3C's webrtc-stats: in samples of the codec's rate unless told otherwise.
type Sums struct {
	Delay           float64 `json:"jitterBufferDelay"`       // seconds, summed over the samples that were emitted
	TargetDelay     float64 `json:"jitterBufferTargetDelay"` // the same, as NetEq wanted it
	Emitted         float64 `json:"jitterBufferEmittedCount"`
	Received        float64 `json:"totalSamplesReceived"` // played, with what was concealed
	Concealed       float64 `json:"concealedSamples"`
	SilentConcealed float64 `json:"silentConcealedSamples"`
	Concealments    float64 `json:"concealmentEvents"`
	Inserted        float64 `json:"insertedSamplesForDeceleration"`
	Removed         float64 `json:"removedSamplesForAcceleration"`
	Packets         float64 `json:"packetsReceived"`
	Discarded       float64 `json:"packetsDiscarded"`
}

// Sample is the state at a time since the first packet.
type Sample struct {
	AtMS float64 `json:"at_ms"`
	Sums
}

// MeanDelay returns how long a sample stayed in the buffer on average; zero
// where none was emitted.
func (s Sums) MeanDelay() time.Duration { return perSample(s.Delay, s.Emitted) }

// MeanTarget returns the delay that NetEq aimed at, on average.
func (s Sums) MeanTarget() time.Duration { return perSample(s.TargetDelay, s.Emitted) }

func perSample(seconds, samples float64) time.Duration {
	if samples == 0 {
		return 0
	}
	return time.Duration(seconds / samples * float64(time.Second))
}

// ConcealedShare returns which part of what was played was made up, from 0
// to 1.
func (s Sums) ConcealedShare() float64 {
	if s.Received == 0 {
		return 0
	}
	return s.Concealed / s.Received
}

// Minus returns what was counted since o.
func (s Sums) Minus(o Sums) Sums {
	return Sums{
		Delay: s.Delay - o.Delay, TargetDelay: s.TargetDelay - o.TargetDelay, Emitted: s.Emitted - o.Emitted,
		Received: s.Received - o.Received, Concealed: s.Concealed - o.Concealed,
		SilentConcealed: s.SilentConcealed - o.SilentConcealed, Concealments: s.Concealments - o.Concealments,
		Inserted: s.Inserted - o.Inserted, Removed: s.Removed - o.Removed,
		Packets: s.Packets - o.Packets, Discarded: s.Discarded - o.Discarded,
	}
}

// Point is the delay of what was emitted around a time.
type Point struct {
	At     time.Duration // the end of the span, since the first packet
	Delay  time.Duration
	Target time.Duration
}

// Curve returns the delay over time, one point for each Every in which
// anything was emitted.
func (r Result) Curve() (points []Point) {
	var before Sums
	for _, s := range r.Samples {
		span := s.Sums.Minus(before)
		before = s.Sums
		if span.Emitted > 0 {
			at := time.Duration(s.AtMS * float64(time.Millisecond))
			points = append(points, Point{At: at, Delay: span.MeanDelay(), Target: span.MeanTarget()})
		}
	}
	return points
}

// parse reads what the node program wrote. With ErrDisturbed and ErrLost the
// results are returned too.
func parse(out []byte) ([]Result, error) {
	var told struct {
		Results []Result `json:"results"`
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return nil, fmt.Errorf("neteq: %w", err)
	}
	for _, r := range told.Results {
		if err := r.check(); err != nil {
			return told.Results, fmt.Errorf("neteq: %s, %s: %w", r.Trace, r.Codec, err)
		}
	}
	return told.Results, nil
}

// check tells whether r is what NetEq does on the trace. A packet or two may
// be on their way when the last statistics are read.
func (r Result) check() error {
	const underWay = 25 // packets: those that come after the last sample, with a stall of 300 ms
	if len(r.Samples) == 0 {
		return fmt.Errorf("%w: no statistics", ErrLost)
	}
	if got := r.Samples[len(r.Samples)-1].Packets; got < float64(r.Pushed-underWay) || got > float64(r.Pushed) {
		return fmt.Errorf("%w: %.0f of %d", ErrLost, got, r.Pushed)
	}
	if e := r.PushError; e.P99 > millis(mostLate99) || e.Max > millis(mostLate) {
		return fmt.Errorf("%w: p99 %.1f ms, most %.1f ms late", ErrDisturbed, e.P99, e.Max)
	}
	return nil
}
