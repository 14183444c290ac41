package stackcmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// Exit codes of status beside 0, all well.
const (
	ExitDegraded   = 1 // something is down
	ExitNotRunning = 3 // nothing runs
)

// StatusOptions are the settings of status.
type StatusOptions struct {
	Factory *cliio.Factory
	Flags   stack.Flags
	JSON    bool
}

// NewStatus returns the command status.
func NewStatus(f *cliio.Factory) *cobra.Command { return newStatus(f, runStatus) }

func newStatus(f *cliio.Factory, runF func(context.Context, *StatusOptions) error) *cobra.Command {
	o := &StatusOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how the stack is",
		Long: `Shows the background processes, the socket, Loki, what waits, the last event and
the room on the disk. It changes nothing.

Exit codes: 0 all well, 1 something is down (or the command failed), 3 nothing runs.

The result of --json is an object; sizes are bytes, times RFC 3339 or null:
  home, state (ok, degraded or stopped), problems (list of text)
  supervisor {running, pid, since}
  collector  {state, pid, since, rss_bytes, restarts, error}   state: running,
             waiting (to be restarted), absent (see error), orphan or stopped
  loki       {mode (own, external), url, ready, error, version, process (as
             collector; only with mode own), data_bytes}
  grafana    {url, ready, error, version, process}, or null when it is not asked for
  socket     {path, answers, error}
  receiver   what the collector's receiver tells of itself, or null
  hook       {errors, lost, last, last_at}: what the hook noted in 24 hours
  spool      {files, bytes, oldest, rejected}
  audit      {segments, bytes, modified}
  delivery   list of {name, behind, waiting_s, all_at, next_seq, skipped, refused,
             error}: how far each reader of the audit log has brought it
  alerts     {critical, high, medium, low}: how many in 24 hours, as Loki has them,
             or null; see agent-telemetry alerts
  enforcement {mode, files, projects, none, ask, deny, unanswered, judging}: whether
             tool calls are enforced in this project (mode "" when not), a list of
             the others in which they are {project, mode, files}, and the verdicts
             since the collector started
  disk {free, total}, last_event, settings (with their sources)`,
		Example: `  $ agent-telemetry status
  $ agent-telemetry status --json | jq .spool.files`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the result as JSON")
	return cmd
}

func runStatus(ctx context.Context, o *StatusOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	c, err := stack.Current(home, o.Flags)
	if err != nil {
		return err
	}
	s := look(ctx, c)
	if o.JSON {
		err = printJSON(o.Factory.IO.Out, s)
	} else {
		err = write(o.Factory.IO.Out, s.text(o.Factory.IO.Color))
	}
	if err != nil {
		return err
	}
	switch s.State {
	case StateStopped:
		return &cliio.ExitError{Code: ExitNotRunning}
	case StateDegraded:
		return &cliio.ExitError{Code: ExitDegraded}
	default:
		return nil
	}
}
