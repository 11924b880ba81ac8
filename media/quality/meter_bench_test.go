package quality_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/quality"
)

var (
	mulaw = media.Format{Encoding: media.PCMU, Rate: 8000}
	epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// frame is what a call asks of its meter in 20 ms: a message of the caller's,
// its sound, and a beat.
type frame struct {
	meter *quality.Meter
	now   time.Time
	msg   media.Frame
	pcm   []int16
	level float64
}

func newFrame(level float64) *frame {
	return &frame{
		meter: quality.New(quality.Config{Format: mulaw}), now: epoch, level: level,
		msg: media.Frame{Format: mulaw, Payload: make([]byte, 160)}, pcm: make([]int16, 160),
	}
}

func (f *frame) pass() {
	f.now = f.now.Add(20 * time.Millisecond)
	f.meter.At(f.now)
	f.meter.Passed()
	f.meter.Dry()
	f.meter.Arrived(f.msg)
	f.meter.Heard(f.pcm, f.level, true)
	f.msg.At += 20 * time.Millisecond
}

func BenchmarkFrame(b *testing.B) {
	for name, level := range map[string]float64{"quiet": -40, "loud": -15} {
		b.Run(name, func(b *testing.B) {
			f := newFrame(level)
			b.ReportAllocs()
			for b.Loop() {
				f.pass()
			}
		})
	}
}

func TestAFrameAllocatesNothing(t *testing.T) {
	f := newFrame(-15)
	position := time.Duration(0)
	if n := testing.AllocsPerRun(1000, func() {
		f.pass()
		f.pass()
		if f.meter.Dry() {
			f.meter.Waits(quality.Voice)
		}
		f.meter.Concealed(0)
		f.meter.Sent(15 * time.Millisecond)
		position += 19 * time.Millisecond
		f.meter.Marked(position)
		f.meter.MarkPlayed(position)
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
	if m := f.meter.Measures(f.now); m.Received < 20*time.Second || m.Out.Marks < 1000 || m.Out.Voice.Times < 1000 {
		t.Errorf("the frames did nothing: %+v", m.Out)
	}
}
