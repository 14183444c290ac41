package alerts

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// severities, the worst first.
var severities = []string{semconv.SeverityCritical, semconv.SeverityHigh, semconv.SeverityMedium, semconv.SeverityLow}

// filter says which alerts are wanted; what is empty wants all.
type filter struct {
	severity, rule   []string
	session, project string

	from, to time.Time // from is inclusive, to is not
}

func (f *filter) flags(cmd *cobra.Command) {
	s := cmd.Flags()
	s.StringSliceVar(&f.severity, "severity", nil, "only these: critical, high, medium, low; high+ is high and worse")
	s.StringSliceVar(&f.rule, "rule", nil, "only of these rules: `SLUG` or id")
	s.StringVar(&f.session, "session", "", "only this session `ID`")
	s.StringVar(&f.project, "project", "", "only this project: its `NAME` or path")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("severity", cobra.FixedCompletions(
		append(slices.Clone(severities), "high+", "medium+"), cobra.ShellCompDirectiveNoFileComp)))
}

// complete checks the severities and spells them out.
func (f *filter) complete() error {
	var all []string
	for _, s := range f.severity {
		name, more := strings.CutSuffix(strings.ToLower(s), "+")
		i := slices.Index(severities, name)
		if i < 0 {
			return fmt.Errorf("--severity: must be critical, high, medium or low, perhaps with a + behind it, not %q", s)
		}
		if more {
			all = append(all, severities[:i]...)
		}
		all = append(all, name)
	}
	f.severity = all
	return nil
}

// times reads --since and --until. Without until, what a clock that is a little
// ahead has written is not left out.
func (f *filter) times(since, until string, now time.Time) error {
	var errs []error
	var err error
	if f.from, err = timerange.Parse(since, now); err != nil {
		errs = append(errs, fmt.Errorf("--since: %w", err))
	}
	f.to = now.Add(time.Minute)
	if until != "" {
		if f.to, err = timerange.Parse(until, now); err != nil {
			errs = append(errs, fmt.Errorf("--until: %w", err))
		}
	}
	return errors.Join(errs...)
}

func (f *filter) matches(a *Alert) bool {
	return (len(f.severity) == 0 || slices.Contains(f.severity, a.Severity)) &&
		(len(f.rule) == 0 || slices.Contains(f.rule, a.Rule) || slices.Contains(f.rule, a.RuleID)) &&
		(f.session == "" || f.session == a.SessionID) &&
		(f.project == "" || f.project == a.Project || filepath.Clean(f.project) == a.ProjectPath) &&
		!a.Time.Before(f.from) && a.Time.Before(f.to)
}

// query is the filter as Loki sees it, for records of one event type. Labels may
// be missing, since a configuration chooses them; matches decides.
func (f *filter) query(event string) lokiquery.Query {
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue).LabelOrNone(semconv.LabelEvent, event)
	if f.session != "" {
		q = q.LabelOrNone(semconv.LabelSession, f.session).Metadata(semconv.MetadataSessionID, f.session)
	}
	return q
}

// auditFilter is the filter as the audit log sees it.
func (f *filter) auditFilter(event string) auditlog.Filter {
	return auditlog.Filter{Since: f.from, Until: f.to, SessionID: f.session, EventType: event, Kind: auditlog.KindLog}
}

// worse orders severities for people: the worst first.
func worse(a, b string) int { return securityalert.Rank(b) - securityalert.Rank(a) }
