package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
)

// Options say what is reported.
type Options struct {
	Audit        string    // directory of the log
	Since, Until time.Time // by the time of the events; a zero Since is the beginning
	Now          time.Time
	Project      string // name or path; "" all
	By           string // program and version

	// Verify is what the log is verified with; NoKey says why it has no key.
	Verify auditverify.Options
	NoKey  string

	// Spool and SessionStates are directories of this host's stack, for what is on its
	// way to the log; "" leaves that out.
	Spool, SessionStates string
	// Transcripts opens Claude Code's transcripts; nil leaves them out.
	Transcripts *reconcile.Files
	Native      bool // compare with Claude Code's own telemetry

	// Scratch is a directory for rows; "" is the system's.
	Scratch string
	// Progress, when set, is told now and then how many records were read.
	Progress func(records int)
}

// Result is a report with its rows, which are on disk until Close.
type Result struct {
	*Report
	sessions      []Session
	modifications *rows[Modification]
	violations    *rows[Violation]
	alerts        *rows[Alert]
}

// Sessions calls fn for the sessions, in the order of their start.
func (r *Result) Sessions(fn func(*Session) error) error {
	for i := range r.sessions {
		if err := fn(&r.sessions[i]); err != nil {
			return err
		}
	}
	return nil
}

// Modifications calls fn for the modifications of files, in the order in which their
// results were recorded; those without a result come last.
func (r *Result) Modifications(fn func(*Modification) error) error { return r.modifications.each(fn) }

// Violations does the same for what was done outside of the project.
func (r *Result) Violations(fn func(*Violation) error) error { return r.violations.each(fn) }

// Alerts calls fn for the alerts, in the order of the log.
func (r *Result) Alerts(fn func(*Alert) error) error { return r.alerts.each(fn) }

// Close removes the rows.
func (r *Result) Close() error {
	return errors.Join(r.modifications.close(), r.violations.close(), r.alerts.close())
}

// Build makes a report. A log that cannot be verified, or was tampered with, is no
// error: the report says so.
func Build(ctx context.Context, o Options) (_ *Result, err error) {
	b, err := newBuilder(o)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.result.Close())
		}
		err = errors.Join(err, b.found.close())
	}()
	err = readAhead(ctx, o.Audit, auditlog.Filter{}, b.entry)
	if errors.Is(err, auditlog.ErrCorrupt) {
		b.result.Audit.Damaged, err = err.Error(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	if err := b.finish(); err != nil {
		return nil, err
	}
	b.cover()
	if err := b.integrity(ctx); err != nil {
		return nil, err
	}
	return b.result, nil
}

// builder makes one report.
type builder struct {
	options   Options
	result    *Result
	collector *reconcile.Collector
	calls     *calls
	sessions  *sessions
	activity  *activity
	tools     map[string]*ToolCount
	projects  map[string]*ProjectCount
	files     map[uint64]struct{} // different files that were modified
	hosts     names
	users     names
	agents    map[uint64]struct{}
	found     *rows[Alert] // without acknowledgements
	acks      map[string]*Acknowledgement
	alertIDs  map[string]struct{}
	evidence  evidence
	recorder  recorder
	read      int
}

func newBuilder(o Options) (*builder, error) {
	b := &builder{
		options: o, collector: reconcile.NewCollector(reconcile.Options{Since: o.Since, Until: o.Until, Now: o.Now}),
		calls: newCalls(), sessions: newSessions(), activity: newActivity(o.Since, o.Until),
		tools: map[string]*ToolCount{}, projects: map[string]*ProjectCount{}, files: map[uint64]struct{}{}, agents: map[uint64]struct{}{},
		recorder: recorder{since: o.Since, until: o.Until}, acks: map[string]*Acknowledgement{}, alertIDs: map[string]struct{}{},
		result: &Result{Report: &Report{
			Format: Format, Made: o.Now.UTC(), By: o.By, Since: o.Since.UTC(), Until: o.Until.UTC(), Project: o.Project,
			Audit: Audit{Directory: o.Audit},
		}},
	}
	var err error
	r := b.result
	if r.modifications, err = newRows[Modification](o.Scratch); err != nil {
		return nil, err
	}
	if r.violations, err = newRows[Violation](o.Scratch); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if b.found, err = newRows[Alert](o.Scratch); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if r.alerts, err = newRows[Alert](o.Scratch); err != nil {
		return nil, errors.Join(err, r.Close(), b.found.close())
	}
	b.calls.finish = b.row
	return b, nil
}

// cover compares the log with itself and with what others recorded.
func (b *builder) cover() {
	o := &b.options
	checks := reconcile.Checks{Transcripts: o.Transcripts, Native: o.Native}
	if o.Project != "" {
		checks.Only = b.sessions.known
	}
	var problems []string
	if o.Spool != "" {
		if err := b.collector.ReadSpool(o.Spool); err != nil {
			problems = append(problems, "the spool: "+err.Error())
		}
	}
	if o.SessionStates != "" {
		checks.Given = reconcile.Given(o.SessionStates, o.Now)
	}
	r := b.collector.Report(checks)
	r.Add(b.result.Audit.Damaged, problems)
	b.result.Coverage = r
	b.collector, b.calls, b.files = nil, nil, nil // large, and proofs need the room
}

// finish sums up what was read.
func (b *builder) finish() error {
	if err := b.calls.rest(); err != nil {
		return err
	}
	if err := b.joinAlerts(); err != nil {
		return err
	}
	r := b.result
	r.sessions = b.sessions.sorted()
	r.Activity, r.Recorder = b.activity.result(), b.recorder.result()
	r.Summary.Sessions, r.Summary.FilesModified, r.Summary.SubAgents = len(r.sessions), len(b.files), len(b.agents)
	r.Summary.Hosts, r.Summary.Users = b.hosts.sorted(), b.users.sorted()
	r.Tables = TableSizes{Sessions: len(r.sessions), Modifications: r.modifications.n, Violations: r.violations.n, Alerts: r.alerts.n}
	r.Tools, r.Projects = []ToolCount{}, []ProjectCount{}
	for _, t := range b.tools {
		r.Tools = append(r.Tools, *t)
	}
	for _, p := range b.projects {
		r.Projects = append(r.Projects, *p)
	}
	slices.SortFunc(r.Tools, func(x, y ToolCount) int { return byCount(x.Calls, y.Calls, x.Tool, y.Tool) })
	slices.SortFunc(r.Projects, func(x, y ProjectCount) int { return byCount(x.Events, y.Events, x.Path, y.Path) })
	return nil
}
