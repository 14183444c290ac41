package alerts

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Explained is what alerts test --command prints with --json.
type Explained struct {
	Command     string     `json:"command"`
	Alerted     bool       `json:"alerted"` // medium or above
	MaxSeverity string     `json:"max_severity"`
	Facts       []Fact     `json:"facts"`
	Rules       []Judgment `json:"rules"` // all of them, in the order of the files
}

// Fact is something that is known of a command.
type Fact struct {
	Kind string `json:"kind"` // command, path, net, flow, act, opaque, truncated
	Text string `json:"text"`
}

// Judgment is what became of a rule.
type Judgment struct {
	Rule      string   `json:"rule"`
	RuleID    string   `json:"rule_id"`
	Title     string   `json:"title"`
	Outcome   string   `json:"outcome"` // matched, exception, condition_false, no_key or disabled
	Severity  string   `json:"severity"`
	Keys      []string `json:"keys"` // of the rule that the command has
	Evidence  []string `json:"evidence"`
	Exception string   `json:"exception"` // why one counts
	Failed    string   `json:"failed"`    // why the condition could not be judged
}

func (o *TestOptions) explain(rules *detection.Ruleset) error {
	c, err := o.context()
	if err != nil {
		return usage(err)
	}
	language, tool := facts.POSIX, "Bash"
	if o.PowerShell {
		language, tool = facts.PowerShell, "PowerShell"
	}
	f := facts.FromCommandIn(language, o.Command, c)
	f.Event.Type, f.Event.HookEvent, f.Event.Tool, f.Event.Project = semconv.EventCommandExecution, "PreToolUse", tool, c.Project
	f.Event.ProjectName = filepath.Base(c.Project)
	e := Explained{Command: o.Command, Facts: factsOf(f), Rules: []Judgment{}}
	for _, x := range rules.Explain(f, detection.Session{}) {
		j := judgment(x)
		e.Rules = append(e.Rules, j)
		if j.Outcome == detection.OutcomeMatched && securityalert.Rank(j.Severity) > securityalert.Rank(e.MaxSeverity) {
			e.MaxSeverity = j.Severity
		}
	}
	e.Alerted = securityalert.Rank(e.MaxSeverity) >= securityalert.Rank(semconv.SeverityMedium)
	if o.JSON {
		return printJSON(o.Factory.IO.Out, e)
	}
	return printText(o.Factory.IO.Out, newText(o.Factory.IO).explained(&e, o.All))
}

// context is where the command would run.
func (o *TestOptions) context() (c facts.Context, err error) {
	if c.Dir, err = filepath.Abs(o.Dir); err != nil {
		return c, fmt.Errorf("--dir: %w", err)
	}
	c.Project = c.Dir
	if o.Project != "" {
		if c.Project, err = filepath.Abs(o.Project); err != nil {
			return c, fmt.Errorf("--project: %w", err)
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		c.Home = home
	}
	if state, err := o.Factory.Home(); err == nil {
		c.StateDir = string(state)
	}
	return c, nil
}

func judgment(x detection.Explanation) Judgment {
	j := Judgment{
		Rule: x.Rule.Slug, RuleID: x.Rule.ID, Title: x.Rule.Title, Outcome: x.Outcome, Severity: x.Rule.Severity,
		Keys: list(x.Keys), Evidence: []string{},
	}
	if x.Match != nil {
		j.Severity, j.Evidence, j.Failed = x.Match.Severity, list(x.Match.Evidence), x.Match.Failed
	}
	if x.Exception != nil {
		j.Exception = or(x.Exception.Reason, "of "+x.Exception.Owner)
	}
	return j
}

// factsOf writes facts as lines.
func factsOf(f *facts.Facts) []Fact {
	all := []Fact{}
	add := func(kind string, parts ...string) {
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		all = append(all, Fact{Kind: kind, Text: strings.Join(parts, " ")})
	}
	mark := func(is bool, text string) string {
		if is {
			return text
		}
		return ""
	}
	for _, c := range f.Commands {
		behind, via := "", ""
		if len(c.Wrappers) > 0 {
			behind = "(behind " + strings.Join(c.Wrappers, ", ") + ")"
		}
		if len(c.Via) > 0 {
			via = "(by " + strings.Join(c.Via, ", ") + ")"
		}
		add("command", or(c.Text, strings.Join(append([]string{c.Program}, c.Args...), " ")), behind, via, mark(c.Privileged, "[privileged]"), mark(c.Remote, "[remote]"))
	}
	for _, p := range f.Paths {
		add("path", p.Access, p.Class+":", p.Path, mark(p.Recursive, "and all below"), mark(p.OutsideProject, "[outside]"), mark(p.Privileged, "[privileged]"))
	}
	for _, n := range f.Net {
		add("net", n.Direction, n.Class+":", or(n.URL, n.Host), n.Method, mark(n.Program != "", "by "+n.Program))
	}
	for _, l := range f.Flows {
		add("flow", l.From+" → "+l.To, mark(l.Detail != "", "("+l.Detail+")"))
	}
	for _, a := range f.Acts {
		add("act", a.Kind+":", mark(!strings.HasPrefix(a.Detail, a.Program), a.Program), a.Detail, mark(a.Privileged, "[privileged]"))
	}
	for _, reason := range f.Opaque {
		add("opaque", reason)
	}
	if f.Truncated {
		add("truncated", "a bound was reached: there is more than is looked at")
	}
	return all
}

// explained shows a judgment to people.
func (t *text) explained(e *Explained, all bool) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString("  " + strings.TrimRight(strings.Join(parts, " "), " ") + "\n") }
	b.WriteString(t.Paint(termstyle.Bold, "What it would do") + "\n")
	for _, f := range e.Facts {
		line(t.Paint(termstyle.Dim, termtext.Pad(f.Kind, 9)), termtext.Cut(termtext.Clean(f.Text), max(20, t.Width-12)))
	}
	if len(e.Facts) == 0 {
		line("nothing that is known of")
	}
	groups := map[string][]Judgment{}
	for _, j := range e.Rules {
		groups[j.Outcome] = append(groups[j.Outcome], j)
	}
	b.WriteString("\n" + t.Paint(termstyle.Bold, "Rules that find something") + "\n")
	matched := groups[detection.OutcomeMatched]
	slices.SortStableFunc(matched, func(a, b Judgment) int { return worse(a.Severity, b.Severity) })
	for _, j := range matched {
		line(t.Paint(termstyle.Severity(j.Severity), "⚠"), t.severity(j.Severity, severityWidth), termtext.Clean(j.Rule)+":", termtext.Clean(j.Title), t.keys(&j))
		for _, text := range j.Evidence {
			line("           ", termtext.Cut(termtext.Clean(text), max(20, t.Width-15)))
		}
		if j.Failed != "" {
			line("           ", "its condition could not be judged:", termtext.Clean(j.Failed))
		}
	}
	if len(matched) == 0 {
		line("none")
	}
	near := slices.Concat(groups[detection.OutcomeException], groups[detection.OutcomeCondition])
	if len(near) > 0 {
		b.WriteString("\n" + t.Paint(termstyle.Bold, "Rules that come near") + "\n")
	}
	for _, j := range near {
		why := "its condition does not hold"
		if j.Outcome == detection.OutcomeException {
			why = "an exception counts: " + termtext.Clean(j.Exception)
		}
		line(t.Paint(termstyle.Dim, "·"), termtext.Pad(termtext.Clean(j.Rule), ruleWidth), why, t.keys(&j))
	}
	t.rest(&b, groups, all)
	return b.String()
}

func (t *text) keys(j *Judgment) string {
	if len(j.Keys) == 0 {
		return ""
	}
	return t.Paint(termstyle.Dim, "("+termtext.Clean(strings.Join(j.Keys, ", "))+")")
}

// rest are the rules that have nothing to do with the command.
func (t *text) rest(b *strings.Builder, groups map[string][]Judgment, all bool) {
	for _, g := range []struct{ outcome, what string }{
		{detection.OutcomeNoKey, "whose keys the command does not have"},
		{detection.OutcomeDisabled, "switched off"},
	} {
		rules := groups[g.outcome]
		if len(rules) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s %s", plural(len(rules), "rule"), g.what)
		if !all {
			b.WriteString(t.Paint(termstyle.Dim, " (--all lists them)") + "\n")
			continue
		}
		b.WriteString(":\n")
		for _, j := range rules {
			b.WriteString("  " + termtext.Clean(j.Rule) + "\n")
		}
	}
}
