//go:build e2e

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheAgentIsNotInterruptedByItsOwnEcho(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for carrier, delay := range map[string]string{
		"exotel": "300ms", "plivo": "40ms", "telnyx": "150ms", "twilio": "300ms", "vonage": "40ms",
	} {
		t.Run(carrier+" "+delay, func(t *testing.T) {
			t.Parallel()
			r := call(t, "--carrier", carrier, "--url", s.URL, "--echo-loss", "12", "--echo-delay", delay,
				"--say", "what are your opening hours", "--say", "goodbye")
			if r.Media.Clears > 0 || r.Ending != "agent_hung_up" {
				t.Errorf("%d clears, ended %s", r.Media.Clears, r.Ending)
			}
			if understood, _ := r.said(t, 0); strings.Join(understood, "|") != "what are your opening hours|goodbye" {
				t.Errorf("understood %q", understood)
			}
			if s.record(r.Call).Media.EchoVetoes == 0 {
				t.Error("no echo is on record")
			}
		})
	}
}

func TestACallerInterruptsTheAgentOverItsEcho(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := call(t, "--carrier", "twilio", "--url", s.URL, "--echo-loss", "12", "--echo-delay", "150ms", "--talk-over",
		"--say", "i would like to book an appointment")
	if len(r.Turns) != 1 || r.Turns[0].BargeIn == nil || *r.Turns[0].BargeIn > bargeInMS || r.Media.Clears != 1 {
		t.Fatalf("turns %+v, %d clears", r.Turns, r.Media.Clears)
	}
	if understood, _ := r.said(t, 1); strings.Join(understood, "|") != "i would like to book an appointment" {
		t.Errorf("understood %q", understood)
	}
}

func TestWithoutTheGuardTheEchoInterrupts(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "talkpath.yaml")
	if err := os.WriteFile(config, []byte("agents:\n  - name: demo\n    echo_guard: false\n    noise_suppression: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--config", config)
	r := call(t, "--carrier", "twilio", "--url", s.URL, "--echo-loss", "12")
	if r.Media.Clears == 0 {
		t.Error("the echo has no effect")
	}
}
