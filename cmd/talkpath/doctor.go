package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// The states of a finding.
const (
	stateOK   = "ok"
	stateWarn = "warn"
	stateFail = "FAIL"
)

// finding is one thing that doctor looked at.
type finding struct {
	About string `json:"about"` // the setting, where it is one
	State string `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // what to do about it
}

// findings are what doctor found.
type findings []finding

func (f *findings) add(about, state, says, do string) {
	*f = append(*f, finding{About: about, State: state, Says: says, Do: do})
}

func (f *findings) ok(about, says string)       { f.add(about, stateOK, says, "") }
func (f *findings) warn(about, says, do string) { f.add(about, stateWarn, says, do) }
func (f *findings) fail(about, says, do string) { f.add(about, stateFail, says, do) }

// failed reports whether something must be done.
func (f *findings) failed() bool {
	for _, one := range *f {
		if one.State == stateFail {
			return true
		}
	}
	return false
}

func doctorCommand() *cobra.Command {
	var config string
	var asJSON, online bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the configuration, and what is open to strangers",
		Long: `Doctor reads a configuration and tells of every setting whether it will do:
what proves each carrier's requests, the shape of credentials, what strangers
can reach, and whether the agents' programs and files are there. It exits with
1 where something fails. It reaches for nothing but files, unless --online
lets it ask the public URL.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found := examine(cmd.Context(), config, online)
			if err := found.print(cmd.OutOrStdout(), asJSON); err != nil {
				return err
			}
			if found.failed() {
				return errFailed
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "configuration `file` (YAML); see talkpath.example.yaml")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as one JSON document")
	cmd.Flags().BoolVar(&online, "online", false, "ask the public URL whether it answers")
	return cmd
}

// examine looks at everything.
func examine(ctx context.Context, path string, online bool) (found findings) {
	cfg, err := loadConfig(path)
	var faults *faultsError
	switch {
	case errors.As(err, &faults):
		for line := range strings.Lines(faults.error.Error()) {
			setting, says, _ := strings.Cut(strings.TrimSpace(line), ": ")
			found.fail(setting, says, "the server doesn't start like this")
		}
	case err != nil:
		found.fail("configuration", err.Error(), "nothing else was looked at")
		return found
	case path == "":
		found.ok("configuration", "none: the defaults and the environment")
	default:
		found.ok("configuration", path)
	}
	found.lookAtServer(cfg)
	if online {
		found.lookOnline(ctx, cfg)
	}
	for _, name := range carrierNames() {
		found.lookAtCarrier(cfg, name)
	}
	for _, agent := range cfg.Agents {
		found.lookAtAgent(agent)
	}
	return found
}

// print prints the findings as a table, or as one JSON document.
func (f *findings) print(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			OK       bool     `json:"ok"`
			Findings findings `json:"findings"`
		}{!f.failed(), *f})
	}
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 3, WidthMax: 60, WidthMaxEnforcer: text.WrapSoft},
		{Number: 4, WidthMax: 50, WidthMaxEnforcer: text.WrapSoft},
	})
	t.AppendHeader(table.Row{"", "what", "found", "do"})
	for _, one := range *f {
		t.AppendRow(table.Row{one.State, one.About, one.Says, one.Do})
	}
	t.Render()
	return nil
}
