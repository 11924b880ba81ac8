package echo_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/media/echo"
)

// talking lets frames of 20 ms go both ways.
func talking(tb testing.TB, sent, heard []int16) func() {
	g, err := echo.New(8000)
	if err != nil {
		tb.Fatal(err)
	}
	now := epoch
	return func() {
		now = now.Add(20 * ms)
		if sent != nil {
			g.Queue(sent)
			g.Sent(20*ms, now.Add(200*ms))
		}
		g.Hear(now, heard)
		g.Explains()
	}
}

func TestAFrameAllocatesNothing(t *testing.T) {
	frame := talking(t, voice(20*ms, 8000, 6000, 1), voice(20*ms, 8000, 3000, 2))
	frame()
	if n := testing.AllocsPerRun(500, frame); n != 0 {
		t.Errorf("%v allocations a frame, want none", n)
	}
}

// What a frame of 20 ms costs.
func BenchmarkFrame(b *testing.B) {
	loud, quiet := voice(20*time.Second, 8000, 6000, 1)[8000:8160], make([]int16, 160)
	for name, of := range map[string][2][]int16{
		"agent speaks, nothing comes back": {loud, quiet},
		"agent speaks, echo or caller":     {loud, loud},
		"agent is silent":                  {nil, loud},
	} {
		b.Run(name, func(b *testing.B) {
			frame := talking(b, of[0], of[1])
			b.ReportAllocs()
			for b.Loop() {
				frame()
			}
		})
	}
}
