package events

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// filter says which events are wanted.
type filter struct {
	session, project, tool, event, agent, level string

	from, to time.Time // from is inclusive, to is not
}

// query is the filter as Loki sees it. Labels may be missing, since a
// configuration chooses them, so a stream without one is asked for too, and
// matches decides.
func (f filter) query() lokiquery.Query {
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue)
	for _, l := range []struct{ name, value string }{
		{semconv.LabelProject, f.projectName()},
		{semconv.LabelTool, f.tool},
		{semconv.LabelEvent, f.event},
		{semconv.LabelLevel, strings.ToUpper(f.level)},
		{semconv.LabelSession, f.session},
	} {
		if l.value != "" {
			q = q.LabelOrNone(l.name, l.value)
		}
	}
	if f.session != "" {
		q = q.Metadata(semconv.MetadataSessionID, f.session)
	}
	if f.agent != "" {
		q = q.Metadata(semconv.MetadataAgentID, f.agent)
	}
	return q
}

// auditFilter is the filter as the audit log sees it.
func (f filter) auditFilter() auditlog.Filter {
	return auditlog.Filter{
		Since: f.from, Until: f.to, SessionID: f.session, Project: f.project, Tool: f.tool, EventType: f.event, Kind: auditlog.KindLog,
	}
}

func (f filter) projectName() string {
	if strings.ContainsRune(f.project, filepath.Separator) {
		return filepath.Base(f.project)
	}
	return f.project
}

// matches decides about a row, whatever its source knew.
func (f filter) matches(r *Row) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(f.session, r.SessionID) && is(f.tool, r.Tool) && is(f.event, r.Event) && is(f.agent, r.AgentID) &&
		(f.level == "" || strings.EqualFold(f.level, r.Level)) &&
		(is(f.project, r.Project) || filepath.Clean(f.project) == r.text("", semconv.BodyProjectPath))
}
