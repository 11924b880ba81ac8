//go:build e2e

package e2e_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Secrets of the tests have a word in them that scripts/canary looks for.
const (
	word    = "canary"
	seedOf  = word + "-telnyx-seed-0123456789abc" // 32 bytes
	pathKey = word + "Key0123456789"
)

// secured is a server to which every carrier must prove itself.
type secured struct {
	*server
	config string
	seed   string // reference to Telnyx's private key
}

// serveSecured starts a server with the secrets of all carriers.
func serveSecured(t *testing.T) *secured {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "${file:" + path + "}"
	}
	public, _ := ed25519.NewKeyFromSeed([]byte(seedOf)).Public().(ed25519.PublicKey)
	config := fmt.Sprintf(`carriers:
  twilio: {auth_tokens: ["%s"], signed_sockets: true}
  plivo: {auth_tokens: ["%s"]}
  vonage: {signature_secrets: ["%s"], application_id: 00000000-0000-4000-8000-0000000000aa, api_key: abcd1234}
  telnyx: {public_keys: ["%s"]}
  exotel: {webhook_keys: ["%s"], logins: ["%s"]}
`,
		file("twilio", word+"-twilio"), file("plivo", word+"-plivo"), file("vonage", word+"-vonage"),
		base64.StdEncoding.EncodeToString(public), file("exotel", pathKey), file("login", word+":"+word+"-password"))
	path := filepath.Join(dir, "talkpath.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return &secured{
		server: serve(t, "--config", path), config: path,
		seed: file("seed", base64.StdEncoding.EncodeToString([]byte(seedOf))),
	}
}

// as returns the flags with which a call proves to be a carrier's.
func (s *secured) as(carrier string) []string {
	flags := []string{"--carrier", carrier, "--url", s.URL}
	if carrier == "telnyx" { // the configuration has the public key only
		return append(flags, "--secret", s.seed)
	}
	return append(flags, "--config", s.config)
}

func TestStrangersAreRefusedByEveryCarriersWebhook(t *testing.T) {
	t.Parallel()
	s := serveSecured(t)
	for carrier, status := range map[string]string{
		"exotel": "401", "plivo": "401", "telnyx": "401", "twilio": "401",
		"vonage": "503", // it is asked to send again what it may have forgotten to sign
	} {
		_, complaint, code := talkpath(t, "call", "--carrier", carrier, "--url", s.URL, "--say", "goodbye")
		if code != 1 || !strings.Contains(complaint, status) {
			t.Errorf("%s: exit %d, %s", carrier, code, complaint)
		}
	}
	if strings.Contains(s.log.String(), "call started") {
		t.Error("a stranger's call was taken")
	}
}
