package main

import (
	"errors"
	"fmt"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// errPrivateKey reports that a server's configuration can't sign for Telnyx.
var errPrivateKey = errors.New("--config: it has Telnyx's public keys, and only a private one signs: " +
	"give the seed of one, base64, with --secret (docs/connect.md says how)")

// signerFor returns what proves a carrier's requests with the secrets that a
// server's configuration has for it, the last of them where there are several;
// nil where it has none.
func signerFor(cfg Config, carrier string) (telephony.Signer, error) {
	c := cfg.Carriers
	switch carrier {
	case "exotel":
		users, err := c.Exotel.logins()
		if err != nil || len(users) == 0 {
			return nil, err
		}
		user := users[len(users)-1]
		password, _ := user.Password()
		return exotel.NewSigner(exotel.Login{User: user.Username(), Password: password}), nil
	case "plivo":
		return lastSecret("carriers.plivo.auth_tokens", c.Plivo.AuthTokens, plivo.NewSigner)
	case "telnyx":
		if len(c.Telnyx.PublicKeys) > 0 {
			return nil, usageError{errPrivateKey}
		}
	case "twilio":
		return lastSecret("carriers.twilio.auth_tokens", c.Twilio.AuthTokens, twilio.NewSigner)
	case "vonage":
		return lastSecret("carriers.vonage.signature_secrets", c.Vonage.Secrets, func(secret string) telephony.Signer {
			return vonage.NewSigner(vonage.SignerConfig{
				Secret: secret, ApplicationID: c.Vonage.ApplicationID, APIKey: c.Vonage.APIKey,
			})
		})
	}
	return nil, nil
}

// lastSecret returns the signer of the last of secrets, nil where there is none.
func lastSecret(setting string, secrets []Secret, signer func(string) telephony.Signer) (telephony.Signer, error) {
	values, err := revealAll(setting, secrets)
	if err != nil || len(values) == 0 {
		return nil, err
	}
	return signer(values[len(values)-1]), nil
}

// signerOf returns what proves a carrier's requests with one secret.
func signerOf(carrier, secret string) (telephony.Signer, error) {
	switch carrier {
	case "plivo":
		return plivo.NewSigner(secret), nil
	case "telnyx":
		signer, err := telnyx.NewSigner(secret)
		if err != nil {
			return nil, usageError{fmt.Errorf("--secret: %w", err)}
		}
		return signer, nil
	case "twilio":
		return twilio.NewSigner(secret), nil
	case "vonage":
		return vonage.NewSigner(vonage.SignerConfig{Secret: secret}), nil
	}
	return nil, usageError{fmt.Errorf("--secret: %s signs nothing; --key is the secret in its URLs", carrier)}
}

// pathKeyFor returns the secret part of a server's URLs that its configuration
// has for a carrier; empty for none.
func pathKeyFor(cfg Config, carrier string) (string, error) {
	if carrier != "exotel" {
		return "", nil
	}
	keys, err := revealAll("carriers.exotel.webhook_keys", cfg.Carriers.Exotel.WebhookKeys)
	if err != nil || len(keys) == 0 {
		return "", err
	}
	return keys[len(keys)-1], nil
}
