package tcpbench

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestALinkDelaysBothWaysAndLosesItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock in here is fake
		const packets = 1000
		near, nearEnd := net.Pipe()
		far, farEnd := net.Pipe()
		l := &link{near: nearEnd, far: farEnd, rtt: 40 * ms, loss: 0.1, delivered: func([]byte, time.Time) {}}
		l.start(1)
		defer l.stop()
		for name, way := range map[string]struct{ from, to net.Conn }{"there": {near, far}, "back": {far, near}} {
			begin := time.Now()
			go func() {
				for i := range packets {
					_, _ = way.from.Write([]byte{byte(i)})
				}
			}()
			_ = way.to.SetReadDeadline(begin.Add(time.Second))
			got, buf := 0, make([]byte, largest)
			var took time.Duration
			for {
				n, err := way.to.Read(buf)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					break
				}
				if err != nil || n != 1 {
					t.Fatalf("%s: read %d bytes, %v", name, n, err)
				}
				got++
				took = time.Since(begin)
			}
			if got < packets*85/100 || got > packets*95/100 || took != 20*ms {
				t.Errorf("%s: %d of %d packets came, the last after %v", name, got, packets, took)
			}
		}
	})
}

// devices returns the names of the network devices that the program sees.
func devices(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(all))
	for _, i := range all {
		names = append(names, i.Name)
	}
	return strings.Join(names, " ")
}

func TestACancelledRunLeavesNothingBehind(t *testing.T) {
	if _, err := probe(); err != nil {
		t.Skip(err)
	}
	before, files := devices(t), openFiles(t)
	ctx, cancel := context.WithTimeout(t.Context(), 600*ms)
	defer cancel()
	c := condition{rtt: 40 * ms, loss: 0.02, calls: 3, length: time.Hour, seed: 1}
	if _, err := c.run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline's", err)
	}
	if after := devices(t); after != before {
		t.Errorf("devices %q, before there were %q", after, before)
	}
	if after := openFiles(t); after > files {
		t.Errorf("%d files are open, before there were %d", after, files)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(all)
}
