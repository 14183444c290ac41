package story

import (
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// body reads the body of a record, or its line in Loki. What attributes have said
// stays.
func (d *decoder) body(c *cursor, e *Event) error {
	return c.object(func(key []byte) (err error) {
		switch string(key) {
		case semconv.BodyEventType:
			_, err = c.name(d, &e.Type)
		case semconv.BodyHookEvent:
			_, err = c.name(d, &e.Hook)
		case semconv.BodyLevel:
			_, err = c.name(d, &e.Level)
		case semconv.BodySessionID:
			_, err = c.name(d, &e.Session)
		case semconv.BodyProjectPath:
			_, err = c.shared(d, &e.ProjectPath, maxPath)
		case semconv.BodyProjectName:
			_, err = c.name(d, &e.Project)
		case semconv.BodyToolName:
			_, err = c.name(d, &e.Tool)
		case semconv.BodyActionDetails:
			err = c.object(func(key []byte) error { return d.action(c, key, e) })
		case semconv.BodyFileChanges:
			err = d.fileChanges(c, e)
		case semconv.BodyAgent:
			err = c.object(func(key []byte) error { return d.agent(c, key, e) })
		case semconv.BodyMetadata:
			err = c.object(func(key []byte) error { return d.metadata(c, key, e) })
		case semconv.BodyAlert:
			err = d.alert(c, e)
		case semconv.BodyAck:
			err = d.acknowledgement(c, e)
		case semconv.BodyGap:
			err = c.object(func(key []byte) error {
				if string(key) == semconv.GapBodyRanges {
					return c.put(&e.Detail, maxPhrase)
				}
				return nil
			})
		case semconv.BodyRawInput:
			err = d.rawInput(c, e)
		}
		return err
	})
}

func (d *decoder) action(c *cursor, key []byte, e *Event) (err error) {
	switch string(key) {
	case semconv.ActionFilePath:
		err = c.put(&e.File, maxPath)
	case semconv.ActionSizeBytes:
		err = c.putNumber(&e.Size)
	case semconv.ActionOutsideScope:
		var outside bool
		outside, err = c.truth()
		e.Outside = e.Outside || outside
	case semconv.ActionCommand:
		err = c.put(&e.Command, maxCommand)
	case semconv.ActionSearchPattern:
		err = c.put(&e.Pattern, maxPhrase)
	case semconv.ActionSearchPath:
		err = c.put(&e.SearchPath, maxPath)
	case semconv.ActionURL:
		err = c.put(&e.URL, maxPath)
	case semconv.ActionToolContext:
		err = c.object(func(key []byte) error { return d.context(c, key, e) })
	}
	return err
}

func (d *decoder) context(c *cursor, key []byte, e *Event) (err error) {
	switch string(key) {
	case "description", "skill":
		err = c.put(&e.Description, maxPhrase)
	case "offset", "limit", "pages", "glob", "type":
		err = d.part(c, key, e)
	case "mcp_tool":
		_, err = c.name(d, &e.MCPTool)
	case "duration_ms":
		err = c.putNumber(&e.Duration)
	case "exit_code":
		err = c.exitCode(e)
	case "error_type":
		_, err = c.name(d, &e.Error)
	case "redactions":
		e.Redacted = true
	case "message":
		e.Detail = ""
		err = c.put(&e.Detail, maxPhrase)
	case "source", "reason", "trigger", "notification_type", "action", "event", "command_name", "task_id":
		err = c.put(&e.Detail, maxPhrase)
	}
	return err
}

// part adds to what narrows a read or a search.
func (d *decoder) part(c *cursor, key []byte, e *Event) error {
	at := c.i
	n, ok, err := c.number()
	value := strconv.FormatInt(n, 10)
	if err == nil && !ok {
		c.i = at
		value, err = c.name(d, nil)
	}
	if err == nil && value != "" && len(e.Part) < maxPhrase {
		e.Part = strings.TrimPrefix(e.Part+" "+string(key)+"="+value, " ")
	}
	return err
}

func (d *decoder) fileChanges(c *cursor, e *Event) error {
	var typ, hash string
	err := c.object(func(key []byte) (err error) {
		switch string(key) {
		case semconv.ChangeFileHash:
			err = c.put(&hash, maxName)
		case semconv.ChangeType:
			_, err = c.name(d, &typ)
		case semconv.ChangeLinesAdded:
			err = c.putNumber(&e.Added)
		case semconv.ChangeLinesRemoved:
			err = c.putNumber(&e.Removed)
		}
		return err
	})
	switch {
	case typ == semconv.ChangeTypePre && e.HashBefore == "":
		e.HashBefore = hash
	case typ == semconv.ChangeTypePost && e.HashAfter == "":
		e.HashAfter = hash
	}
	return err
}

func (d *decoder) agent(c *cursor, key []byte, e *Event) (err error) {
	switch string(key) {
	case semconv.AgentBodyID:
		_, err = c.name(d, &e.AgentID)
	case semconv.AgentBodyType:
		e.AgentType = ""
		_, err = c.name(d, &e.AgentType)
	case semconv.AgentBodyParent:
		_, err = c.name(d, &e.Parent)
	case semconv.AgentBodyDelegation:
		_, err = c.name(d, &e.MadeBy)
	case semconv.AgentBodyLink:
		_, err = c.name(d, &e.Link)
	case semconv.AgentBodyCall:
		err = c.object(func(key []byte) (err error) {
			switch string(key) {
			case semconv.CallBodyAgentType:
				_, err = c.name(d, &e.Delegate)
			case semconv.CallBodyAgentID:
				_, err = c.name(d, &e.DelegateID)
			case "status":
				_, err = c.name(d, &e.DelegateStatus)
			case "tokens":
				err = c.putNumber(&e.DelegateTokens)
			case "background":
				e.Background, err = c.truth()
			case "tool_calls":
				err = c.putNumber(&e.DelegateCalls)
			case "duration_ms":
				err = c.putNumber(&e.DelegateDuration)
			case "description":
				err = c.put(&e.Description, maxPhrase)
			}
			return err
		})
	case semconv.AgentBodyNotification:
		err = c.object(func(key []byte) (err error) {
			if string(key) == semconv.NotificationTaskID {
				_, err = c.name(d, &e.Reports)
			}
			return err
		})
	}
	return err
}

func (d *decoder) metadata(c *cursor, key []byte, e *Event) (err error) {
	switch string(key) {
	case semconv.MetaClaudeVersion:
		_, err = c.name(d, &e.Claude)
	case semconv.MetaUserID:
		_, err = c.name(d, &e.User)
	case semconv.MetaPromptPreview:
		err = c.put(&e.Preview, maxPhrase)
	case semconv.MetaEventID:
		err = c.put(&e.ID, maxName)
	case semconv.MetaSeq:
		if e.Seq == 0 {
			err = c.sequence(&e.Seq)
		}
	}
	return err
}

func (d *decoder) alert(c *cursor, e *Event) error {
	a := Alert{}
	var risk int64
	err := c.object(func(key []byte) (err error) {
		switch string(key) {
		case semconv.AlertBodyID:
			err = c.put(&a.ID, maxName)
		case semconv.AlertBodySeverity:
			_, err = c.name(d, &a.Severity)
		case semconv.AlertBodyRiskScore:
			err = c.putNumber(&risk)
		case semconv.AlertBodyRule:
			_, err = c.name(d, &a.Rule)
		case semconv.AlertBodyRuleID:
			_, err = c.name(d, &a.RuleID)
		case semconv.AlertBodyTitle:
			_, err = c.shared(d, &a.Title, maxPhrase)
		case semconv.AlertBodyCategory:
			_, err = c.name(d, &a.Category)
		case semconv.AlertBodyResponse:
			err = c.put(&a.Response, maxPath)
		case semconv.AlertBodyEvidence:
			a.Evidence, err = c.texts(maxTexts, maxPhrase)
		case semconv.AlertBodyAttack:
			a.Attack, err = c.texts(maxTexts, maxName)
		case semconv.AlertBodyAtlas:
			a.Atlas, err = c.texts(maxTexts, maxName)
		case semconv.AlertBodyEventID:
			err = c.put(&a.EventID, maxName)
		case semconv.AlertBodySeq:
			err = c.putNumber(&a.EventSeq)
		case semconv.AlertBodySuppressed:
			err = c.putNumber(&a.Suppressed)
		}
		return err
	})
	a.Severity, a.Risk, a.Suppressed = strings.ToLower(a.Severity), int(min(max(risk, 0), riskMax)), max(a.Suppressed, 0)
	e.Alert = &a
	return err
}

func (d *decoder) acknowledgement(c *cursor, e *Event) error {
	var a Acknowledgement
	err := c.object(func(key []byte) (err error) {
		switch string(key) {
		case semconv.AckBodyAlertID:
			err = c.put(&e.AckOf, maxName)
		case semconv.AckBodyBy:
			_, err = c.name(d, &a.By)
		case semconv.AckBodyReason:
			err = c.put(&a.Reason, maxPhrase)
		case semconv.AckBodyFromAgent:
			a.FromAgent, err = c.truth()
		}
		return err
	})
	a.Time = e.Time
	e.Ack = &a
	return err
}

// rawInput reads of the payload what stands nowhere else: the first line of an
// error.
func (d *decoder) rawInput(c *cursor, e *Event) error {
	return c.object(func(key []byte) (err error) {
		if string(key) != "error" {
			return nil
		}
		if c.peek() == '"' {
			return c.put(&e.Message, maxPhrase)
		}
		return c.object(func(key []byte) error {
			if string(key) == "first_line" {
				return c.put(&e.Message, maxPhrase)
			}
			return nil
		})
	})
}
