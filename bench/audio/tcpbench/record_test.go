package tcpbench

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "record the traces of real TCP in bench/audio/trace again")

// TestRecordings writes, when asked to, a minute of one call under each of two
// conditions.
func TestRecordings(t *testing.T) {
	if !*update {
		t.Skip("recordings are kept; -update makes new ones")
	}
	back, err := realtime()
	if err != nil {
		t.Skip(err)
	}
	defer back()
	for _, c := range []condition{
		{rtt: 40 * time.Millisecond, loss: 0.01, calls: callsAtOnce, length: time.Minute, seed: 1},
		{rtt: 100 * time.Millisecond, loss: 0.02, calls: callsAtOnce, length: time.Minute, seed: 1},
	} {
		calls, err := c.run(t.Context())
		if errors.Is(err, errNotPermitted) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("tcp rtt %v loss %g%%", c.rtt, 100*c.loss)
		file := fmt.Sprintf("tcp-rtt%d-loss%g.txt", c.rtt.Milliseconds(), 100*c.loss)
		out, err := os.Create(filepath.Join("..", "trace", "recorded", file))
		if err != nil {
			t.Fatal(err)
		}
		err = calls[0].recording(name).Write(out)
		if err = errors.Join(err, out.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
