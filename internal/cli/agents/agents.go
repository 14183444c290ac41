// Package agents is the command that tells of the agents of sessions: who called
// whom, what each type of agent did and how well, and how two sides compare.
package agents

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// New returns the command agents with everything below it.
func New(f *cliio.Factory) *cobra.Command { return newAll(f, time.Now) }

func newAll(f *cliio.Factory, now func() time.Time) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "agents",
		Short: "Tell who called whom, and how agents did",
		Long: `Which agents worked in a session, who called them, and what they did: from the audit
log if there is one, else from Loki. docs/agents.md says how a caller is known, and
describes what --json prints; docs/coordination.md what each figure means.`,
		Example: `  $ agent-telemetry agents tree
  $ agent-telemetry agents stats --since 7d
  $ agent-telemetry agents compare 5e551011 c0ffee00`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTree(f, now), newStats(f, now), newCompare(f, now))
	return cmd
}

// Widths of lines that can be asked for.
const (
	minWidth = 60
	maxWidth = 1000
)

func checkWidth(width int) error {
	if width != 0 && (width < minWidth || width > maxWidth) {
		return fmt.Errorf("--width: must be from %d to %d, or 0", minWidth, maxWidth)
	}
	return nil
}

func usage(err error) error { return &cliio.ExitError{Code: 2, Err: err} }

// printJSON prints values, one a line, without HTML's escapes.
func printJSON[T any](w io.Writer, values ...T) error {
	enc := termtext.JSON(w)
	for i := range values {
		if err := enc.Encode(values[i]); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}

func printText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

var errBoth = errors.New("cannot be used together with a session")
