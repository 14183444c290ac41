package notify

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of an alert's texts, in bytes.
const (
	maxShort = 256
	maxLong  = 2048
)

// Line makes s fit to stand in one line of any text: what is no visible character
// is written as an escape, and so is what changes the direction of text or hides in
// it. More than limit bytes are cut, which an ellipsis tells.
func Line(s string, limit int) string {
	var b strings.Builder
	for i, r := range s {
		if b.Len() >= limit {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && invalid(s[i:]):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Variation_Selector):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func invalid(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size <= 1
}

func lines(list []string, limit, most int) []string {
	var out []string
	for _, s := range list[:min(len(list), most)] {
		out = append(out, Line(s, limit))
	}
	return out
}

// clean returns a copy of a whose texts are lines.
func clean(a *securityalert.Alert) *securityalert.Alert {
	c := *a
	for _, s := range []*string{
		&c.ID, &c.RuleID, &c.Rule, &c.Title, &c.Category, &c.RuleVersion, &c.Ruleset, &c.EventID, &c.EventType,
		&c.Session, &c.ProjectName, &c.Tool, &c.ToolCallID, &c.AgentID, &c.AgentType, &c.Host, &c.User, &c.SuppressionKey,
	} {
		*s = Line(*s, maxShort)
	}
	for _, s := range []*string{&c.Response, &c.Project, &c.Command, &c.FilePath, &c.URL} {
		*s = Line(*s, maxLong)
	}
	c.ID = identifier(c.ID)
	c.Evidence = lines(a.Evidence, securityalert.MaxEvidenceBytes, securityalert.MaxEvidence)
	c.Attack = lines(a.Attack, 32, 16)
	c.Atlas = lines(a.Atlas, 32, 16)
	if securityalert.Rank(c.Severity) == 0 {
		c.Severity = semconv.SeverityLow
	}
	return &c
}

// identifier makes an id fit for headers, names and queries: one that has other than
// letters, digits and hyphens becomes its hash.
func identifier(id string) string {
	for _, r := range id {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return securityalert.ID("", "", id)
		}
	}
	if id == "" || len(id) > 64 {
		return securityalert.ID("", "", id)
	}
	return id
}

// Headline says in one line what a notification is about.
func (n *Notification) Headline() string {
	switch {
	case n.Alert != nil:
		a := n.Alert
		title := a.Title
		if title == "" {
			title = a.Rule
		}
		s := strings.ToUpper(a.Severity) + ": " + title
		if a.ProjectName != "" {
			s += " (" + a.ProjectName + ")"
		}
		return s
	case n.Kind == KindHeldBack:
		verb := "were"
		if n.Summary.Count == 1 {
			verb = "was"
		}
		return fmt.Sprintf("%d more %s of %s %s held back", n.Summary.Count, plural(n.Summary.Count, "alert"), n.Summary.rules(), verb)
	default:
		return fmt.Sprintf("%d %s of %s", n.Summary.Count, plural(n.Summary.Count, "alert"), n.Summary.rules())
	}
}

func (s *Summary) rules() string {
	n := int64(len(s.Rules))
	more := ""
	if s.Others > 0 {
		more = "more than "
	}
	return fmt.Sprintf("%s%d %s", more, n, plural(n, "rule"))
}

func plural(n int64, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

// Field is a name and a value of a notification, both fit for people.
type Field struct{ Name, Value string }

// Fields are the parts of a notification that are not empty, in the order in which
// people want them.
func (n *Notification) Fields() []Field {
	if n.Summary != nil {
		return n.Summary.fields()
	}
	a := n.Alert
	var list []Field
	add := func(name, value string) {
		if value != "" {
			list = append(list, Field{name, value})
		}
	}
	add("Severity", a.Severity)
	if a.RiskScore > 0 {
		add("Risk", fmt.Sprintf("%d of 100", a.RiskScore))
	}
	add("Rule", a.Rule)
	add("Category", a.Category)
	add("Time", a.Time.UTC().Format("2006-01-02 15:04:05.000 MST"))
	add("Project", a.Project)
	add("Session", a.Session)
	add("Agent", strings.TrimSpace(a.AgentType+" "+a.AgentID))
	add("Tool", a.Tool)
	add("Command", a.Command)
	add("File", a.FilePath)
	add("URL", a.URL)
	for _, e := range a.Evidence {
		add("Evidence", e)
	}
	add("ATT&CK", strings.Join(a.Attack, ", "))
	add("ATLAS", strings.Join(a.Atlas, ", "))
	add("Host", a.Host)
	add("User", a.User)
	if a.Suppressed > 0 {
		add("Suppressed", fmt.Sprintf("%d more like it since the last one", a.Suppressed))
	}
	add("What to do", a.Response)
	add("Event", a.EventID)
	add("Alert", a.ID)
	return list
}

func (s *Summary) fields() []Field {
	const at = "2006-01-02 15:04:05 MST"
	list := []Field{{"From", s.First.UTC().Format(at)}, {"To", s.Last.UTC().Format(at)}}
	for _, r := range s.Rules {
		list = append(list, Field{r.Rule, fmt.Sprintf("%d × %s, %s", r.Count, r.Title, r.Severity)})
	}
	if s.Others > 0 {
		list = append(list, Field{"other rules", fmt.Sprint(s.Others)})
	}
	for _, a := range s.Alerts {
		list = append(list, Field{"Alert", fmt.Sprintf("%s %s %s %s", a.Time.UTC().Format(at), a.Severity, a.Rule, a.ID)})
	}
	return list
}

// Text is a notification in lines of plain text, the headline first.
func (n *Notification) Text() string {
	var b strings.Builder
	b.WriteString(n.Headline())
	b.WriteByte('\n')
	for _, f := range n.Fields() {
		b.WriteByte('\n')
		b.WriteString(f.Name)
		b.WriteString(": ")
		b.WriteString(f.Value)
	}
	b.WriteByte('\n')
	return b.String()
}

// Defang keeps programs from making links of addresses and calling people by name:
// for texts that are shown by others than us.
func Defang(s string) string { return defanger.Replace(s) }

var defanger = strings.NewReplacer("://", "[:]//", "www.", "www[.]", "@", "(at)")

// Clean returns a copy of s whose texts are lines: for one that was read from a
// file.
func (s *Summary) Clean() *Summary {
	c := *s
	c.Rules, c.Alerts = nil, nil
	for _, r := range s.Rules {
		r.Rule, r.Title, r.Severity = Line(r.Rule, maxShort), Line(r.Title, maxShort), Line(r.Severity, maxShort)
		c.Rules = append(c.Rules, r)
	}
	for _, a := range s.Alerts {
		for _, t := range []*string{&a.ID, &a.Severity, &a.Rule, &a.Title, &a.Session, &a.Project} {
			*t = Line(*t, maxShort)
		}
		c.Alerts = append(c.Alerts, a)
	}
	return &c
}
