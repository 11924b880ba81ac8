package bridge_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/denoise"
	"github.com/talkpath/talkpath/telephony/exotel"
)

// noisyTurn returns what the recognizer hears of two turns of speech in noise.
func noisyTurn(t *testing.T, format media.Format, ears bridge.Ears) []int16 {
	t.Helper()
	l := newLineWith(t, exotel.Carrier(exotel.Config{}), format, func(c *bridge.CoreConfig) { c.Ears = ears })
	rng := rand.New(rand.NewPCG(1, 1))
	noise := func(pcm []int16) {
		for i := range pcm {
			pcm[i] += int16(60 * rng.NormFloat64())
		}
	}
	l.say(200*ms, conversation.Next{})
	for range 2 {
		l.pass(2*time.Second, noise)
		speak := voice(format.Rate)
		l.pass(1500*ms, func(pcm []int16) { speak(pcm); noise(pcm) })
	}
	l.pass(time.Second, noise)
	return l.given
}

func TestNoiseSuppressionQuietensWhatTheRecognizerHears(t *testing.T) {
	for _, format := range exotel.Carrier(exotel.Config{}).Quirks.Formats {
		noisy := noisyTurn(t, format, bridge.Ears{})
		calm := noisyTurn(t, format, bridge.Ears{SuppressNoise: true})
		// The last 300 ms of a turn are noise.
		tail := func(pcm []int16) []int16 { return pcm[len(pcm)-16000*3/10:] }
		if got := 20 * math.Log10(loudness(tail(noisy))/loudness(tail(calm))); got < 8 {
			t.Errorf("%v: noise is %.1f dB quieter, want 8 or more", format, got)
		}
		// A step and the latency of each turn are still to come at its end.
		late := media.PCMSamples(2*(denoise.Latency+10*ms), 16000)
		if missing := len(noisy) - len(calm); missing < 0 || missing > late {
			t.Errorf("%v: %d samples fewer are heard, want %d at most", format, missing, late)
		}
	}
}

func loudness(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

func TestWithoutNoiseSuppressionTheRecognizerHearsTheLineItself(t *testing.T) {
	format := media.Format{Encoding: media.L16, Rate: 8000}
	if !slices.Equal(noisyTurn(t, format, bridge.Ears{}), noisyTurn(t, format, bridge.Ears{NoEchoGuard: true})) {
		t.Error("the echo guard changes the sound of a line without echo")
	}
}

func TestRatesAtWhichNoNoiseIsSuppressedAreRefused(t *testing.T) {
	_, err := bridge.NewCore(bridge.CoreConfig{
		Format: media.Format{Encoding: media.L16, Rate: 24000}, Codecs: codecs(), RecognizerRate: 48000, VoiceRate: 16000,
		Quirks: exotel.Carrier(exotel.Config{}).Quirks, Ears: bridge.Ears{SuppressNoise: true},
	})
	if err == nil {
		t.Error("a core was made that can't do what it was asked for")
	}
}
