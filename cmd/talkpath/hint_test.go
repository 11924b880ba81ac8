package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

func TestARefusedCallSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		carrier string
		proof   proofFlags
		says    string // empty for nothing
	}{
		"unsigned":               {&sim.RefusedError{Status: 401}, "twilio", proofFlags{}, "--config FILE, or the carrier's secret with --secret"},
		"wrong secret":           {&sim.RefusedError{Status: 403}, "twilio", proofFlags{secret: "x"}, "took no proof"},
		"unsigned, a key":        {&sim.RefusedError{Status: 401}, "exotel", proofFlags{}, "--key"},
		"unsigned, a key pair":   {&sim.RefusedError{Status: 401}, "telnyx", proofFlags{}, "public key of your own"},
		"asked to sign again":    {&sim.RefusedError{Status: 503}, "vonage", proofFlags{}, "--config FILE"},
		"full":                   {&sim.RefusedError{Status: 503}, "twilio", proofFlags{}, ""},
		"not found":              {&sim.RefusedError{Status: 404}, "twilio", proofFlags{}, ""},
		"a socket, no ticket":    {&wsconn.RefusedError{Status: 403}, "twilio", proofFlags{}, "base URL"},
		"nothing listens":        {syscall.ECONNREFUSED, "twilio", proofFlags{}, "talkpath serve"},
		"something else":         {syscall.EPIPE, "twilio", proofFlags{}, ""},
		"nothing went wrong yet": {nil, "twilio", proofFlags{}, ""},
	} {
		carrier, err := carrierNamed(c.carrier)
		if err != nil {
			t.Fatal(err)
		}
		if c.err != nil {
			c.err = fmt.Errorf("call: %w", &sim.SetupError{Step: "announce", Err: c.err})
		}
		got := c.proof.advice(c.err, carrier)
		if c.says == "" && got != "" || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q, want %q in it", name, got, c.says)
		}
	}
}

func TestUnknownCommandsAndArgumentsSayWhatWasMeant(t *testing.T) {
	root := rootCommand()
	for name, says := range map[string]string{"serv": "did you mean serve?", "docter": "did you mean doctor?", "sing": `unknown command "sing"`} {
		root.SetArgs([]string{name})
		if err := root.Execute(); err == nil || !strings.HasSuffix(err.Error(), says) {
			t.Errorf("%s: %v, want %s", name, err, says)
		}
	}
	root.SetArgs([]string{"call", "--carrier", "twilio", "hello"})
	if err := root.Execute(); err == nil || !strings.Contains(err.Error(), `"hello"`) {
		t.Errorf("%v", err)
	}
}
