package bridge_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const (
	comfortLevel = -55
	beat         = 20 * time.Millisecond
)

func dBFS(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(max(sum, 1e-3)/float64(max(len(pcm), 1))/32768/32768)
}

// mostLead returns the lead that comfort noise may have on a carrier.
func mostLead(c telephony.Carrier, format media.Format) time.Duration {
	return max(60*time.Millisecond, format.Duration(c.Quirks.Chunk.Fit(format.Bytes(beat)))+beat)
}

func TestACallerWhoWaitsHearsNoiseOfTheLevelAskedForOnEveryCarrier(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) {
				e := newEarpiece(t, c, format, comfortLevel)
				began := e.now
				for e.now.Sub(began) < 1200*time.Millisecond {
					e.listen(beat, nil)
					if e.lead >= mostLead(c, format) {
						t.Fatalf("noise is %v ahead of real time, want less than %v", e.lead, mostLead(c, format))
					}
				}
				heard := e.between(began.Add(200*time.Millisecond), e.now)
				off := 1.5
				if format.Encoding == media.Opus {
					off = 3.5 // what a codec of speech makes of noise is softer
				}
				if got := dBFS(heard); math.Abs(got-comfortLevel) > off {
					t.Errorf("noise of %.1f dBFS, want %d", got, comfortLevel)
				}
				for part := format.Rate / 100; len(heard) >= part; heard = heard[part:] {
					if dBFS(heard[:part]) < comfortLevel-12 {
						t.Fatalf("a hole of 10 ms in the noise, at %.1f dBFS", dBFS(heard[:part]))
					}
				}
				rules := c.Quirks.Chunk
				for _, ev := range e.sent {
					n := len(ev.Frame.Payload)
					exact := rules.Exact > 0 && ev.Frame.Duration() != rules.Exact
					if ev.Kind == telephony.Audio && (exact || n%rules.Multiple != 0 || n < rules.Min || ev.Frame.Duration() < rules.Least) {
						t.Errorf("a chunk of %d bytes breaks %+v", n, rules)
					}
				}
			})
		}
	}
}

func TestNobodyHearsNoiseUnlessItIsAskedForAndTheyWait(t *testing.T) {
	e := newEarpiece(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000}, 0)
	sent := len(e.sent)
	e.listen(time.Second, nil)
	if len(e.sent) != sent {
		t.Error("noise that nobody asked for")
	}
	e = newEarpiece(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000}, comfortLevel)
	before := e.between(epoch.Add(500*time.Millisecond), epoch.Add(2400*time.Millisecond))
	if got := dBFS(before); got > -80 {
		t.Errorf("noise of %.1f dBFS while the caller had the turn", got)
	}
	e.understand()
	e.say(300*time.Millisecond, conversation.Next{})
	e.listen(time.Second, nil)
	sent = len(e.sent)
	e.listen(3*time.Second, nil)
	if len(e.sent) != sent {
		t.Error("noise after the reply, in the caller's turn")
	}
}

func TestNoiseDelaysTheReplyByNoMoreThanItsLead(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			t.Run(c.Name()+" "+format.String(), func(t *testing.T) {
				e := newEarpiece(t, c, format, comfortLevel)
				e.listen(time.Second, nil)
				e.understand()
				began := e.now
				e.say(time.Second, conversation.Next{})
				e.take()
				e.listen(time.Second, nil)
				heard := e.between(began, began.Add(time.Second))
				first := 0
				for first < len(heard) && math.Abs(float64(heard[first])) < 2000 {
					first++
				}
				if at := media.PCMDuration(first, format.Rate); at > mostLead(c, format)+5*time.Millisecond {
					t.Errorf("the reply is heard %v after it came", at)
				}
			})
		}
	}
}

// The steps of what is heard, in a part of 5 ms each, tell of clicks; its level
// of sudden changes.
func TestNoiseSetsInAndGivesWaySoftly(t *testing.T) {
	e := newEarpiece(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000}, -40)
	began := epoch.Add(media.PCMDuration(len(e.pcm), 8000) - e.lead)
	e.listen(time.Second, nil)
	start := e.between(began.Add(-100*time.Millisecond), e.now)
	for len(start) > 8 && start[0] == 0 {
		start = start[1:]
	}
	if first, later := dBFS(start[:80]), dBFS(start[800:4800]); first > later-6 {
		t.Errorf("the first 10 ms are at %.1f dBFS, the noise at %.1f: want a soft start", first, later)
	}
	e.understand()
	ask := e.last(bridge.OutAsk).ID
	e.step(bridge.Input{Kind: bridge.InReplyText, ID: ask, Text: "One. "})
	silent := make([]int16, 22050/2) // a reply that begins with silence shows the noise under it
	from := e.now.Add(e.lead)
	e.step(bridge.Input{Kind: bridge.InSound, ID: e.last(bridge.OutSpeak).ID, PCM: silent})
	e.take()
	e.listen(500*time.Millisecond, nil)
	var levels []float64
	for at := -40; at < 200; at += 20 {
		ms := time.Duration(at) * time.Millisecond
		levels = append(levels, dBFS(e.between(from.Add(ms), from.Add(ms+beat))))
	}
	for i := 1; i < 6; i++ {
		if fall := levels[i-1] - levels[i]; fall > 16 {
			t.Errorf("the noise falls by %.1f dB in 20 ms: %.0f", fall, levels)
		}
	}
	if levels[len(levels)-1] > -70 {
		t.Errorf("the noise goes on under the reply: %.0f", levels)
	}
}

func TestNoiseFillsTheWaitBetweenTheSentencesOfAReply(t *testing.T) {
	for _, c := range []telephony.Carrier{twilio.Carrier(), exotel.Carrier(exotel.Config{})} {
		t.Run(c.Name(), func(t *testing.T) {
			format := c.Quirks.Formats[0]
			e := newEarpiece(t, c, format, comfortLevel)
			e.understand()
			ask := e.last(bridge.OutAsk).ID
			e.step(bridge.Input{Kind: bridge.InReplyText, ID: ask, Text: "One moment. And then some more. "})
			first := e.last(bridge.OutSpeak).ID
			e.step(bridge.Input{Kind: bridge.InSound, ID: first, PCM: tone(440, 22050, 22050/3+100)}) // no whole frames
			e.step(bridge.Input{Kind: bridge.InSpeakDone, ID: first})
			e.take()
			began := e.now
			e.listen(700*time.Millisecond, nil) // the second is late
			if e.last(bridge.OutSpeak).ID == first {
				t.Fatal("no second sentence is asked for")
			}
			heard := e.between(began.Add(580*time.Millisecond), e.now)
			if got := dBFS(heard); math.Abs(got-comfortLevel) > 2 {
				t.Errorf("between the sentences %.1f dBFS, want noise of %d", got, comfortLevel)
			}
		})
	}
}

func TestNoNoiseIsPutIntoTheMiddleOfASentence(t *testing.T) {
	for _, c := range allCarriers() {
		t.Run(c.Name(), func(t *testing.T) {
			e := newEarpiece(t, c, c.Quirks.Formats[0], comfortLevel)
			e.understand()
			ask := e.last(bridge.OutAsk).ID
			e.step(bridge.Input{Kind: bridge.InReplyText, ID: ask, Text: "One moment. "})
			id := e.last(bridge.OutSpeak).ID
			e.step(bridge.Input{Kind: bridge.InSound, ID: id, PCM: tone(440, 22050, 22050/8)}) // and then it stalls
			e.take()
			e.listen(300*time.Millisecond, nil)
			sent := len(e.sent)
			if e.listen(300*time.Millisecond, nil); len(e.sent) != sent {
				t.Error("noise in the middle of a sentence")
			}
		})
	}
}

func TestACallerWhoGoesOnHearsTheNoiseFadeAndIsNotCleared(t *testing.T) {
	e := newEarpiece(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000}, comfortLevel)
	e.listen(300*time.Millisecond, nil)
	e.understand() // a reply is under way, so that the caller interrupts it
	e.listen(200*time.Millisecond, nil)
	e.listen(600*time.Millisecond, voice(8000))
	if n := e.events(telephony.Clear); n != 0 {
		t.Errorf("%d clears for noise alone", n)
	}
	sent := len(e.sent)
	if e.listen(300*time.Millisecond, voice(8000)); len(e.sent) != sent {
		t.Error("noise while the caller speaks")
	}
	tail := e.pcm[len(e.pcm)-160:]
	if a, b := dBFS(tail[:40]), dBFS(tail[120:]); b > a-6 || tail[159] > 8 || tail[159] < -8 {
		t.Errorf("the noise ends at %.1f dBFS and %d, from %.1f 15 ms before", b, tail[159], a)
	}
}

// What the carrier is told and what the transcript says are the same with noise
// and without.
func TestNoiseIsNoWordOfTheAgents(t *testing.T) {
	type account struct {
		heard         string
		marks, clears int
		names         string
		counted       time.Duration
	}
	tell := func(level float64, talkOver bool) account {
		e := newEarpiece(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000}, level)
		e.listen(time.Second, nil)
		e.understand()
		e.listen(200*time.Millisecond, nil)
		e.say(5*time.Second, conversation.Next{})
		e.listen(2020*time.Millisecond, nil)
		if talkOver {
			e.listen(300*time.Millisecond, voice(8000))
		} else {
			e.listen(4*time.Second, nil)
		}
		a := account{marks: e.events(telephony.Mark), clears: e.events(telephony.Clear)}
		for _, ev := range e.sent {
			a.names += ev.Mark
		}
		for _, said := range e.core.Turn().Lines(e.now) {
			if said.Role == conversation.RoleAgent {
				a.heard = said.Heard
			}
		}
		a.counted = e.core.Counts(e.now).Heard
		return a
	}
	for name, talkOver := range map[string]bool{"heard to the end": false, "talked over": true} {
		t.Run(name, func(t *testing.T) {
			without, with := tell(0, talkOver), tell(comfortLevel, talkOver)
			if apart := without.counted - with.counted; apart < 0 || apart > 60*time.Millisecond {
				t.Errorf("heard %v without noise and %v with: want as much, but for the lead of the noise", without.counted, with.counted)
			}
			without.counted, with.counted = 0, 0
			if without != with || !strings.HasPrefix(with.heard, "Some") {
				t.Errorf("with noise %+v, without %+v", with, without)
			}
		})
	}
}

func TestNoiseGoesOnWhenTheStreamIsAnother(t *testing.T) {
	e := newEarpiece(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000}, comfortLevel)
	e.listen(300*time.Millisecond, nil)
	e.step(bridge.Input{Kind: bridge.InLost})
	sent := len(e.sent)
	e.listen(300*time.Millisecond, nil)
	if len(e.sent) != sent {
		t.Fatal("noise without a stream")
	}
	e.step(bridge.Input{Kind: bridge.InResume, Format: e.cfg.Format})
	e.listen(400*time.Millisecond, nil)
	if e.core.Turn().Waiting() && len(e.sent) == sent {
		t.Error("no noise on the new stream")
	}
}

func TestNoiseAllocatesNothing(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			e := newEarpiece(t, c, format, comfortLevel)
			e.listen(500*time.Millisecond, nil)
			before := e.core.Counts(e.now).SentFrames
			tick := &bridge.Input{Kind: bridge.InTick}
			n := testing.AllocsPerRun(50, func() {
				e.now = e.now.Add(beat)
				e.core.Step(e.now, tick)
			})
			if got := e.core.Counts(e.now).SentFrames - before; n != 0 || got < 4 {
				t.Errorf("%s %v: %v allocations a beat, %d messages", c.Name(), format, n, got)
			}
		}
	}
}

// A whole call over each carrier's simulator: the noise is in the wait and
// changes nothing else.
func TestACallWithNoiseGoesAsOneWithout(t *testing.T) {
	for _, c := range allCarriers() {
		t.Run(c.Name(), func(t *testing.T) {
			place := func(level float64) (report *sim.Report, record ledger.Record) {
				agent := agentOf(
					asr.Config{Rate: 16000, Delay: 600 * time.Millisecond, Texts: []string{"one", "two"}},
					says("Hello there.", "First reply. It has two sentences.", "Goodbye now."),
					tts.Config{Rate: 22050, Hertz: 600},
				)
				agent.Manners = conversation.DefaultManners()
				agent.Manners.ComfortNoise = level
				inHouse(t, agent, func(h *house) {
					report, record = h.place(c, c.Quirks.Formats[0].Rate, sim.Plan{Turns: []sim.Turn{speech("one"), speech("two")}})
				})
				return report, record
			}
			without, plain := place(0)
			with, record := place(-60)
			if transcript(record) != transcript(plain) || with.Ending != without.Ending || with.Violations > 0 || len(with.Errors) > 0 || len(record.Errors) > 0 {
				t.Errorf("with noise %q, %s, %v; without %q, %s", transcript(record), with.Ending, with.Errors, transcript(plain), without.Ending)
			}
			most := time.Duration(*without.Turns[0].Response) + mostLead(c, c.Quirks.Formats[0])
			for i, turn := range with.Turns {
				if turn.Response == nil || time.Duration(*turn.Response) > most {
					t.Fatalf("turn %d was answered after %v, want %v at most", i, turn.Response, most)
				}
				at := media.PCMSamples(time.Duration(turn.Agent.Start)-150*time.Millisecond, with.Rate)
				if got := dBFS(with.Heard[at-with.Rate/5 : at]); math.Abs(got+60) > 2 {
					t.Errorf("turn %d: %.1f dBFS in the wait, want -60", i, got)
				}
				if a, b := turn.Agent.End-turn.Agent.Start, without.Turns[i].Agent.End-without.Turns[i].Agent.Start; a > b+20e6 || a < b-20e6 {
					t.Errorf("turn %d: the reply lasts %v, want %v", i, a, b)
				}
			}
			if with.Media.Clears != without.Media.Clears || with.Media.MarksSent != without.Media.MarksSent {
				t.Errorf("with noise %+v, without %+v", with.Media, without.Media)
			}
		})
	}
}
