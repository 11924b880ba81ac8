package stretch_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/stretch"
)

var rates = []int{8000, 16000, 24000, 48000}

// voice returns n samples of a buzz with a pitch, as vowels have: harmonics up
// to 3 kHz that fall by 6 dB an octave.
func voice(rate, n int, pitch float64) []int16 {
	var period [4096]int16
	for i := range period {
		var x float64
		for h := 1.0; h*pitch < 3000; h++ {
			x += math.Sin(2*math.Pi*h*float64(i)/float64(len(period))+h*h) / h
		}
		period[i] = int16(4000 * x)
	}
	pcm := make([]int16, n)
	for i := range pcm {
		_, phase := math.Modf(float64(i) * pitch / float64(rate))
		pcm[i] = period[int(phase*float64(len(period)))]
	}
	return pcm
}

// hiss returns n samples of noise with a peak.
func hiss(n int, peak float64) []int16 {
	rng := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(peak * (2*rng.Float64() - 1))
	}
	return pcm
}

// steepest returns the largest step between neighbours.
func steepest(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		most = max(most, int(math.Abs(float64(pcm[i])-float64(pcm[i-1]))))
	}
	return most
}

// repeats returns how like pcm is what lies lag samples later.
func repeats(pcm []int16, lag float64) float64 {
	var ab, aa, bb float64
	for i := 0; i+int(lag)+1 < len(pcm); i++ {
		part := lag - math.Floor(lag)
		k := i + int(lag)
		a, b := float64(pcm[i]), float64(pcm[k])*(1-part)+float64(pcm[k+1])*part
		ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
	}
	return ab / math.Sqrt(aa*bb)
}

func TestWholePeriodsComeAndGo(t *testing.T) {
	for _, rate := range rates {
		for _, pitch := range []float64{85, 110, 160, 240, 330} {
			t.Run(fmt.Sprintf("%d Hz, pitch %.0f", rate, pitch), func(t *testing.T) {
				s := stretch.New(rate)
				tape := voice(rate, rate, pitch)
				step := steepest(tape)
				period := float64(rate) / pitch
				at := rate / 2
				for _, change := range []func() int{
					func() int { return -s.Shorten(tape, at, rate, 0.9) },
					func() int { return s.Lengthen(tape, at, rate, 0.9) },
				} {
					n := change()
					if periods := math.Abs(float64(n)) / period; n == 0 || math.Abs(periods-math.Round(periods)) > 0.03+1.1/period {
						t.Errorf("%d samples are %.2f periods, want whole ones", n, periods)
					}
					at -= n
					heard := tape[at-s.Past() : at+rate/10]
					if got := steepest(heard); float64(got) > 1.1*float64(step) {
						t.Errorf("a step of %d, want none above %d", got, step)
					}
					if got := repeats(heard, period); got < 0.97 {
						t.Errorf("repeats itself by %.3f at its pitch", got)
					}
				}
			})
		}
	}
}

func TestWhatHasNoPeriodStaysUnlessItMust(t *testing.T) {
	s := stretch.New(8000)
	tape := hiss(8000, 8000)
	before := slices.Clone(tape)
	if n := s.Shorten(tape, 4000, 1000, 0.85) + s.Lengthen(tape, 4000, 1000, 0.85); n != 0 || !slices.Equal(tape, before) {
		t.Errorf("changed by %d", n)
	}
	if n := s.Shorten(tape, 4000, 1000, -1); n == 0 {
		t.Error("not even where anything will do")
	}
}

// talk is a stream that is played with as many changes as the Stretcher makes.
type talk struct {
	s      *stretch.Stretcher
	tape   []int16
	at     int
	played []int // samples that came and went, by block
}

// play plays blocks of n samples until less than a fifth of a second is left.
func (k *talk) play(n int, change func(k *talk) int) {
	for k.at+len(k.tape)/5 < len(k.tape) {
		k.played = append(k.played, change(k))
		k.s.Played(k.tape[k.at : k.at+n])
		k.at += n
	}
}

func TestSpeechNeverChangesByMoreThanAQuarter(t *testing.T) {
	for _, rate := range rates {
		for _, pitch := range []float64{90, 200} {
			for name, change := range map[string]func(k *talk) int{
				"faster": func(k *talk) int {
					n := k.s.Shorten(k.tape, k.at, rate, 0)
					k.at += n
					return n
				},
				"slower": func(k *talk) int {
					n := k.s.Lengthen(k.tape, k.at, rate, 0)
					k.at -= n
					return -n
				},
			} {
				t.Run(fmt.Sprintf("%d Hz, pitch %.0f, %s", rate, pitch, name), func(t *testing.T) {
					k := &talk{s: stretch.New(rate), tape: voice(rate, 4*rate, pitch), at: rate / 2}
					k.play(rate/100, change)
					const quarter = 25 // blocks
					most, total := 0.0, 0
					for i := range k.played {
						total += k.played[i]
						if i >= quarter {
							sum := 0
							for _, n := range k.played[i-quarter+1 : i+1] {
								sum += n
							}
							out := quarter * rate / 100
							ratio := float64(out+sum) / float64(out)
							most = max(most, ratio, 1/ratio)
						}
					}
					if most > 1.25 {
						t.Errorf("%.3f times within a quarter second", most)
					}
					if share := math.Abs(float64(total)) / float64(len(k.played)*rate/100); share < 0.15 {
						t.Errorf("changed by %.2f in all, want nearly what is allowed", share)
					}
				})
			}
		}
	}
}

// quietTape is half a second of speech, a pause, and speech again.
func quietTape(rate int, pause float64) (tape []int16, silence, end int) {
	speech := voice(rate, rate/2, 120)
	n := int(pause * float64(rate))
	tape = append(slices.Clone(speech), hiss(n, 20)...)
	return append(tape, speech...), len(speech), len(speech) + n
}

func TestInSilenceAnyLengthGoes(t *testing.T) {
	for _, rate := range rates {
		tape, begin, end := quietTape(rate, 0.5)
		s := stretch.New(rate)
		s.Played(tape[:begin])
		n := s.Skip(tape, begin+rate/100, len(tape))
		left := end - (begin + rate/100 + n)
		if left < rate/200 || left > rate/40 {
			t.Errorf("%d Hz: skipped %d, %d of the silence left; want a little", rate, n, left)
		}
		if got := steepest(tape[begin+rate/100+n : end]); got > 60 {
			t.Errorf("%d Hz: a step of %d in the silence", rate, got)
		}
	}
}

func TestInSilenceAnyLengthComes(t *testing.T) {
	for _, rate := range rates {
		tape, begin, _ := quietTape(rate, 0.5)
		s := stretch.New(rate)
		at := begin + rate/4 // 250 ms of it are played
		s.Played(tape[:at])
		n := s.Pad(tape, at, rate/5)
		if n != rate/5 {
			t.Fatalf("%d Hz: padded %d, want %d", rate, n, rate/5)
		}
		if !s.Silent(tape[at-n : at+rate/100]) {
			t.Errorf("%d Hz: the padding is not silent", rate)
		}
	}
}

func TestShortSilenceIsSpeech(t *testing.T) {
	const rate = 8000
	tape, begin, _ := quietTape(rate, 0.12)
	s := stretch.New(rate)
	s.Played(tape[:begin])
	sum := 0
	at := begin
	for range 10 {
		n := s.Skip(tape, at, rate)
		at += n
		sum += n
	}
	if most := rate / 4 * 23 / 100; sum > most {
		t.Errorf("skipped %d of a stop in speech, want %d at most", sum, most)
	}
	s.Played(tape[begin : begin+rate/20])
	if n := s.Pad(tape, begin+rate/20, rate/5); n != 0 {
		t.Errorf("padded %d in a stop", n)
	}
}

func TestSpeechIsNotSkipped(t *testing.T) {
	s := stretch.New(8000)
	tape := voice(8000, 8000, 120)
	s.Played(tape[:4000])
	if n := s.Skip(tape, 4000, 2000) + s.Pad(tape, 4000, 200); n != 0 {
		t.Errorf("changed by %d", n)
	}
}

// TestALoudLineHasPauses has noise at -50 dBFS, which is the line's and not
// speech.
func TestALoudLineHasPauses(t *testing.T) {
	const rate = 8000
	noise := hiss(5*rate, 180)
	s := stretch.New(rate)
	s.Played(noise[:4*rate])
	if !s.Silent(noise[4*rate:]) || !s.Pausing() {
		t.Error("the line's noise is taken for speech")
	}
	if s.Silent(voice(rate, 800, 120)) {
		t.Error("speech is taken for the line's noise")
	}
}

func TestHowItIsCutMakesNoDifference(t *testing.T) {
	tape, begin, _ := quietTape(8000, 0.5)
	run := func(cuts []int) (out []int16, moves []int) {
		s := stretch.New(8000)
		mine := slices.Clone(tape)
		rest := mine[:begin+2400]
		for _, n := range cuts {
			n = min(n, len(rest))
			s.Played(rest[:n])
			rest = rest[n:]
		}
		s.Played(rest)
		at := begin + 2400
		moves = append(moves, s.Pad(mine, at, 500), s.Skip(mine, at, 900), s.Shorten(mine, begin-1000, 200, 0))
		return mine, moves
	}
	want, moves := run(nil)
	rapid.Check(t, func(t *rapid.T) {
		got, other := run(rapid.SliceOf(rapid.IntRange(0, 700)).Draw(t, "cuts"))
		if !slices.Equal(got, want) || !slices.Equal(moves, other) {
			t.Fatalf("moves %v, want %v", other, moves)
		}
	})
}

// TestTheCountsAreExact holds for any sound and any place: what is played goes
// over into what is left, nothing outside is touched, and nothing panics.
func TestTheCountsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]int{0, 1000, 8000, 16000, 48000}).Draw(t, "rate")
		s := stretch.New(rate)
		sound := rapid.SliceOfN(rapid.Int16(), 0, 3000).Draw(t, "sound")
		at := rapid.IntRange(0, len(sound)).Draw(t, "at")
		most := rapid.IntRange(-10, 3000).Draw(t, "most")
		tape := slices.Clone(sound)
		var back int
		switch rapid.IntRange(0, 4).Draw(t, "method") {
		case 0:
			back = -s.Shorten(tape, at, most, -2)
		case 1:
			back = s.Lengthen(tape, at, most, -2)
		case 2:
			back = -s.Skip(tape, at, most)
		case 3:
			back = s.Pad(tape, at, most)
		default:
			back = -s.Cut(tape, at, most)
		}
		moved := at - back
		if moved < 0 || moved > len(tape) || back < -max(most, 0) || back > max(most, 0) {
			t.Fatalf("moved from %d to %d of %d, most %d", at, moved, len(tape), most)
		}
		kept := min(max(at, moved)+s.Ahead(), len(tape))
		if !slices.Equal(tape[kept:], sound[kept:]) {
			t.Fatal("sound far ahead was changed")
		}
		past := min(s.Past(), at, moved)
		if !slices.Equal(tape[moved-max(back, 0)-past:moved-max(back, 0)], sound[at-past:at]) {
			t.Fatal("what was played was changed")
		}
	})
}

func TestStretchingAllocatesNothing(t *testing.T) {
	s := stretch.New(48000)
	tape := voice(48000, 48000, 120)
	if n := testing.AllocsPerRun(100, func() {
		s.Shorten(tape, 20000, 2000, 0)
		s.Lengthen(tape, 20000, 2000, 0)
		s.Skip(tape, 20000, 2000)
		s.Pad(tape, 20000, 2000)
		s.Cut(tape, 20000, 100)
		s.Played(tape[20000:29600])
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkShorten(b *testing.B) {
	for _, rate := range rates {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			s := stretch.New(rate)
			tape := voice(rate, rate, 120)
			b.ReportAllocs()
			for b.Loop() {
				s.Shorten(tape, rate/2, rate, 2) // looks for a period, and never finds one
				s.Played(tape[:rate/50])
			}
		})
	}
}

func BenchmarkPlayed(b *testing.B) {
	s := stretch.New(8000)
	pcm := voice(8000, 160, 120)
	b.ReportAllocs()
	for b.Loop() {
		s.Played(pcm)
	}
}
