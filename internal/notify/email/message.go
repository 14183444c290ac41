package email

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	mail "github.com/wneessen/go-mail"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const maxSubject = 200 // bytes

// page is all that is ever a template here; what comes from an event is a value.
var page = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html><body style="font-family:sans-serif;color:#1f2328">
<h2 style="border-left:6px solid {{.Color}};padding-left:10px">{{.Headline}}</h2>
<table cellpadding="4" style="border-collapse:collapse">
{{range .Fields}}<tr><td style="vertical-align:top;color:#656d76">{{.Name}}</td><td><code style="white-space:pre-wrap;word-break:break-all">{{.Value}}</code></td></tr>
{{end}}</table>
<p style="color:#656d76">{{.Foot}}</p>
</body></html>
`))

const foot = "Sent by agent-telemetry. Addresses are changed so that they are no links; agent-telemetry alerts show has them as they were."

var colors = map[string]template.CSS{
	semconv.SeverityCritical: "#cf222e", semconv.SeverityHigh: "#d1570a", semconv.SeverityMedium: "#bf8700", semconv.SeverityLow: "#57606a",
}

// message writes the mail of a notification.
func (e *notifier) message(n *notify.Notification) (*mail.Msg, error) {
	from, err := address(e.config.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	for _, to := range e.config.To {
		a, err := address(to)
		if err != nil {
			return nil, fmt.Errorf("to: %w", err)
		}
		m.AddToMailAddress(a)
	}
	m.Subject(notify.Line(strings.TrimSpace(e.config.SubjectPrefix+" "+n.Headline()), maxSubject))
	m.SetDateWithValue(e.now())
	_, domain, _ := strings.Cut(from.Address, "@")
	m.SetMessageIDWithValue(n.ID + "." + n.Kind + "@" + domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Agent-Telemetry-Alert", n.ID)
	m.SetGenHeader("X-Agent-Telemetry-Severity", n.Severity)
	if n.Severity == semconv.SeverityCritical {
		m.SetImportance(mail.ImportanceUrgent)
	}

	fields := n.Fields()
	for i := range fields {
		fields[i].Value = notify.Defang(fields[i].Value)
	}
	headline := notify.Defang(n.Headline())
	var text, html bytes.Buffer
	text.WriteString(headline + "\n\n")
	for _, f := range fields {
		text.WriteString(f.Name + ": " + f.Value + "\n")
	}
	text.WriteString("\n-- \n" + foot + "\n")
	err = page.Execute(&html, struct {
		Color    template.CSS
		Headline string
		Fields   []notify.Field
		Foot     string
	}{colors[n.Severity], headline, fields, foot})
	if err != nil {
		return nil, err
	}
	m.SetBodyString(mail.TypeTextPlain, text.String())
	m.AddAlternativeString(mail.TypeTextHTML, html.String())
	return m, nil
}
