package jitterbench

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/jitter/playout"
	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
)

// cost measures what 20 ms of a stream take, without jitter and with much of
// it: process time of one packet and two beats.
func cost(runs int, l time.Duration, pcm []int16) (rows []report.Row) {
	traces := trace.All(1, l)
	for _, t := range []trace.Trace{traces[0], traces[2]} {
		least, allocated := lab.Least{}, 0.0
		for range runs {
			s := newStream(t, pcm)
			for s.next < len(t.Packets)/10 { // to have it settled
				s.step()
			}
			n := (len(t.Packets) - s.next) / 2
			least.Add("20 ms", lab.Spent(n+1, func() { // AllocsPerRun runs it once more
				allocated = max(allocated, testing.AllocsPerRun(n, s.step))
			}))
		}
		rows = append(rows, report.Row{
			Name: "Cost of 20 ms, " + t.Name, Unit: "µs", Decimals: 2,
			Ours: least["20 ms"], Anchor: report.None(), Goal: report.Most(5), SlackPart: 1,
		}, report.Row{
			Name: "Allocations in 20 ms, " + t.Name, Ours: allocated, Anchor: report.None(), Goal: report.Most(0),
		})
	}
	return rows
}

// stream is a trace that is played step by step.
type stream struct {
	t      trace.Trace
	pcm    []int16
	buffer *playout.Buffer
	dst    []int16
	next   int // packet
	beats  int
}

func newStream(t trace.Trace, pcm []int16) *stream {
	return &stream{
		t: t, pcm: pcm, dst: make([]int16, samples(beat)),
		buffer: playout.New(playout.Config{Rate: rate, Conceal: conceal.New(rate, noise.New(rate))}),
	}
}

// step is two beats, and the packets that come within them.
func (s *stream) step() {
	zero := time.Unix(0, 0)
	size := samples(trace.Interval)
	for range trace.Interval / beat {
		now := phase + time.Duration(s.beats)*beat
		s.beats++
		for s.next < len(s.t.Packets) && s.t.Packets[s.next].Arrived <= now {
			p := s.t.Packets[s.next]
			from := s.next * size % (len(s.pcm) - size + 1)
			// The errors are counted in the Stats.
			_ = s.buffer.Push(playout.Frame{At: p.Sent, PCM: s.pcm[from : from+size]}, zero.Add(p.Arrived))
			s.next++
		}
		s.buffer.Pull(s.dst, zero.Add(now))
	}
}
