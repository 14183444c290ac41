package detection

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Decisions of Rule.Enforce are semconv.DecisionAsk and semconv.DecisionDeny.

// Rule is a rule as it stands in a file, with what a user's file changed.
type Rule struct {
	ID          string      `yaml:"id"`   // a UUID that never changes
	Slug        string      `yaml:"slug"` // its name: lower case, digits, hyphens
	Title       string      `yaml:"title"`
	Status      string      `yaml:"status"` // stable, test or deprecated; "" is test
	Version     int         `yaml:"version"`
	Category    string      `yaml:"category"`
	Severity    string      `yaml:"severity"`
	RiskScore   int         `yaml:"risk_score"` // 0 to 100
	Description Description `yaml:"description"`
	Attack      []string    `yaml:"attack"` // ids of MITRE ATT&CK
	Atlas       []string    `yaml:"atlas"`  // ids of MITRE ATLAS
	References  []string    `yaml:"references"`
	// FalsePositives say what else looks like it.
	FalsePositives []string `yaml:"false_positives"`
	// Response says what to do.
	Response string `yaml:"response"`
	// Any are the keys of which an event must have at least one; see Key.
	Any []string `yaml:"any"`
	// Condition is CEL; "" is true.
	Condition string     `yaml:"condition"`
	Escalate  []Escalate `yaml:"escalate"`
	// Evidence are the kinds of facts to show: act, path, net, flow, command,
	// opaque, event, session. Empty is the facts that have one of the keys of Any.
	Evidence []string `yaml:"evidence"`
	// Enforce is what enforcement answers when it is on: deny, ask or "".
	Enforce    string      `yaml:"enforce"`
	Suppress   Suppress    `yaml:"suppress"`
	Exceptions []Exception `yaml:"exceptions"`
	Tests      Tests       `yaml:"tests"`

	// Ruleset is semconv.RulesetDefault or semconv.RulesetUser.
	Ruleset string `yaml:"-"`
	// Disabled says that a user's file switched it off.
	Disabled bool `yaml:"-"`
	// Source and Line are where it stands.
	Source string `yaml:"-"`
	Line   int    `yaml:"-"`
}

// Description says what a rule is good for.
type Description struct {
	Finds  string `yaml:"finds"`
	Misses string `yaml:"misses"`
}

// Escalate is another severity for some of the events that a rule finds. The
// first whose condition holds counts.
type Escalate struct {
	If        string `yaml:"if"` // CEL
	Severity  string `yaml:"severity"`
	RiskScore int    `yaml:"risk_score"` // 0 is that of the severity
}

// Suppress says which matches are one to an analyst.
type Suppress struct {
	// Key are what they have in common: session, project, tool, agent, command,
	// path, host, evidence. Empty is session and evidence.
	Key []string `yaml:"key"`
	// Window is how long after an alert those like it are only counted; nil is 10
	// minutes, 0 is never.
	Window *Duration `yaml:"window"`
}

// DefaultWindow is the window of a rule that names none.
const DefaultWindow = 10 * time.Minute

// SuppressFor is the rule's window.
func (r *Rule) SuppressFor() time.Duration {
	if r.Suppress.Window == nil {
		return DefaultWindow
	}
	return time.Duration(*r.Suppress.Window)
}

// Exception is a case in which a rule's match does not count: all of the patterns
// it has fit.
type Exception struct {
	Owner   string `yaml:"owner"`   // who answers for it
	Expires string `yaml:"expires"` // the last day on which it counts: 2026-12-31
	Reason  string `yaml:"reason"`
	Project string `yaml:"project"` // of the project's path; see Glob
	Path    string `yaml:"path"`    // of every path that the rule found
	Command string `yaml:"command"` // of the whole command line; * does not go over ; | & and the like

	until time.Time // first moment at which it does not count
	line  int
}

// Tests are what the rule finds, and what looks like it and is not found. An item
// is a command line, or a map with the fields of TestEvent.
type Tests struct {
	Match   []TestCase `yaml:"match"`
	NoMatch []TestCase `yaml:"no_match"`
}

// riskOf is the risk score of a severity when none is given.
func riskOf(severity string) int {
	switch severity {
	case semconv.SeverityCritical:
		return 90
	case semconv.SeverityHigh:
		return 70
	case semconv.SeverityMedium:
		return 45
	}
	return 20
}
