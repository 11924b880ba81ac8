package bridge_test

import (
	"fmt"
	"testing"
	"time"

	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// Whole calls, from the caller's keypad over each carrier's messages to the
// transcript.
func TestKeysAreUnderstoodOnEveryCarrierHoweverTheyAreTold(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			for name, keying := range map[string]sim.Keying{"events": sim.KeyEvents, "tones": sim.KeyTones, "both": sim.KeyBoth} {
				if keying != sim.KeyTones && format != c.Quirks.Formats[0] {
					continue
				}
				t.Run(fmt.Sprint(c.Name(), format, name), func(t *testing.T) {
					agent := agentOf(asr.Config{Texts: []string{"one"}}, says("Hello.", "First.", "Second.", "Bye."), tts.Config{})
					inHouse(t, agent, func(h *house) {
						report, record := h.place(c, format.Rate, sim.Plan{Noise: 20, Turns: []sim.Turn{
							{Digits: "1550*4", Keying: keying}, speech("one"), {Digits: "99", Keying: keying, TalkOver: true},
						}})
						want := "agent: Hello.|caller: 1550*4|agent: First.|caller: one|agent: Second.|caller: 99|agent: Bye."
						if got := transcript(record); got != want {
							t.Errorf("transcript %s", got)
						}
						if report.Ending != telephony.AgentHungUp || len(report.Errors) > 0 || len(record.Errors) > 0 {
							t.Errorf("ended %s, %v, %v", report.Ending, report.Errors, record.Errors)
						}
					})
				})
			}
		}
	}
}

func TestKeysAreUnderstoodOverBadNetworks(t *testing.T) {
	for _, network := range []string{"jitter", "bursts", "stalls", "drift", "loss"} {
		profile, known := sim.ProfileNamed(network)
		if !known {
			t.Fatalf("no network %q", network)
		}
		for _, c := range allCarriers() {
			for name, keying := range map[string]sim.Keying{"tones": sim.KeyTones, "both": sim.KeyBoth} {
				agent := agentOf(asr.Config{}, says("Hello.", "Bye."), tts.Config{})
				inHouse(t, agent, func(h *house) {
					cfg := h.simConfig(c)
					cfg.Network, cfg.Seed = profile, 5
					_, err := sim.Place(h.t.Context(), cfg, h.target(c, 0), sim.Plan{
						Patience: 20 * time.Second, Turns: []sim.Turn{{Digits: "1550*4", Keying: keying}},
					})
					if err != nil {
						t.Fatal(err)
					}
					h.calls.Wait()
					if got := transcript(h.records[0]); got != "agent: Hello.|caller: 1550*4|agent: Bye." {
						t.Errorf("%s, %s, %s: transcript %s", network, c.Name(), name, got)
					}
				})
			}
		}
	}
}
