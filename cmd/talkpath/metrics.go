package main

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/media/pace"
)

// collector is the one place where what packages count becomes metrics.
type collector struct {
	board *bridge.Switchboard
	wheel *pace.Wheel

	live, started, ended, refused, badMessages, panics, resumed, engineFails *prometheus.Desc
	received, sent, clears, echoes, lost, response, lateness, skipped        *prometheus.Desc
	lines                                                                    lineMetrics
}

func newCollector(d *describer, board *bridge.Switchboard, wheel *pace.Wheel) *collector {
	return &collector{
		board: board, wheel: wheel, lines: newLineMetrics(d),
		live:        d.gauge("calls_live", "Calls whose stream has started and not ended."),
		started:     d.counter("calls_started_total", "Calls whose stream has started."),
		ended:       d.counter("calls_ended_total", "Calls that ended, by ending.", "ending"),
		refused:     d.counter("calls_refused_total", "Calls refused for the limit or a shutdown."),
		badMessages: d.counter("bad_messages_total", "Messages from carriers that broke their protocol."),
		panics:      d.counter("panics_total", "Panics, each of which ended one call."),
		resumed:     d.counter("streams_resumed_total", "Streams that took the place of one that was lost."),
		engineFails: d.counter("engine_failures_total", "Failures of engines, by engine.", "engine"),
		received:    d.counter("frames_received_total", "Audio messages received from carriers."),
		sent:        d.counter("frames_sent_total", "Audio messages sent to carriers."),
		clears:      d.counter("clears_total", "Times that an agent was stopped at the carrier."),
		echoes:      d.counter("echo_vetoes_total", "Spurts of speech that were taken for the agent's own echo at first, and didn't interrupt it then."),
		lost:        d.counter("lost_seconds_total", "Sound that carriers' timestamps tell of and that never came."),
		response:    d.histogram("response_seconds", "From the caller's last voiced sample to the agent's first sound sent."),
		lateness:    d.histogram("send_lateness_seconds", "How late after it was due a call's beat came."),
		skipped:     d.counter("beats_skipped_total", "Beats that were left out because the one before came too late."),
	}
}

// Describe sends the metrics' descriptions.
func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect sends the metrics.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s, beats := c.board.Stats(), c.wheel.Stats()
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	ch <- prometheus.MustNewConstMetric(c.live, prometheus.GaugeValue, float64(s.Live))
	ch <- prometheus.MustNewConstMetric(c.lost, prometheus.CounterValue, s.Lost.Seconds())
	count(c.started, s.Started)
	count(c.refused, s.Refused)
	count(c.badMessages, s.BadMessages)
	count(c.panics, s.Panics)
	count(c.resumed, s.Resumed)
	count(c.received, s.ReceivedFrames)
	count(c.sent, s.SentFrames)
	count(c.clears, s.Clears)
	count(c.echoes, s.Echoes)
	count(c.skipped, beats.Missed)
	for ending, n := range s.Ended {
		count(c.ended, n, ending)
	}
	for engine, n := range s.EngineFails {
		count(c.engineFails, n, engine)
	}
	c.lines.collect(ch, s.Lines)
	ch <- histogram(c.response, s.Response.Bounds, s.Response.Counts, s.Response.Sum)
	late := beats.Lateness
	ch <- histogram(c.lateness, late.Bounds(), late.Buckets[:], late.Sum)
}

// histogram returns a metric of counts by bucket, of which the last has no
// bound.
func histogram(d *prometheus.Desc, bounds []time.Duration, counts []uint64, sum time.Duration) prometheus.Metric {
	cumulated := make(map[float64]uint64, len(bounds))
	var total uint64
	for i, n := range counts {
		total += n
		if i < len(bounds) {
			cumulated[bounds[i].Seconds()] = total
		}
	}
	return prometheus.MustNewConstHistogram(d, total, sum.Seconds(), cumulated)
}

// metricsHandler serves the metrics of all, with those of the process and of
// Go.
func metricsHandler(all ...prometheus.Collector) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(all...)
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
