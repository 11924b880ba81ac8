package sim_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// beep returns d of a tone.
func beep(d time.Duration, rate int, hertz float64) []int16 {
	pcm := make([]int16, media.PCMSamples(d, rate))
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return pcm
}

// peak returns the loudest sample between two times, behind a length of time in
// which filters settle.
func peak(pcm []int16, rate int, from, to time.Duration) (most float64) {
	for _, s := range pcm[media.PCMSamples(from, rate):media.PCMSamples(to, rate)] {
		most = max(most, math.Abs(float64(s)))
	}
	return most
}

func TestTheTelephoneSendsBackWhatItPlaysLaterAndWeaker(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		for hertz, want := range map[float64]float64{1000: -12, 50: -40} { // 50 Hz are outside of its band
			s := onExotel(rate, func(a *agent) {
				if a.at(100 * ms) {
					a.play(beep(400*ms, rate, hertz))
				}
			})
			plan := sim.Plan{Echo: sim.Echo{Loss: 12, Delay: 230 * ms}, Patience: 2 * time.Second}
			place(t, s, plan, func(c called) {
				heard := c.agent.heard
				if early := peak(heard, rate, 0, 330*ms); early > 8 {
					t.Errorf("%d Hz: something came back before its time: %.0f", rate, early)
				}
				got := 20 * math.Log10(peak(heard, rate, 450*ms, 650*ms)/8000)
				if hertz == 1000 && math.Abs(got-want) > 0.5 || got > want+0.5 {
					t.Errorf("%d Hz, a tone of %.0f Hz comes back at %.1f dB, want %.0f", rate, hertz, got, want)
				}
				if peak(c.Said, rate, 0, 900*ms) > 0 {
					t.Error("the echo is taken for what the caller said")
				}
			})
		}
	}
}

func TestWithoutEchoNothingComesBack(t *testing.T) {
	s := &server{carrier: exotel.Carrier(exotel.Config{}), rate: 8000, script: func(a *agent) {
		if a.at(100 * ms) {
			a.play(beep(400*ms, 8000, 1000))
		}
	}}
	place(t, s, sim.Plan{Patience: 2 * time.Second}, func(c called) {
		if got := peak(c.agent.heard, 8000, 0, time.Second); got > 0 {
			t.Errorf("%.0f came back", got)
		}
	})
}

func TestEchoesThatCannotBeAreRefused(t *testing.T) {
	for _, e := range []sim.Echo{{Loss: -1}, {Loss: math.NaN()}, {Loss: 101}, {Loss: 12, Delay: -ms}, {Loss: 12, Delay: time.Minute}} {
		cfg := (&server{t: t, carrier: twilio.Carrier()}).config()
		if _, err := sim.Place(t.Context(), cfg, sim.Target{}, sim.Plan{Echo: e}); !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%+v: %v, want ErrConfig", e, err)
		}
	}
}
