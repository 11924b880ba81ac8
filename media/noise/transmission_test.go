package noise_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/noise"
)

const frameSize = 160

// send passes pcm to s by frames, with speech as a function of the frame, and
// returns what became of each.
func send(s *noise.Sender, pcm []int16, speech func(int) bool) (sends []noise.Send, described []noise.Description) {
	for i := 0; len(pcm) >= frameSize; i, pcm = i+1, pcm[frameSize:] {
		what, d := s.Push(pcm[:frameSize], speech(i))
		sends = append(sends, what)
		if what == noise.SendNoise {
			described = append(described, d)
		}
	}
	return sends, described
}

func never(int) bool { return false }

func TestSpeechIsSentAndItsHangoverAndThenADescription(t *testing.T) {
	s := noise.NewSender(noise.SenderConfig{Rate: 8000, Hangover: 100 * ms})
	sends, described := send(s, filtered(1, 8000, -50), func(i int) bool { return i < 10 })
	for i, got := range sends {
		want := noise.SendNothing
		switch {
		case i < 15: // ten frames of speech and 100 ms
			want = noise.SendSpeech
		case i == 15:
			want = noise.SendNoise
		}
		if got != want {
			t.Fatalf("frame %d: %v, want %v", i, got, want)
		}
	}
	if d := described[0]; d.Order != noise.MaxOrder || math.Abs(d.Level+50) > 1 {
		t.Errorf("described as %+v", d)
	}
}

func TestSpeechCutsInAtOnce(t *testing.T) {
	s := noise.NewSender(noise.SenderConfig{Rate: 8000})
	sends, _ := send(s, filtered(1, 16000, -50), func(i int) bool { return i >= 60 })
	if sends[59] == noise.SendSpeech || sends[60] != noise.SendSpeech {
		t.Errorf("sends %v around the start of speech", sends[58:62])
	}
}

func TestSteadyNoiseIsDescribedTwiceASecondAtMost(t *testing.T) {
	for name, filter := range map[string][]float64{"white": nil, "falling": {-0.95}, "with a peak": {-1.6, 0.9}} {
		for _, level := range []float64{-35, -55, -75} {
			s := noise.NewSender(noise.SenderConfig{Rate: 8000})
			_, described := send(s, filtered(2, 15*8000, level, filter...), never)
			if n := len(described); n < 7 || n > 30 {
				t.Errorf("%s at %v: %d descriptions in 15 s, want one in 2 s to two a second", name, level, n)
			}
		}
	}
}

func TestSilenceIsNotDescribedAgainButRefreshed(t *testing.T) {
	s := noise.NewSender(noise.SenderConfig{Rate: 8000, Refresh: 5 * time.Second})
	_, described := send(s, make([]int16, 20*8000), never)
	if n := len(described); n != 4 {
		t.Errorf("%d descriptions in 20 s, want one in 5 s", n)
	}
}

func TestANoiseThatMovesIsDescribedAgain(t *testing.T) {
	for name, next := range map[string][]int16{
		"louder": filtered(4, 24000, -40), "softer": filtered(4, 24000, -60), "another colour": filtered(4, 24000, -50, -0.9),
	} {
		t.Run(name, func(t *testing.T) {
			s := noise.NewSender(noise.SenderConfig{Rate: 8000, Refresh: time.Hour})
			send(s, filtered(3, 24000, -50), never)
			sends, described := send(s, next, never)
			if at := slices.Index(sends, noise.SendNoise); at < 0 || at > 25 {
				t.Errorf("described %d frames after the change, want within half a second", at)
			}
			a := noise.NewAnalyzer(8000)
			a.Push(next)
			last, want := described[len(described)-1], a.Noise()
			if math.Abs(last.Level-want.Level) > 1.6 || math.Abs(last.Reflection[0]-want.Reflection[0]) > 0.15 {
				t.Errorf("described in the end as %+v, want %+v", last, want)
			}
		})
	}
}

func TestTheLevelAloneIsOneByte(t *testing.T) {
	s := noise.NewSender(noise.SenderConfig{Rate: 8000, LevelOnly: true})
	_, described := send(s, filtered(5, 8000, -50, -0.9), never)
	if len(described) == 0 || described[0].Order != 0 || len(described[0].Append(nil)) != 1 {
		t.Errorf("described as %+v", described)
	}
}

// receive makes the sound of what s sends.
func receive(s *noise.Sender, r *noise.Receiver, pcm []int16, speech func(int) bool) (heard []int16, sends []noise.Send) {
	for i := 0; len(pcm) >= frameSize; i, pcm = i+1, pcm[frameSize:] {
		out := slices.Clone(pcm[:frameSize])
		what, d := s.Push(out, speech(i))
		switch what {
		case noise.SendSpeech:
			r.Speech(out)
		case noise.SendNoise:
			r.Noise(d, out)
		case noise.SendNothing:
			r.Nothing(out)
		}
		heard, sends = append(heard, out...), append(sends, what)
	}
	return heard, sends
}

func TestWhatIsHeardIsAsLoudAsTheLine(t *testing.T) {
	pcm := filtered(6, 10*8000, -48, -0.7)
	talks := func(i int) bool { return i%100 < 40 } // every two seconds
	heard, sends := receive(noise.NewSender(noise.SenderConfig{Rate: 8000}), noise.NewReceiver(8000), pcm, talks)
	if !slices.Contains(sends, noise.SendNothing) {
		t.Fatal("all was sent")
	}
	const part = 800 // 100 ms
	for at := 0; at+part <= len(pcm); at += part {
		if x, y := level(pcm[at:at+part]), level(heard[at:at+part]); math.Abs(x-y) > 2.5 {
			t.Errorf("at %d ms: heard %.1f dBFS, the line has %.1f", at/8, y, x)
		}
	}
}

func TestNoiseAndSpeechJoinWithoutAStep(t *testing.T) {
	r := noise.NewReceiver(8000)
	loud := slices.Repeat([]int16{9000}, frameSize)
	heard := slices.Clone(loud)
	r.Speech(heard)
	gap := make([]int16, frameSize)
	r.Noise(noise.Description{Level: -60}, gap)
	heard = append(heard, gap...)
	back := slices.Repeat([]int16{-7000}, frameSize)
	r.Speech(back)
	heard = append(heard, back...)
	// A ramp from 9000 to noise or from noise to -7000 takes 40 samples.
	if got := steepest(heard); got > 1500 {
		t.Errorf("a step of %d", got)
	}
	if last := heard[len(heard)-1]; last != -7000 {
		t.Errorf("speech ends at %d, want it unchanged behind the join", last)
	}
}

func TestAFrameLostWithinSpeechIsNotNoise(t *testing.T) {
	r := noise.NewReceiver(8000)
	dst := []int16{5, 5, 5}
	if r.Nothing(dst) || !slices.Equal(dst, []int16{5, 5, 5}) {
		t.Error("noise before any description")
	}
	r.Noise(noise.Description{Level: -40}, dst)
	if !r.Nothing(dst) {
		t.Error("no noise behind a description")
	}
	r.Speech([]int16{1, 2, 3})
	if r.Nothing(dst) {
		t.Error("noise within speech")
	}
}

func TestTheSizeOfFramesDoesNotMatterToTheSender(t *testing.T) {
	pcm := filtered(7, 3*8000, -50, -0.8)
	rapid.Check(t, func(t *rapid.T) {
		s := noise.NewSender(noise.SenderConfig{Rate: 8000})
		size := rapid.SampledFrom([]int{80, 160, 240, 480}).Draw(t, "size")
		spoken := rapid.IntRange(0, 8000).Draw(t, "spoken")
		first := -1
		for at := 0; at+size <= len(pcm) && first < 0; at += size {
			if what, _ := s.Push(pcm[at:at+size], at < spoken); what == noise.SendNoise {
				first = at
			}
		}
		end := (spoken + size - 1) / size * size
		if quiet := first - end; quiet < 1280-size || quiet > 1280+size { // a hangover of 160 ms
			t.Fatalf("described %d samples after speech", quiet)
		}
	})
}

func TestTransmissionAllocatesNothing(t *testing.T) {
	s, r := noise.NewSender(noise.SenderConfig{Rate: 8000, Refresh: 100 * ms}), noise.NewReceiver(8000)
	pcm, out, payload := filtered(8, frameSize, -50), make([]int16, frameSize), make([]byte, 0, 11)
	i := 0
	n := testing.AllocsPerRun(1000, func() {
		i++
		switch what, d := s.Push(pcm, i%50 < 10); what {
		case noise.SendSpeech:
			r.Speech(out)
		case noise.SendNoise:
			d, _ = noise.Parse(d.Append(payload))
			r.Noise(d, out)
		case noise.SendNothing:
			r.Nothing(out)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkSender(b *testing.B) {
	s := noise.NewSender(noise.SenderConfig{Rate: 8000})
	pcm := filtered(9, 8000, -50, -0.9)
	b.ReportAllocs()
	for at := 0; b.Loop(); at = (at + frameSize) % len(pcm) {
		s.Push(pcm[at:at+frameSize], false)
	}
}
