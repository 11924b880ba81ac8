package bridge_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// hiss returns a source of a line's noise.
func hiss(level float64) func([]int16) {
	rnd := rand.New(rand.NewPCG(3, 4))
	return func(pcm []int16) {
		for i := range pcm {
			pcm[i] = int16(32768 * math.Pow(10, level/20) * rnd.NormFloat64())
		}
	}
}

// listening returns a line on which the agent has spoken and the caller not
// yet: next is what the line sounds like.
func listening(t *testing.T, rate int, next func([]int16)) *line {
	t.Helper()
	c := exotel.Carrier(exotel.Config{})
	format := media.Format{Encoding: media.L16, Rate: rate}
	if rate == 8000 {
		c, format = twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: rate}
	}
	l := newLine(t, c, format)
	l.say(200*ms, conversation.Next{})
	l.pass(3*time.Second, next)
	return l
}

// gap lets d of the caller's sound get lost.
func (l *line) gap(d time.Duration) {
	l.at += d
	l.now = l.now.Add(d)
}

func TestShortGapsEndNoUtterance(t *testing.T) {
	l := listening(t, 8000, nil)
	speak := voice(8000)
	for range 20 {
		l.pass(100*ms, speak)
		l.gap(20 * ms)
	}
	if n := l.count(bridge.OutFinish); n != 0 {
		t.Errorf("%d utterances ended while the caller spoke", n)
	}
	l.pass(900*ms, nil)
	if n := l.count(bridge.OutFinish); n != 1 {
		t.Errorf("%d utterances, want one", n)
	}
}

// The frame between two gaps is loud, and is continued into both of them. That
// makes 140 ms of sound of 20 ms.
func TestWhatIsMadeUpStartsNoUtterance(t *testing.T) {
	l := listening(t, 8000, hiss(-65))
	for range 10 {
		l.gap(60 * ms)
		l.pass(20*ms, voice(8000))
		l.gap(60 * ms)
		l.pass(400*ms, hiss(-65))
	}
	if l.heard != 0 {
		t.Errorf("the recognizer was given %d samples of what is no speech", l.heard)
	}
}

// Without concealment the recognizer would hear 20 ms of noise 40 dB below the
// voice.
func TestTheRecognizerHearsTheVoiceThroughAShortGap(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000} {
		l := listening(t, rate, hiss(-65))
		speak := voice(rate)
		l.pass(time.Second, speak)
		at := len(l.given) - 48 // the resampler is 3 ms late at the most
		before := dBFS(l.given[at-320 : at])
		l.gap(20 * ms)
		l.pass(200*ms, speak)
		gap, behind := l.given[at:at+320], dBFS(l.given[at+320:at+640])
		if got := dBFS(gap); got < min(before, behind)-3 || got > max(before, behind)+3 {
			t.Errorf("%d Hz: the gap is at %.1f dBFS between %.1f and %.1f", rate, got, before, behind)
		}
		if step := steepest(l.given[at-320 : at+640]); step > steepest(l.given[:at]) {
			t.Errorf("%d Hz: a step of %d about the gap", rate, step)
		}
	}
}

func TestTheRecognizerHearsComfortNoiseInALongGap(t *testing.T) {
	const line = -50
	l := listening(t, 8000, hiss(line))
	speak := voice(8000)
	l.pass(time.Second, speak)
	at := len(l.given) - 24 // as late as the resampler, or earlier
	l.gap(300 * ms)
	l.pass(200*ms, speak)
	middle := l.given[at+90*16 : at+210*16] // the rest is made up of either side
	if got := dBFS(middle); math.Abs(got-line) > 3 {
		t.Errorf("%.1f dBFS in the middle, want the line's noise of %d", got, line)
	}
}

// What the voice detector knows of the line's noise ends at 3400 Hz, but a line
// of a higher rate has noise up to half of that.
func TestComfortNoiseIsAsLoudAsTheLineAtEveryRate(t *testing.T) {
	const line = -50
	for _, rate := range []int{8000, 16000, 24000} {
		l := listening(t, rate, hiss(line))
		speak := voice(rate)
		l.pass(time.Second, speak)
		before := make([]int16, rate)
		hiss(line)(before)
		want := inTelephoneBand(t, before, rate)
		at := len(l.given) - 24
		l.gap(400 * ms)
		l.pass(200*ms, speak)
		if got := inTelephoneBand(t, l.given[at+90*16:at+310*16], 16000); math.Abs(got-want) > 2 {
			t.Errorf("%d Hz: %.1f dBFS up to 3400 Hz in the gap, want the line's %.1f", rate, got, want)
		}
	}
}

// inTelephoneBand returns the level of what is left of sound at 8000 samples
// per second.
func inTelephoneBand(t *testing.T, pcm []int16, rate int) float64 {
	t.Helper()
	if rate == 8000 {
		return dBFS(pcm)
	}
	r, err := resample.New(rate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	return dBFS(r.Resample(nil, pcm))
}

// A line's noise may rumble or hiss; what fills a gap must not sound unlike it.
func TestComfortNoiseHasTheColourOfTheLine(t *testing.T) {
	rumble := func(level float64) func([]int16) {
		white, state := hiss(level), 0.0
		return func(pcm []int16) {
			white(pcm)
			for i, s := range pcm {
				state += 0.2 * (float64(s) - state)
				pcm[i] = int16(3 * state)
			}
		}
	}
	for name, next := range map[string]func([]int16){"hiss": hiss(-45), "rumble": rumble(-45)} {
		l := listening(t, 8000, next)
		l.pass(time.Second, voice(8000))
		at := len(l.given) - 24
		l.gap(400 * ms)
		l.pass(200*ms, voice(8000))
		before := make([]int16, 8000)
		next(before)
		want, got := brightness(before, 1), brightness(l.given[at+90*16:at+310*16], 2)
		if math.Abs(got-want) > 2.5 {
			t.Errorf("%s: %.1f dB of brightness in the gap, %.1f on the line", name, got, want)
		}
	}
}

// brightness returns how much stronger the changes from sample to sample are
// than the sound, in dB; step is how many samples lie between two at 8 kHz.
func brightness(pcm []int16, step int) float64 {
	changes := make([]int16, 0, len(pcm))
	for i := step; i < len(pcm); i++ {
		changes = append(changes, pcm[i]-pcm[i-step])
	}
	return dBFS(changes) - dBFS(pcm)
}

func steepest(pcm []int16) (most int) {
	for i := 1; i < len(pcm); i++ {
		most = max(most, int(math.Abs(float64(pcm[i])-float64(pcm[i-1]))))
	}
	return most
}
