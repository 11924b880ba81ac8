package sim_test

import (
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// echoing says back what it hears, as change makes it, 400 ms after it ended.
func echoing(change func(pcm []int16, rate int) []int16) func(*agent) {
	return func(a *agent) {
		words := listener{}
		for a.at(time.Since(a.begun) + 20*ms) {
			a.mu.Lock()
			ended := words.listen(a.heard, a.format.Rate)
			from := max(0, words.end-a.format.Rate*13/10)
			said := append([]int16{}, a.heard[from:words.end]...)
			a.mu.Unlock()
			if ended && a.at(media.PCMDuration(words.end, a.format.Rate)+405*ms) {
				a.play(change(said, a.format.Rate))
			}
		}
	}
}

// hummed is a tone of another caller's.
func hummed(hertz float64, d time.Duration, rate int) []int16 {
	pcm := make([]int16, media.PCMSamples(d, rate))
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return pcm
}

// loadOf makes four calls of 200 with tones, and returns what came back.
func loadOf(t *testing.T, s *server, rate int, network sim.Profile, change func([]int16, int) []int16) *sim.LoadReport {
	t.Helper()
	var report *sim.LoadReport
	synctest.Test(t, func(t *testing.T) {
		s.t, s.agents, s.script = t, nil, echoing(change)
		cfg := s.config()
		cfg.Rate, cfg.Network = rate, network
		target := sim.Target{MediaURL: "wss://agent.example/media"}
		if s.carrier.Name() == "exotel" && rate == 24000 {
			target.MediaURL += "?sample-rate=24000"
		}
		target.Call.Rate = rate
		var err error
		report, err = sim.Load(t.Context(), cfg, target, sim.LoadPlan{
			Calls: 4, Ramp: 300 * ms, Hold: 12 * time.Second, Patience: time.Second, Tones: sim.Tones{All: 200, First: 98},
		})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		if report.Lasted != 4 || report.Violations > 0 || report.Turns < 8 {
			t.Errorf("%+v", report)
		}
	})
	return report
}

func TestACallerKnowsItsOwnToneOnEveryCarrier(t *testing.T) {
	same := func(pcm []int16, _ int) []int16 { return pcm }
	for _, c := range []struct {
		carrier telephony.Carrier
		rate    int
		network string
	}{
		{twilio.Carrier(), 0, "loss"},
		{exotel.Carrier(exotel.Config{}), 8000, "jitter"},
		{exotel.Carrier(exotel.Config{}), 24000, "stalls"},
		{plivo.Carrier(), 16000, "bursts"},
		{telnyx.Carrier(telnyx.Config{}), 8000, "jitter"},
		{vonage.Carrier(), 24000, "drift"},
	} {
		r := loadOf(t, &server{carrier: c.carrier}, c.rate, profile(t, c.network), same)
		// The last answer may be cut off by the end of the call.
		if r.Foreign != 0 || r.Echoed < r.Turns-4 {
			t.Errorf("%s %d, %s: of %d utterances %d came back, %d were foreign",
				c.carrier.Name(), c.rate, c.network, r.Turns, r.Echoed, r.Foreign)
		}
	}
}

func TestAnothersToneIsFound(t *testing.T) {
	tones := sim.Tones{All: 200}
	// The calls have the tones 98 to 101, and their agents mix them up.
	for name, change := range map[string]func([]int16, int) []int16{
		"of a caller far off": func(_ []int16, rate int) []int16 { return hummed(tones.Hertz(3), time.Second, rate) },
		"of the neighbour":    func(_ []int16, rate int) []int16 { return hummed(tones.Hertz(102), time.Second, rate) },
		"in the end": func(pcm []int16, rate int) []int16 {
			return append(pcm, hummed(tones.Hertz(190), 100*ms, rate)...)
		},
		"in the middle": func(pcm []int16, rate int) []int16 {
			copy(pcm[len(pcm)/2:], hummed(tones.Hertz(20), 60*ms, rate))
			return pcm
		},
		"under their own": func(pcm []int16, rate int) []int16 {
			for i, s := range hummed(tones.Hertz(150), 500*ms, rate) {
				pcm[i] += s / 2
			}
			return pcm
		},
	} {
		r := loadOf(t, onTwilio(nil), 0, sim.Profile{}, change)
		if r.Foreign < r.Turns-4 || r.Echoed > 0 {
			t.Errorf("%s: of %d utterances %d were foreign and %d came back", name, r.Turns, r.Foreign, r.Echoed)
		}
	}
}

func TestSilenceAndNoiseAreNoEcho(t *testing.T) {
	for name, change := range map[string]func([]int16, int) []int16{
		"silence":     func(pcm []int16, _ int) []int16 { return make([]int16, len(pcm)) },
		"a short bit": func(pcm []int16, rate int) []int16 { return pcm[:rate/20] },
		"square wave": func(pcm []int16, rate int) []int16 { return square(200*ms, rate)[:rate/10] },
	} {
		r := loadOf(t, onTwilio(nil), 0, sim.Profile{}, change)
		if r.Echoed != 0 {
			t.Errorf("%s: of %d utterances %d came back", name, r.Turns, r.Echoed)
		}
	}
}

func TestEachCallNeedsAToneOfItsOwn(t *testing.T) {
	s := onTwilio(func(*agent) {})
	for _, tones := range []sim.Tones{{All: 9}, {All: 20, First: 11}, {All: 20, First: -1}, {All: sim.MaxTones + 1}, {First: 1}} {
		plan := sim.LoadPlan{Calls: 10, Hold: time.Second, Tones: tones}
		if _, err := sim.Load(t.Context(), s.config(), answering, plan); !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%+v: %v, want ErrConfig", tones, err)
		}
	}
	all := sim.Tones{All: sim.MaxTones}
	for i := 1; i < sim.MaxTones; i++ {
		if apart := all.Hertz(i) - all.Hertz(i-1); apart < 7 {
			t.Fatalf("tones %d and %d are %.1f Hz apart", i-1, i, apart)
		}
	}
}
