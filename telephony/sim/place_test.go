package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/dtmf"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// politely greets for 600 ms at 105 ms and answers the first turn 300 ms after
// its last packet with voice.
func politely(a *agent) {
	if !a.at(105 * ms) {
		return
	}
	a.play(square(600*ms, a.format.Rate))
	// The caller waits 700 ms, and says 500 ms.
	if a.at(2505 * ms) {
		a.play(square(400*ms, a.format.Rate))
	}
}

func TestTimesComeFromTheWaveformExactly(t *testing.T) {
	plan := sim.Plan{Turns: []sim.Turn{{Say: "hello there", Speech: speech(30*ms, 500*ms, 200*ms)}}}
	place(t, onTwilio(politely), plan, func(c called) {
		// Sound that comes at 105 ms plays with the beat at 120 ms.
		// The greeting ends at 720 ms, 700 ms of silence at 1420 ms, and
		// 30 ms into what is said the voice begins.
		greeting := &sim.AgentReport{Start: sim.Millis(120 * ms), End: sim.Millis(720 * ms)}
		if diff := cmp.Diff(greeting, c.Greeting); diff != "" {
			t.Error(diff)
		}
		want := []sim.TurnReport{{
			Caller:   sim.CallerReport{Say: "hello there", Start: sim.Millis(1450 * ms), End: sim.Millis(1950 * ms)},
			Agent:    &sim.AgentReport{Start: sim.Millis(2520 * ms), End: sim.Millis(2920 * ms)},
			Response: millis(570 * ms),
		}}
		if diff := cmp.Diff(want, c.Turns); diff != "" {
			t.Error(diff)
		}
		if c.Ending != telephony.CallerHungUp {
			t.Errorf("ending %q, want caller_hung_up: the last answer was followed by silence", c.Ending)
		}
		if got := time.Duration(c.Duration); got != 3920*ms {
			t.Errorf("call lasted %v, want until 1 s after the last answer", got)
		}
		if len(c.Errors) > 0 {
			t.Errorf("errors %q", c.Errors)
		}
	})
}

func TestResponseIsExactToTheSample(t *testing.T) {
	const lead = 37 // samples of silence that the agent sends ahead of its voice
	script := func(a *agent) {
		if a.at(3005 * ms) {
			a.play(append(make([]int16, lead), square(300*ms, 8000)...))
		}
	}
	said := func(_ context.Context, rate int) ([]int16, error) {
		return append(make([]int16, 11), square(400*ms, rate)...), nil
	}
	plan := sim.Plan{Patience: 2 * time.Second, Turns: []sim.Turn{{Speech: said}}}
	place(t, onTwilio(script), plan, func(c called) {
		// The caller's patience ends with the slot that begins at 1980 ms.
		end := 2*8000 + 11 + 400*8
		answer := 3020*8 + lead
		want := sim.Millis(media.PCMDuration(answer, 8000)) - sim.Millis(media.PCMDuration(end, 8000))
		if got := c.Turns[0].Response; got == nil || *got != want {
			t.Errorf("response %v, want %v", got, want)
		}
	})
}

func TestSoundThatIsBarelyInAWindowCountsToTheSample(t *testing.T) {
	script := func(a *agent) {
		soft := append(square(300*ms, a.format.Rate), 8000, 8000, 8000, 8000)
		for i := range soft {
			soft[i] /= 32 // 250, just above the level
		}
		a.at(5 * ms)
		// It begins two samples before a window ends, and ends two samples
		// after one has begun.
		a.play(append(make([]int16, 158), soft...))
	}
	place(t, onExotel(16000, script), sim.Plan{}, func(c called) {
		want := sim.AgentReport{
			Start: sim.Millis(20*ms + media.PCMDuration(158, 16000)),
			End:   sim.Millis(320*ms + media.PCMDuration(162, 16000)),
		}
		if got := c.Greeting; *got != want {
			t.Errorf("agent is heard %+v, want %+v", got, want)
		}
	})
}

func TestTheServerHearsWhatTheCallerSaysAtRealTime(t *testing.T) {
	for _, s := range []*server{onTwilio(politely), onExotel(16000, politely), onExotel(24000, politely)} {
		plan := sim.Plan{Turns: []sim.Turn{{Speech: speech(0, 500*ms, 0)}}}
		place(t, s, plan, func(c called) {
			packet := s.carrier.Quirks.Packet
			for i, ev := range c.agent.of(telephony.Audio) {
				if got, want := ev.when, time.Duration(i+1)*packet; got != want {
					t.Fatalf("packet %d came at %v, want at its end, %v", i, got, want)
				}
				if got, want := ev.Frame.At, time.Duration(i)*packet; got != want {
					t.Fatalf("packet %d is of media time %v, want %v", i, got, want)
				}
			}
			first := slices.IndexFunc(c.agent.heard, func(s int16) bool { return s > 1000 })
			if got, want := media.PCMDuration(first, c.Rate), time.Duration(c.Turns[0].Caller.Start); got != want {
				t.Errorf("%s: server heard the voice at %v, was said at %v", c.Carrier, got, want)
			}
			if c.Media.SentFrames != len(c.agent.of(telephony.Audio)) {
				t.Errorf("counted %d frames, server has %d", c.Media.SentFrames, len(c.agent.of(telephony.Audio)))
			}
		})
	}
}

func TestTheEarHearsWhatTheAgentSaidSampleForSample(t *testing.T) {
	place(t, onExotel(16000, politely), sim.Plan{}, func(c called) {
		want := square(600*ms, 16000)
		from := media.PCMSamples(120*ms, 16000)
		if got := c.Heard[from : from+len(want)]; !slices.Equal(got, want) {
			t.Error("sound differs from what was sent")
		}
		if slices.ContainsFunc(c.Heard[:from], func(s int16) bool { return s != 0 }) {
			t.Error("sound before anything was sent")
		}
		if len(c.Heard) != len(c.Said) {
			t.Errorf("ear %d samples, mouth %d", len(c.Heard), len(c.Said))
		}
	})
}

func TestAnAgentThatSpeaksTwiceIsWaitedForTwice(t *testing.T) {
	script := func(a *agent) {
		if a.at(5 * ms) {
			a.play(square(300*ms, 8000))
		}
		if a.at(905 * ms) { // 580 ms after the last sound: the same greeting
			a.play(square(300*ms, 8000))
		}
	}
	place(t, onTwilio(script), sim.Plan{Turns: []sim.Turn{{Speech: speech(0, 100*ms, 0)}}}, func(c called) {
		if got, want := time.Duration(c.Turns[0].Caller.Start), 1920*ms; got != want {
			t.Errorf("caller spoke at %v, want %v", got, want)
		}
	})
}

func TestACallerWithoutAnAnswerSaysSoAndHangsUp(t *testing.T) {
	plan := sim.Plan{Patience: 3 * time.Second, Turns: []sim.Turn{{Say: "hi", Speech: speech(0, 100*ms, 0)}}}
	place(t, onTwilio(func(*agent) {}), plan, func(c called) {
		if len(c.Turns) != 1 || c.Turns[0].Agent != nil || c.Turns[0].Response != nil {
			t.Errorf("turns %+v, want one without an answer", c.Turns)
		}
		if want := []string{"no answer to turn 1 within 3s"}; !slices.Equal(c.Errors, want) {
			t.Errorf("errors %q, want %q", c.Errors, want)
		}
		if c.Ending != telephony.CallerHungUp {
			t.Errorf("ending %q", c.Ending)
		}
	})
}

func TestKeysArePressedOneAfterAnother(t *testing.T) {
	script := func(a *agent) {
		a.play(square(200*ms, a.format.Rate))
		if a.waitFor(telephony.Digit, 3) && a.at(2505*ms) {
			a.play(square(200*ms, a.format.Rate))
		}
	}
	for _, s := range []*server{onTwilio(script), onExotel(8000, script)} {
		place(t, s, sim.Plan{Turns: []sim.Turn{{Digits: "4#A"}}}, func(c called) {
			var keys []byte
			var last time.Duration
			for _, ev := range c.agent.of(telephony.Digit) {
				if last > 0 && (ev.when-last < 240*ms || ev.when-last > 260*ms) {
					t.Errorf("%s: %v between two keys, want 250 ms", c.Carrier, ev.when-last)
				}
				keys, last = append(keys, ev.Digit), ev.when
			}
			if string(keys) != "4#A" {
				t.Errorf("%s: keys %q", c.Carrier, keys)
			}
			turn := c.Turns[len(c.Turns)-1]
			if turn.Caller.Digits != "4#A" || turn.Response == nil {
				t.Errorf("%s: turn %+v, want the keys and the answer's time", c.Carrier, turn)
			}
		})
	}
}

func TestKeysSoundWhereTheyAreInBand(t *testing.T) {
	script := func(a *agent) {
		a.play(square(200*ms, a.format.Rate))
		if a.at(2505 * ms) {
			a.play(square(200*ms, a.format.Rate))
		}
	}
	for _, c := range []struct {
		keying         sim.Keying
		sounds, events string
	}{{sim.KeyEvents, "", "4#A"}, {sim.KeyTones, "4#A", ""}, {sim.KeyBoth, "4#A", "4#A"}} {
		for _, s := range []*server{onTwilio(script), onExotel(8000, script), onExotel(24000, script)} {
			plan := sim.Plan{Noise: 30, Turns: []sim.Turn{{Digits: "4#A", Keying: c.keying}}}
			place(t, s, plan, func(got called) {
				detector, err := dtmf.New(got.Rate)
				if err != nil {
					t.Fatal(err)
				}
				var sounds, events []byte
				var up []time.Duration
				for _, ev := range detector.Push(nil, got.Said) {
					if ev.Down {
						sounds = append(sounds, ev.Key)
					} else {
						up = append(up, time.Duration(ev.At)*time.Second/time.Duration(got.Rate))
					}
				}
				for i, ev := range got.agent.of(telephony.Digit) {
					events = append(events, ev.Digit)
					if len(up) > i && (ev.when < up[i]-25*ms || ev.when > up[i]+45*ms) {
						t.Errorf("%s: the event came at %v, the key came up at %v", got.Carrier, ev.when, up[i])
					}
				}
				if string(sounds) != c.sounds || string(events) != c.events {
					t.Errorf("%s: %q sounded and %q were told, want %q and %q", got.Carrier, sounds, events, c.sounds, c.events)
				}
			})
		}
	}
}

func TestTonesAreSentWhereSilenceIsLeftOut(t *testing.T) {
	plan := sim.Plan{SkipSilence: true, Turns: []sim.Turn{{Digits: "4", Keying: sim.KeyTones}}}
	place(t, onTwilio(politely), plan, func(c called) {
		if n := len(c.agent.of(telephony.Audio)); n != 5 {
			t.Errorf("%d packets, want the five that hold the key's 100 ms", n)
		}
	})
}

func TestSilenceMayBeLeftOut(t *testing.T) {
	plan := sim.Plan{SkipSilence: true, Turns: []sim.Turn{{Speech: speech(0, 100*ms, 0)}}}
	place(t, onTwilio(politely), plan, func(c called) {
		audio := c.agent.of(telephony.Audio)
		if len(audio) != 5 {
			t.Fatalf("%d packets, want the five that hold the words", len(audio))
		}
		if got, want := audio[0].Frame.At, time.Duration(c.Turns[0].Caller.Start); got != want {
			t.Errorf("first packet is of %v, want %v: media time goes on", got, want)
		}
	})
}

func TestNoiseOnTheLineIsHeardAndIsNoSpeech(t *testing.T) {
	plan := sim.Plan{Noise: 60, Turns: []sim.Turn{{Speech: speech(50*ms, 100*ms, 50*ms)}}}
	place(t, onTwilio(politely), plan, func(c called) {
		loud := 0
		for _, s := range c.agent.heard[:4000] {
			if s != 0 {
				loud++
			}
		}
		if loud < 3500 {
			t.Errorf("%d of 4000 samples are noise", loud)
		}
		if got := time.Duration(c.Turns[0].Caller.End - c.Turns[0].Caller.Start); got != 100*ms {
			t.Errorf("words last %v, want 100 ms", got)
		}
	})
}

func TestDocumentKeepsItsNamesAndHasNoNull(t *testing.T) {
	place(t, onTwilio(politely), sim.Plan{}, func(c called) {
		c.Call = "c1"
		got, err := json.Marshal(c.Report)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"carrier":"twilio","call":"c1","ending":"caller_hung_up","duration_ms":1720,` +
			`"greeting":{"start_ms":120,"end_ms":720,"interrupted":false},"turns":[],` +
			`"media":{"sent_frames":86,"received_frames":30,"gap_ms_max":0,"clears":0,"marks_sent":0,"marks_returned":0},` +
			`"transcript":[],"errors":[]}`
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	place(t, onTwilio(func(a *agent) { a.hangUp() }), sim.Plan{}, func(c called) {
		got, _ := json.Marshal(c.Report)
		if !json.Valid(got) || !slices.Equal(c.Errors, []string{}) || c.Errors == nil || c.Turns == nil {
			t.Errorf("empty call gives %s", got)
		}
	})
}

func TestACallThatDoesNotStartSaysAtWhichStep(t *testing.T) {
	voice := []sim.Turn{{Speech: speech(0, 100*ms, 0)}}
	for _, c := range []struct {
		step   string
		target sim.Target
		plan   sim.Plan
		rate   int
	}{
		{step: "announce", target: sim.Target{AnswerURL: "https://agent.example/wrong"}},
		{step: "announce", target: sim.Target{AnswerURL: "::"}},
		{step: "answer", target: sim.Target{}},
		{step: "open", target: sim.Target{AnswerURL: "https://agent.example/answer"}, rate: 16000},
		{step: "dial", target: sim.Target{MediaURL: "wss://nowhere.example/"}, plan: sim.Plan{Turns: voice}},
		{step: "speech", target: sim.Target{MediaURL: "wss://agent.example/"}, plan: sim.Plan{Turns: []sim.Turn{{
			Speech: func(context.Context, int) ([]int16, error) { return nil, errors.New("no voice") },
		}}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := onTwilio(func(*agent) {})
			cfg := s.config()
			cfg.Rate = c.rate
			report, err := sim.Place(t.Context(), cfg, c.target, c.plan)
			var failed *sim.SetupError
			if !errors.As(err, &failed) || failed.Step != c.step || report != nil {
				t.Errorf("%v %v, want a failure to %s", report, err, c.step)
			}
		})
	}
}

func TestPlansThatCannotBeAreRefused(t *testing.T) {
	s := onTwilio(func(*agent) {})
	for _, turn := range []sim.Turn{{Say: "no sound"}, {Digits: "12x"}} {
		_, err := sim.Place(t.Context(), s.config(), sim.Target{}, sim.Plan{Turns: []sim.Turn{turn}})
		if !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%+v: %v, want ErrConfig", turn, err)
		}
	}
	if _, err := sim.Place(t.Context(), sim.Config{}, sim.Target{}, sim.Plan{}); !errors.Is(err, sim.ErrConfig) {
		t.Errorf("empty config: %v, want ErrConfig", err)
	}
}

func TestAnAddressMayBeDialledDirectly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onExotel(0, politely)
		s.t = t
		target := sim.Target{MediaURL: "wss://agent.example/media?sample-rate=24000&ticket=abc"}
		report, err := sim.Place(t.Context(), s.config(), target, sim.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		started := s.agents[0].of(telephony.Started)[0].Start
		if report.Rate != 24000 || started.Format.Rate != 24000 || started.Params["ticket"] != "abc" {
			t.Errorf("rate %d, server saw %+v", report.Rate, started)
		}
	})
}

func TestTheObserverIsToldInOrder(t *testing.T) {
	var told []string
	plan := sim.Plan{
		Turns:   []sim.Turn{{Say: "hello", Speech: speech(0, 200*ms, 0), Digits: "7"}},
		Observe: func(m sim.Moment) { told = append(told, m.Kind.String()+" "+m.Text) },
	}
	place(t, onTwilio(politely), plan, func(called) {
		want := []string{
			"connected ", "agent_speaks ", "agent_quiet ", "caller_speaks hello", "key_pressed 7", "caller_quiet ",
			"agent_speaks ", "agent_quiet ", "hung_up caller_hung_up",
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
	})
}
