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
		f.ok(about, "nothing proves its requests, but only this host reaches the server")
	case cfg.Carriers.open(name):
		f.warn(about, "OPEN to strangers, as its open: true wants it", "set "+protects(name))
	default:
		f.fail(about, "OPEN to strangers: the server doesn't start like this", "set "+protects(name)+", or leave "+name+" out of carriers.serve")
	}
	f.tellURLs(cfg, name)
	for _, s := range cfg.Carriers.shapes(name) {
		for i, value := range s.values {
			if !s.looks.MatchString(value) {
				f.warn(fmt.Sprintf("carriers.%s.%s[%d]", name, s.setting, i), "doesn't look like "+s.like, "compare it with what the carrier's console shows")
			}
		}
	}
}

// sharesProof reports whether nothing but addresses proves Exotel's requests.
// All its customers' requests come from the same ones.
func (c ExotelConfig) sharesProof() bool { return len(c.WebhookKeys)+len(c.Logins) == 0 }

// tellURLs tells what is set up at a carrier, where that is known.
func (f *findings) tellURLs(cfg Config, name string) {
	public, err := cfg.publicURL()
	carrier, unknown := carrierNamed(name)
	if err != nil || unknown != nil || public == nil {
		return
	}
	end := ""
	if name == "exotel" && len(cfg.Carriers.Exotel.WebhookKeys) > 0 {
		end = "/KEY"
	}
	base := strings.TrimSuffix(public.Redacted(), "/") + "/telephony/" + name + "/"
	says := "answer " + base + "answer" + end + ", status " + base + "status" + end
	if carrier.Quirks.RecoversByCall {
		says += ", recover " + base + "recover" + end
	}
	f.ok("carriers."+name+" URLs", says)
}

// counted returns a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if strings.HasSuffix(thing, "s") {
		thing += "e"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// proof says what proves a carrier's requests.
func (c CarriersConfig) proof(name string) string {
	switch name {
	case "exotel":
		return c.Exotel.proof()
	case "twilio":
		sockets := "; media sockets by their tickets, and by a signature where they have one"
		if c.Twilio.SignedSockets {
			sockets = "; media sockets too"
		}
		return "a signature, by " + counted(len(c.Twilio.AuthTokens), "auth token") + sockets
	case "plivo":
		return "a signature, by " + counted(len(c.Plivo.AuthTokens), "auth token") + "; media sockets too"
	case "telnyx":
		return "a signature, by " + counted(len(c.Telnyx.PublicKeys), "public key") + "; media sockets by their tickets"
	case "vonage":
		return "a signature, by " + counted(len(c.Vonage.Secrets), "secret") + "; media sockets by their tickets"
	}
	return ""
}

// proof says what proves Exotel's requests: keys in webhooks' URLs, or logins
// where there are none, and addresses.
func (c ExotelConfig) proof() string {
	var hooks, sockets []string
	if n := len(c.Logins); n > 0 {
		hooks, sockets = []string{counted(n, "login")}, []string{counted(n, "login")}
	}
	if n := len(c.WebhookKeys); n > 0 {
		hooks = []string{counted(n, "key") + " in their URLs"}
	}
	if n := len(c.Addresses); n > 0 {
		hooks, sockets = append(hooks, counted(n, "address")), append(sockets, counted(n, "address"))
	}
	return strings.Join(hooks, " and ") + "; media sockets by " + strings.Join(append(sockets, "their tickets"), " and ")
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
