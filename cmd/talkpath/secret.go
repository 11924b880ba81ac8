package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Secret is a setting that must not be seen. Its text is a reference,
// ${env:NAME} or ${file:/path}, and it prints as stars.
type Secret struct {
	text string
}

// errSecret reports a secret that stands in the configuration itself.
var errSecret = errors.New("a secret is given as ${env:NAME} or ${file:/path}, not as text")

// unsetError names an environment variable that a secret is to come from.
type unsetError string

func (name unsetError) Error() string {
	return "environment variable " + string(name) + " is not set"
}

// UnmarshalText takes the reference.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}

// String hides the secret.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return "***"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal returns the secret that the reference names; empty where none is set.
func (s Secret) Reveal() (string, error) {
	if s.text == "" {
		return "", nil
	}
	kind, name, found := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(s.text, "${"), "}"), ":")
	if !found || !strings.HasPrefix(s.text, "${") || !strings.HasSuffix(s.text, "}") {
		return "", errSecret
	}
	switch kind {
	case "env":
		value, set := os.LookupEnv(name)
		if !set || value == "" {
			return "", unsetError(name)
		}
		return value, nil
	case "file":
		value, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("secret: %w", err)
		}
		return strings.TrimSpace(string(value)), nil
	}
	return "", errSecret
}

// checkKey returns why the secret can't be a part of a URL's path that nobody
// guesses; none at all is no fault.
func (s Secret) checkKey() error {
	value, err := s.Reveal()
	switch {
	case err != nil || value == "":
		return err
	case len(value) < 16:
		return errors.New("must have 16 characters or more")
	case strings.ContainsFunc(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}):
		return errors.New("must be letters, digits, - and _, since it stands in a URL")
	}
	return nil
}
