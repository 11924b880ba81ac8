package neteq //nolint:testpackage // what the node program writes is read by no exported function

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// told is a document of the node program with one result of 100 packets.
func told(received int, p99, most float64) []byte {
	return fmt.Appendf(nil, `{"results":[{"trace":"clean","codec":"PCMU","pushed":100,
		"push_error_ms":{"p50":0.1,"p99":%g,"p999":%g,"max":%g},
		"total":{"jitterBufferDelay":320,"jitterBufferEmittedCount":8000,"totalSamplesReceived":8000,"concealedSamples":80},
		"samples":[
			{"at_ms":200,"jitterBufferDelay":64,"jitterBufferTargetDelay":80,"jitterBufferEmittedCount":1600,"packetsReceived":10},
			{"at_ms":400,"jitterBufferDelay":64,"jitterBufferTargetDelay":80,"jitterBufferEmittedCount":1600,"packetsReceived":10},
			{"at_ms":600,"jitterBufferDelay":224,"jitterBufferTargetDelay":160,"jitterBufferEmittedCount":3200,"packetsReceived":%d}]}]}`,
		p99, most, most, received)
}

func TestFiguresAreThoseOfTheSamplesBetween(t *testing.T) {
	results, err := parse(told(99, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	r := results[0]
	if got := r.Total.MeanDelay(); got != 40*time.Millisecond {
		t.Errorf("mean delay %v, want 40ms", got)
	}
	if got := r.Total.ConcealedShare(); got != 0.01 {
		t.Errorf("concealed share %v, want 0.01", got)
	}
	curve := r.Curve()
	want := []Point{
		{200 * time.Millisecond, 40 * time.Millisecond, 50 * time.Millisecond},
		{600 * time.Millisecond, 100 * time.Millisecond, 50 * time.Millisecond},
	}
	if len(curve) != 2 || curve[0] != want[0] || curve[1] != want[1] {
		t.Errorf("curve %v, want %v", curve, want)
	}
}

func TestARunThatIsNotTheTraceIsNoMeasurement(t *testing.T) {
	for name, c := range map[string]struct {
		received  int
		p99, most float64
		want      error
	}{
		"as it should be":       {98, 2, 19, nil},
		"often late":            {98, 4, 19, ErrDisturbed},
		"once very late":        {98, 1, 21, ErrDisturbed},
		"packets lost":          {70, 1, 2, ErrLost},
		"packets nobody pushed": {101, 1, 2, ErrLost},
	} {
		results, err := parse(told(c.received, c.p99, c.most))
		if !errors.Is(err, c.want) || len(results) != 1 {
			t.Errorf("%s: %d results, error %v, want %v", name, len(results), err, c.want)
		}
	}
	if _, err := parse([]byte("{")); err == nil {
		t.Error("half a document is taken")
	}
}
