package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// doctor runs the command and returns what it printed and its exit code.
func doctor(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	code = run(t.Context(), append([]string{"doctor"}, args...))
	os.Stdout = stdout
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text), code
}

// found runs doctor on a configuration and returns the state and the words of
// each finding.
func found(t *testing.T, config string, args ...string) (states, words map[string]string, code int) {
	t.Helper()
	out, code := doctor(t, append(args, "--json", "--config", write(t, config))...)
	var doc struct {
		OK       bool
		Findings []finding
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.OK != (code == exitDone) {
		t.Fatalf("%v, exit %d, %s", err, code, out)
	}
	states, words = map[string]string{}, map[string]string{}
	for _, f := range doc.Findings {
		states[f.About], words[f.About] = f.State, f.Says+"; "+f.Do
	}
	return states, words, code
}

// quiet has no engines that may be missing.
const quiet = "agents: [{name: a, recognizer: {engine: fake}, voice: {engine: fake}}]\n"

func TestDoctorTellsWhatIsOpenToStrangers(t *testing.T) {
	setSecrets(t)
	const public = "server: {listen: '127.0.0.1:80', public_url: 'https://a.example.com', admin_listen: '127.0.0.1:90'}\n"
	for name, c := range map[string]struct {
		config string
		about  string
		state  string
		says   string
		code   int
	}{
		"proven":          {public + protected, "carriers.twilio", stateOK, "2 auth tokens", 0},
		"proven by a key": {public + protected, "carriers.exotel", stateOK, "1 key in their URLs and 2 addresses; media sockets by 1 login and 2 addresses and their tickets", 0},
		"proven by nothing of ours": {
			public + "carriers: {serve: [exotel], exotel: {addresses: [192.0.2.0/24]}}\n",
			"carriers.exotel", stateWarn, "carriers.exotel.webhook_keys", 0,
		},
		"served here only":   {"", "carriers.twilio", stateOK, "only this host", 0},
		"left out":           {"carriers: {serve: [plivo]}\n", "carriers.twilio", stateOK, "not served", 0},
		"open":               {public + "carriers: {serve: [twilio], twilio: {open: true}}\n", "carriers.twilio", stateWarn, "OPEN to strangers", 0},
		"forgotten":          {public + "carriers: {serve: [twilio]}\n", "carriers.twilio", stateFail, "carriers.twilio.auth_tokens", 1},
		"secret unset":       {`carriers: {twilio: {auth_tokens: ["${env:NOT_SET_AT_ALL}"]}}` + "\n", "carriers.twilio.auth_tokens[0]", stateFail, "NOT_SET_AT_ALL", 1},
		"records here":       {"", "server.admin_listen", stateOK, "this host only", 0},
		"records elsewhere":  {public + protected, "server.admin_listen", stateOK, "127.0.0.1:90", 0},
		"records by a proxy": {strings.Replace(public, "admin_listen: '127.0.0.1:90'", "", 1) + protected, "server.admin_listen", stateWarn, "proxy", 0},
		"records in a net":   {strings.Replace(public, "127.0.0.1:90", "10.0.0.1:90", 1) + protected, "server.admin_listen", stateWarn, "10.0.0.1", 0},
		"records for all":    {strings.Replace(public, "127.0.0.1:90", ":90", 1) + protected, "server.admin_listen", stateFail, "OPEN to strangers", 1},
		"no TLS":             {strings.Replace(public, "https", "http", 1) + protected, "server.public_url", stateFail, "https", 1},
		"unknown URL":        {protected, "server.public_url", stateWarn, "signatures", 0},
		"listens wide":       {"server: {listen: ':80'}\n" + protected, "server.listen", stateWarn, "TLS", 0},
		"URLs":               {public + protected, "carriers.twilio URLs", stateOK, "https://a.example.com/telephony/twilio/answer, status https://a.example.com/telephony/twilio/status;", 0},
		"URLs with a key":    {public + protected, "carriers.exotel URLs", stateOK, "recover https://a.example.com/telephony/exotel/recover/KEY", 0},
		"no URLs":            {protected, "carriers.twilio URLs", "", "", 0},
		"secret as text":     {"carriers: {plivo: {auth_tokens: [text]}}\n", "carriers.plivo.auth_tokens[0]", stateFail, "name that", 1},
		"secret file gone":   {`carriers: {plivo: {auth_tokens: ["${file:/no/such}"]}}` + "\n", "carriers.plivo.auth_tokens[0]", stateFail, "put the secret there", 1},
		"no address":         {"server: {listen: '8080'}\n", "server.listen", stateFail, "host:port", 1},
		"faulty":             {"server: {max_calls: 0}\n", "server.max_calls", stateFail, "1 or more", 1},
		"unreadable":         {"server: {colour: red}\n", "configuration", stateFail, "colour", 1},
		"no script":          {"agents: [{name: b, script: /no/such.yaml}]\n#", "agents b script", stateFail, "/no/such.yaml", 1},
		"pretends":           {"", "agents a voice", stateWarn, "pretends", 0},
	} {
		t.Run(name, func(t *testing.T) {
			config := c.config
			if !strings.Contains(config, "agents:") {
				config += quiet
			}
			states, words, code := found(t, config)
			if states[c.about] != c.state || !strings.Contains(words[c.about], c.says) || code != c.code {
				t.Errorf("%s is %q: %s, exit %d; all: %v", c.about, states[c.about], words[c.about], code, words)
			}
		})
	}
}

func TestDoctorKnowsWhatCredentialsLookLike(t *testing.T) {
	setSecrets(t)
	t.Setenv("TEST_ODD", "odd canary")
	t.Setenv("TEST_WEAK", "user:canary")
	states, words, code := found(t, `
carriers:
  twilio: {auth_tokens: ["${env:TEST_TOKEN}", "${env:TEST_ODD}"]}
  plivo: {auth_tokens: ["${env:TEST_ODD}"]}
  vonage: {signature_secrets: ["${env:TEST_ODD}"], application_id: mine, api_key: KEY}
  exotel: {logins: ["${env:TEST_LOGIN}", "${env:TEST_WEAK}"]}
`+quiet)
	for _, about := range []string{
		"carriers.twilio.auth_tokens[1]", "carriers.plivo.auth_tokens[0]", "carriers.vonage.signature_secrets[0]",
		"carriers.vonage.application_id[0]", "carriers.vonage.api_key[0]", "carriers.exotel.logins[1]",
	} {
		if states[about] != stateWarn {
			t.Errorf("%s is %q", about, states[about])
		}
	}
	for _, about := range []string{"carriers.twilio.auth_tokens[0]", "carriers.exotel.logins[0]"} {
		if words[about] != "" {
			t.Errorf("%s: %s", about, words[about])
		}
	}
	for about, text := range words {
		if strings.Contains(text, "canary") {
			t.Errorf("%s shows a secret: %s", about, text)
		}
	}
	if code != exitDone {
		t.Errorf("exit %d: looks alone are no failure", code)
	}
}

func TestDoctorAsksThePublicURLOnlyWhenToldTo(t *testing.T) {
	asked := 0
	answer := http.StatusOK
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/bridge/healthz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(answer)
	}))
	defer http.DefaultClient.CloseIdleConnections()
	config := "server: {public_url: '" + there.URL + "/bridge/'}\ncarriers: {serve: [twilio], twilio: {open: true}}\n" + quiet
	const about = "server.public_url online"
	if states, _, _ := found(t, config); asked != 0 || states[about] != "" {
		t.Errorf("asked %d times", asked)
	}
	if states, words, _ := found(t, config, "--online"); states[about] != stateOK {
		t.Errorf("%q: %s", states[about], words[about])
	}
	answer = http.StatusBadGateway
	if states, words, code := found(t, config, "--online"); states[about] != stateFail || !strings.Contains(words[about], "502") || code != exitFailed {
		t.Errorf("%q: %s", states[about], words[about])
	}
	there.Close()
	if states, words, _ := found(t, config, "--online"); states[about] != stateFail {
		t.Errorf("%q: %s", states[about], words[about])
	}
	if states, _, _ := found(t, quiet, "--online"); states[about] != stateWarn {
		t.Errorf("without a URL: %q", states[about])
	}
}

func TestDoctorPrintsATableAndKnowsItsUsage(t *testing.T) {
	out, code := doctor(t, "--config", write(t, quiet))
	if code != exitDone || !strings.Contains(out, "carriers.twilio") || !strings.Contains(out, "server.listen") {
		t.Errorf("exit %d\n%s", code, out)
	}
	const open = "server: {public_url: 'https://a.example.com'}\ncarriers: {serve: [twilio]}\n"
	out, code = doctor(t, "--config", write(t, open+quiet))
	if code != exitFailed || strings.Count(out, "FAIL") != 1 || !strings.Contains(out, "1 to mend") {
		t.Errorf("one fault, told once: exit %d\n%s", code, out)
	}
	for _, args := range [][]string{{"--colour"}, {"extra"}} {
		if _, code := doctor(t, args...); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}
