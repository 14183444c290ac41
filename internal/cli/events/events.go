// Package events is the command that shows recorded events.
package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

type options struct {
	f                                           *cliio.Factory
	session, project, tool, event, agent, level string
	since, until, source                        string
	limit                                       int
	json                                        bool
	from, to                                    time.Time
}

// New returns the command events.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{f: f}
	cmd := &cobra.Command{
		Use: "events", Short: "Show recorded events, newest last", Args: cobra.NoArgs,
		Long: `Shows events from Loki, or from the audit log when Loki is not there.

--json prints one object a line: time, event_id, seq, event, hook_event, tool,
project, session_id, level, agent_id, tool_use_id, outside_project_scope,
source (loki or audit), line (the body without raw_input and empty fields).`,
		Example: "  $ agent-telemetry events --since 24h --tool Bash\n  $ agent-telemetry events --session ID --json | jq .line",
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	s := cmd.Flags()
	for _, x := range []struct {
		p       *string
		n, d, u string
	}{
		{&o.session, "session", "", "session id"},
		{&o.project, "project", "", "project name"},
		{&o.tool, "tool", "", "tool name"},
		{&o.event, "event", "", "event type"},
		{&o.agent, "agent", "", "agent id"},
		{&o.level, "level", "", "INFO, WARN, ERROR or FATAL"},
		{&o.since, "since", "1h", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 time"},
		{&o.until, "until", "", "until when, likewise"},
		{&o.source, "source", "auto", "auto, loki or audit"},
	} {
		s.StringVar(x.p, x.n, x.d, x.u)
	}
	s.IntVar(&o.limit, "limit", 100, "how many events, the newest")
	s.BoolVar(&o.json, "json", false, "print JSON Lines")
	return cmd
}

// parseTime reads a point in time: a span before now, or RFC 3339.
func parseTime(s string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	if days := map[byte]int{'d': 1, 'w': 7}; len(s) > 1 && days[s[len(s)-1]] > 0 {
		if n, err := strconv.Atoi(s[:len(s)-1]); err == nil && n >= 0 && n < 20000 {
			return now.AddDate(0, 0, -n*days[s[len(s)-1]]), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: give 90s, 15m, 24h, 7d, 2w or an RFC 3339 time like 2026-01-31T09:00:00Z", s)
}

func run(ctx context.Context, o *options) (err error) {
	now := time.Now()
	if o.from, err = parseTime(o.since, now); err != nil {
		return fmt.Errorf("--since: %w", err)
	}
	o.to = now.Add(time.Second)
	if o.until != "" {
		if o.to, err = parseTime(o.until, now); err != nil {
			return fmt.Errorf("--until: %w", err)
		}
	}
	if o.limit < 1 || !slices.Contains([]string{"auto", "loki", "audit"}, o.source) {
		return errors.New("--limit must be at least 1 and --source one of auto, loki, audit")
	}
	home, err := o.f.Home()
	if err != nil {
		return err
	}
	var rows []Row
	if o.source != "audit" {
		rows, err = o.loki(ctx, func() (string, error) {
			c, err := stack.Current(home, nil)
			if err != nil {
				return "", err
			}
			return c.LokiAddress(), nil
		})
		away := errors.Is(err, lokiquery.ErrUnreachable) || errors.Is(err, lokiquery.ErrNotReady)
		if err != nil && (o.source == "loki" || !away) {
			return err
		}
		if err != nil {
			fmt.Fprintln(o.f.IO.Err, "Loki is not there; reading the audit log instead.")
		}
	}
	if o.source == "audit" || err != nil {
		if rows, err = o.audit(ctx, home.Audit()); err != nil {
			return err
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return a.Time.Compare(b.Time) })
	enc := json.NewEncoder(o.f.IO.Out)
	enc.SetEscapeHTML(false)
	for _, r := range rows {
		if !o.json {
			_, err = fmt.Fprintln(o.f.IO.Out, r.line())
		} else {
			err = enc.Encode(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Row) line() string {
	s := fmt.Sprintf("%s %-5s %-17s %-10s %s %.8s  %s", r.Time.Local().Format("2006-01-02 15:04:05"), clean(r.Level), clean(r.Event),
		clean(r.Tool), clean(r.Project), clean(r.SessionID), clean(r.what()))
	if r.Outside {
		s += "  [outside project]"
	}
	return strings.TrimRight(s, " ")
}

func (o *options) loki(ctx context.Context, address func() (string, error)) ([]Row, error) {
	url, err := address()
	if err != nil {
		return nil, err
	}
	c, err := lokiquery.FromEnv(url)
	if err != nil {
		return nil, err
	}
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue)
	for name, v := range map[string]string{semconv.LabelProject: o.project, semconv.LabelTool: o.tool, semconv.LabelEvent: o.event} {
		if v != "" {
			q = q.Label(name, v)
		}
	}
	if o.session != "" {
		q = q.LabelOrNone(semconv.LabelSession, o.session).Metadata(semconv.MetadataSessionID, o.session)
	}
	if o.agent != "" {
		q = q.Metadata(semconv.MetadataAgentID, o.agent)
	}
	var rows []Row
	add := func(e lokiquery.Entry) bool {
		if r := fromLoki(e); o.level == "" || strings.EqualFold(o.level, r.Level) {
			rows = append(rows, r)
		}
		return len(rows) < o.limit
	}
	if o.limit <= lokiquery.MaxPage && o.level == "" {
		page, err := c.QueryRange(ctx, q, o.from, o.to, o.limit, true)
		for _, e := range page {
			add(e)
		}
		slices.Reverse(rows)
		return rows, err
	}
	err = c.Walk(ctx, q, o.from, o.to, true, add)
	slices.Reverse(rows)
	return rows, err
}

func (o *options) audit(ctx context.Context, dir string) ([]Row, error) {
	var rows []Row
	err := auditlog.Read(ctx, dir, auditlog.Filter{
		Since: o.from, Until: o.to, SessionID: o.session, Project: o.project,
		Tool: o.tool, EventType: o.event, Kind: auditlog.KindLog,
	}, func(e auditlog.Entry) error {
		if s, _ := e.Resource[semconv.ServiceName].(string); s != semconv.ServiceNameValue {
			return nil
		}
		r := fromAudit(e)
		if (o.level == "" || strings.EqualFold(o.level, r.Level)) && (o.agent == "" || o.agent == r.AgentID) {
			if rows = append(rows, r); len(rows) > o.limit {
				rows = rows[1:]
			}
		}
		return nil
	})
	return rows, err
}
