//go:build e2e

package e2e_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// manualConfigs returns the configurations that the manual gives to copy, by
// carrier.
func manualConfigs(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../docs/connect.md")
	if err != nil {
		t.Fatal(err)
	}
	configs := map[string]string{}
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if served := regexp.MustCompile(`serve: \[(\w+)\]`).FindStringSubmatch(block[1]); served != nil {
			configs[served[1]] = block[1]
		}
	}
	return configs
}

// A server as the manual sets it up takes its carrier's calls behind a proxy,
// whose place the simulator takes, and takes up again those whose socket broke.
func TestAServerAsTheManualSetsItUpAnswersItsCarrier(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	public, _ := ed25519.NewKeyFromSeed([]byte(seedOf)).Public().(ed25519.PublicKey)
	seed := "${file:" + file("seed", base64.StdEncoding.EncodeToString([]byte(seedOf))) + "}"
	secrets := map[string]string{
		"TWILIO_AUTH_TOKEN": word + "-twilio", "PLIVO_AUTH_TOKEN": word + "-plivo", "VONAGE_SIGNATURE_SECRET": word + "-vonage",
		"TELNYX_PUBLIC_KEY": base64.StdEncoding.EncodeToString(public), "EXOTEL_KEY": pathKey, "EXOTEL_LOGIN": word + ":" + word + "-password",
	}
	for carrier, config := range manualConfigs(t) {
		t.Run(carrier, func(t *testing.T) {
			t.Parallel()
			config = strings.Replace(config, "127.0.0.1:9090", "127.0.0.1:0", 1)
			for name, value := range secrets {
				config = strings.Replace(config, "${env:"+name+"}", "${file:"+file(carrier+name, value)+"}", 1)
			}
			path := file(carrier+".yaml", config)
			s := serve(t, "--config", path)
			flags := []string{"--carrier", carrier, "--url", s.URL, "--config", path, "--break", "2s", "--say", "goodbye"}
			if carrier == "telnyx" { // the configuration has the public key only
				flags = append(flags, "--secret", seed)
			}
			r := call(t, flags...)
			if r.Ending != "agent_hung_up" || len(r.Streams) != 2 || len(r.Errors) > 0 || r.Reported < 3 {
				t.Errorf("%+v", r)
			}
			_, complaint, code := talkpath(t, "call", "--carrier", carrier, "--url", s.URL, "--say", "goodbye")
			if code != 1 || !strings.Contains(complaint, "wants proof") {
				t.Errorf("a stranger: exit %d, %s", code, complaint)
			}
		})
	}
}
