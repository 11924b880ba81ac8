package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"

	"github.com/talkpath/talkpath/telephony/sim"
)

// maxProfile is the largest file of a profile that is read.
const maxProfile = 64 << 10

// networkFlags are the flags of commands that play a carrier, about what lies
// between it and the server.
type networkFlags struct {
	network string
	seed    uint64
}

func (f *networkFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.network, "network", "clean",
		"the network's `profile`: "+strings.Join(sim.ProfileNames(), ", ")+", or a YAML file")
	flags.Uint64Var(&f.seed, "seed", 1, "`number` from which the network's random choices follow")
}

// apply puts the network that was asked for into cfg.
func (f *networkFlags) apply(cfg *sim.Config) (err error) {
	cfg.Seed = f.seed
	if strings.ContainsAny(f.network, "./") {
		cfg.Network, err = readProfile(f.network)
		return err
	}
	named, ok := sim.ProfileNamed(f.network)
	if !ok {
		return usageError{fmt.Errorf("--network %q: must be one of %s, or a YAML file such as ./net.yaml", f.network, strings.Join(sim.ProfileNames(), ", "))}
	}
	cfg.Network = named
	return nil
}

// readProfile reads the profile in a file. Its errors name the file and the
// line.
func readProfile(path string) (sim.Profile, error) {
	file, err := os.Open(path)
	if err != nil {
		return sim.Profile{}, fmt.Errorf("--network: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxProfile+1))
	if err == nil && len(text) > maxProfile {
		err = fmt.Errorf("is larger than %d bytes", maxProfile)
	}
	if err != nil {
		return sim.Profile{}, fmt.Errorf("network %s: %w", path, err)
	}
	p, err := parseProfile(text)
	if err != nil {
		return p, fmt.Errorf("network %s:\n%w", path, err)
	}
	if p.Name == "" {
		p.Name = path
	}
	return p, nil
}

// parseProfile reads one profile from YAML, strictly, and checks it. Its
// errors begin with [line:column].
func parseProfile(text []byte) (p sim.Profile, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	switch err = decodeYAML(dec, &p); {
	case errors.Is(err, io.EOF):
		return p, errors.New("[1:1] holds no profile")
	case err != nil:
		return p, errors.New(unreadable(err, text))
	}
	if err = decodeYAML(dec, new(sim.Profile)); !errors.Is(err, io.EOF) {
		return p, errors.New("holds more than one profile")
	}
	return p, located(text, p.Check())
}

// located puts the place of each fault before it.
func located(text []byte, faults error) error {
	all, ok := faults.(interface{ Unwrap() []error })
	if !ok {
		return faults
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return faults
	}
	var wrong []error
	for _, err := range all.Unwrap() {
		if fault := (*sim.ProfileError)(nil); errors.As(err, &fault) {
			err = fmt.Errorf("%s %w", place(file, fault.Key), err)
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// place returns where a key stands, or the nearest one above it that does, as
// [line:column].
func place(file *ast.File, key string) string {
	for key != "" {
		if path, err := yaml.PathString("$." + key); err == nil {
			if node, missing := path.FilterFile(file); missing == nil && node != nil {
				at := node.GetToken().Position
				return fmt.Sprintf("[%d:%d]", at.Line, at.Column)
			}
		}
		key = key[:max(strings.LastIndexAny(key, ".["), 0)]
	}
	return "[1:1]"
}
