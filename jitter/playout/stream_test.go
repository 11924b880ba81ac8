package playout_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/jitter/playout"
)

const (
	ms   = time.Millisecond
	rate = 8000
)

var epoch = time.Unix(1000, 0)

// filler conceals with a value that nothing else has, and counts its calls.
type filler struct{ joins, concealed int }

const made = -12345

func (f *filler) Played([]int16) {}
func (f *filler) Join([]int16)   { f.joins++ }
func (f *filler) Conceal(dst []int16) {
	f.concealed += len(dst)
	for i := range dst {
		dst[i] = made
	}
}

// packet is one on its way: sent at its media time.
type packet struct {
	at      time.Duration
	seq     uint64
	arrived time.Duration
}

// steady returns packets of 20 ms that arrive as late as late tells.
func steady(length time.Duration, late func(at time.Duration) time.Duration) []packet {
	var all []packet
	for at := time.Duration(0); at < length; at += 20 * ms {
		all = append(all, packet{at: at, seq: uint64(at/(20*ms)) + 1, arrived: at + late(at)})
	}
	return all
}

func onTime(time.Duration) time.Duration { return 0 }

// stall makes what is sent within length from begin on arrive at its end.
func stall(begin, length time.Duration) func(time.Duration) time.Duration {
	return func(at time.Duration) time.Duration {
		if at >= begin && at < begin+length {
			return begin + length - at
		}
		return 0
	}
}

// voice is speech of a kind: a buzz at 120 Hz, forever.
func voice(n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		for h := 1.0; h < 20; h++ {
			pcm[i] += int16(2500 / h * math.Sin(2*math.Pi*120*h*float64(i)/rate+h*h))
		}
	}
	return pcm
}

// hiss is sound that never repeats itself, so that any eight samples tell where
// they are from.
func hiss(n int) []int16 {
	rng := rand.New(rand.NewPCG(3, 4))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(rng.IntN(16000) - 8000)
	}
	return pcm
}

// rig plays packets to a Buffer and listens.
type rig struct {
	b      *playout.Buffer
	fill   *filler
	heard  []int16
	errs   []error
	each   func(now time.Duration, before playout.Stats, position time.Duration, dst []int16)
	length time.Duration // of a packet
	beat   time.Duration
}

func newRig(cfg playout.Config) *rig {
	r := &rig{fill: &filler{}, length: 20 * ms, beat: 10 * ms}
	cfg.Conceal = r.fill
	r.b = playout.New(cfg)
	return r
}

// run pulls on the beat until end and pushes each packet, in the order given,
// when the time of its arrival has come.
func (r *rig) run(packets []packet, pcm []int16, end time.Duration) playout.Stats {
	dst := make([]int16, int(r.beat/ms)*rate/1000)
	size := int(r.length/ms) * rate / 1000
	for now := 5 * ms; now < end; now += r.beat {
		for len(packets) > 0 && packets[0].arrived <= now {
			p := packets[0]
			from := int(p.at/ms) * rate / 1000 % (len(pcm) - size + 1)
			if err := r.b.Push(playout.Frame{At: p.at, Seq: p.seq, PCM: pcm[from : from+size]}, epoch.Add(p.arrived)); err != nil {
				r.errs = append(r.errs, err)
			}
			packets = packets[1:]
		}
		before, position := r.b.Stats(), r.b.Position()
		r.b.Pull(dst, epoch.Add(now))
		if r.each != nil {
			r.each(now, before, position, dst)
		}
		r.heard = append(r.heard, dst...)
	}
	return r.b.Stats()
}

// near tells whether two times are within d.
func near(a, b, d time.Duration) bool { return max(a-b, b-a) <= d }

func check(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got != want {
		t.Errorf("%s %v, want %v", what, got, want)
	}
}
