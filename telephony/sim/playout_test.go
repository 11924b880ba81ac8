package sim_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// returned is when a mark came back to the agent.
type returned struct {
	name string
	when time.Duration
}

func marksOf(a *agent) (all []returned) {
	for _, ev := range a.of(telephony.MarkPlayed) {
		all = append(all, returned{ev.Mark, ev.when})
	}
	return all
}

func TestMarksComeBackWhenTheSoundBeforeThemWasPlayed(t *testing.T) {
	script := func(a *agent) {
		a.at(5 * ms)
		a.mark("at once")
		a.play(square(400*ms, a.format.Rate))
		a.mark("first")
		a.play(square(200*ms, a.format.Rate))
		a.mark("second")
		a.mark("also second")
		a.at(805 * ms)
		a.mark("behind all")
	}
	for _, s := range []*server{onTwilio(script), onExotel(16000, script)} {
		place(t, s, sim.Plan{}, func(c called) {
			// The sound begins with the beat at 20 ms.
			want := []returned{
				{"at once", 5 * ms},
				{"first", 420 * ms},
				{"second", 620 * ms},
				{"also second", 620 * ms},
				{"behind all", 805 * ms},
			}
			if got := marksOf(c.agent); !slices.Equal(got, want) {
				t.Errorf("%s: marks %v, want %v", c.Carrier, got, want)
			}
			if c.Media.MarksSent != 5 || c.Media.MarksReturned != 5 {
				t.Errorf("%s: counted %d and %d marks, want 5 and 5", c.Carrier, c.Media.MarksSent, c.Media.MarksReturned)
			}
		})
	}
}

func TestAMarkWaitsForTheSlotThatStillSounds(t *testing.T) {
	script := func(a *agent) {
		a.at(15 * ms)
		a.play(square(20*ms, 8000))
		a.at(25 * ms) // the sound plays from 20 to 40 ms, and the queue is empty
		a.mark("m")
	}
	place(t, onTwilio(script), sim.Plan{Patience: time.Second}, func(c called) {
		if got, want := marksOf(c.agent), []returned{{"m", 40 * ms}}; !slices.Equal(got, want) {
			t.Errorf("marks %v, want %v", got, want)
		}
	})
}

func TestClearDropsTheQueueAndTreatsMarksAsTheCarrierDoes(t *testing.T) {
	script := func(a *agent) {
		a.play(square(2*time.Second, a.format.Rate))
		a.mark("old")
		a.at(505 * ms)
		a.clear()
		a.mark("new")
		a.at(1005 * ms)
		a.play(square(200*ms, a.format.Rate))
		a.mark("last")
	}
	for _, s := range []*server{onTwilio(script), onExotel(8000, script)} {
		place(t, s, sim.Plan{}, func(c called) {
			var names []string
			for _, m := range marksOf(c.agent) {
				names = append(names, m.name)
			}
			want := []string{"new", "last"}
			if s.carrier.Quirks.ClearReturnsMarks {
				want = []string{"old", "new", "last"}
				if m := marksOf(c.agent)[0]; m.when != 505*ms {
					t.Errorf("%s: cleared mark came back at %v", c.Carrier, m.when)
				}
			}
			if !slices.Equal(names, want) {
				t.Errorf("%s: marks %q, want %q", c.Carrier, names, want)
			}
			// The slot that sounds while the clear comes is played out.
			quiet := c.Heard[media.PCMSamples(520*ms, c.Rate):media.PCMSamples(1020*ms, c.Rate)]
			if slices.ContainsFunc(quiet, func(s int16) bool { return s != 0 }) {
				t.Errorf("%s: old sound after the clear", c.Carrier)
			}
			if c.Media.Clears != 1 {
				t.Errorf("%s: counted %d clears", c.Carrier, c.Media.Clears)
			}
			if c.Media.GapMax != 0 {
				t.Errorf("%s: the clear counts as a gap of %v", c.Carrier, c.Media.GapMax)
			}
		})
	}
}

func TestGapsAreWhereTheQueueRanDryInsideAnAnswer(t *testing.T) {
	for _, c := range []struct {
		name string
		at   []time.Duration // when 100 ms of sound are sent
		want time.Duration
	}{
		{"sent early", []time.Duration{5 * ms, 55 * ms, 150 * ms}, 0},
		{"sent just in time", []time.Duration{5 * ms, 115 * ms}, 0},
		{"one late", []time.Duration{5 * ms, 195 * ms}, 80 * ms},
		{"the longest counts", []time.Duration{5 * ms, 165 * ms, 345 * ms, 485 * ms}, 80 * ms},
		{"a long silence ends the answer", []time.Duration{5 * ms, 1205 * ms}, 0},
	} {
		script := func(a *agent) {
			for _, at := range c.at {
				if a.at(at) {
					a.play(square(100*ms, a.format.Rate))
				}
			}
		}
		place(t, onTwilio(script), sim.Plan{HangUpAfter: 2 * time.Second}, func(got called) {
			if gap := time.Duration(got.Media.GapMax); gap != c.want {
				t.Errorf("%s: gap of %v, want %v", c.name, gap, c.want)
			}
		})
	}
}

func TestAnAnswerThatFollowsTheCallersWordsIsNoGap(t *testing.T) {
	script := func(a *agent) {
		a.play(square(1500*ms, 8000)) // heard until 1500 ms, or 1520
		a.at(1805 * ms)               // the caller spoke over it from 1000 to 1600 ms
		a.play(square(200*ms, 8000))
	}
	plan := sim.Plan{Turns: []sim.Turn{{Speech: speech(0, 600*ms, 0), TalkOver: true}}}
	place(t, onTwilio(script), plan, func(c called) {
		if c.Media.GapMax != 0 {
			t.Errorf("gap of %v", c.Media.GapMax)
		}
	})
}

func TestAnExotelChunkOfTheWrongSizeMakesItsGap(t *testing.T) {
	script := func(a *agent) {
		whole := a.codec.Encode(nil, square(200*ms, 8000)) // 3,200 bytes
		a.raw(append(whole, whole[:100]...))               // and 50 samples more
		a.raw(whole)
	}
	place(t, onExotel(8000, script), sim.Plan{}, func(c called) {
		first := slices.IndexFunc(c.Heard, func(s int16) bool { return s != 0 })
		short := c.Heard[first+1600 : first+1760]
		for i, s := range short {
			if (s != 0) != (i < 50) {
				t.Fatalf("sample %d of the short packet is %d, want 50 of sound and 110 of silence", i, s)
			}
		}
		if c.Heard[first+1760] == 0 {
			t.Error("next chunk doesn't follow")
		}
		if got, want := c.Media.GapMax, sim.Millis(media.PCMDuration(110, 8000)); got != want {
			t.Errorf("gap of %v, want %v", got, want)
		}
		if len(c.Errors) != 1 || c.Violations != 1 || !strings.Contains(c.Errors[0], "multiple of 320") {
			t.Errorf("errors %q, %d violations", c.Errors, c.Violations)
		}
	})
}

func TestViolationsAreNamedOnceCountedAndIgnored(t *testing.T) {
	script := func(a *agent) {
		for range 3 {
			_ = a.conn.Write(telephony.Message{Data: []byte(`{"event":"shout"}`)})
		}
		_ = a.conn.Write(telephony.Message{Data: []byte(`{"event":"clear","streamSid":"another"}`)})
		_ = a.conn.Write(telephony.Message{Binary: true, Data: []byte{1}})
		a.play(square(200*ms, 8000))
	}
	place(t, onTwilio(script), sim.Plan{}, func(c called) {
		if c.Violations != 5 || len(c.Errors) != 3 || !strings.HasSuffix(c.Errors[0], "(3 times)") {
			t.Errorf("%d violations, errors %q", c.Violations, c.Errors)
		}
		if !strings.HasPrefix(c.Errors[2], "31950") {
			t.Errorf("binary message gives %q, want 31950", c.Errors[2])
		}
		if c.Media.Clears != 0 || c.Greeting == nil {
			t.Error("a message against the rules had an effect, or stopped the others")
		}
	})
}

func TestAFatalViolationEndsTheCall(t *testing.T) {
	script := func(a *agent) {
		payload := base64.StdEncoding.EncodeToString(make([]byte, 100_320))
		id := a.of(telephony.Started)[0].Start.StreamID
		_ = a.conn.Write(telephony.Message{Data: []byte(
			`{"event":"media","stream_sid":"` + id + `","media":{"payload":"` + payload + `"}}`,
		)})
	}
	place(t, onExotel(8000, script), sim.Plan{}, func(c called) {
		if c.Ending != telephony.CarrierError || len(c.Errors) != 1 {
			t.Errorf("ending %q, errors %q", c.Ending, c.Errors)
		}
		if c.Duration != 0 {
			t.Errorf("call went on for %v", c.Duration)
		}
	})
}

func TestTheQueueHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(a *agent) {
			a.play(square(3*time.Second, 8000))
			a.mark("end")
		})
		s.t = t
		cfg := s.config()
		cfg.Queue = time.Second
		report, err := sim.Place(t.Context(), cfg, sim.Target{AnswerURL: "https://agent.example/answer"}, sim.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		agent := report.Greeting
		if got := time.Duration(agent.End - agent.Start); got < time.Second || got > 1040*ms {
			t.Errorf("heard %v of sound, want the queue's second", got)
		}
		if len(report.Errors) != 1 || !strings.HasPrefix(report.Errors[0], "more than 1s queued: sound dropped (") {
			t.Errorf("errors %q", report.Errors)
		}
	})
}
