package main

import (
	"io"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// describer makes the descriptions of metrics, and keeps what the manual says of
// them.
type describer struct{ all []described }

// described is a metric as it is on the manual's page.
type described struct {
	name, kind, help string
	labels           []string
}

func (d *describer) counter(name, help string, labels ...string) *prometheus.Desc {
	return d.describe("counter", name, help, labels)
}

func (d *describer) gauge(name, help string, labels ...string) *prometheus.Desc {
	return d.describe("gauge", name, help, labels)
}

func (d *describer) histogram(name, help string, labels ...string) *prometheus.Desc {
	return d.describe("histogram", name, help, labels)
}

func (d *describer) describe(kind, name, help string, labels []string) *prometheus.Desc {
	name = "talkpath_" + name
	d.all = append(d.all, described{name, kind, help, labels})
	return prometheus.NewDesc(name, help, labels, nil)
}

// writeMetrics writes the manual's page about the metrics, in Markdown.
func writeMetrics(w io.Writer) error {
	var d describer
	newCollector(&d, nil, nil)
	newHookCollector(&d, nil)
	slices.SortFunc(d.all, func(a, b described) int { return strings.Compare(a.name, b.name) })
	var p page
	p.line("# Metrics")
	p.text("What `GET /metrics` tells Prometheus, beside what its client tells of Go and of the process. Written by `make docs`. " +
		"What those of the sound mean is in [quality.md](quality.md).")
	rows := make([][]string, 0, len(d.all))
	for _, m := range d.all {
		rows = append(rows, []string{"`" + m.name + "`", m.kind, plain(strings.Join(m.labels, ", ")), plain(m.help)})
	}
	p.table([]string{"metric", "kind", "labels", "meaning"}, rows)
	_, err := io.WriteString(w, p.String())
	return err
}
