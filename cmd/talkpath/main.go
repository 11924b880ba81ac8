// Command talkpath puts a voice agent on a phone line: it serves carriers'
// webhooks and media sockets, and plays carriers itself to try and to load a
// server.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(context.Background(), os.Args[1:])) }

// errFailed ends a command that has said already why it failed.
var errFailed = errors.New("failed")

// usageError is a command line that can't be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run carries out a command line and returns the exit code.
func run(ctx context.Context, args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		fmt.Fprintln(os.Stderr, "talkpath:", err)
		fmt.Fprintln(os.Stderr, "Run 'talkpath --help', or --help behind a command, for its usage.")
		return exitUsage
	}
	fmt.Fprintln(os.Stderr, "talkpath:", err)
	return exitFailed
}

func rootCommand() *cobra.Command {
	var root *cobra.Command
	root = &cobra.Command{
		Use:   "talkpath",
		Short: "A voice agent on a phone line",
		Example: `  talkpath serve
  talkpath call --carrier exotel --say "i would like to book an appointment" --say "yes please" --out heard.wav`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{unknownCommand(root, args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			_ = cmd.Help()
			return usageError{errors.New("a command is needed")}
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(serveCommand(), callCommand(), loadCommand(), doctorCommand(), versionCommand(), docsCommand())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, cmd := range root.Commands() {
		args := cmd.Args
		cmd.Args = func(c *cobra.Command, given []string) error {
			if err := args(c, given); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	return root
}

// unknownCommand names the command that was probably meant.
func unknownCommand(root *cobra.Command, name string) error {
	if meant := root.SuggestionsFor(name); len(meant) > 0 {
		return fmt.Errorf("unknown command %q: did you mean %s?", name, strings.Join(meant, " or "))
	}
	return fmt.Errorf("unknown command %q", name)
}

// noArgs refuses arguments that stand behind no flag.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: it stands behind no flag", args[0])
	}
	return nil
}
