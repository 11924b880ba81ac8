package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	stateFail = "fail"
)

// finding is one thing that doctor looked at. What stands in JSON is documented
// in docs/connect.md.
type finding struct {
	About string `json:"about"` // the setting, where it is one
	State string `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // what to do about it; set unless State is ok
}

// findings are what doctor found.
type findings []finding

func (f *findings) add(about, state, says, do string) {
	*f = append(*f, finding{About: about, State: state, Says: says, Do: do})
}

func (f *findings) ok(about, says string)       { f.add(about, stateOK, says, "") }
func (f *findings) warn(about, says, do string) { f.add(about, stateWarn, says, do) }
func (f *findings) fail(about, says, do string) { f.add(about, stateFail, says, do) }

// count returns how many findings are of a state.
func (f *findings) count(state string) (n int) {
	for _, one := range *f {
		if one.State == state {
			n++
		}
	}
	return n
}

// failed reports whether something must be done.
func (f *findings) failed() bool { return f.count(stateFail) > 0 }

func doctorCommand() *cobra.Command {
	var config string
	var asJSON, online bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the configuration, and what is open to strangers",
		Long: `Doctor reads a configuration and tells of every setting whether it will do:
what proves each carrier's requests, the shape of credentials, what strangers
can reach, and whether the agents' programs and files are there. It shows the
URLs that are set up at each carrier, too. What must be mended fails, what
should be looked at is a warning, and either says what to do.

It exits with 1 where something fails. It reaches for nothing but files, unless
--online lets it ask the public URL.`,
		Example: `  talkpath doctor
  talkpath doctor --config talkpath.yaml --online
  talkpath doctor --config talkpath.yaml --json`,
		Args: noArgs,
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
		found.addFaults(faults.error)
	case err != nil:
		says := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "configuration"), "\n", " ")
		found.fail("configuration", strings.TrimLeft(says, ": "), "correct it, then ask again: nothing else was looked at. "+
			"talkpath.example.yaml has every key")
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
		state := one.State
		if state == stateFail {
			state = strings.ToUpper(state)
		}
		t.AppendRow(table.Row{state, one.About, one.Says, one.Do})
	}
	t.Render()
	_, err := fmt.Fprintf(w, "%d ok, %d to look at, %d to mend\n", f.count(stateOK), f.count(stateWarn), f.count(stateFail))
	return err
}
