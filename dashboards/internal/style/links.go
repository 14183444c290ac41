package style

import (
	"net/url"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Uids of the dashboards.
const (
	UIDPerformance = "agent-telemetry-performance"
	UIDSecurity    = "agent-telemetry-security"
	UIDSessions    = "agent-telemetry-sessions"
	UIDWorkflow    = "agent-telemetry-workflow"
	UIDHealth      = "agent-telemetry-pipeline-health"
	UIDHierarchy   = "agent-telemetry-agent-hierarchy"
	UIDDelegation  = "agent-telemetry-delegation"
	UIDAgents      = "agent-telemetry-agent-performance"
)

// Tag is on every dashboard; the list of the others at the top goes by it.
const Tag = "agent-telemetry"

// Names of variables.
const (
	VarProject  = "project"
	VarSession  = "session"
	VarTool     = "tool"
	VarAgent    = "agent"
	VarSeverity = "severity"
	VarHost     = "host"
)

// Link leads from a value, a row or a series to a dashboard.
type Link struct {
	Title, UID string
	// Vars are variables of that dashboard and what they get, such as FromField.
	Vars []Var
	// Keep are variables that have the same value there as here.
	Keep []string
}

// Var is a variable that a link sets.
type Var struct{ Name, Value string }

// FromField is the field of this name in the row that is clicked. What is in it
// is written by whom we watch, so it is encoded.
func FromField(name string) string { return "${__data.fields." + name + ":percentencode}" }

// FromSeries is a label of the series that is clicked.
func FromSeries(label string) string { return "${__field.labels." + label + ":percentencode}" }

// ToSession leads to the dashboard of sessions, from a row that has the field session.
func ToSession() Link {
	return Link{Title: "What did this session do?", UID: UIDSessions, Vars: []Var{{VarSession, FromField(VarSession)}}}
}

// ToSessionOfSeries does so from a series that has the label session.
func ToSessionOfSeries() Link {
	return Link{Title: "What did this session do?", UID: UIDSessions, Vars: []Var{{VarSession, FromSeries(VarSession)}}}
}

// ToAgents leads to the agents of a session, from a row that has the field session.
func ToAgents() Link {
	return Link{Title: "Which agents worked in it?", UID: UIDHierarchy, Vars: []Var{{VarSession, FromField(VarSession)}}}
}

// link keeps the time range and the data source.
func (l Link) link() dashboard.DashboardLink {
	var b strings.Builder
	b.WriteString("/d/" + url.PathEscape(l.UID) + "?${__url_time_range}&${" + DatasourceVariable + ":queryparam}")
	for _, v := range l.Vars {
		b.WriteString("&var-" + v.Name + "=" + v.Value)
	}
	for _, name := range l.Keep {
		b.WriteString("&${" + name + ":queryparam}")
	}
	address := b.String()
	return dashboard.DashboardLink{Title: l.Title, Type: dashboard.DashboardLinkTypeLink, Url: &address, Tags: []string{}}
}
