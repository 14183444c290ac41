package timeline

import (
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// header says what is known of the session as a whole.
func (t *text) header(st *story.Story) string {
	s := &st.Session
	var b strings.Builder
	b.WriteString(t.Paint(termstyle.Bold, termtext.Cut("Session "+termtext.Clean(s.ID), t.Width)) + "\n")
	claude := ""
	if s.Claude != "" {
		claude = "Claude Code " + s.Claude
	}
	who := s.User
	if s.Host != "" {
		who += "@" + s.Host
	}
	t.parts(&b, s.ProjectPath, who, claude)
	t.parts(&b, t.when(s))
	t.parts(&b,
		termstyle.Count(s.Prompts, "prompt", "prompts"), termstyle.Count(s.ToolCalls, "tool call", "tool calls"),
		some(s.Errors, "error", "errors"), some(s.Denied, "denied", "denied"), some(s.Outside, "outside the project", "outside the project"),
		files(s), some(s.Agents, "agent", "agents"), some(s.Redacted, "secret redacted", "secrets redacted"))
	if st.Missing > 0 {
		b.WriteString(t.Paint(termstyle.Red, termstyle.Count(st.Missing, "record is missing", "records are missing")) + "\n")
	}
	b.WriteString(t.risk(s) + "\n")
	return b.String()
}

// parts writes what is not empty, on as many lines as it needs.
func (t *text) parts(b *strings.Builder, all ...string) {
	line := ""
	for _, p := range all {
		p = termtext.Clean(p)
		switch {
		case p == "":
		case line == "":
			line = p
		case termtext.Width(line)+3+termtext.Width(p) > t.Width:
			b.WriteString(termtext.Cut(line, t.Width) + "\n")
			line = p
		default:
			line += " · " + p
		}
	}
	if line != "" {
		b.WriteString(termtext.Cut(line, t.Width) + "\n")
	}
}

func some(n int, one, several string) string {
	if n == 0 {
		return ""
	}
	return termstyle.Count(n, one, several)
}

func files(s *story.Session) string {
	if s.FilesEdited == 0 {
		return ""
	}
	return fmt.Sprintf("%s changed +%d −%d", termstyle.Count(s.FilesEdited, "file", "files"), s.LinesAdded, s.LinesRemoved)
}

func (t *text) when(s *story.Session) string {
	from, to := s.Start.Local(), s.End.Local()
	end := to.Format("15:04:05")
	if from.Format(dayFormat) != to.Format(dayFormat) {
		end = to.Format("Mon 2 Jan 15:04:05")
	}
	state := "not ended"
	if s.Ended {
		state = "ended"
	}
	return from.Format("Mon 2 Jan 2006 15:04:05") + " to " + end + ", " + termstyle.Duration(s.Duration) + ", " + state
}

// risk is the last line: how much the session deserves to be looked at.
func (t *text) risk(s *story.Session) string {
	if s.Alerts.Total() == 0 {
		return fmt.Sprintf("No alerts. Risk %d of 100", s.Risk)
	}
	var all []string
	for _, a := range []struct {
		severity string
		n        int
	}{
		{semconv.SeverityCritical, s.Alerts.Critical},
		{semconv.SeverityHigh, s.Alerts.High},
		{semconv.SeverityMedium, s.Alerts.Medium},
		{semconv.SeverityLow, s.Alerts.Low},
	} {
		if a.n > 0 {
			all = append(all, t.Paint(termstyle.Severity(a.severity), fmt.Sprintf("%d %s", a.n, a.severity)))
		}
	}
	return "Alerts: " + strings.Join(all, ", ") + ". " + t.Paint(termstyle.Bold, fmt.Sprintf("Risk %d of 100", s.Risk))
}
