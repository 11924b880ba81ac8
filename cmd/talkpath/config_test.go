package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// write writes a configuration file and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talkpath.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheExampleHasEveryKeyWithItsDefault(t *testing.T) {
	none, err := loadConfig("")
	if err != nil {
		t.Fatal(err)
	}
	example, err := loadConfig("../../talkpath.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(none, example) {
		t.Errorf("the example gives\n%+v\nno file gives\n%+v", example, none)
	}
	text, err := os.ReadFile("../../talkpath.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range yamlKeys(reflect.TypeOf(Config{})) {
		if !strings.Contains(string(text), key+":") {
			t.Errorf("the example lacks %s", key)
		}
	}
}

// yamlKeys returns the keys of all fields of a type.
func yamlKeys(of reflect.Type) (keys []string) {
	switch of.Kind() {
	case reflect.Slice:
		return yamlKeys(of.Elem())
	case reflect.Struct:
		for i := range of.NumField() {
			if tag := of.Field(i).Tag.Get("yaml"); tag != "" {
				keys = append(append(keys, tag), yamlKeys(of.Field(i).Type)...)
			}
		}
	default:
	}
	return keys
}

func TestAFaultyFileNamesTheLine(t *testing.T) {
	cases := map[string]struct{ text, says string }{
		"unknown key":          {"server:\n  listen: :80\n  colour: red\n", "[3:3]"},
		"unknown key of agent": {"agents:\n  - name: a\n    colour: red\n", "colour"},
		"wrong type":           {"server:\n  max_calls: many\n", "[2:14]"},
		"not YAML":             {"server: [\n", "[1:9]"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := loadConfig(write(t, c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q in it", err, c.says)
			}
		})
	}
}

func TestAllFaultsAreReportedTogether(t *testing.T) {
	_, err := loadConfig(write(t, `
server: {listen: nowhere, max_calls: 0, lead: 2s, public_url: "ftp://x"}
log: {level: loud, format: xml}
carriers: {exotel: {rate: 11025, stream_key: open-text-of-a-secret}}
agents:
  - {name: a, recognizer: {engine: magic}, voice: {engine: magic}, manners: {endpointing: 1ms, comfort_noise: 60}}
  - {name: a}
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, key := range []string{
		"server.listen", "server.max_calls", "server.lead", "server.public_url", "log.level", "log.format",
		"carriers.exotel.rate", "carriers.exotel.stream_key", "agents[0].recognizer.engine",
		"agents[0].voice.engine", "agents[0].manners.endpointing", "agents[0].manners.comfort_noise", "agents[1].name",
	} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not named in:\n%v", key, err)
		}
	}
	if strings.Contains(err.Error(), "open-text") {
		t.Errorf("the secret is shown: %v", err)
	}
}

func TestAnAgentKeepsTheDefaultsOfWhatItDoesNotSet(t *testing.T) {
	cfg, err := loadConfig(write(t, "agents:\n  - name: a\n    manners: {endpointing: 800ms, comfort_noise: -60}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := defaultAgent()
	want.Name = "a"
	want.Manners.Endpointing = 800 * time.Millisecond
	want.Manners.ComfortNoise = -60
	if !reflect.DeepEqual(cfg.Agents, []AgentConfig{want}) {
		t.Errorf("got %+v", cfg.Agents)
	}
}

func TestAnAgentIsAskedHowItListens(t *testing.T) {
	cfg, err := loadConfig(write(t, "agents:\n  - {name: a}\n  - {name: b, echo_guard: false, noise_suppression: true}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := cfg.Agents[0], cfg.Agents[1]
	if !a.EchoGuard || a.NoiseSuppression || b.EchoGuard || !b.NoiseSuppression {
		t.Errorf("a: guard %v, suppression %v; b: guard %v, suppression %v", a.EchoGuard, a.NoiseSuppression, b.EchoGuard, b.NoiseSuppression)
	}
}

func TestTheEnvironmentIsOverTheFile(t *testing.T) {
	t.Setenv("TALKPATH_SERVER_LISTEN", "127.0.0.1:9")
	t.Setenv("TALKPATH_CARRIERS_EXOTEL_RATE", "16000")
	cfg, err := loadConfig(write(t, "server: {listen: '127.0.0.1:1'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Server.Listen != "127.0.0.1:9" || cfg.Carriers.Exotel.Rate != 16000 {
		t.Errorf("got %+v", cfg)
	}
}

func TestASecretIsReadFromWhereItsReferencePointsAndNeverShown(t *testing.T) {
	t.Setenv("KEY_OF_TEST", "sixteen-characters")
	file := write(t, "from-a-file-of-mine\n")
	for text, want := range map[string]string{
		"${env:KEY_OF_TEST}":   "sixteen-characters",
		"${file:" + file + "}": "from-a-file-of-mine",
	} {
		cfg, err := loadConfig(write(t, "carriers: {exotel: {stream_key: '"+text+"'}}\n"))
		if err != nil {
			t.Fatal(err)
		}
		key := cfg.Carriers.Exotel.StreamKey
		if got, err := key.Reveal(); err != nil || got != want {
			t.Errorf("%s gives %q, %v", text, got, err)
		}
		if shown := fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, key); strings.Contains(shown, want) {
			t.Errorf("%s shows the secret", text)
		}
	}
	for _, text := range []string{"${env:NOT_SET_AT_ALL}", "${file:/no/such/file}", "${vault:x}", "plain"} {
		if _, err := loadConfig(write(t, "carriers: {exotel: {stream_key: '"+text+"'}}\n")); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestExitCodesTellUsageFromFailure(t *testing.T) {
	for line, want := range map[string]int{
		"version":                              exitDone,
		"--help":                               exitDone,
		"":                                     exitUsage,
		"sing":                                 exitUsage,
		"call --carrier acme":                  exitUsage,
		"call":                                 exitUsage,
		"call --carrier twilio --colour red":   exitUsage,
		"call --carrier twilio --rate 16000":   exitUsage,
		"call --carrier twilio --digits x":     exitUsage,
		"call --carrier twilio --say=":         exitUsage,
		"call --carrier twilio --url nonsense": exitUsage,
		"call --carrier twilio extra":          exitUsage,
		"load --carrier twilio --calls 0":      exitUsage,
		"call --carrier twilio --network wet":  exitUsage,
		"load --carrier twilio --network wet":  exitUsage,
		"load --carrier twilio --seed x":       exitUsage,
		"call --carrier twilio --network ./no": exitFailed,
		"call --carrier twilio --audio /no.wav --url ws://127.0.0.1:1/": exitFailed,
		"call --carrier twilio --out /no/such/heard.wav":                exitFailed,
		"serve --config /no/such/file":                                  exitFailed,
	} {
		if got := run(t.Context(), strings.Fields(line)); got != want {
			t.Errorf("talkpath %s: exit %d, want %d", line, got, want)
		}
	}
}

func TestAValueOfAnotherKindIsNamedByItsKey(t *testing.T) {
	for value, want := range map[string]string{
		"comfort_noise: soft": "[4:22] comfort_noise: must be a number", "comfort_noise: [1]": "[4:22] comfort_noise: must be a number",
		"barge_in: maybe": "[4:17] barge_in: must be true or false", "idle_prompts: x": "[4:21] idle_prompts: must be a whole number",
		"idle: 5": "[4:13] idle: must be a time such as", "idle: soon # or later": "[4:13] idle: must be a time such as",
		"phrases: 3": "[4:16] phrases: must be a set of keys", "nonsense: 1": `unknown field "nonsense"`,
	} {
		_, err := loadConfig(write(t, "agents:\n  - name: a\n    manners:\n      "+value+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "unmarshal") {
			t.Errorf("%s: %v, want %q", value, err, want)
		}
	}
	if _, err := loadConfig(write(t, "agents:\n  ! ")); err == nil || !strings.Contains(err.Error(), "[") {
		t.Errorf("a tag of nothing: %v", err)
	}
	if _, err := loadConfig(write(t, "agents: 3\n")); err == nil || !strings.Contains(err.Error(), "[1:9] agents: must be a list") {
		t.Errorf("agents that are no list: %v", err)
	}
}
