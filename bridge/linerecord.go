package bridge

import (
	"math"
	"time"

	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media/quality"
)

// qualityRecord returns how the call sounds, from what has flowed. The lock is
// held.
func (c *Call) qualityRecord(n Counts) *ledger.Quality {
	m := n.Line
	m.Slow = c.slow
	r := quality.Assess(m)
	q := &ledger.Quality{
		Summary: r.Summary, Findings: make([]ledger.Finding, 0, len(r.Findings)),
		Caller: callerRecord(&m, r.Caller), Agent: agentRecord(&m, r.Agent),
		Process: ledger.Process{
			LateBeats: m.Process.LateBeats, LateMaxMS: m.Process.Longest.Milliseconds(),
			Stalls: m.Arrivals.Ours.Times, StalledMS: m.Arrivals.Ours.Total.Milliseconds(),
			LostMS: m.Arrivals.LostOurs.Milliseconds(),
		},
	}
	for _, f := range r.Findings {
		q.Findings = append(q.Findings, ledger.Finding{
			Hop: string(f.Hop), Direction: string(f.Direction), Code: string(f.Code), Severity: string(f.Severity),
			Figure: rounded(f.Figure), Unit: string(f.Unit), Text: f.Text,
		})
	}
	return q
}

func callerRecord(m *quality.Measures, rating quality.Rating) ledger.CallerSound {
	a, s := &m.Arrivals, &m.Sound
	lost, _ := m.Missing()
	r := ledger.CallerSound{
		Score: scoreRecord(rating),
		LatenessMS: ledger.Lateness{
			P50: a.Late.Quantile(0.5).Milliseconds(), P90: a.Late.Quantile(0.9).Milliseconds(),
			P99: a.Late.Quantile(0.99).Milliseconds(), Max: a.Late.Max.Milliseconds(),
		},
		Arrivals:  []ledger.Arrival{},
		HoleMaxMS: a.HoleMax.Milliseconds(),
		Stalls:    a.Stalls.Times, StalledMS: a.Stalls.Total.Milliseconds(),
		BurstMean: rounded(float64(a.Late.Messages()) / float64(max(a.Clumps, 1))),
		LostMS:    (lost - min(lost, a.LostOurs)).Milliseconds(), UnsentMS: a.Unsent.Milliseconds(),
		ConcealedMS: m.Concealed.Milliseconds(),
		Reordered:   m.Reordered, Late: m.Late, Duplicates: m.Duplicates,
		ClippedMS: millis(s.Clipped), DCPercent: rounded(100 * s.Offset),
	}
	bounds := quality.Bounds()
	for i, n := range a.Late.Counts {
		if n == 0 {
			continue
		}
		one := ledger.Arrival{Messages: n}
		if i < len(bounds) {
			one.BelowMS = millis(bounds[i])
		}
		r.Arrivals = append(r.Arrivals, one)
	}
	if s.Speech > 0 {
		r.SpeechDBFS = new(rounded(s.SpeechLevel))
	}
	if s.Quiet > 0 {
		r.NoiseDBFS = new(rounded(s.NoiseLevel))
	}
	if m.Drift.Known {
		r.Drift = &ledger.Drift{PPM: rounded(m.Drift.PPM), ErrorPPM: rounded(m.Drift.Error)}
	}
	return r
}

func agentRecord(m *quality.Measures, rating quality.Rating) ledger.AgentSound {
	o := &m.Out
	r := ledger.AgentSound{
		Score: scoreRecord(rating), Voice: holesRecord(o.Voice), Dialogue: holesRecord(o.Dialogue),
		Own: holesRecord(o.Own), Delivery: holesRecord(o.Player), Slow: m.Slow, MarksMissing: o.MarksMissing,
	}
	if o.Marks > 0 {
		r.MarkDelayMS, r.MarkMaxMS = new(o.MarkDelay.Milliseconds()), new(o.MarkDelayMax.Milliseconds())
	}
	return r
}

func scoreRecord(r quality.Rating) *ledger.Score {
	if !r.Known {
		return nil
	}
	return &ledger.Score{
		R: rounded(r.R), MOS: math.Round(100*r.MOS) / 100, LossPercent: rounded(100 * r.Loss), HoldMS: r.Hold.Milliseconds(),
	}
}

func holesRecord(s quality.Stalls) ledger.Holes {
	return ledger.Holes{Times: s.Times, MS: s.Total.Milliseconds(), MaxMS: s.Longest.Milliseconds()}
}

func millis(d time.Duration) float64 { return rounded(float64(d) / float64(time.Millisecond)) }

// rounded returns a figure with one digit behind the point.
func rounded(x float64) float64 { return math.Round(10*x)/10 + 0 } // no -0
