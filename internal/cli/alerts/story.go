package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Story is one alert with the event that it is about, as --json prints it.
type Story struct {
	Alert
	Event json.RawMessage `json:"event"`
}

// story tells all of one alert.
func (o *ShowOptions) story(ctx context.Context, s source) error {
	a, err := find(ctx, s, &o.filter, o.ID)
	if err != nil {
		return err
	}
	st := Story{Alert: a, Event: json.RawMessage("null")}
	if a.EventID != "" {
		r, ok, err := s.event(ctx, a.EventID, a.Time)
		if err != nil {
			return err
		}
		if ok {
			st.Event = eventBody(r.body)
		}
	}
	if o.JSON {
		return printJSON(o.Factory.IO.Out, st)
	}
	return printText(o.Factory.IO.Out, newText(o.Factory.IO).story(&st))
}

// eventBody is the body of an event without the raw payload, or as text where it
// is no JSON.
func eventBody(body []byte) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		text, err := json.Marshal(string(body))
		if err != nil {
			return json.RawMessage("null")
		}
		return text
	}
	delete(fields, semconv.BodyRawInput)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(fields) != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSpace(b.Bytes())
}

const nameWidth = 13

// story is an alert on as many lines as it needs.
func (t *text) story(s *Story) string {
	var b strings.Builder
	a := &s.Alert
	fmt.Fprintf(&b, "%s %s  %s\n\n", t.mark(a), t.Paint(termstyle.Severity(a.Severity), strings.ToUpper(termtext.Clean(a.Severity))), t.Paint(termstyle.Bold, termtext.Clean(or(a.Title, a.Rule))))
	field := func(name string, values ...string) {
		for _, value := range values {
			for _, line := range termstyle.Wrap(termtext.Clean(value), max(20, t.Width-nameWidth-3)) {
				b.WriteString(strings.TrimRight("  "+t.Paint(termstyle.Dim, termtext.Pad(name, nameWidth))+" "+line, " ") + "\n")
				name = ""
			}
		}
	}
	field("id", a.ID)
	field("time", a.Time.Local().Format("Mon 2 Jan 2006 15:04:05.000 MST"))
	field("what", a.what())
	field("evidence", a.Evidence...)
	field("risk", fmt.Sprintf("%d of 100", a.RiskScore))
	if a.Suppressed > 0 {
		field("like it", fmt.Sprintf("%d more, which were not told", a.Suppressed))
	}
	b.WriteString("\n")
	field("rule", ruleLine(a))
	field("ATT&CK", strings.Join(a.Attack, ", "))
	field("ATLAS", strings.Join(a.Atlas, ", "))
	field("what to do", a.Response)
	b.WriteString("\n")
	field("project", or(a.ProjectPath, a.Project))
	field("session", a.SessionID)
	field("agent", a.AgentID)
	field("event", eventLine(a))
	field("file", a.FilePath)
	field("URL", a.URL)
	if bytes.Equal(s.Event, []byte("null")) {
		field("", "The event itself is not to be found where the alert is from.")
	}
	b.WriteString("\n")
	if a.Ack != nil {
		field("acknowledged", ackLine(a.Ack), a.Ack.Reason)
	}
	if a.open() {
		field("acknowledged", "no: agent-telemetry alerts ack "+short(a.ID, idWidth)+" --reason …")
	}
	if a.SessionID != "" {
		field("more", "agent-telemetry events --session "+shellWord(a.SessionID)+" --since "+a.Time.Add(-10*time.Minute).UTC().Format(time.RFC3339)+
			" --until "+a.Time.Add(10*time.Minute).UTC().Format(time.RFC3339))
	}
	return b.String()
}

func ruleLine(a *Alert) string {
	line := a.Rule
	if a.RuleVersion != "" {
		line += ", version " + a.RuleVersion
	}
	if a.Category != "" {
		line += ", " + a.Category
	}
	if a.Ruleset != "" && a.Ruleset != semconv.RulesetDefault {
		line += ", of ruleset " + a.Ruleset
	}
	if a.RuleID != "" {
		line += " (" + a.RuleID + ")"
	}
	return line
}

func eventLine(a *Alert) string {
	line := a.EventType
	if a.Tool != "" {
		line += ", " + a.Tool
	}
	if a.EventSeq > 0 {
		line += fmt.Sprintf(", number %d of the session", a.EventSeq)
	}
	if a.EventID != "" {
		line += " (" + a.EventID + ")"
	}
	return line
}

func ackLine(k *Acknowledgement) string {
	line := k.Time.Local().Format("Mon 2 Jan 2006 15:04:05") + " by " + or(k.By, "nobody who gave a name")
	if k.FromAgent {
		line += ", from a shell of Claude Code"
	}
	return line
}

// shellWord is a word of the command line to copy: a session id comes from a
// record, and is not to become a second command there.
func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(termtext.Clean(s), "'", `'\''`) + "'"
}
