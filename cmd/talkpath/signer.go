package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/talkpath/talkpath/telephony"
)

// proofFlags say how the simulator proves that it is the carrier.
type proofFlags struct {
	config, secret, key string
}

func (p *proofFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&p.config, "config", "", "the server's configuration `file`: sign requests with the carrier's secrets in it, for its public_url")
	flags.StringVar(&p.secret, "secret", "", "sign requests with this secret of the carrier's, given as a `reference`: '${env:NAME}' or '${file:/path}'")
	flags.StringVar(&p.key, "key", "", "the secret at the end of the server's URLs, for carriers that don't sign (Exotel); a `reference` as for --secret")
}

// signer returns what proves the carrier's requests, --secret rather than what
// --config has; nil leaves them without proof.
func (p *proofFlags) signer(carrier string) (telephony.Signer, error) {
	switch {
	case p.secret != "":
		secret, err := revealed("--secret", p.secret)
		if err != nil {
			return nil, err
		}
		return signerOf(carrier, secret)
	case p.config != "":
		cfg, err := loadConfig(p.config)
		if err != nil {
			return nil, err
		}
		return signerFor(cfg, carrier)
	}
	return nil, nil
}

// pathKey returns the secret part of the server's URLs; empty for none.
func (p *proofFlags) pathKey(carrier string) (string, error) {
	switch {
	case p.key != "":
		return revealed("--key", p.key)
	case p.config != "":
		cfg, err := loadConfig(p.config)
		if err != nil {
			return "", err
		}
		return pathKeyFor(cfg, carrier)
	}
	return "", nil
}

// revealed returns the secret that a flag's reference names.
func revealed(flag, reference string) (string, error) {
	var secret Secret
	if err := secret.UnmarshalText([]byte(reference)); err != nil {
		return "", usageError{fmt.Errorf("%s: %w", flag, err)}
	}
	value, err := secret.Reveal()
	if err == nil && value == "" {
		err = errors.New("is empty")
	}
	if err != nil {
		return "", usageError{fmt.Errorf("%s: %w", flag, err)}
	}
	return value, nil
}
