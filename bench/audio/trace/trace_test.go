package trace_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/bench/audio/trace"
)

const (
	ms      = time.Millisecond
	dropped = 3 * time.Second
)

// Rare stalls of 250 ms on 0.2 % of the packets give 3.4 ms. The published run
// of a minute drew more or longer ones than its share.
func TestLatenessIsThatOfThePublishedTraces(t *testing.T) {
	published := []struct {
		mean, least, most float64 // ms
	}{
		{0, 0, 0},
		{21, 19, 23},
		{71, 64, 78},
		{4.8, 4.7, 5.2},
		{4.2, 4.1, 4.3},
		{6.1, 2.5, 7},
	}
	all := trace.All(1, time.Minute+dropped)
	if len(all) != len(published) {
		t.Fatalf("%d traces, want %d", len(all), len(published))
	}
	for i, want := range published {
		got := float64(all[i].Lateness(dropped).Microseconds()) / 1000
		if got < want.least || got > want.most {
			t.Errorf("%s: mean lateness %.1f ms, published %.1f ms", all[i].Name, got, want.mean)
		}
	}
}

func TestRareStallsAreTwoInAThousandPackets(t *testing.T) {
	tr := trace.All(7, time.Hour)[5]
	stalls := len(tr.Holes(0, 150*ms))
	if share := float64(stalls) / float64(len(tr.Packets)); share < 0.0019 || share > 0.002 {
		t.Errorf("%d stalls in %d packets", stalls, len(tr.Packets))
	}
	if hole := tr.Hole(0); hole > 400*ms {
		t.Errorf("longest hole is %v", hole)
	}
}

func TestPacketsKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, length := rapid.Uint64().Draw(t, "seed"), time.Duration(rapid.IntRange(0, 60_000).Draw(t, "ms"))*ms
		for _, tr := range trace.All(seed, length) {
			if got := tr.Length(); got > length || got <= length-trace.Interval {
				t.Fatalf("%s: %v long, want %v", tr.Name, got, length)
			}
			var last time.Duration
			for i, p := range tr.Packets {
				if p.Sent != time.Duration(i)*trace.Interval || p.Arrived < p.Sent || p.Arrived < last {
					t.Fatalf("%s: packet %d is %v, the one before arrived at %v", tr.Name, i, p, last)
				}
				last = p.Arrived
			}
		}
	})
}

func TestTheSameSeedGivesTheSameTraces(t *testing.T) {
	if diff := cmp.Diff(trace.All(3, time.Minute), trace.All(3, time.Minute)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(trace.All(3, time.Minute), trace.All(4, time.Minute)) {
		t.Error("another seed gives the same traces")
	}
}

func TestAStallHoldsUpWhatIsSentInIt(t *testing.T) {
	tr := trace.OneStall(100*ms, 60*ms, 200*ms)
	var late []time.Duration
	for _, p := range tr.Packets {
		late = append(late, p.Lateness())
	}
	want := []time.Duration{0, 0, 0, 0, 0, 60 * ms, 40 * ms, 20 * ms, 0, 0}
	if diff := cmp.Diff(want, late); diff != "" {
		t.Errorf("lateness (-want +got):\n%s", diff)
	}
	if got := tr.Hole(0); got != 80*ms {
		t.Errorf("longest hole is %v, want 80ms", got)
	}
	if got := tr.Quantile(0, 0.8); got != 40*ms {
		t.Errorf("80 %% are late by %v at most, want 40ms", got)
	}
}

func TestAFileHoldsAWholeTrace(t *testing.T) {
	for _, want := range trace.All(5, 10*time.Second) {
		for i := range want.Packets {
			want.Packets[i].Arrived = want.Packets[i].Arrived.Truncate(time.Microsecond)
		}
		var file bytes.Buffer
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := trace.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, diff)
		}
	}
}

// One lost segment makes a hole of about 1.5 round trips and 20 ms more.
func TestRecordingsHaveTheHolesOfRealTCP(t *testing.T) {
	all, err := trace.Recorded()
	if err != nil || len(all) != 2 {
		t.Fatalf("%d recordings, error %v, want 2", len(all), err)
	}
	for i, want := range []struct{ median, tolerance time.Duration }{{170 * ms, 20 * ms}, {80 * ms, 20 * ms}} {
		tr := all[i]
		if got := tr.Length(); got != time.Minute {
			t.Errorf("%s: %v long", tr.Name, got)
		}
		holes := tr.Holes(dropped, 60*ms)
		slices.Sort(holes)
		if len(holes) < 10 || (holes[len(holes)/2]-want.median).Abs() > want.tolerance {
			t.Errorf("%s: %d holes, want more than 10 with a median near %v: %v", tr.Name, len(holes), want.median, holes)
		}
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	for name, file := range map[string]string{
		"empty":                    "",
		"no numbers":               "name\nsent arrived\n",
		"arrival before sending":   "name\n20 10\n",
		"arrivals out of order":    "name\n0 50\n20 40\n",
		"sent out of order":        "name\n20 50\n0 60\n",
		"a line that has one time": "name\n20\n",
	} {
		if _, err := trace.Read(strings.NewReader(file)); !errors.Is(err, trace.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (trace.Trace{Name: "a\nb"}).Write(&bytes.Buffer{}); !errors.Is(err, trace.ErrFormat) {
		t.Errorf("name of two lines: %v", err)
	}
}
