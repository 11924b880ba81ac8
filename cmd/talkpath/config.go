package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"

	"github.com/talkpath/talkpath/conversation"
)

// Config is the whole configuration: a YAML file, then the environment.
type Config struct {
	Server   ServerConfig   `yaml:"server" envPrefix:"SERVER_"`
	Log      LogConfig      `yaml:"log" envPrefix:"LOG_"`
	Carriers CarriersConfig `yaml:"carriers" envPrefix:"CARRIERS_"`
	Agents   []AgentConfig  `yaml:"agents"`
}

// ServerConfig is the server and its limits.
type ServerConfig struct {
	Listen    string        `yaml:"listen" env:"LISTEN"`
	PublicURL string        `yaml:"public_url" env:"PUBLIC_URL"`
	MaxCalls  int           `yaml:"max_calls" env:"MAX_CALLS"`
	Lead      time.Duration `yaml:"lead" env:"LEAD"`
	Drain     time.Duration `yaml:"drain" env:"DRAIN"`
	KeepCalls int           `yaml:"keep_calls" env:"KEEP_CALLS"`
	// AdminListen is where the calls' records and the metrics are served;
	// empty for the listener of all, to clients on this host only.
	AdminListen string `yaml:"admin_listen" env:"ADMIN_LISTEN"`
	// TrustedProxies are the addresses and networks whose X-Forwarded-For
	// tells who calls.
	TrustedProxies []string `yaml:"trusted_proxies" env:"TRUSTED_PROXIES"`
}

// LogConfig is what is logged, and how.
type LogConfig struct {
	Level  string `yaml:"level" env:"LEVEL"`
	Format string `yaml:"format" env:"FORMAT"`
}

// AgentConfig is an agent: its script, its engines and its manners.
type AgentConfig struct {
	Name       string           `yaml:"name"`
	Script     string           `yaml:"script"`
	Recognizer RecognizerConfig `yaml:"recognizer"`
	Voice      VoiceConfig      `yaml:"voice"`
	Manners    MannersConfig    `yaml:"manners"`
	// EchoGuard keeps the agent from being interrupted by its own echo, and
	// NoiseSuppression takes noise out of what the recognizer hears.
	EchoGuard        bool `yaml:"echo_guard"`
	NoiseSuppression bool `yaml:"noise_suppression"`
}

// RecognizerConfig is the engine that hears.
type RecognizerConfig struct {
	Engine   string `yaml:"engine"`
	Parallel int    `yaml:"parallel"`
}

// VoiceConfig is the engine that speaks.
type VoiceConfig struct {
	Engine string `yaml:"engine"`
	Voice  string `yaml:"voice"`
	Speed  int    `yaml:"speed"`
}

// MannersConfig is how a conversation is held, as conversation.Manners has it.
type MannersConfig struct {
	Endpointing    time.Duration `yaml:"endpointing"`
	Idle           time.Duration `yaml:"idle"`
	IdlePrompts    int           `yaml:"idle_prompts"`
	MaxDuration    time.Duration `yaml:"max_duration"`
	DigitPause     time.Duration `yaml:"digit_pause"`
	RecognizerWait time.Duration `yaml:"recognizer_wait"`
	DialogueWait   time.Duration `yaml:"dialogue_wait"`
	VoiceWait      time.Duration `yaml:"voice_wait"`
	Ceiling        time.Duration `yaml:"ceiling"`
	BargeIn        bool          `yaml:"barge_in"`
	ComfortNoise   float64       `yaml:"comfort_noise"`
	Phrases        PhrasesConfig `yaml:"phrases"`
}

// PhrasesConfig are what the agent says without its engines.
type PhrasesConfig struct {
	Moment string `yaml:"moment"`
	Sorry  string `yaml:"sorry"`
	Bye    string `yaml:"bye"`
	Back   string `yaml:"back"`
}

// The engines that a configuration can name.
const (
	enginePocketsphinx = "pocketsphinx"
	engineEspeak       = "espeak"
	engineFake         = "fake"
	scriptDemo         = "demo" // the agent that is built in
	scriptFake         = "fake" // an agent for load tests
)

func defaultAgent() AgentConfig {
	m := conversation.DefaultManners()
	return AgentConfig{
		Name: "demo", Script: scriptDemo,
		Recognizer: RecognizerConfig{Engine: enginePocketsphinx},
		Voice:      VoiceConfig{Engine: engineEspeak},
		EchoGuard:  true,
		Manners: MannersConfig{
			Endpointing: m.Endpointing, Idle: m.Idle, IdlePrompts: m.IdlePrompts,
			MaxDuration: m.MaxDuration, DigitPause: m.DigitPause,
			RecognizerWait: m.RecognizerWait, DialogueWait: m.DialogueWait,
			VoiceWait: m.VoiceWait, Ceiling: m.Ceiling, BargeIn: m.BargeIn, ComfortNoise: m.ComfortNoise,
			Phrases: PhrasesConfig(m.Phrases),
		},
	}
}

func defaultConfig() Config {
	return Config{
		Server: ServerConfig{
			Listen: "127.0.0.1:8080", MaxCalls: 1000, Lead: 200 * time.Millisecond,
			Drain: 30 * time.Minute, KeepCalls: 1000,
		},
		Log: LogConfig{Level: "info", Format: "auto"},
	}
}

// UnmarshalYAML sets an agent's defaults before its keys are read.
func (a *AgentConfig) UnmarshalYAML(read func(any) error) error {
	type plain AgentConfig
	agent := plain(defaultAgent())
	agent.Name = ""
	if err := read(&agent); err != nil {
		return err
	}
	*a = AgentConfig(agent)
	return nil
}

// loadConfig reads the file at path, where there is one, the environment over
// it and change over both, and checks the whole. All faults are reported
// together.
func loadConfig(path string, change ...func(*Config)) (Config, error) {
	cfg := defaultConfig()
	if path != "" {
		if err := readConfig(path, &cfg); err != nil {
			return cfg, err
		}
	}
	if err := env.ParseWithOptions(&cfg, env.Options{Prefix: "TALKPATH_"}); err != nil {
		return cfg, fmt.Errorf("environment: %w", err)
	}
	if len(cfg.Agents) == 0 {
		cfg.Agents = []AgentConfig{defaultAgent()}
	}
	for _, c := range change {
		c(&cfg)
	}
	cfg.trim()
	if err := cfg.check(); err != nil {
		return cfg, &faultsError{path, err}
	}
	return cfg, nil
}

// faultsError holds what is wrong with a configuration that could be read, a
// line for each fault.
type faultsError struct {
	path string
	error
}

func (e *faultsError) Error() string {
	faults := "\n  " + strings.ReplaceAll(e.error.Error(), "\n", "\n  ")
	if e.path == "" {
		return "configuration:" + faults
	}
	return "configuration " + e.path + ":" + faults + "\n'talkpath doctor --config " + e.path + "' says what to do."
}

// Unwrap returns the faults.
func (e *faultsError) Unwrap() error { return e.error }

func readConfig(path string, cfg *Config) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	// A file without any key is an io.EOF.
	if err := decodeYAML(yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()), cfg); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("configuration %s:\n%s", path, unreadable(err, text))
	}
	return nil
}

// check returns all that is wrong.
func (c *Config) check() error {
	var wrong []error
	add := func(key, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Server.Listen); err != nil {
		add("server.listen", "%q is not host:port, such as 127.0.0.1:8080 or :8080", c.Server.Listen)
	}
	if _, err := c.publicURL(); err != nil {
		add("server.public_url", "%v", err)
	}
	if c.Server.MaxCalls < 1 {
		add("server.max_calls", "must be 1 or more")
	}
	if c.Server.KeepCalls < 1 {
		add("server.keep_calls", "must be 1 or more")
	}
	if c.Server.Lead < 40*time.Millisecond || c.Server.Lead > 400*time.Millisecond {
		add("server.lead", "is %v, must be from 40ms to 400ms", c.Server.Lead)
	}
	if c.Server.Drain < 0 {
		add("server.drain", "must not be negative")
	}
	if _, err := c.Log.level(); err != nil {
		add("log.level", "%v", err)
	}
	switch c.Log.Format {
	case "auto", "json", "console":
	default:
		add("log.format", "is %q, must be auto, json or console", c.Log.Format)
	}
	if _, _, err := net.SplitHostPort(c.Server.AdminListen); err != nil && c.Server.AdminListen != "" {
		add("server.admin_listen", "%q is not host:port, such as 127.0.0.1:9090", c.Server.AdminListen)
	}
	if _, err := prefixes(c.Server.TrustedProxies); err != nil {
		add("server.trusted_proxies", "%v", err)
	}
	wrong = append(wrong, c.Carriers.check(c.public())...)
	return errors.Join(append(wrong, c.checkAgents()...)...)
}

// trim makes lists without an item nil, as those that aren't set are.
func (c *Config) trim() {
	if len(c.Server.TrustedProxies) == 0 {
		c.Server.TrustedProxies = nil
	}
	c.Carriers.trim()
}

func (c *Config) checkAgents() (wrong []error) {
	seen := map[string]bool{}
	for i, a := range c.Agents {
		key := fmt.Sprintf("agents[%d]", i)
		if a.Name == "" || seen[a.Name] {
			wrong = append(wrong, fmt.Errorf("%s.name: %q is empty or taken", key, a.Name))
		}
		seen[a.Name] = true
		if e := a.Recognizer.Engine; e != enginePocketsphinx && e != engineFake {
			wrong = append(wrong, fmt.Errorf("%s.recognizer.engine: %q, must be %s or %s", key, e, enginePocketsphinx, engineFake))
		}
		if e := a.Voice.Engine; e != engineEspeak && e != engineFake {
			wrong = append(wrong, fmt.Errorf("%s.voice.engine: %q, must be %s or %s", key, e, engineEspeak, engineFake))
		}
		if err := a.Manners.manners().Check(); err != nil {
			for line := range strings.Lines(err.Error()) {
				wrong = append(wrong, fmt.Errorf("%s.manners.%s", key, strings.TrimSpace(line)))
			}
		}
	}
	return wrong
}

// manners returns the times as the conversation takes them.
func (m MannersConfig) manners() conversation.Manners {
	return conversation.Manners{
		Endpointing: m.Endpointing, Idle: m.Idle, IdlePrompts: m.IdlePrompts,
		MaxDuration: m.MaxDuration, DigitPause: m.DigitPause,
		RecognizerWait: m.RecognizerWait, DialogueWait: m.DialogueWait,
		VoiceWait: m.VoiceWait, Ceiling: m.Ceiling, BargeIn: m.BargeIn, ComfortNoise: m.ComfortNoise,
		Phrases: conversation.Phrases(m.Phrases),
	}
}
