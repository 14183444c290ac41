// Package recordsource opens what the commands read that tell of sessions: the audit
// log, which is the proof, or Loki.
package recordsource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Names of sources.
const (
	Auto  = "auto" // the audit log if there is one, else Loki
	Audit = "audit"
	Loki  = "loki"
)

var names = []string{Auto, Audit, Loki}

// Flag adds --source.
func Flag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "source", Auto, "auto, audit or loki; auto is the audit log if there is one")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("source", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)))
}

// Check refuses a name that is none.
func Check(name string) error {
	if !slices.Contains(names, name) {
		return fmt.Errorf("--source: must be auto, audit or loki, not %q", name)
	}
	return nil
}

// Times reads --since and --until; "" is the zero time.
func Times(since, until string, now time.Time) (from, to time.Time, err error) {
	var errs []error
	read := func(flag, s string, to *time.Time) {
		if s == "" {
			return
		}
		var err error
		if *to, err = timerange.Parse(s, now); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", flag, err))
		}
	}
	read("--since", since, &from)
	read("--until", until, &to)
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		errs = append(errs, errors.New("--until: must be later than --since"))
	}
	return from, to, errors.Join(errs...)
}

// Open finds the source that is asked for.
func Open(ctx context.Context, f *cliio.Factory, name string) (story.Source, error) {
	home, err := f.Home()
	if err != nil {
		return nil, fmt.Errorf("find the state directory: %w", err)
	}
	if name == Loki {
		client, err := Client(home)
		if err != nil {
			return nil, err
		}
		return story.Loki(client), nil
	}
	segments, err := auditlog.Segments(home.Audit())
	if err != nil {
		return nil, err
	}
	if len(segments) > 0 {
		return story.Audit(home.Audit()), nil
	}
	if name == Audit {
		return nil, fmt.Errorf("there is no audit log in %s: nothing has been recorded there yet; `agent-telemetry up` and `agent-telemetry install` begin, --home reads another directory", home.Audit())
	}
	client, err := Client(home)
	if err != nil {
		return nil, err
	}
	if err := client.Ready(ctx); err != nil {
		return nil, fmt.Errorf("there is no audit log in %s, and no Loki to ask: %w", home.Audit(), err)
	}
	return story.Loki(client), nil
}

// Client returns a client of the Loki that the stack writes to.
func Client(home statedir.Dir) (*lokiquery.Client, error) {
	config, err := stack.Current(home, nil)
	if err != nil {
		return nil, fmt.Errorf("read the stack's settings: %w", err)
	}
	return lokiquery.FromEnv(config.LokiAddress())
}
