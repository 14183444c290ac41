package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// Sources of alerts.
const (
	sourceAuto  = "auto"
	sourceLoki  = "loki"
	sourceAudit = "audit"
)

// source is where alerts are read from.
type source interface {
	// each calls fn for the records of an event type that the filter may
	// choose, in no particular order, until fn returns false.
	each(ctx context.Context, f *filter, event string, fn func(record) bool) error
	// event returns the record of an event by its id; ok is false when it is
	// not there.
	event(ctx context.Context, id string, near time.Time) (r record, ok bool, err error)
	// follow calls fn for records of an event type that come, until ctx is done or
	// fn returns an error.
	follow(ctx context.Context, f *filter, event string, fn func(record) error) error
}

func sourceFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "source", sourceAuto, "auto, loki or audit")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("source", cobra.FixedCompletions([]string{sourceAuto, sourceLoki, sourceAudit}, cobra.ShellCompDirectiveNoFileComp)))
}

func checkSource(name string) error {
	if !slices.Contains([]string{sourceAuto, sourceLoki, sourceAudit}, name) {
		return fmt.Errorf("--source: must be auto, loki or audit, not %q", name)
	}
	return nil
}

// open finds the source that is asked for. With sourceAuto it is Loki, or the
// audit log when Loki is not there.
func open(ctx context.Context, f *cliio.Factory, name string) (source, error) {
	home, err := f.Home()
	if err != nil {
		return nil, fmt.Errorf("find the state directory: %w", err)
	}
	notice := func(text string) {
		_, _ = fmt.Fprintln(f.IO.Err, termtext.Clean(text)) // for the person; nothing depends on it
	}
	if name == sourceAudit {
		return auditSource{dir: home.Audit(), notice: notice}, nil
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return nil, fmt.Errorf("read the stack's settings: %w", err)
	}
	client, err := lokiquery.FromEnv(config.LokiAddress())
	if err != nil {
		return nil, err
	}
	if name == sourceAuto && lokiquery.IsAway(client.Ready(ctx)) {
		notice("Loki is not there: this is from the audit log.")
		return auditSource{dir: home.Audit(), notice: notice}, nil
	}
	return lokiSource{client: client, notice: notice}, nil
}

type lokiSource struct {
	client *lokiquery.Client
	notice func(string)
}

// window is how long a time Loki is asked about at once: its limit is 30 days and
// an hour unless it is configured.
const window = 28 * 24 * time.Hour

func (s lokiSource) each(ctx context.Context, f *filter, event string, fn func(record) bool) error {
	more := true
	for to := f.to; more && to.After(f.from); to = to.Add(-window) {
		from := to.Add(-window)
		if from.Before(f.from) {
			from = f.from
		}
		err := s.client.Walk(ctx, f.query(event), from, to, true, func(e lokiquery.Entry) bool {
			more = fn(lokiRecord(e))
			return more
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// around is how far an event's time in Loki may be from that of its alert.
const around = time.Hour

func (s lokiSource) event(ctx context.Context, id string, near time.Time) (record, bool, error) {
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue).Metadata(semconv.MetadataEventID, id)
	found, err := s.client.QueryRange(ctx, q, near.Add(-around), near.Add(around), 1, true)
	if err != nil || len(found) == 0 {
		return record{}, false, err
	}
	return lokiRecord(found[0]), true, nil
}

func (s lokiSource) follow(ctx context.Context, f *filter, event string, fn func(record) error) error {
	return lokiquery.Follower{
		Client: s.client, Query: f.query(event), From: f.from, Notice: s.notice,
		Key:  func(e lokiquery.Entry) string { return or(e.Metadata[semconv.MetadataEventID], e.Time.String()+e.Line) },
		Show: func(e lokiquery.Entry) error { return fn(lokiRecord(e)) },
	}.Follow(ctx)
}

type auditSource struct {
	dir    string
	notice func(string)
}

// errEnough ends the reading of the audit log.
var errEnough = errors.New("enough")

func (s auditSource) each(ctx context.Context, f *filter, event string, fn func(record) bool) error {
	err := auditlog.Read(ctx, s.dir, f.auditFilter(event), func(e auditlog.Entry) error {
		if r, ok := auditRecord(e); ok && !fn(r) {
			return errEnough
		}
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		return nil
	case errors.Is(err, auditlog.ErrCorrupt): // what can be read has been read
		s.notice("Warning: a part of the audit log is damaged: " + err.Error())
		return nil
	}
	return err
}

func (s auditSource) event(ctx context.Context, id string, near time.Time) (record, bool, error) {
	found, err := auditlog.Last(ctx, s.dir, 1, auditlog.Filter{EventID: id, Since: near.Add(-around), Until: near.Add(around)})
	if len(found) == 0 {
		return record{}, false, err
	}
	r, ok := auditRecord(found[0])
	return r, ok, nil
}

func (s auditSource) follow(ctx context.Context, f *filter, event string, fn func(record) error) error {
	return auditlog.Follow(ctx, s.dir, f.auditFilter(event), func(e auditlog.Entry) error {
		if r, ok := auditRecord(e); ok {
			return fn(r)
		}
		return nil
	})
}
