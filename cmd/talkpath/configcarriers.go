package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CarriersConfig holds what is set for each carrier.
type CarriersConfig struct {
	// Serve names the carriers that are answered; empty for all.
	Serve  []string     `yaml:"serve" env:"SERVE"`
	Exotel ExotelConfig `yaml:"exotel" envPrefix:"EXOTEL_"`
	Plivo  PlivoConfig  `yaml:"plivo" envPrefix:"PLIVO_"`
	Telnyx TelnyxConfig `yaml:"telnyx" envPrefix:"TELNYX_"`
	Twilio TwilioConfig `yaml:"twilio" envPrefix:"TWILIO_"`
	Vonage VonageConfig `yaml:"vonage" envPrefix:"VONAGE_"`
}

// TwilioConfig is what is set for Twilio. Of several secrets, here and below,
// any will do, so that they can be changed one after the other.
type TwilioConfig struct {
	AuthTokens    []Secret `yaml:"auth_tokens" env:"AUTH_TOKENS"`
	SignedSockets bool     `yaml:"signed_sockets" env:"SIGNED_SOCKETS"`
	Open          bool     `yaml:"open" env:"OPEN"`
}

// PlivoConfig is what is set for Plivo.
type PlivoConfig struct {
	Rate       int      `yaml:"rate" env:"RATE"`
	AuthTokens []Secret `yaml:"auth_tokens" env:"AUTH_TOKENS"`
	Open       bool     `yaml:"open" env:"OPEN"`
}

// TelnyxConfig is what is set for Telnyx.
type TelnyxConfig struct {
	Rate       int      `yaml:"rate" env:"RATE"`
	BigEndian  bool     `yaml:"l16_big_endian" env:"L16_BIG_ENDIAN"`
	PublicKeys []string `yaml:"public_keys" env:"PUBLIC_KEYS"` // in base64, or references as a Secret's
	Open       bool     `yaml:"open" env:"OPEN"`
}

// VonageConfig is what is set for Vonage.
type VonageConfig struct {
	Rate          int      `yaml:"rate" env:"RATE"`
	Secrets       []Secret `yaml:"signature_secrets" env:"SIGNATURE_SECRETS"`
	ApplicationID string   `yaml:"application_id" env:"APPLICATION_ID"`
	APIKey        string   `yaml:"api_key" env:"API_KEY"`
	Open          bool     `yaml:"open" env:"OPEN"`
}

// ExotelConfig is what is set for Exotel.
type ExotelConfig struct {
	Rate        int      `yaml:"rate" env:"RATE"`
	StreamKey   Secret   `yaml:"stream_key" env:"STREAM_KEY"`
	Minimal     bool     `yaml:"minimal_messages" env:"MINIMAL_MESSAGES"`
	WebhookKeys []Secret `yaml:"webhook_keys" env:"WEBHOOK_KEYS"`
	Logins      []Secret `yaml:"logins" env:"LOGINS"` // user:password
	Addresses   []string `yaml:"addresses" env:"ADDRESSES"`
	Open        bool     `yaml:"open" env:"OPEN"`
}

// rate returns the sample rate set for a carrier, zero for its default.
func (c CarriersConfig) rate(carrier string) int {
	switch carrier {
	case "exotel":
		return c.Exotel.Rate
	case "plivo":
		return c.Plivo.Rate
	case "telnyx":
		return c.Telnyx.Rate
	case "vonage":
		return c.Vonage.Rate
	}
	return 0
}

// open reports whether a carrier is to be answered without any proof.
func (c CarriersConfig) open(carrier string) bool {
	switch carrier {
	case "exotel":
		return c.Exotel.Open
	case "plivo":
		return c.Plivo.Open
	case "telnyx":
		return c.Telnyx.Open
	case "twilio":
		return c.Twilio.Open
	case "vonage":
		return c.Vonage.Open
	}
	return false
}

// serves reports whether a carrier is answered.
func (c CarriersConfig) serves(carrier string) bool {
	return len(c.Serve) == 0 || slices.Contains(c.Serve, carrier)
}

// protects returns the setting that tells a carrier's requests from those of
// strangers.
func protects(carrier string) string {
	settings := map[string]string{
		"exotel": "webhook_keys, logins or addresses", "plivo": "auth_tokens", "telnyx": "public_keys",
		"twilio": "auth_tokens", "vonage": "signature_secrets",
	}
	return "carriers." + carrier + "." + settings[carrier]
}

// check returns all that is wrong. public says whether strangers may reach the
// server: it must then tell them from the carriers, or be told not to.
func (c CarriersConfig) check(public bool) (wrong []error) {
	names := carrierNames()
	for _, name := range c.Serve {
		if !slices.Contains(names, name) {
			wrong = append(wrong, fmt.Errorf("carriers.serve: %q is none of %s", name, strings.Join(names, ", ")))
		}
	}
	for _, carrier := range carriers(c) {
		name := carrier.Name()
		if rate := c.rate(name); rate != 0 && !offers(carrier, rate) {
			wrong = append(wrong, fmt.Errorf("carriers.%s.rate: %d is not among what it offers: %v", name, rate, carrier.Quirks.Formats))
		}
		if c.serves(name) {
			wrong = append(wrong, c.checkGuard(name, public)...)
		}
	}
	if err := c.Exotel.StreamKey.checkKey(); err != nil {
		wrong = append(wrong, fmt.Errorf("carriers.exotel.stream_key: %w", err))
	}
	return wrong
}

// checkGuard returns what is wrong with how a carrier's requests are proven.
func (c CarriersConfig) checkGuard(name string, public bool) []error {
	guard, err := c.guard(name)
	switch {
	case err != nil:
		return []error{err}
	case guard != nil && c.open(name):
		return []error{fmt.Errorf("carriers.%s.open: is true, though %s is set: take one of them away", name, protects(name))}
	case guard == nil && public && !c.open(name):
		return []error{&strangersError{name}}
	}
	return nil
}

// strangersError reports a carrier whose requests nothing tells from those of
// strangers.
type strangersError struct{ carrier string }

func (e *strangersError) Error() string {
	return fmt.Sprintf("carriers.%s: strangers may reach the server, and nothing tells their requests from %[1]s's: "+
		"set %s, leave %[1]s out of carriers.serve, or set carriers.%[1]s.open: true", e.carrier, protects(e.carrier))
}

// trim makes lists without an item nil, as those that aren't set are.
func (c *CarriersConfig) trim() {
	for _, list := range []*[]string{&c.Serve, &c.Exotel.Addresses, &c.Telnyx.PublicKeys} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	for _, list := range []*[]Secret{
		&c.Exotel.WebhookKeys, &c.Exotel.Logins, &c.Plivo.AuthTokens, &c.Twilio.AuthTokens, &c.Vonage.Secrets,
	} {
		if len(*list) == 0 {
			*list = nil
		}
	}
}

// unguarded returns c with every carrier answered and none of them proven, for
// a server that this process alone calls.
func (c CarriersConfig) unguarded() CarriersConfig {
	return CarriersConfig{
		Exotel: ExotelConfig{Rate: c.Exotel.Rate, Minimal: c.Exotel.Minimal},
		Plivo:  PlivoConfig{Rate: c.Plivo.Rate},
		Telnyx: TelnyxConfig{Rate: c.Telnyx.Rate, BigEndian: c.Telnyx.BigEndian},
		Vonage: VonageConfig{Rate: c.Vonage.Rate},
	}
}

// revealAll returns the secrets of a setting, or all that is wrong with them.
func revealAll(setting string, list []Secret) (values []string, err error) {
	for i, s := range list {
		value, failed := s.Reveal()
		if failed == nil && value == "" {
			failed = errors.New("is empty")
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%s[%d]: %w", setting, i, failed))
			continue
		}
		values = append(values, value)
	}
	return values, err
}
