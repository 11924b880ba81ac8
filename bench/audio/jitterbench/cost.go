package jitterbench

import (
	"slices"
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
// it: process time of one packet and two beats, the median of three.
func cost(l time.Duration, pcm []int16) (rows []report.Row) {
	traces := trace.All(1, l)
	for _, t := range []trace.Trace{traces[0], traces[2]} {
		const times = 3
		took := make([]float64, 0, times)
		var allocated float64
		for range times {
			s := newStream(t, pcm)
			for s.next < len(t.Packets)/10 { // to have it settled
				s.step()
			}
			begin := lab.CPU()
			from := s.beats
			allocated = max(allocated, testing.AllocsPerRun((len(t.Packets)-s.next)/2, s.step))
			end := lab.CPU()
			took = append(took, float64((end-begin).Nanoseconds())/1000/float64(s.beats-from)*2)
		}
		slices.Sort(took)
		rows = append(rows, report.Row{
			Name: "Cost of 20 ms, " + t.Name, Unit: "µs", Decimals: 2,
			Ours: took[times/2], Anchor: report.None(), Goal: report.Most(5), SlackPart: 1,
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
