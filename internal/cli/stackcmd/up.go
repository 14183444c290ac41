package stackcmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// ExitNoLoki is up's and restart's exit code when the collector records but
// Loki is missing or not ready: events are safe and wait in the audit log.
const ExitNoLoki = 4

// ExitNoGrafana is up's and restart's exit code when only Grafana is missing or not
// ready.
const ExitNoGrafana = 5

// UpOptions are the settings of up and restart.
type UpOptions struct {
	Factory *cliio.Factory
	Flags   stack.Flags
	NoLoki  bool
	Wait    time.Duration
	JSON    bool
	// Foreground makes up itself the supervisor; restart has no such flag.
	Foreground bool
}

// NewUp returns the command up.
func NewUp(f *cliio.Factory) *cobra.Command { return newUp(f, runUp) }

func newUp(f *cliio.Factory, runF func(context.Context, *UpOptions) error) *cobra.Command {
	o := &UpOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the collector and Loki in the background",
		Long: `Starts the collector and Loki as background processes that are restarted when
they crash, and waits until both answer. What runs already is left alone, so up
can be run again at any time, for instance once Loki has been built.

Loki is the one at --loki-url, which is never started or stopped by this
program; else loki on the PATH if it is Grafana Loki; else loki beside this
program. Without one the collector runs alone and keeps the events in the audit log.

--grafana also runs Grafana 11.1 or newer, from --grafana-bin or the PATH, with the
dashboards and alert rules, on loopback, with its data in the state directory.
Nothing is downloaded: without a Grafana the rest runs, and you are told what to do.

Settings come from flags, the environment, config.yaml in the state directory
(the flags' names with _ for -), and defaults, in this order. A running stack
keeps what it was started with; use restart to change it.

--foreground is for service managers (see docs/services.md): after the same
checks this process supervises the two itself, until SIGTERM; SIGHUP makes it
look again for a Loki that was missing. It prints its log and no result.

Exit codes: 0 everything runs, 1 failure, 4 the collector records but Loki is
missing or not ready (never with --no-loki), 5 Grafana was asked for and is missing
or not ready.

The result of --json is an object: home, started and running (lists of
collector, loki, grafana), collector {pid, socket, hook_url, otlp_grpc, otlp_http,
health_url, metrics_url, log}, loki {mode: own, external, missing or off; url,
ready, pid, version, error, log}, grafana {mode: own, missing or off; url, ready,
pid, version, error, log, password_file}, warnings and next (lists of text).`,
		Example: `  $ agent-telemetry up
  $ agent-telemetry up --grafana
  $ agent-telemetry up --loki-url http://loki.example:3100
  $ agent-telemetry --home /tmp/second up --hook-port 5319 --otlp-grpc-port 5317 \
      --otlp-http-port 5318 --health-port 14133 --metrics-port 9888 \
      --loki-port 4100 --loki-grpc-port 10095`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	o.addFlags(cmd)
	cmd.Flags().BoolVar(&o.Foreground, "foreground", false, "supervise in this process until it is told to end")
	cmd.MarkFlagsMutuallyExclusive("foreground", "json")
	cmd.AddCommand(newSupervise(f))
	return cmd
}

func (o *UpOptions) addFlags(cmd *cobra.Command) {
	fl := cmd.Flags()
	o.Flags = stack.AddFlags(fl)
	fl.BoolVar(&o.NoLoki, "no-loki", false, "do not start Loki now")
	fl.DurationVar(&o.Wait, "wait", time.Minute, "wait at most this long until all answer")
	fl.BoolVar(&o.JSON, "json", false, "print the result as JSON")
}
