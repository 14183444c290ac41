// Package events is the command that shows recorded events.
package events

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Sources of events.
const (
	sourceAuto  = "auto"
	sourceLoki  = "loki"
	sourceAudit = "audit"
)

type options struct {
	factory      *cliio.Factory
	filter       filter
	since, until string
	source       string
	limit        int
	follow       bool
	json         bool
	now          func() time.Time
}

// New returns the command events.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{factory: f, now: time.Now}
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Show recorded events, newest last",
		Args:  cobra.NoArgs,
		Long: `Shows what agents did, from Loki, or from the audit log when Loki is not there.

A line has the time, ▸ before a tool runs, ✓ or ✗ after it, ⚠ for a security
alert, the event, tool, project, session, what was done, lines added and removed,
duration, and a mark when it left the project. agent-telemetry alerts tells more of
alerts.

--json prints one object a line: time (RFC 3339, UTC), event_id, seq (0: none),
event, hook_event, tool, project, session_id, level, agent_id, tool_use_id,
outside_project_scope, source (loki or audit), line (the body without raw_input
and empty fields). Fields may be added; none is renamed.

--follow shows what is there and then what comes, until it is interrupted. From
Loki it also shows events that were spooled for up to a minute; older ones are
shown without --follow.`,
		Example: `  $ agent-telemetry events --since 24h --tool Bash
  $ agent-telemetry events --follow
  $ agent-telemetry events --session ID --json | jq .line`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	s := cmd.Flags()
	s.StringVar(&o.filter.session, "session", "", "only this session `ID`")
	s.StringVar(&o.filter.project, "project", "", "only this project: its `NAME` or path")
	s.StringVar(&o.filter.tool, "tool", "", "only this tool `NAME`")
	s.StringVar(&o.filter.event, "event", "", "only this event `TYPE`, such as file_edit")
	s.StringVar(&o.filter.agent, "agent", "", "only this agent `ID`")
	s.StringVar(&o.filter.level, "level", "", "only this `LEVEL`: INFO, WARN, ERROR or FATAL")
	s.StringVar(&o.since, "since", "1h", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.until, "until", "", "until when, likewise")
	s.StringVar(&o.source, "source", sourceAuto, "auto, loki or audit")
	s.IntVar(&o.limit, "limit", 100, "how many events, the newest")
	s.BoolVarP(&o.follow, "follow", "f", false, "go on and show what comes")
	s.BoolVar(&o.json, "json", false, "print JSON Lines")
	cobra.CheckErr(errors.Join(
		cmd.RegisterFlagCompletionFunc("source", cobra.FixedCompletions([]string{sourceAuto, sourceLoki, sourceAudit}, cobra.ShellCompDirectiveNoFileComp)),
		cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions([]string{"INFO", "WARN", "ERROR", "FATAL"}, cobra.ShellCompDirectiveNoFileComp)),
	))
	return cmd
}

// complete reads the times and finds what contradicts itself.
func (o *options) complete() error {
	now := o.now()
	var errs []error
	var err error
	if o.filter.from, err = timerange.Parse(o.since, now); err != nil {
		errs = append(errs, fmt.Errorf("--since: %w", err))
	}
	// A clock that is a little ahead must not hide the newest events.
	o.filter.to = now.Add(time.Minute)
	if o.until != "" {
		if o.filter.to, err = timerange.Parse(o.until, now); err != nil {
			errs = append(errs, fmt.Errorf("--until: %w", err))
		}
		if o.follow {
			errs = append(errs, errors.New("--until: cannot be used together with --follow"))
		}
	}
	if o.limit < 1 {
		errs = append(errs, errors.New("--limit: must be at least 1"))
	}
	if !slices.Contains([]string{sourceAuto, sourceLoki, sourceAudit}, o.source) {
		errs = append(errs, fmt.Errorf("--source: must be auto, loki or audit, not %q", o.source))
	}
	return errors.Join(errs...)
}

func (o *options) run(ctx context.Context) error {
	if err := o.complete(); err != nil {
		return &cliio.ExitError{Code: 2, Err: err}
	}
	home, err := o.factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	show := o.printer()
	if o.source != sourceAudit {
		err := o.fromLoki(ctx, home, show)
		if o.source == sourceLoki || !lokiquery.IsAway(err) {
			return ended(ctx, err)
		}
		if _, err := fmt.Fprintln(o.factory.IO.Err, "Loki is not there: this is from the audit log."); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return ended(ctx, o.fromAudit(ctx, home, show))
}

// ended takes an interruption for what it is: the way to end --follow.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it was asked to end
	}
	return err
}

// printer returns what shows a row.
func (o *options) printer() func(Row) error {
	if o.json {
		enc := termtext.JSON(o.factory.IO.Out)
		return func(r Row) error { return enc.Encode(r) }
	}
	t := newText(o.factory.IO)
	return func(r Row) error {
		_, err := io.WriteString(o.factory.IO.Out, t.line(&r))
		return err
	}
}

func (o *options) fromLoki(ctx context.Context, home statedir.Dir, show func(Row) error) error {
	config, err := stack.Current(home, nil)
	if err != nil {
		return fmt.Errorf("read the stack's settings: %w", err)
	}
	client, err := lokiquery.FromEnv(config.LokiAddress())
	if err != nil {
		return err
	}
	rows, err := newest(ctx, client, o.filter, o.limit)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := show(r); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if !o.follow {
		return nil
	}
	return followLoki(ctx, client, o.filter, rows, show, o.notice)
}

// notice tells the person, not the program that reads the output.
func (o *options) notice(text string) {
	_, _ = fmt.Fprintln(o.factory.IO.Err, text) // nothing depends on it
}

func (o *options) fromAudit(ctx context.Context, home statedir.Dir, show func(Row) error) error {
	rows, next, err := newestAudit(ctx, home.Audit(), o.filter, o.limit)
	for _, r := range rows {
		if err := show(r); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if errors.Is(err, auditlog.ErrCorrupt) {
		// What can be read has been shown.
		o.notice("Warning: a part of the audit log is damaged: " + err.Error())
		err = nil
	}
	if err != nil || !o.follow {
		return err
	}
	return followAudit(ctx, home.Audit(), o.filter, next, show)
}
