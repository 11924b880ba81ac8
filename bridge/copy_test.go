package bridge_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/conversation"
	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// copyOf makes a call of which the server gets a one-way copy.
func (h *house) copyOf(c telephony.Carrier, part telephony.Listening, plan sim.Plan) (*sim.Report, string, string) {
	h.t.Helper()
	target := h.target(c, 0)
	target.Listen = part
	target.Params = map[string]string{telephony.ListenParam: part.String()}
	if c.Name() == "exotel" {
		target.MediaURL += "?" + telephony.ListenParam + "=" + part.String()
	}
	report, err := sim.Place(h.t.Context(), h.simConfig(c), target, plan)
	if err != nil {
		h.t.Fatalf("place: %v", err)
	}
	record := h.theRecord()
	return report, transcript(record), record.Ending
}

func TestACopyIsWrittenDownToItsLastWord(t *testing.T) {
	other := speech("other")
	other.Callee = true
	for _, c := range allCarriers() {
		for _, part := range []telephony.Listening{telephony.ListenCaller, telephony.ListenBoth} {
			if !c.Quirks.OneWay || part == telephony.ListenBoth && !c.Quirks.BothTracks {
				continue
			}
			turns, want := []sim.Turn{speech("a"), speech("b")}, "caller: one|caller: two"
			if part == telephony.ListenBoth {
				turns, want = []sim.Turn{speech("a"), other, speech("b")}, "caller: one|callee: one|caller: two"
			}
			t.Run(c.Name()+" "+part.String(), func(t *testing.T) {
				agent := agentOf(asr.Config{Texts: []string{"one", "two"}, Delay: 300 * time.Millisecond}, goesOn("Hello."), tts.Config{})
				inHouse(t, agent, func(h *house) {
					report, got, ending := h.copyOf(c, part, sim.Plan{Turns: turns})
					if got != want || ending != string(telephony.CallerHungUp) {
						t.Errorf("wrote %s, ended %s; want %s", got, ending, want)
					}
					if report.Violations > 0 || report.Media.ReceivedFrames > 0 {
						t.Errorf("sent something: %+v %v", report.Media, report.Errors)
					}
				})
			})
		}
	}
}

// A recognizer that never answers holds up the end of a copy for its time only.
func TestACopyEndsWhateverTheRecognizerDoes(t *testing.T) {
	inHouse(t, agentOf(asr.Config{Fault: asr.Hangs}, goesOn("Hello."), tts.Config{}), func(h *house) {
		began := time.Now()
		report, got, ending := h.copyOf(allCarriers()[3], telephony.ListenCaller, sim.Plan{Turns: []sim.Turn{speech("a")}})
		took := time.Since(began) - time.Duration(report.Duration)
		if got != "" || ending != string(telephony.CallerHungUp) || took > conversation.DefaultManners().RecognizerWait+time.Second {
			t.Errorf("wrote %q, ended %s, %v after the caller", got, ending, took)
		}
	})
}
