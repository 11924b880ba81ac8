package neteq_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/neteq"
	"github.com/talkpath/talkpath/bench/audio/trace"
)

// tone writes a second of 300 Hz to a file.
func tone(t *testing.T) string {
	t.Helper()
	var raw []byte
	for i := range neteq.Rate {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(int16(8000*math.Sin(2*math.Pi*300*float64(i)/neteq.Rate))))
	}
	file := filepath.Join(t.TempDir(), "tone.raw")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func newLab(t *testing.T) *lab.Lab {
	t.Helper()
	return &lab.Lab{Dir: t.TempDir(), Source: "..", Progress: t.Output(), Short: true}
}

func TestNetEqPlaysWhatItIsSent(t *testing.T) {
	l := newLab(t)
	if err := neteq.Missing(l); err != nil {
		t.Skip(err)
	}
	const length = neteq.Drop + 2*time.Second
	traces := []trace.Trace{trace.Clean(length), trace.OneStall(4*time.Second, 300*time.Millisecond, length)}
	results, err := neteq.Run(t.Context(), l, traces, tone(t))
	if err != nil && !errors.Is(err, neteq.ErrDisturbed) { // other tests run beside this one
		t.Fatal(err)
	}
	if len(results) != len(traces)*len(neteq.Codecs()) {
		t.Fatalf("%d results", len(results))
	}
	for i, r := range results {
		if want := traces[i/2].Name; r.Trace != want || r.Codec != neteq.Codecs()[i%2] {
			t.Errorf("result %d is of %s with %s, want %s", i, r.Trace, r.Codec, want)
		}
		if r.Pushed != len(traces[0].Packets) || r.Total.Received == 0 || len(r.Curve()) < 20 {
			t.Errorf("%s, %s: %d packets pushed, %v samples played, %d points", r.Trace, r.Codec, r.Pushed, r.Total.Received, len(r.Curve()))
		}
		if got := r.Total.MeanDelay(); got < 10*time.Millisecond || got > 500*time.Millisecond {
			t.Errorf("%s, %s: mean delay %v", r.Trace, r.Codec, got)
		}
	}
	if clean, stall := results[0].Total.Concealed, results[2].Total.Concealed; stall <= clean {
		t.Errorf("%v samples concealed in a stall and %v without one", stall, clean)
	}
}

func TestWithoutItsPackageItSaysSo(t *testing.T) {
	l := newLab(t)
	l.Source = t.TempDir()
	_, err := neteq.Run(context.Background(), l, nil, "")
	if !errors.Is(err, neteq.ErrMissing) {
		t.Errorf("error %v, want ErrMissing", err)
	}
}
