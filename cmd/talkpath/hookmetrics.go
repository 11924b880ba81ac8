package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/talkpath/talkpath/api"
)

// hookCollector makes metrics of what came to the webhooks and the media
// sockets' handshakes.
type hookCollector struct {
	stats                                func() api.Stats
	verified, refused, replayed, tickets *prometheus.Desc
}

func newHookCollector(d *describer, stats func() api.Stats) *hookCollector {
	return &hookCollector{
		stats:    stats,
		verified: d.counter("webhooks_verified_total", "Webhooks proven to be the carrier's, by the number of the secret that matched, from 0.", "carrier", "key"),
		refused:  d.counter("webhooks_refused_total", "Webhooks refused, by why: unsigned, forged, stale, answered, key.", "carrier", "why"),
		replayed: d.counter("webhooks_replayed_total", "Webhooks that had been seen before.", "carrier"),
		tickets:  d.counter("tickets_refused_total", "Media sockets refused, by why: unknown, used, expired, unsigned, forged, stale.", "why"),
	}
}

// Describe sends the metrics' descriptions.
func (c *hookCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.verified, c.refused, c.replayed, c.tickets} {
		ch <- d
	}
}

// Collect sends the metrics.
func (c *hookCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.stats()
	count := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	for _, t := range s.Verified {
		count(c.verified, t.N, t.Carrier, t.Of)
	}
	for _, t := range s.Refused {
		count(c.refused, t.N, t.Carrier, t.Of)
	}
	for _, t := range s.Replayed {
		count(c.replayed, t.N, t.Carrier)
	}
	for _, t := range s.TicketsRefused {
		count(c.tickets, t.N, t.Of)
	}
}
