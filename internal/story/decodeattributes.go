package story

import (
	"bytes"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// attribute reads one attribute of a record in the audit log.
func (d *decoder) attribute(c *cursor, key []byte, e *Event) (err error) {
	switch string(key) {
	case semconv.EventType:
		e.Type = ""
		_, err = c.name(d, &e.Type)
	case semconv.EventID:
		e.ID, err = c.text(maxName)
	case semconv.SessionSeq:
		err = c.sequence(&e.Seq)
	case semconv.SessionSeqRestarted:
		e.Restarted, err = c.truth()
	case semconv.HookEvent:
		_, err = c.name(d, &e.Hook)
	case semconv.SessionID:
		_, err = c.name(d, &e.Session)
	case semconv.PromptID:
		_, err = c.name(d, &e.PromptID)
	case semconv.ToolName:
		_, err = c.name(d, &e.Tool)
	case semconv.ToolCallID:
		err = c.put(&e.ToolUseID, maxName)
	case semconv.AgentName:
		_, err = c.name(d, &e.AgentType)
	case semconv.AgentID:
		_, err = c.name(d, &e.AgentID)
	case semconv.AgentParentID:
		_, err = c.name(d, &e.Parent)
	case semconv.AgentDelegationID:
		_, err = c.name(d, &e.MadeBy)
	case semconv.AgentLink:
		_, err = c.name(d, &e.Link)
	case semconv.ProjectPath:
		_, err = c.shared(d, &e.ProjectPath, maxPath)
	case semconv.ProjectName:
		_, err = c.name(d, &e.Project)
	case semconv.OutsideProject:
		e.Outside, err = c.truth()
	case semconv.FilePath:
		err = c.put(&e.File, maxPath)
	case semconv.CommandLine:
		err = d.command(c, e)
	case semconv.URLFull:
		err = c.put(&e.URL, maxPath)
	case semconv.MCPServerName:
		_, err = c.name(d, &e.MCPServer)
	case semconv.ExitCode:
		err = c.exitCode(e)
	case semconv.ToolDurationMillis:
		err = c.putNumber(&e.Duration)
	case semconv.ErrorType:
		_, err = c.name(d, &e.Error)
	case semconv.FileHashBefore:
		err = c.put(&e.HashBefore, maxName)
	case semconv.FileHashAfter:
		err = c.put(&e.HashAfter, maxName)
	case semconv.FileLinesAdded:
		err = c.putNumber(&e.Added)
	case semconv.FileLinesRemoved:
		err = c.putNumber(&e.Removed)
	case semconv.PromptPreview:
		err = c.put(&e.Preview, maxPhrase)
	default:
		err = d.judgement(c, key, e)
	}
	return err
}

// judgement reads an attribute that says what rules found.
func (d *decoder) judgement(c *cursor, key []byte, e *Event) (err error) {
	alert := func() *Alert {
		if e.Alert == nil {
			e.Alert = &Alert{}
		}
		return e.Alert
	}
	switch string(key) {
	case semconv.RecordAlerts:
		e.Rules, err = c.texts(maxTexts, maxName)
	case semconv.RecordAlertSeverity:
		_, err = c.name(d, &e.Severity)
	case semconv.EnforcementDecision:
		_, err = c.name(d, &e.Decision)
	case semconv.EnforcementReason:
		_, err = c.name(d, &e.Cause)
	case semconv.AlertSeverity:
		if e.Type == "" || e.Type == semconv.EventSecurityAlert {
			_, err = c.name(d, &alert().Severity)
		}
	case semconv.AlertRiskScore:
		var n int64
		err = c.putNumber(&n)
		alert().Risk = int(min(max(n, 0), riskMax))
	case semconv.AlertSuppressed:
		err = c.putNumber(&alert().Suppressed)
	}
	return err
}

// command keeps no command where only totals are wanted.
func (d *decoder) command(c *cursor, e *Event) error {
	if !d.brief || e.ToolUseID == "" {
		return c.put(&e.Command, maxCommand)
	}
	if c.peek() != '"' {
		return c.skip()
	}
	raw, _, err := c.quoted()
	e.Redacted = e.Redacted || bytes.Contains(raw, []byte(redactionMark))
	return err
}

func (c *cursor) exitCode(e *Event) error {
	n, ok, err := c.number()
	if ok {
		e.ExitCode = &n
	}
	return err
}

func (c *cursor) sequence(to *uint64) error {
	n, ok, err := c.number()
	if ok && n > 0 {
		*to = uint64(n)
	}
	return err
}
