package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/talkpath/talkpath/bridge"
)

// lineMetrics are those of how calls sounded. docs/quality.md explains them.
type lineMetrics struct {
	mos, drift, findings, lateness, stalled, concealed, clipped, holes *prometheus.Desc
}

func newLineMetrics(d *describer) lineMetrics {
	return lineMetrics{
		mos:       d.histogram("call_mos", "How ended calls are estimated to have sounded, from 1 to 4.5, by who was heard.", "carrier", "direction"),
		drift:     d.histogram("carrier_clock_drift_ppm", "How much faster than ours carriers' sample clocks ran in ended calls of a minute or more.", "carrier"),
		findings:  d.counter("call_findings_total", "What was wrong with ended calls, by the hop that is to blame.", "hop", "code", "severity"),
		lateness:  d.histogram("arrival_lateness_seconds", "How much later than the fastest ones audio messages came from carriers."),
		stalled:   d.counter("arrival_stalled_seconds_total", "Time in which nothing came from carriers that was due, in stalls of 150 ms or more."),
		concealed: d.counter("concealed_seconds_total", "Sound made up in place of what is missing in callers' sound."),
		clipped:   d.counter("clipped_seconds_total", "Callers' sound at full scale, in runs."),
		holes:     d.counter("agent_holes_seconds_total", "Holes within replies of agents, by what was waited for.", "cause"),
	}
}

func (m lineMetrics) collect(ch chan<- prometheus.Metric, l bridge.Lines) {
	for heard, d := range l.MOS {
		ch <- distribution(m.mos, d, heard.Carrier, heard.Direction)
	}
	for carrier, d := range l.Drift {
		ch <- distribution(m.drift, d, carrier)
	}
	total := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	for f, n := range l.Findings {
		total(m.findings, float64(n), f.Hop, f.Code, f.Severity)
	}
	ch <- histogram(m.lateness, l.Lateness.Bounds, l.Lateness.Counts, l.Lateness.Sum)
	total(m.stalled, l.Stalled.Seconds())
	total(m.concealed, l.Concealed.Seconds())
	total(m.clipped, l.Clipped.Seconds())
	for cause, d := range l.Holes {
		total(m.holes, d.Seconds(), cause)
	}
}

// distribution returns a metric of counts by bucket, of which the last has no
// bound.
func distribution(d *prometheus.Desc, n bridge.Distribution, labels ...string) prometheus.Metric {
	cumulated := make(map[float64]uint64, len(n.Bounds))
	var total uint64
	for i, c := range n.Counts {
		total += c
		if i < len(n.Bounds) {
			cumulated[n.Bounds[i]] = total
		}
	}
	return prometheus.MustNewConstHistogram(d, total, n.Sum, cumulated, labels...)
}
