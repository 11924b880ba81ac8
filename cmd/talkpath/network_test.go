package main

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony/sim"
)

const exampleNetwork = "../../docs/network-example.yaml"

func TestTheExampleNetworkHasEveryKey(t *testing.T) {
	p, err := readProfile(exampleNetwork)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(exampleNetwork)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range yamlKeys(reflect.TypeOf(p)) {
		if !strings.Contains(string(text), key+":") {
			t.Errorf("the example lacks %s", key)
		}
	}
	if p.Name != "example" || p.ToServer.Stalls[1].Longest != 500*time.Millisecond || p.Drift != 50 || p.Dropped.Run != 3 {
		t.Errorf("read %+v", p)
	}
}

func TestAFaultInAProfileNamesTheFileAndTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":      {"to_server:\n  delay: 1ms\n  colour: red\n", "[3:3]"},
		"wrong type":       {"early_media: many\n", "[1:14]"},
		"no unit":          {"to_server: {delay: 40}\n", "[1:20]"},
		"not YAML":         {"to_server: [\n", "[1:12]"},
		"empty":            {"# nothing\n", "holds no profile"},
		"two of them":      {"name: a\n---\nname: b\n", "more than one"},
		"out of bounds":    {"name: x\n\nto_server:\n  delay: -1s\n", "[4:10] to_server.delay: is -1s"},
		"in a list":        {"to_server:\n  stalls:\n    - {every: 1s, shortest: 1ms, longest: 900ms}\n", "[3:43] to_server.stalls[0].longest"},
		"something absent": {"to_server:\n  stalls:\n    - {shortest: 1ms, longest: 1ms}\n", "to_server.stalls[0].every"},
		"too large":        {strings.Repeat("# nothing but words\n", 1<<12), "larger"},
	} {
		path := write(t, c.text)
		_, err := readProfile(path)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q and the file in it", name, err, c.says)
		}
	}
}

func TestAllFaultsOfAProfileAreReportedTogether(t *testing.T) {
	_, err := parseProfile([]byte("drift_ppm: 1000000\nearly_media: -1\ndropped: {share: 2}\n"))
	for _, want := range []string{"[1:12] drift_ppm", "[2:14] early_media", "[3:18] dropped.share"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestANetworkIsAProfilesNameOrAFile(t *testing.T) {
	var cfg sim.Config
	for _, name := range sim.ProfileNames() {
		if err := (&networkFlags{network: name, seed: 3}).apply(&cfg); err != nil || cfg.Network.Name != name || cfg.Seed != 3 {
			t.Errorf("%s: %+v, %v", name, cfg.Network, err)
		}
	}
	path := write(t, "drift_ppm: 7\n")
	if err := (&networkFlags{network: path}).apply(&cfg); err != nil || cfg.Network.Drift != 7 || cfg.Network.Name != path {
		t.Errorf("%+v, %v", cfg.Network, err)
	}
	err := (&networkFlags{network: "jittery"}).apply(&cfg)
	var usage usageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), strings.Join(sim.ProfileNames(), ", ")) {
		t.Errorf("a name that there isn't: %v", err)
	}
}

// What is taken is within its bounds, whatever the file says.
func FuzzProfile(f *testing.F) {
	example, err := os.ReadFile(exampleNetwork)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	for _, text := range []string{
		"", "name: x", "to_server: {delay: 1ms, stalls: [{every: 1s, shortest: 1ms, longest: 2ms}]}",
		"dropped: {share: .nan}", "breaks: {per_minute: .inf}", "a: &a [*a]", "--- \n---\n", "early_media: 0x1f",
		"to_server: \n stalls:\n  ! ",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := parseProfile(text)
		if err != nil {
			return
		}
		if err := p.Check(); err != nil {
			t.Errorf("taken: %v", err)
		}
		a := sim.NewArrivals(p.ToServer, 1)
		for sent, last := time.Duration(0), time.Duration(0); sent < time.Second; sent += 20 * time.Millisecond {
			at := a.Next(sent)
			if at < sent || at < last {
				t.Fatalf("sent at %v, arrives at %v behind %v", sent, at, last)
			}
			last = at
		}
	})
}
