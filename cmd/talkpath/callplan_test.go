package main

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// planned returns what the caller does by a command line's flags.
func planned(t *testing.T, c telephony.Carrier, args ...string) (sim.Plan, error) {
	t.Helper()
	var f callFlags
	cmd := &cobra.Command{}
	f.register(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return f.plan(c)
}

func copyingCarrier(both bool) telephony.Carrier {
	return telephony.Carrier{Quirks: telephony.Quirks{Name: "copying", OneWay: true, BothTracks: both}}
}

func TestTurnsKeepTheOrderOfTheirFlags(t *testing.T) {
	plan, err := planned(t, copyingCarrier(true), "--say", "one", "--callee", "two", "--digits", "4", "--over", "three", "--listen", "both")
	if err != nil {
		t.Fatal(err)
	}
	type turn struct {
		say, digits  string
		callee, over bool
	}
	var got []turn
	for _, t := range plan.Turns {
		got = append(got, turn{t.Say, t.Digits, t.Callee, t.TalkOver})
	}
	want := []turn{{say: "one"}, {say: "two", callee: true}, {digits: "4"}, {say: "three", over: true}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(turn{})); diff != "" {
		t.Error(diff)
	}
}

func TestBreaksAndSecondSocketsArePlanned(t *testing.T) {
	plan, err := planned(t, plivo.Carrier(), "--break", "4s", "--break", "9s", "--second-socket", "2s")
	if err != nil || !slices.Equal(plan.Breaks, []time.Duration{4 * time.Second, 9 * time.Second}) || plan.SecondSocket != 2*time.Second {
		t.Errorf("%+v, %v", plan, err)
	}
}

func TestKeysAreInBandWhereAsked(t *testing.T) {
	for _, c := range []struct {
		args []string
		want sim.Keying
	}{
		{[]string{"--digits", "4"}, sim.KeyEvents},
		{[]string{"--digits", "4", "--inband-digits"}, sim.KeyTones},
		{[]string{"--inband-digits=only", "--digits", "4"}, sim.KeyTones},
		{[]string{"--inband-digits=both", "--digits", "4"}, sim.KeyBoth},
	} {
		plan, err := planned(t, telephony.Carrier{}, c.args...)
		if err != nil || len(plan.Turns) != 1 || plan.Turns[0].Keying != c.want {
			t.Errorf("%q: %+v, %v", c.args, plan.Turns, err)
		}
	}
}

func TestAnEchoIsPlannedWhereAsked(t *testing.T) {
	for _, c := range []struct {
		args []string
		want sim.Echo
	}{
		{nil, sim.Echo{Delay: 150 * time.Millisecond}}, // no loss: no echo
		{[]string{"--echo-loss", "12"}, sim.Echo{Loss: 12, Delay: 150 * time.Millisecond}},
		{[]string{"--echo-loss", "6.5", "--echo-delay", "300ms"}, sim.Echo{Loss: 6.5, Delay: 300 * time.Millisecond}},
	} {
		plan, err := planned(t, twilio.Carrier(), c.args...)
		if err != nil || plan.Echo != c.want {
			t.Errorf("%q: %+v, %v", c.args, plan.Echo, err)
		}
	}
}

func TestWhatACarrierCantDoIsAWrongUsage(t *testing.T) {
	for _, c := range []struct {
		carrier telephony.Carrier
		args    []string
	}{
		{telephony.Carrier{}, []string{"--listen", "caller"}},
		{copyingCarrier(false), []string{"--listen", "both"}},
		{copyingCarrier(true), []string{"--listen", "all"}},
		{copyingCarrier(true), []string{"--callee", "hello"}},
		{telephony.Carrier{}, []string{"--break", "0s"}},
		{plivo.Carrier(), []string{"--second-socket", "-1s"}},
		{twilio.Carrier(), []string{"--second-socket", "2s"}},
		{telephony.Carrier{}, []string{"--rate", "1000"}},
		{telephony.Carrier{}, []string{"--digits", "1", "--inband-digits=never"}},
		{twilio.Carrier(), []string{"--echo-loss", "-3"}},
		{twilio.Carrier(), []string{"--echo-loss", "12", "--echo-delay", "1m"}},
		{copyingCarrier(true), []string{"--listen", "both", "--echo-loss", "12"}},
		{twilio.Carrier(), []string{"--encoding", "l16"}},
		{plivo.Carrier(), []string{"--encoding", "pcmu", "--rate", "16000"}},
	} {
		_, err := planned(t, c.carrier, c.args...)
		var usage usageError
		if !errors.As(err, &usage) {
			t.Errorf("%q: %v, want a usage error", c.args, err)
		}
	}
}

func TestProofFlagsTakeReferencesOnly(t *testing.T) {
	t.Setenv("SIM_SECRET", "the-secret-itself")
	for _, p := range []proofFlags{
		{secret: "the-secret-itself"}, {secret: "${env:SIM_UNSET}"}, {config: "/nowhere.yaml"},
	} {
		if signer, err := p.signer("twilio"); err == nil {
			t.Errorf("%+v gives %v", p, signer)
		}
	}
	key, err := (&proofFlags{key: "${env:SIM_SECRET}"}).pathKey("exotel")
	if err != nil || key != "the-secret-itself" {
		t.Errorf("key %q, %v", key, err)
	}
	if _, err := (&proofFlags{key: "plain"}).pathKey("exotel"); err == nil {
		t.Error("a key as text is taken")
	}
}
