package echo_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/echo"
)

const ms = time.Millisecond

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// voice returns noise in syllables and words, of a length and mean loudness.
func voice(length time.Duration, rate int, loud float64, seed uint64) []int16 {
	rng := rand.New(rand.NewPCG(seed, 1))
	pcm := make([]int16, media.PCMSamples(length, rate))
	syllable := 0
	for at := 0; at < len(pcm); at += syllable {
		syllable = rate * (80 + rng.IntN(150)) / 1000
		gain := loud * (0.3 + rng.Float64())
		if at > 0 && rng.IntN(5) == 0 {
			gain = 0 // between words
		}
		color := rng.Float64() // of the vowel: how much of it is in the lower band
		low := 0.0
		for i := range min(syllable, len(pcm)-at) {
			white := rng.NormFloat64()
			low += 0.3 * float64(8000) / float64(rate) * (white - low)
			shape := math.Sin(math.Pi * float64(i) / float64(syllable))
			pcm[at+i] = int16(gain * shape * (color*3*low + (1-color)*white))
		}
	}
	return pcm
}

// line is a call with an echo, and time.
type line struct {
	t      testing.TB
	guard  *echo.Guard
	rate   int
	now    time.Time
	delay  time.Duration
	gain   float64 // of the echo; zero for none
	played []int16 // since the line began
	rng    *rand.Rand
}

func newLine(t testing.TB, rate int, loss float64, delay time.Duration) *line {
	t.Helper()
	g, err := echo.New(rate)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, guard: g, rate: rate, now: epoch, delay: delay, rng: rand.New(rand.NewPCG(9, 9))}
	if loss > 0 {
		l.gain = math.Pow(10, -loss/20)
	}
	return l
}

// speak lets the agent say pcm, 100 ms ahead, with the caller's sound from
// caller under it, and calls each behind every frame. Both begin now.
func (l *line) speak(pcm, caller []int16, each func(at time.Duration, explained bool)) {
	const frame = 20 * ms
	n := media.PCMSamples(frame, l.rate)
	l.guard.Queue(pcm)
	began, sent := l.now, time.Duration(0)
	total := max(len(pcm), len(caller))
	for at := 0; at < total; at += n {
		for sent < media.PCMDuration(at, l.rate)+100*ms && sent < media.PCMDuration(len(pcm), l.rate) {
			l.guard.Sent(frame, began.Add(sent))
			sent += frame
		}
		l.played = append(l.played, part(pcm, at, n)...)
		l.now = l.now.Add(frame)
		l.guard.Hear(l.now, l.heard(part(caller, at, n)))
		explained, _ := l.guard.Explains()
		if each != nil {
			each(l.now.Sub(began), explained)
		}
	}
}

// heard adds the line's noise and its echo to what the caller says.
func (l *line) heard(caller []int16) []int16 {
	late := len(l.played) - len(caller) - media.PCMSamples(l.delay, l.rate)
	out := make([]int16, len(caller))
	for i := range out {
		out[i] = caller[i] + int16(l.rng.IntN(9)-4)
		if late+i >= 0 {
			out[i] += int16(l.gain * float64(l.played[late+i]))
		}
	}
	return out
}

// part returns n samples of pcm from one on, with silence behind its end.
func part(pcm []int16, at, n int) []int16 {
	out := make([]int16, n)
	if at < len(pcm) {
		copy(out, pcm[at:])
	}
	return out
}

func TestAnEchoIsExplainedFromTheFirstWordOn(t *testing.T) {
	for rate, losses := range map[int][]float64{8000: {6, 12, 20, 30}, 16000: {12}, 24000: {12}, 48000: {12}} {
		for _, loss := range losses {
			for _, delay := range []time.Duration{0, 7 * ms, 60 * ms, 155 * ms, 300 * ms, 450 * ms} {
				l := newLine(t, rate, loss, delay)
				for prompt := range uint64(3) {
					l.speak(voice(4*time.Second, rate, 6000, prompt), nil, func(at time.Duration, explained bool) {
						if !explained && at > 40*ms {
							t.Errorf("%d Hz, %v dB, %v: after %v of prompt %d the echo is taken for the caller", rate, loss, delay, at, prompt)
						}
					})
				}
			}
		}
	}
}

// stopsAfter lets a caller speak over the agent and returns when they are told
// from an echo, below zero for never.
func (l *line) stopsAfter(from time.Duration, loud float64, seed uint64) time.Duration {
	found := time.Duration(-1)
	caller := append(make([]int16, media.PCMSamples(from, l.rate)), voice(1500*ms, l.rate, loud, 100+seed)...)
	l.speak(voice(4*time.Second, l.rate, 6000, seed), caller, func(at time.Duration, explained bool) {
		if !explained && found < 0 {
			found = at - from
		}
	})
	return found
}

func TestACallerIsHeardAtOnceWhereNothingComesBack(t *testing.T) {
	for seed := range uint64(40) {
		l := newLine(t, 8000, 0, 0)
		if after := l.stopsAfter(time.Second, 1500, seed); after < 0 || after > 160*ms {
			t.Errorf("caller %d was told from an echo after %v", seed, after)
		}
	}
}

func TestACallerIsHeardOverTheEcho(t *testing.T) {
	missed, slow := 0, 0
	for seed := range uint64(60) {
		l := newLine(t, 8000, 12, time.Duration(seed)*5*ms)
		switch after := l.stopsAfter(1500*ms, 6000, seed); {
		case after < 0:
			missed++
		case after > 200*ms:
			slow++
		}
	}
	if missed > 0 || slow > 6 {
		t.Errorf("of 60 callers as loud as the agent %d were missed and %d took more than 200 ms", missed, slow)
	}
}

func TestWhereTheCallerBeganIsTold(t *testing.T) {
	l := newLine(t, 8000, 12, 100*ms)
	l.speak(voice(2*time.Second, 8000, 6000, 1), nil, nil)
	began := time.Duration(0)
	caller := append(make([]int16, 8000), voice(time.Second, 8000, 9000, 2)...)
	l.speak(voice(2*time.Second, 8000, 6000, 3), caller, func(at time.Duration, explained bool) {
		if _, since := l.guard.Explains(); !explained && began == 0 {
			began = at - since
		}
	})
	if began < 980*ms || began > 1200*ms {
		t.Errorf("began at %v, want 1s or soon after", began)
	}
}

func TestNothingIsExplainedWhileTheAgentIsSilent(t *testing.T) {
	l := newLine(t, 8000, 12, 100*ms)
	l.speak(nil, voice(time.Second, 8000, 6000, 1), func(at time.Duration, explained bool) {
		if explained {
			t.Errorf("at %v an echo of nothing is heard", at)
		}
	})
	l.speak(voice(time.Second, 8000, 6000, 2), nil, nil)
	l.speak(nil, voice(2*time.Second, 8000, 6000, 3), func(at time.Duration, explained bool) {
		if explained && at > 800*ms {
			t.Errorf("%v after the agent spoke an echo is heard", at)
		}
	})
}

func TestWhatWasDroppedHasNoEcho(t *testing.T) {
	l := newLine(t, 8000, 0, 0)
	l.speak(voice(2*time.Second, 8000, 6000, 1), nil, nil)
	l.guard.Queue(voice(2*time.Second, 8000, 6000, 2))
	l.guard.Sent(400*ms, l.now)
	l.guard.Drop(l.now)
	l.speak(nil, make([]int16, 8000), func(at time.Duration, explained bool) {
		if explained && at > 800*ms {
			t.Errorf("%v after the drop the agent is thought to sound", at)
		}
	})
}

// A caller may turn on the loudspeaker. The agent is interrupted by itself then,
// but not for long, and once only where somebody notices.
func TestAnEchoThatSetsInLaterIsLearned(t *testing.T) {
	for name, unknown := range map[string]time.Duration{"by itself": 4 * time.Second, "when told": 300 * ms} {
		l := newLine(t, 8000, 0, 120*ms)
		for prompt := range uint64(3) {
			l.speak(voice(4*time.Second, 8000, 6000, prompt), nil, nil)
		}
		l.gain = 0.25
		interrupted := false
		l.speak(voice(unknown, 8000, 6000, 5), nil, func(_ time.Duration, explained bool) {
			interrupted = interrupted || !explained
		})
		if !interrupted {
			t.Errorf("%s: where no echo was, one is known at once", name)
		}
		if name == "when told" {
			l.guard.Forget()
		}
		l.speak(voice(4*time.Second, 8000, 6000, 6), nil, func(at time.Duration, explained bool) {
			if !explained && at > 40*ms {
				t.Errorf("%s: later, after %v, the echo is taken for the caller", name, at)
			}
		})
	}
}

// A carrier begins to play when it has got enough, which takes longer at one
// time than at another.
func TestDelaysMayDifferFromPromptToPrompt(t *testing.T) {
	l := newLine(t, 8000, 12, 150*ms)
	for prompt, delay := range []time.Duration{150 * ms, 90 * ms, 165 * ms, 100 * ms, 30 * ms} {
		l.delay = delay
		l.speak(voice(3*time.Second, 8000, 6000, uint64(prompt)), nil, func(at time.Duration, explained bool) {
			if !explained && at > 40*ms {
				t.Errorf("prompt %d, after %v: the echo is taken for the caller", prompt, at)
			}
		})
		l.speak(nil, make([]int16, 8000), nil)
	}
}

// A carrier that stalls sends what it had all at once; one that leaves silence
// out never sends it.
func TestSoundThatComesLateOrNotAtAllKeepsItsPlace(t *testing.T) {
	for name, gap := range map[string]time.Duration{"a stall": 300 * ms, "silence left out": 5 * time.Second} {
		l := newLine(t, 8000, 12, 150*ms)
		l.speak(voice(3*time.Second, 8000, 6000, 1), nil, nil)
		if name == "a stall" {
			n := media.PCMSamples(gap, 8000)
			l.now = l.now.Add(gap)
			l.played = append(l.played, make([]int16, n)...)
			l.guard.Hear(l.now, l.heard(make([]int16, n)))
		} else {
			l.now = l.now.Add(gap)
			l.played = append(l.played, make([]int16, media.PCMSamples(gap, 8000))...)
		}
		l.speak(voice(3*time.Second, 8000, 6000, 2), nil, func(at time.Duration, explained bool) {
			if !explained && at > 40*ms {
				t.Errorf("%s: after %v the echo is taken for the caller", name, at)
			}
		})
	}
}

func TestAnySplitOfTheSameSoundIsJudgedAlike(t *testing.T) {
	agent, caller := voice(2*time.Second, 8000, 6000, 5), voice(2*time.Second, 8000, 3000, 6)
	rapid.Check(t, func(rt *rapid.T) {
		whole, _ := echo.New(8000)
		split, _ := echo.New(8000)
		whole.Queue(agent)
		for rest := agent; len(rest) > 0; {
			n := rapid.IntRange(1, min(len(rest), 3000)).Draw(rt, "queued")
			split.Queue(rest[:n])
			rest = rest[n:]
		}
		now := epoch
		whole.Sent(2*time.Second, now)
		for range 20 {
			split.Sent(100*ms, now)
			now = now.Add(100 * ms)
		}
		now = epoch
		for at := 0; at < len(caller); at += 800 {
			now = now.Add(100 * ms)
			whole.Hear(now, caller[at:at+800])
			want, since := whole.Explains()
			got, began := true, time.Duration(0)
			for from := at; from < at+800; {
				n := rapid.IntRange(1, at+800-from).Draw(rt, "heard")
				from += n
				came := now.Add(-media.PCMDuration(at+800-from, 8000))
				split.Hear(came, caller[from-n:from])
				explains, before := split.Explains()
				got, began = got && explains, before
			}
			if explains, _ := split.Explains(); got != want || !explains && began != since {
				rt.Fatalf("at %d: whole %v since %v, split %v since %v", at, want, since, got, began)
			}
		}
	})
}

func TestOddRatesAreRefused(t *testing.T) {
	for _, rate := range []int{0, -8000, 4000, 11025, 44100} {
		if _, err := echo.New(rate); !errors.Is(err, echo.ErrConfig) {
			t.Errorf("%d: %v, want ErrConfig", rate, err)
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add([]byte{0, 10, 1, 20, 2, 30, 3, 200, 1, 7}, uint64(1))
	f.Fuzz(func(t *testing.T, steps []byte, seed uint64) {
		g, err := echo.New(8000 * int(1+seed%3))
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(seed, 4))
		now := epoch
		for i := 0; i+1 < len(steps); i += 2 {
			size := int(steps[i+1])
			pcm := make([]int16, size*7)
			for i := range pcm {
				pcm[i] = int16(rng.Uint64())
			}
			switch steps[i] % 5 {
			case 0:
				g.Queue(pcm)
			case 1:
				g.Sent(time.Duration(size)*ms, now.Add(time.Duration(rng.IntN(600)-100)*ms))
			case 2:
				g.Drop(now)
			case 3:
				now = now.Add(time.Duration(size*size) * ms)
			case 4:
				g.Hear(now, pcm)
				if _, since := g.Explains(); since < 0 {
					t.Fatalf("the caller began %v ago", since)
				}
			}
		}
	})
}
