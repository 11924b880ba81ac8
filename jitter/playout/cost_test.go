package playout_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/jitter/playout"
)

// stream pushes and pulls 20 ms at a time, with jitter of sigma.
type stream struct {
	b     *playout.Buffer
	pcm   []int16
	dst   []int16
	late  []time.Duration
	at    int
	next  int
	ready time.Duration
}

func newStream(sigma float64) *stream {
	s := &stream{b: playout.New(playout.Config{Conceal: &filler{}}), pcm: voice(rate), dst: make([]int16, 80)}
	rng := rand.New(rand.NewPCG(5, 6))
	for range 1024 {
		s.late = append(s.late, time.Duration(max(0, (2+rng.NormFloat64())*sigma)*float64(ms)))
	}
	return s
}

func (s *stream) step() {
	now := time.Duration(s.at) * 20 * ms
	s.at++
	for {
		sent := time.Duration(s.next) * 20 * ms
		s.ready = max(s.ready, sent+s.late[s.next%len(s.late)])
		if s.ready > now {
			break
		}
		from := s.next * 160 % (len(s.pcm) - 160)
		_ = s.b.Push(playout.Frame{At: sent, PCM: s.pcm[from : from+160]}, epoch.Add(s.ready))
		s.next++
	}
	for k := range 2 {
		s.b.Pull(s.dst, epoch.Add(now+time.Duration(k)*10*ms))
	}
}

func TestPlayoutAllocatesNothing(t *testing.T) {
	for _, sigma := range []float64{0, 10, 60} {
		s := newStream(sigma)
		for range 500 {
			s.step()
		}
		if n := testing.AllocsPerRun(2000, s.step); n != 0 {
			t.Errorf("jitter of %v ms: %v allocations in 20 ms, want none", sigma, n)
		}
	}
}

func BenchmarkClean(b *testing.B)  { benchmark(b, 0) }
func BenchmarkJitter(b *testing.B) { benchmark(b, 30) }

func benchmark(b *testing.B, sigma float64) {
	s := newStream(sigma)
	for range 500 {
		s.step()
	}
	b.ReportAllocs()
	for b.Loop() {
		s.step()
	}
}
