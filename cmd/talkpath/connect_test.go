package main

import (
	"encoding/base64"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const connectPage = "../../docs/connect.md"

// manualConfigs returns the configurations of the manual, by carrier.
func manualConfigs(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(connectPage)
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

// What the manual gives to copy starts, and leaves nothing open.
func TestTheManualsConfigurationsAreGood(t *testing.T) {
	for name, value := range map[string]string{
		"TWILIO_AUTH_TOKEN": strings.Repeat("0a", 16), "PLIVO_AUTH_TOKEN": strings.Repeat("0A", 20),
		"TELNYX_PUBLIC_KEY":       base64.StdEncoding.EncodeToString(make([]byte, 32)),
		"VONAGE_SIGNATURE_SECRET": strings.Repeat("Ab", 20),
		"EXOTEL_KEY":              strings.Repeat("0a", 20), "EXOTEL_LOGIN": "talkpath:" + strings.Repeat("0b", 20),
	} {
		t.Setenv(name, value)
	}
	configs := manualConfigs(t)
	for _, carrier := range carrierNames() {
		t.Run(carrier, func(t *testing.T) {
			path := write(t, configs[carrier]+quiet)
			cfg, err := loadConfig(path)
			if err != nil || !slices.Equal(cfg.Carriers.Serve, []string{carrier}) || !cfg.public() {
				t.Fatalf("%v: %q", err, configs[carrier])
			}
			for _, f := range examine(t.Context(), path, false) {
				if f.State != stateOK && !strings.HasPrefix(f.About, "agents") {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// The URLs of the manual are those that doctor shows.
func TestTheManualsURLsAreTheServers(t *testing.T) {
	setSecrets(t)
	page, err := os.ReadFile(connectPage)
	if err != nil {
		t.Fatal(err)
	}
	found := examine(t.Context(), write(t, "server: {public_url: 'https://bot.example.com'}\n"+protected+quiet), false)
	shown := 0
	for _, f := range found {
		if !strings.HasSuffix(f.About, " URLs") {
			continue
		}
		for _, url := range regexp.MustCompile(`https://[^\s,]+`).FindAllString(f.Says, -1) {
			shown++
			if !strings.Contains(string(page), "`"+url+"`") {
				t.Errorf("the manual lacks %s", url)
			}
		}
	}
	if shown != 11 {
		t.Errorf("%d URLs, want an answer and a status URL of five carriers, and Exotel's recover URL", shown)
	}
}
