package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// guard returns what tells a carrier's requests from those of strangers, nil
// where nothing is set, or all that is wrong with what is set.
func (c CarriersConfig) guard(carrier string) (telephony.Guard, error) {
	switch carrier {
	case "exotel":
		return c.Exotel.guard()
	case "plivo":
		return c.Plivo.guard()
	case "telnyx":
		return c.Telnyx.guard()
	case "twilio":
		return c.Twilio.guard()
	case "vonage":
		return c.Vonage.guard()
	}
	return nil, nil
}

func (c TwilioConfig) guard() (telephony.Guard, error) {
	tokens, err := revealAll("carriers.twilio.auth_tokens", c.AuthTokens)
	if err != nil || len(tokens) == 0 {
		return nil, err
	}
	return twilio.NewGuard(twilio.GuardConfig{AuthTokens: tokens, SignedSockets: c.SignedSockets}), nil
}

func (c PlivoConfig) guard() (telephony.Guard, error) {
	tokens, err := revealAll("carriers.plivo.auth_tokens", c.AuthTokens)
	if err != nil || len(tokens) == 0 {
		return nil, err
	}
	return plivo.NewGuard(plivo.GuardConfig{AuthTokens: tokens}), nil
}

func (c VonageConfig) guard() (telephony.Guard, error) {
	secrets, err := revealAll("carriers.vonage.signature_secrets", c.Secrets)
	if err != nil || len(secrets) == 0 {
		return nil, err
	}
	return vonage.NewGuard(vonage.GuardConfig{
		Secrets: secrets, ApplicationID: c.ApplicationID, APIKey: c.APIKey,
	}), nil
}

func (c TelnyxConfig) guard() (telephony.Guard, error) {
	keys := make([]string, 0, len(c.PublicKeys))
	for i, text := range c.PublicKeys {
		if strings.HasPrefix(text, "${") {
			value, err := Secret{text: text}.Reveal()
			if err != nil {
				return nil, fmt.Errorf("carriers.telnyx.public_keys[%d]: %w", i, err)
			}
			text = value
		}
		keys = append(keys, text)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	guard, err := telnyx.NewGuard(telnyx.GuardConfig{PublicKeys: keys})
	if err != nil {
		return nil, fmt.Errorf("carriers.telnyx.public_keys: %w", err)
	}
	return guard, nil
}

func (c ExotelConfig) guard() (telephony.Guard, error) {
	keys, err := revealAll("carriers.exotel.webhook_keys", c.WebhookKeys)
	for i, key := range c.WebhookKeys {
		if _, unset := key.Reveal(); unset == nil {
			if failed := key.checkKey(); failed != nil {
				err = errors.Join(err, fmt.Errorf("carriers.exotel.webhook_keys[%d]: %w", i, failed))
			}
		}
	}
	users, failed := c.logins()
	err = errors.Join(err, failed)
	addresses, failed := prefixes(c.Addresses)
	if failed != nil {
		err = errors.Join(err, fmt.Errorf("carriers.exotel.addresses: %w", failed))
	}
	if err != nil || len(keys)+len(users)+len(addresses) == 0 {
		return nil, err
	}
	cfg := exotel.GuardConfig{Keys: keys, Addresses: addresses}
	for _, user := range users {
		password, _ := user.Password()
		cfg.Logins = append(cfg.Logins, exotel.Login{User: user.Username(), Password: password})
	}
	return exotel.NewGuard(cfg), nil
}

// errLogin reports a login that isn't one.
var errLogin = errors.New("is not user:password")

// logins returns with what Exotel may log in.
func (c ExotelConfig) logins() (users []*url.Userinfo, err error) {
	const setting = "carriers.exotel.logins"
	texts, err := revealAll(setting, c.Logins)
	for i, text := range texts {
		user, password, found := strings.Cut(text, ":")
		if !found || user == "" || password == "" {
			err = errors.Join(err, fmt.Errorf("%s[%d]: %w", setting, i, errLogin))
			continue
		}
		users = append(users, url.UserPassword(user, password))
	}
	return users, err
}

// login returns with what a carrier is asked to log in at its media sockets,
// nil for nothing.
func (c CarriersConfig) login(carrier string) *url.Userinfo {
	if users, err := c.Exotel.logins(); carrier == "exotel" && err == nil && len(users) > 0 {
		return users[0]
	}
	return nil
}
