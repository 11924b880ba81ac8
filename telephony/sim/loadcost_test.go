package sim_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// mute is a socket that takes everything and says over and over what a server
// that speaks would say. It allocates nothing.
type mute struct {
	speech telephony.Message
	beat   *time.Ticker
	closed chan struct{}
	over   atomic.Bool
}

func (m *mute) Read() (telephony.Message, error) {
	select {
	case <-m.beat.C:
		return m.speech, nil
	case <-m.closed:
		return telephony.Message{}, errors.New("closed")
	}
}

func (m *mute) Write(telephony.Message) error { return nil }

func (m *mute) Close(int, string) error {
	if !m.over.Swap(true) {
		m.beat.Stop()
		close(m.closed)
	}
	return nil
}

// named is the call that all mute sockets belong to, so that one message fits
// them all.
var named = telephony.PeerCall{CallID: "c", StreamID: "s"}

// dialMute returns a dialler of mute sockets.
func dialMute(carrier telephony.Carrier) func(context.Context, string, http.Header) (telephony.Conn, error) {
	return func(context.Context, string, http.Header) (telephony.Conn, error) {
		stream, err := carrier.Peer.Open(telephony.Stream{}, named)
		if err != nil {
			return nil, err
		}
		start := stream.Start()
		begun, err := stream.Encode(nil, telephony.Event{Kind: telephony.Started, Start: &start})
		if err != nil {
			return nil, err
		}
		wire := carrier.NewWire(url.Values{})
		if _, err = wire.Decode(begun); err != nil {
			return nil, err
		}
		size := max(carrier.Quirks.Chunk.Min, start.Format.Bytes(20*ms))
		frame := media.Frame{Format: start.Format, Payload: make([]byte, size)}
		msg, err := wire.Encode(nil, telephony.Event{Kind: telephony.Audio, Frame: frame})
		return &mute{
			speech: msg, closed: make(chan struct{}), beat: time.NewTicker(start.Format.Duration(size)),
		}, err
	}
}

// muteLoad runs calls against mute sockets for hold and returns the frames in
// both directions and the allocations.
func muteLoad(t testing.TB, carrier telephony.Carrier, plan sim.LoadPlan) (frames, mallocs float64) {
	cfg := sim.Config{Carrier: carrier, Codecs: codecs(), Dial: dialMute(carrier)}
	target := sim.Target{MediaURL: "wss://agent.example/", Call: named}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report, err := sim.Load(t.Context(), cfg, target, plan)
	runtime.ReadMemStats(&after)
	if err != nil || report.Lasted != plan.Calls || report.Violations > 0 {
		t.Fatalf("%+v %v", report, err)
	}
	return float64(report.SentFrames + report.ReceivedFrames), float64(after.Mallocs - before.Mallocs)
}

func TestLoadAllocatesNothingPerFrame(t *testing.T) {
	for _, carrier := range []telephony.Carrier{onTwilio(nil).carrier, onExotel(0, nil).carrier} {
		synctest.Test(t, func(t *testing.T) {
			short, shortMallocs := muteLoad(t, carrier, sim.LoadPlan{Calls: 20, Hold: 10 * time.Second})
			long, longMallocs := muteLoad(t, carrier, sim.LoadPlan{Calls: 20, Hold: 60 * time.Second})
			perFrame := (longMallocs - shortMallocs) / (long - short)
			// What grows with the time are a few slices of samples, doubled
			// now and then.
			if perFrame > 0.01 {
				t.Errorf("%s: %.4f allocations a frame over %.0f frames", carrier.Name(), perFrame, long-short)
			}
		})
	}
}

// BenchmarkLoad measures the simulator's own CPU time for a frame, in and
// out, without sockets.
func BenchmarkLoad(b *testing.B) {
	for _, carrier := range []telephony.Carrier{onTwilio(nil).carrier, onExotel(0, nil).carrier} {
		b.Run(carrier.Name(), func(b *testing.B) {
			var frames float64
			begun := cpuTime(b)
			for b.Loop() {
				n, _ := muteLoad(b, carrier, sim.LoadPlan{Calls: 500, Hold: 2 * time.Second})
				frames += n
			}
			b.ReportMetric(float64(cpuTime(b)-begun)/frames, "cpu-ns/frame")
		})
	}
}

// cpuTime returns what this process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
