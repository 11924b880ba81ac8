package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/talkpath/talkpath/telephony/sim"
)

// scrape is a server's metrics at one time.
type scrape struct {
	at       time.Time
	families map[string]*dto.MetricFamily
}

// readMetrics reads a server's metrics.
func readMetrics(ctx context.Context, url string) (*scrape, error) {
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("metrics: %s", res.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(res.Body)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return &scrape{at: time.Now(), families: families}, nil
}

// value returns a counter or gauge without labels, zero where it isn't there.
func (s *scrape) value(name string) float64 {
	family := s.families[name]
	if family == nil || len(family.GetMetric()) == 0 {
		return 0
	}
	m := family.GetMetric()[0]
	return m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
}

// serverCost is what a load cost the server.
type serverCost struct {
	CPUPerCall    float64 `json:"cpu_per_call"`     // parts of a core, while all calls were up
	MemoryPerCall float64 `json:"memory_per_call"`  // bytes of resident memory
	HeapPerCall   float64 `json:"heap_per_call"`    // bytes of heap and stacks in use
	Received      float64 `json:"received_frames"`  // audio messages that the server counted
	LatenessP99MS float64 `json:"send_late_p99_ms"` // upper bound of the bucket
	Skipped       float64 `json:"beats_skipped"`
	LostSeconds   float64 `json:"lost_s"`
}

// cost reads the metrics a last time and returns what the load cost; nil
// where the server tells nothing.
func (w *watcher) cost(ctx context.Context, calls int) *serverCost {
	defer w.close()
	<-w.done
	end, err := readMetrics(ctx, w.url)
	if err != nil || w.before == nil || w.from == nil || w.to == nil {
		return nil
	}
	rise := func(from, to *scrape, name string) float64 {
		return to.value(name) - from.value(name)
	}
	n := float64(calls)
	return &serverCost{
		CPUPerCall:    rise(w.from, w.to, "process_cpu_seconds_total") / w.to.at.Sub(w.from.at).Seconds() / n,
		MemoryPerCall: rise(w.before, w.to, "process_resident_memory_bytes") / n,
		HeapPerCall: (rise(w.before, w.to, "go_memstats_heap_inuse_bytes") +
			rise(w.before, w.to, "go_memstats_stack_inuse_bytes")) / n,
		Received:      rise(w.before, end, "talkpath_frames_received_total"),
		LatenessP99MS: 1000 * quantile(w.from, w.to, "talkpath_send_lateness_seconds", 0.99),
		Skipped:       rise(w.from, w.to, "talkpath_beats_skipped_total"),
		LostSeconds:   rise(w.before, end, "talkpath_lost_seconds_total"),
	}
}

// quantile returns the upper bound, in seconds, of the bucket in which a
// quantile of what was counted between two scrapes lies.
func quantile(from, to *scrape, name string, q float64) float64 {
	counts := map[float64]float64{}
	add := func(s *scrape, sign float64) (total float64) {
		family := s.families[name]
		if family == nil || len(family.GetMetric()) == 0 {
			return 0
		}
		h := family.GetMetric()[0].GetHistogram()
		for _, b := range h.GetBucket() {
			counts[b.GetUpperBound()] += sign * float64(b.GetCumulativeCount())
		}
		return sign * float64(h.GetSampleCount())
	}
	total := add(to, 1) + add(from, -1)
	largest := 0.0 // stays zero where nothing was counted
	for _, bound := range slices.Sorted(maps.Keys(counts)) {
		if math.IsInf(bound, 1) {
			break // beyond the largest bound, which is then said
		}
		largest = bound
		if counts[bound] >= q*total {
			break
		}
	}
	if total == 0 {
		return 0
	}
	return largest
}

// printLoad prints what came of a load, for a person.
func printLoad(w io.Writer, r loadResult) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	row := func(name, format string, args ...any) {
		t.AppendRow(table.Row{name, fmt.Sprintf(format, args...)})
	}
	row("calls set up", "%d of %d, %d to the end", r.SetUp, r.Calls, r.Lasted)
	defer printEnds(w, r)
	defer t.Render()
	if r.SetUp == 0 {
		return
	}
	row("set-up time", "%s", spread(r.Setup))
	row("response time", "%s", spread(r.Response))
	row("turns answered", "%d of %d", r.Answered, r.Turns)
	row("frames sent, received", "%d, %d", r.SentFrames, r.ReceivedFrames)
	row("underruns", "%d, longest gap %v", r.Underruns, r.GapMax)
	row("violations", "%d", r.Violations)
	row("simulator late", "%s", spread(r.BeatLate))
	if n := r.Network; n != nil {
		row("network", "%s", throughNetwork(n))
	}
	if s := r.Server; s != nil {
		row("frames the server got", "%.0f, lost %.0f", s.Received, float64(r.SentFrames)-s.Received)
		row("server send lateness", "p99 <= %.1f ms, %.0f beats skipped", s.LatenessP99MS, s.Skipped)
		row("server CPU", "%.4f %% of a core per call", 100*s.CPUPerCall)
		row("server memory", "%.1f KiB per call resident, %.1f KiB heap and stacks", s.MemoryPerCall/1024, s.HeapPerCall/1024)
	}
}

// printEnds prints why calls failed and how the others ended.
func printEnds(w io.Writer, r loadResult) {
	for cause, n := range r.Causes {
		_, _ = fmt.Fprintf(w, "failed %d times: %s\n", n, cause)
	}
	for ending, n := range r.Endings {
		_, _ = fmt.Fprintf(w, "ended %d times: %s\n", n, ending)
	}
	for _, e := range r.Errors {
		_, _ = fmt.Fprintln(w, "error:", e)
	}
}

func spread(p sim.Percentiles) string {
	if p.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("p50 %.1f, p95 %.1f, p99 %.1f, max %.1f ms", p.P50, p.P95, p.P99, p.Max)
}
