package jitterbench

import (
	"time"

	"github.com/talkpath/talkpath/bench/audio/neteq"
	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/jitter/playout"
	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
)

const (
	rate = neteq.Rate
	// beat is that of the listener, NetEq's too, and phase how long after the
	// sending of a packet one of its beats is: the mean of what it may be.
	beat  = 10 * time.Millisecond
	phase = beat / 2
)

// step is what one beat of the listener found.
type step struct {
	at    time.Duration // since the first packet was sent
	media time.Duration // of what was played, as the buffer tells it
	stats playout.Stats // behind it
}

// run is what our buffer did on a trace.
type run struct {
	trace  trace.Trace
	steps  []step
	played []int16 // what the listener heard
}

// play plays pcm, one packet after another, over a trace.
func play(t trace.Trace, pcm []int16, cfg playout.Config) run {
	cfg.Rate = rate
	cfg.Conceal = conceal.New(rate, noise.New(rate))
	b := playout.New(cfg)
	zero := time.Unix(0, 0)
	size := rate * int(trace.Interval/time.Millisecond) / 1000
	r := run{trace: t}
	dst := make([]int16, rate*int(beat/time.Millisecond)/1000)
	next := 0
	for at := phase; at < t.Length(); at += beat {
		for next < len(t.Packets) && t.Packets[next].Arrived <= at {
			from := next * size % (len(pcm) - size + 1)
			// The errors are counted in the Stats.
			_ = b.Push(playout.Frame{At: t.Packets[next].Sent, PCM: pcm[from : from+size]}, zero.Add(t.Packets[next].Arrived))
			next++
		}
		media := b.Position()
		b.Pull(dst, zero.Add(at))
		r.steps = append(r.steps, step{at: at, media: media, stats: b.Stats()})
		r.played = append(r.played, dst...)
	}
	return r
}
