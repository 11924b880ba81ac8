//go:build e2e

package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/ledger"
)

func TestTheRecordTellsWhyACallWasChoppy(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := call(t, "--carrier", "twilio", "--url", s.URL, "--network", "stalls", "--seed", "7",
		"--say", "what are your opening hours", "--say", "i would like to book an appointment", "--say", "goodbye")
	var one ledger.Record
	if code := s.get("/v1/calls/"+s.record(r.Call).ID, &one); code != 200 || one.Quality == nil {
		t.Fatalf("%d, quality %v", code, one.Quality)
	}
	q := one.Quality
	found := false
	for _, f := range q.Findings {
		found = found || f.Hop == "carrier_to_us" && f.Code == "stalls" && f.Unit == "ms" && f.Figure >= 150
	}
	if !found || q.Caller.Stalls == 0 || q.Caller.HoleMaxMS < 150 || q.Caller.LatenessMS.Max < 150 {
		t.Errorf("no stall of the carrier's is found: %+v, %+v", q.Findings, q.Caller)
	}
	if !strings.Contains(q.Summary, "Blame: ") || !strings.Contains(q.Summary, "the carrier's network") || r.Quality != q.Summary {
		t.Errorf("the server says %q, the call's report %q", q.Summary, r.Quality)
	}
	if q.Caller.Score == nil || q.Caller.Score.MOS > 4.2 || q.Agent.Score == nil {
		t.Errorf("scores %+v and %+v", q.Caller.Score, q.Agent.Score)
	}
	metrics := s.metrics()
	for _, line := range []string{
		`talkpath_call_mos_count{carrier="twilio",direction="caller"} 1`,
		`talkpath_call_findings_total{code="stalls",hop="carrier_to_us",severity=`,
		`talkpath_arrival_lateness_seconds_bucket{le="0.005"}`,
		`talkpath_agent_holes_seconds_total{cause="voice"}`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s in the metrics", line)
		}
	}
}

// metrics returns what the server shows to Prometheus.
func (s *server) metrics() string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.URL+"/metrics", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}
