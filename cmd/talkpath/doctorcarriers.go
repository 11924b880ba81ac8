package main

import (
	"fmt"
	"regexp"
	"strings"
)

// lookAtCarrier looks at what proves a carrier's requests.
func (f *findings) lookAtCarrier(cfg Config, name string) {
	about := "carriers." + name
	if !cfg.Carriers.serves(name) {
		f.ok(about, "not served")
		return
	}
	guard, err := cfg.Carriers.guard(name)
	switch {
	case err != nil:
		f.fail(about, "what proves its requests can't be used", "see its settings above")
		return
	case guard != nil && name == "exotel" && cfg.Carriers.Exotel.sharesProof():
		f.warn(about, "its requests are proven by their addresses alone, from which every customer of Exotel's can have them sent",
			"set carriers.exotel.webhook_keys as well")
	case guard != nil:
		f.ok(about, "its requests are proven by "+cfg.Carriers.proof(name))
	case !cfg.public():
		f.ok(about, "nothing proves its requests; only this host reaches the server")
	case cfg.Carriers.open(name):
		f.warn(about, "OPEN to strangers, as its open: true wants it", "set "+protects(name))
	default:
		f.fail(about, "OPEN to strangers", "set "+protects(name)+", or leave it out of carriers.serve")
	}
	for _, s := range cfg.Carriers.shapes(name) {
		for i, value := range s.values {
			if !s.looks.MatchString(value) {
				f.warn(fmt.Sprintf("carriers.%s.%s[%d]", name, s.setting, i), "doesn't look like "+s.like, "compare it with the carrier's own pages")
			}
		}
	}
}

// sharesProof reports whether nothing but addresses proves Exotel's requests.
// All its customers' requests come from the same ones.
func (c ExotelConfig) sharesProof() bool { return len(c.WebhookKeys)+len(c.Logins) == 0 }

// proof says what proves a carrier's requests.
func (c CarriersConfig) proof(name string) string {
	switch name {
	case "exotel":
		return fmt.Sprintf("all that is set of: %d keys in the path, %d logins, %d addresses",
			len(c.Exotel.WebhookKeys), len(c.Exotel.Logins), len(c.Exotel.Addresses))
	case "twilio":
		sockets := "; its media sockets by their tickets, and by a signature where they have one"
		if c.Twilio.SignedSockets {
			sockets = "; its media sockets too"
		}
		return fmt.Sprintf("signature, %d auth tokens", len(c.Twilio.AuthTokens)) + sockets
	case "plivo":
		return fmt.Sprintf("signature, %d auth tokens", len(c.Plivo.AuthTokens))
	case "telnyx":
		return fmt.Sprintf("signature, %d public keys", len(c.Telnyx.PublicKeys))
	case "vonage":
		return fmt.Sprintf("signature, %d secrets", len(c.Vonage.Secrets))
	}
	return ""
}

// shape is what a credential usually looks like.
type shape struct {
	setting string
	values  []string
	like    string
	looks   *regexp.Regexp
}

// shapes returns what a carrier's credentials usually look like. What they must
// look like is checked with the configuration.
func (c CarriersConfig) shapes(name string) []shape {
	revealed := func(list []Secret) []string {
		values, _ := revealAll("", list) // faults are told with the configuration
		return values
	}
	set := func(texts ...string) (all []string) {
		for _, text := range texts {
			if text != "" {
				all = append(all, text)
			}
		}
		return all
	}
	switch name {
	case "twilio":
		return []shape{{"auth_tokens", revealed(c.Twilio.AuthTokens), "an auth token: 32 digits and letters a to f", regexp.MustCompile(`^[0-9a-f]{32}$`)}}
	case "plivo":
		return []shape{{"auth_tokens", revealed(c.Plivo.AuthTokens), "an auth token: 40 letters and digits", regexp.MustCompile(`^[0-9A-Za-z]{40}$`)}}
	case "vonage":
		return []shape{
			{"signature_secrets", revealed(c.Vonage.Secrets), "a signature secret: 16 characters or more", regexp.MustCompile(`^\S{16,}$`)},
			{"application_id", set(c.Vonage.ApplicationID), "an application's id: a UUID", regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)},
			{"api_key", set(c.Vonage.APIKey), "an API key: 8 letters and digits", regexp.MustCompile(`^[0-9a-z]{8}$`)},
		}
	case "exotel":
		var passwords []string
		for _, login := range revealed(c.Exotel.Logins) {
			_, password, _ := strings.Cut(login, ":")
			passwords = append(passwords, password)
		}
		return []shape{{"logins", passwords, "a password that nobody guesses: 12 characters or more", regexp.MustCompile(`^.{12,}$`)}}
	}
	return nil
}
