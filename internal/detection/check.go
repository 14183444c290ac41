package detection

import (
	"errors"
	"regexp"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var (
	uuidForm   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	slugForm   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	attackForm = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$|^TA[0-9]{4}$`)
	atlasForm  = regexp.MustCompile(`^AML\.T[A]?[0-9]{4}(\.[0-9]{3})?$`)
)

var evidenceKinds = map[string]placeKind{
	"event": placeEvent, "command": placeCommand, "path": placePath, "net": placeNet,
	"flow": placeFlow, "act": placeAct, "opaque": placeOpaque, "session": placeSession,
}

var suppressParts = set("session", "project", "tool", "agent", "command", "path", "host", "evidence")

// compiled is a rule that can be judged with.
type compiled struct {
	*Rule
	condition *condition // nil is true
	escalate  []*condition
	keys      map[key]bool
	counters  []*sessionKey
	evidence  map[placeKind]bool // nil is what the keys hit
}

// check says everything that is wrong with rule i of a file, and compiles it.
func (f *file) check(i int, now time.Time) *compiled {
	r := &f.doc.Rules[i]
	r.Source, r.Line = f.source.Name, f.line("rules", i)
	r.Ruleset = semconv.RulesetDefault
	if f.source.User {
		r.Ruleset = semconv.RulesetUser
	}
	at := func(path ...any) int { return f.line(append([]any{"rules", i}, path...)...) }
	name := r.Slug
	if name == "" {
		name = cut(r.Title, 64)
	}
	fault := func(line int, format string, args ...any) { f.fault(line, name, format, args...) }

	if !uuidForm.MatchString(r.ID) {
		fault(at("id"), "id: %q is no UUID in lower case", cut(r.ID, 64))
	}
	if !slugForm.MatchString(r.Slug) || len(r.Slug) > 64 {
		fault(at("slug"), "slug: %q is not made of lower case letters, digits and hyphens, at most 64", cut(r.Slug, 64))
	}
	if r.Title == "" || len(r.Title) > 120 || !isClean(r.Title) {
		fault(at("title"), "title: one line of 1 to 120 bytes is wanted")
	}
	if securityalert.Rank(r.Severity) == 0 {
		fault(at("severity"), "severity: %q is none of critical, high, medium, low", cut(r.Severity, 32))
	}
	if r.RiskScore < 0 || r.RiskScore > 100 {
		fault(at("risk_score"), "risk_score: %d is not from 0 to 100", r.RiskScore)
	}
	switch r.Status {
	case "":
		r.Status = "test"
	case "stable", "test", "deprecated":
	default:
		fault(at("status"), "status: %q is none of stable, test, deprecated", cut(r.Status, 32))
	}
	switch r.Enforce {
	case "", semconv.DecisionAsk, semconv.DecisionDeny:
	default:
		fault(at("enforce"), "enforce: %q is neither ask nor deny", cut(r.Enforce, 32))
	}
	for j, id := range r.Attack {
		if !attackForm.MatchString(id) {
			fault(at("attack", j), "attack: %q is no id of a technique", cut(id, 32))
		}
	}
	for j, id := range r.Atlas {
		if !atlasForm.MatchString(id) {
			fault(at("atlas", j), "atlas: %q is no id of a technique", cut(id, 32))
		}
	}
	if !f.source.User {
		f.complete(r, at, fault)
	}
	if r.RiskScore == 0 {
		r.RiskScore = riskOf(r.Severity)
	}
	if r.Category == "" {
		r.Category = "user"
	}
	if r.Version == 0 {
		r.Version = 1
	}
	for _, k := range r.Suppress.Key {
		if !suppressParts[k] {
			fault(at("suppress", "key"), "suppress: %q is none of session, project, tool, agent, command, path, host, evidence", cut(k, 32))
		}
	}
	f.exceptions(r.Exceptions, name, now, "rules", i, "exceptions")

	c := &compiled{Rule: r, keys: map[key]bool{}}
	if len(r.Any) == 0 {
		fault(at("any"), "any: at least one key is wanted, such as act:git.discard or path:write:system")
	}
	if len(r.Any) > 256 {
		fault(at("any"), "any: %d keys are more than 256", len(r.Any))
		return nil
	}
	for j, text := range r.Any {
		k, counter, err := parseKey(text)
		switch {
		case err != nil:
			fault(at("any", j), "any: %v", err)
		case counter != nil:
			c.counters = append(c.counters, counter)
		default:
			c.keys[k] = true
		}
	}
	for j, k := range r.Evidence {
		p, ok := evidenceKinds[k]
		if !ok {
			fault(at("evidence", j), "evidence: %q is none of event, command, path, net, flow, act, opaque, session", cut(k, 32))
			continue
		}
		if c.evidence == nil {
			c.evidence = map[placeKind]bool{}
		}
		c.evidence[p] = true
	}
	if r.Condition != "" {
		c.condition = f.compile(r.Condition, "condition", name, "rules", i, "condition")
	}
	if len(r.Escalate) > 8 {
		fault(at("escalate"), "escalate: %d are more than 8", len(r.Escalate))
		return nil
	}
	for j := range r.Escalate {
		e := &r.Escalate[j]
		if securityalert.Rank(e.Severity) == 0 {
			fault(at("escalate", j, "severity"), "escalate: severity: %q is none of critical, high, medium, low", cut(e.Severity, 32))
		}
		if e.RiskScore < 0 || e.RiskScore > 100 {
			fault(at("escalate", j, "risk_score"), "escalate: risk_score: %d is not from 0 to 100", e.RiskScore)
		}
		if e.RiskScore == 0 {
			e.RiskScore = riskOf(e.Severity)
		}
		if e.If == "" {
			fault(at("escalate", j), "escalate: if: a condition is wanted")
			continue
		}
		c.escalate = append(c.escalate, f.compile(e.If, "escalate: if", name, "rules", i, "escalate", j, "if"))
	}
	return c
}

// complete asks for what every rule of ours has.
func (f *file) complete(r *Rule, at func(...any) int, fault func(int, string, ...any)) {
	wanted := []struct {
		key  string
		have bool
	}{
		{"status", f.node("rules") != nil && r.Status != ""},
		{"version", r.Version > 0},
		{"category", r.Category != ""},
		{"risk_score", r.RiskScore > 0},
		{"description", r.Description.Finds != "" && r.Description.Misses != ""},
		{"attack", len(r.Attack) > 0 || len(r.Atlas) > 0},
		{"references", len(r.References) > 0},
		{"false_positives", len(r.FalsePositives) > 0},
		{"response", r.Response != ""},
	}
	for _, w := range wanted {
		if !w.have {
			fault(at(w.key), "%s: is missing", w.key)
		}
	}
	if len(r.Tests.Match) < 2 || len(r.Tests.NoMatch) < 1 {
		fault(at("tests"), "tests: at least two of match and one of no_match are wanted")
	}
	if slices.ContainsFunc(r.FalsePositives, func(s string) bool { return s == "unknown" || s == "Unknown" }) {
		fault(at("false_positives"), "false_positives: unknown is none")
	}
}

func (f *file) compile(expression, what, rule string, path ...any) *condition {
	c, err := compile(expression)
	if err == nil {
		return c
	}
	n := f.node(path...)
	line := n.Line
	if n.Style == yaml.LiteralStyle || n.Style == yaml.FoldedStyle {
		line++ // the text begins behind the | line
	}
	var all compileErrors
	if !errors.As(err, &all) {
		f.fault(line, rule, "%s: %v", what, err)
		return nil
	}
	for _, one := range all {
		l := line
		if n.Style == yaml.LiteralStyle {
			l += one.line - 1
		}
		f.fault(l, rule, "%s: %s", what, one.text)
	}
	return nil
}

func (f *file) exceptions(all []Exception, rule string, now time.Time, path ...any) {
	for i := range all {
		e := &all[i]
		e.line = f.line(append(slices.Clone(path), i)...)
		if e.Owner == "" || e.Reason == "" || e.Expires == "" {
			f.fault(e.line, rule, "exceptions: owner, reason and expires are wanted")
		}
		if e.Project == "" && e.Path == "" && e.Command == "" {
			f.fault(e.line, rule, "exceptions: at least one of project, path, command is wanted")
		}
		if len(e.Project)+len(e.Path)+len(e.Command) > 2048 {
			f.fault(e.line, rule, "exceptions: the patterns have more than 2048 bytes")
		}
		if slices.Contains([]string{"*", "**"}, e.Command) || hasDeep(e.Command) {
			f.fault(e.line, rule, "exceptions: command: ** and a lone * are not allowed: they would except every command")
		}
		if e.Expires == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, e.Expires, time.UTC)
		if err != nil {
			f.fault(e.line, rule, "exceptions: expires: %q is no day such as 2026-12-31", cut(e.Expires, 32))
			continue
		}
		e.until = day.AddDate(0, 0, 1)
		if !now.Before(e.until) {
			f.warn(e.line, rule, "exceptions: that of %s has expired on %s and no longer counts", cut(e.Owner, 64), e.Expires)
		}
	}
}

func hasDeep(pattern string) bool {
	for i := 1; i < len(pattern); i++ {
		if pattern[i] == '*' && pattern[i-1] == '*' {
			return true
		}
	}
	return false
}
