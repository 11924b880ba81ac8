package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/telephony"
)

const telnyxKey = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="

// protected is a configuration in which every carrier has something to prove
// itself with.
const protected = `
carriers:
  twilio: {auth_tokens: ["${env:TEST_TOKEN}", "${env:TEST_NEXT}"], signed_sockets: true}
  plivo: {auth_tokens: ["${env:TEST_TOKEN}"]}
  vonage: {signature_secrets: ["${env:TEST_TOKEN}"], application_id: 00000000-0000-4000-8000-0000000000aa, api_key: abcd1234}
  telnyx: {public_keys: [` + telnyxKey + `, "${env:TEST_TELNYX}"]}
  exotel: {webhook_keys: ["${env:TEST_TOKEN}"], logins: ["${env:TEST_LOGIN}"], addresses: [192.0.2.1, 198.51.100.0/24]}
`

func setSecrets(t *testing.T) {
	for name, value := range map[string]string{
		"TEST_TOKEN": "0123456789abcdef0123456789abcdef", "TEST_NEXT": "fedcba9876543210fedcba9876543210",
		"TEST_TELNYX": telnyxKey, "TEST_LOGIN": "us:er:word-of-mine",
	} {
		t.Setenv(name, value)
	}
}

// A server that strangers may reach must tell them from the carriers.
func TestAPublicServerStartsOnlyWhereEveryCarrierIsProven(t *testing.T) {
	setSecrets(t)
	for name, c := range map[string]struct {
		server, carriers string
		says             []string // nothing where it starts
	}{
		"this host":        {"{listen: '127.0.0.1:80'}", "", nil},
		"this host's name": {"{listen: 'localhost:80'}", "", nil},
		"version 6":        {"{listen: '[::1]:80'}", "", nil},
		"everywhere": {"{listen: ':80'}", "", []string{
			"carriers.exotel: ", "set carriers.exotel.webhook_keys, logins or addresses", "carriers.exotel.open: true",
			"carriers.plivo: ", "set carriers.plivo.auth_tokens", "carriers.telnyx: ", "carriers.telnyx.public_keys",
			"carriers.twilio: ", "carriers.vonage: ", "carriers.vonage.signature_secrets", "carriers.serve",
		}},
		"another address":     {"{listen: '192.0.2.1:80'}", "", []string{"carriers.twilio: "}},
		"behind a proxy":      {"{listen: '127.0.0.1:80', public_url: 'https://a.example.com'}", "", []string{"carriers.twilio: "}},
		"proven":              {"{listen: ':80'}", protected, nil},
		"open":                {"{listen: ':80'}", "carriers: {serve: [twilio], twilio: {open: true}}", nil},
		"one is served":       {"{listen: ':80'}", `carriers: {serve: [plivo], plivo: {auth_tokens: ["${env:TEST_TOKEN}"]}}`, nil},
		"none else is proven": {"{listen: ':80'}", `carriers: {serve: [plivo, twilio], plivo: {auth_tokens: ["${env:TEST_TOKEN}"]}}`, []string{"carriers.twilio: "}},
		"open and proven":     {"{}", `carriers: {plivo: {open: true, auth_tokens: ["${env:TEST_TOKEN}"]}}`, []string{"carriers.plivo.open: ", "take one of them away"}},
		"a key for sockets":   {"{listen: ':80'}", `carriers: {serve: [exotel], exotel: {stream_key: "${env:TEST_TOKEN}"}}`, []string{"carriers.exotel: "}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadConfig(write(t, "server: "+c.server+"\n"+c.carriers+"\n"))
			if (err == nil) != (c.says == nil) {
				t.Fatalf("got %v", err)
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("no %q in\n%v", part, err)
				}
			}
		})
	}
	for _, args := range []string{"serve --listen 0.0.0.0:0", "serve --listen :0 --fake-engines"} {
		if got := run(t.Context(), strings.Fields(args)); got != exitFailed {
			t.Errorf("%s: exit %d", args, got)
		}
	}
}

func TestFaultsOfCarriersAreReportedTogetherAndWithoutTheSecret(t *testing.T) {
	setSecrets(t)
	t.Setenv("TEST_SHORT", "short")
	_, err := loadConfig(write(t, `
server: {admin_listen: nowhere, trusted_proxies: [10.0.0.0/8, 10.0.0.300]}
carriers:
  serve: [acme, twilio, plivo, vonage, telnyx, exotel]
  twilio: {auth_tokens: [plain-canary-1, "${env:NOT_SET_AT_ALL}"]}
  plivo: {auth_tokens: ["${env:TEST_TOKEN}", ""]}
  vonage: {signature_secrets: [plain-canary-2]}
  telnyx: {public_keys: [canary]}
  exotel: {webhook_keys: ["${env:TEST_SHORT}"], logins: ["${env:TEST_SHORT}"], addresses: [nowhere]}
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, part := range []string{
		"server.admin_listen: ", "server.trusted_proxies: ", `"10.0.0.300"`, "carriers.serve: ", "carriers.twilio.auth_tokens[0]: ",
		"carriers.twilio.auth_tokens[1]: environment variable NOT_SET_AT_ALL", "carriers.plivo.auth_tokens[1]: is empty",
		"carriers.vonage.signature_secrets[0]: ", "carriers.telnyx.public_keys: ", "carriers.exotel.webhook_keys[0]: ",
		"carriers.exotel.logins[0]: is not user:password", "carriers.exotel.addresses: ",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in\n%v", part, err)
		}
	}
	if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "short") {
		t.Errorf("a secret is shown:\n%v", err)
	}
}

func TestListsOfSecretsComeFromTheEnvironmentToo(t *testing.T) {
	setSecrets(t)
	t.Setenv("TALKPATH_CARRIERS_SERVE", "twilio,plivo")
	t.Setenv("TALKPATH_CARRIERS_TWILIO_AUTH_TOKENS", "${env:TEST_TOKEN},${env:TEST_NEXT}")
	t.Setenv("TALKPATH_CARRIERS_PLIVO_OPEN", "true")
	t.Setenv("TALKPATH_SERVER_LISTEN", ":80")
	cfg, err := loadConfig("")
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := revealAll("", cfg.Carriers.Twilio.AuthTokens)
	if err != nil || len(tokens) != 2 || tokens[1] != "fedcba9876543210fedcba9876543210" || cfg.Carriers.serves("vonage") {
		t.Errorf("got %d tokens, %v", len(tokens), err)
	}
}

// answeredBy returns what the api gets of a carrier.
func answeredBy(t *testing.T, cfg Config, name string) (api.CarrierConfig, bool) {
	t.Helper()
	all, err := cfg.answered()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Name() == name {
			return one, true
		}
	}
	return api.CarrierConfig{}, false
}

func TestEveryCarrierGetsTheGuardThatIsSet(t *testing.T) {
	setSecrets(t)
	cfg, err := loadConfig(write(t, protected))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range carrierNames() {
		one, ok := answeredBy(t, cfg, name)
		if !ok || one.Guard == nil {
			t.Fatalf("%s: %+v", name, one)
		}
		stranger := telephony.Signed{Method: http.MethodPost, URL: "https://a.example.com/telephony/" + name + "/answer", Header: http.Header{}}
		if proof, failed := one.Guard.Check(stranger, time.Now()); failed == nil {
			t.Errorf("%s takes a stranger's request: %+v", name, proof)
		}
	}
	exotel, _ := answeredBy(t, cfg, "exotel")
	if want := url.UserPassword("us", "er:word-of-mine"); exotel.Login == nil || exotel.Login.String() != want.String() {
		t.Errorf("exotel logs in with %v", exotel.Login)
	}
	if cfg, err = loadConfig(write(t, "carriers: {serve: [twilio]}\n")); err != nil {
		t.Fatal(err)
	}
	if one, ok := answeredBy(t, cfg, "twilio"); !ok || one.Guard != nil || one.Login != nil {
		t.Errorf("twilio: %+v", one)
	}
	if _, ok := answeredBy(t, cfg, "plivo"); ok {
		t.Error("plivo is answered")
	}
}
