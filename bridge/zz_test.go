package bridge_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	asr "github.com/talkpath/talkpath/conversation/asr/fake"
	tts "github.com/talkpath/talkpath/conversation/tts/fake"
	"github.com/talkpath/talkpath/telephony/sim"
)

func TestZZ(t *testing.T) {
	for _, c := range allCarriers() {
		for _, p := range sim.Profiles() {
			var texts, replies []string
			var turns []sim.Turn
			for i := range 30 {
				texts = append(texts, fmt.Sprint("text ", i))
				replies = append(replies, "This is a reply of some words. And another sentence that follows it.")
				turns = append(turns, speech(texts[i]))
			}
			agent := agentOf(asr.Config{Delay: 100 * time.Millisecond, Texts: texts}, goesOn(append(replies, "x")...), tts.Config{Rate: 16000})
			began := time.Now()
			inHouse(t, agent, func(h *house) {
				cfg := h.simConfig(c)
				cfg.Network, cfg.Seed = p, 7
				r, err := sim.Place(h.t.Context(), cfg, h.target(c, 0), sim.Plan{Turns: turns})
				if err != nil {
					t.Fatal(err)
				}
				h.calls.Wait()
				q := h.records[0].Quality
				fmt.Printf("%s %s %v real %v gapmax %v\n  %s\n", c.Name(), p.Name, r.Duration, time.Since(began), r.Media.GapMax, q.Summary)
				for _, f := range q.Findings {
					fmt.Println("   ", f.Hop, f.Direction, f.Code, f.Severity, f.Figure, f.Unit, "|", f.Text)
				}
				if testing.Verbose() {
					b, _ := json.Marshal(q.Caller)
					fmt.Println(string(b))
					b, _ = json.Marshal(q.Agent)
					fmt.Println(string(b))
					b, _ = json.Marshal(q.Process)
					fmt.Println(string(b))
				}
			})
		}
	}
}
