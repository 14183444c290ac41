package recorded

import (
	"encoding/json"
	"fmt"
	"path"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

// Fields are those of a hook's payload.
type Fields map[string]any

// Script writes the records of one session.
type Script struct {
	Session string
	Project string // its directory; nothing is there
	// At is the time of the next record. Every record takes a step.
	At   time.Time
	Step time.Duration // a second unless set

	Logs []plog.Logs // so far

	seq   uint64
	last  hookevent.Event
	super superclaude.Context
	call  struct {
		tool, id string
		fields   Fields
		outside  bool
	}
	calls int
}

// Skip leaves out numbers of the session, as lost records do, and writes what the
// collector says of it.
func (s *Script) Skip(n uint64) {
	s.seq += n
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(s.At))
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventTelemetryGap)
	lr.SetSeverityNumber(plog.SeverityNumberWarn)
	lr.SetSeverityText("WARN")
	ranges := fmt.Sprintf("%d-%d", s.seq-n+1, s.seq)
	id := fmt.Sprintf("019a0000-0000-7000-9000-%012d", s.seq)
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventTelemetryGap)
	a.PutStr(semconv.EventID, id)
	a.PutStr(semconv.SessionID, s.Session)
	a.PutStr(semconv.ProjectName, path.Base(s.Project))
	a.PutStr(semconv.GapState, semconv.GapOpen)
	a.PutInt(semconv.GapMissing, int64(n))
	a.PutStr(semconv.GapRanges, ranges)
	body := lr.Body().SetEmptyMap()
	body.PutStr(semconv.BodyEventType, semconv.EventTelemetryGap)
	body.PutStr(semconv.BodySessionID, s.Session)
	gap := body.PutEmptyMap(semconv.BodyGap)
	gap.PutStr(semconv.GapBodyState, semconv.GapOpen)
	gap.PutInt(semconv.GapBodyMissing, int64(n))
	gap.PutStr(semconv.GapBodyRanges, ranges)
	s.Logs = append(s.Logs, ld)
}

// Hook writes the record of a hook event.
func (s *Script) Hook(event string, f Fields) { s.hook(event, f, false) }

func (s *Script) hook(event string, f Fields, outside bool) {
	all := Fields{"session_id": s.Session, "hook_event_name": event, "cwd": s.Project, "prompt_id": "prompt-1", "permission_mode": "default"}
	for k, v := range f {
		all[k] = v
	}
	payload, err := json.Marshal(all)
	if err != nil {
		panic(err) // a test's own fields
	}
	s.seq++
	s.last = hookevent.Build(hookevent.Decode(payload, 1<<20), hookevent.Context{
		Time: s.At, ID: fmt.Sprintf("019a0000-0000-7000-8000-%.8s%04d", fmt.Sprintf("%x", hookevent.SpanID(s.Session)), s.seq), Seq: s.seq,
		Transport: semconv.TransportCommand, Project: s.Project, Enabled: true, Preview: true, Outside: outside,
		SuperClaude: s.super, ClaudeVersion: "2.1.42", User: "dev", PayloadBytes: int64(len(payload)), PayloadHash: hookevent.Digest(payload),
	})
	s.add(s.last)
	if s.Step == 0 {
		s.Step = time.Second
	}
	s.At = s.At.Add(s.Step)
}

func (s *Script) add(e hookevent.Event) {
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(eventjson.Request(e))
	if err != nil {
		panic(err)
	}
	for _, rl := range ld.ResourceLogs().All() {
		rl.Resource().Attributes().PutStr(semconv.HostName, "devbox")
		rl.Resource().Attributes().PutStr(semconv.UserName, "dev")
	}
	s.Logs = append(s.Logs, ld)
}

// Prompt is what a person asks for.
func (s *Script) Prompt(text string) {
	s.super = superclaude.Detect(text)
	s.Hook("UserPromptSubmit", Fields{"prompt": text})
}

// Begin is a tool call that is about to be made. extra are fields of the payload
// beside those of the tool, such as agent_id.
func (s *Script) Begin(tool string, input Fields, extra Fields) { s.begin(tool, input, extra, false) }

// BeginOutside is Begin of one that reaches outside the project.
func (s *Script) BeginOutside(tool string, input Fields, extra Fields) {
	s.begin(tool, input, extra, true)
}

func (s *Script) begin(tool string, input, extra Fields, outside bool) {
	s.calls++
	f := Fields{"tool_name": tool, "tool_input": input, "tool_use_id": fmt.Sprintf("toolu_%.8s%04d", s.Session, s.calls)}
	for k, v := range extra {
		f[k] = v
	}
	s.call.tool, s.call.fields, s.call.outside = tool, f, outside
	s.hook("PreToolUse", f, outside)
}

// Call is the payload of the call that began last, to end it later.
func (s *Script) Call() Fields { return s.call.fields }

// End ends a call with a response, or the last one for nil.
func (s *Script) End(call, response Fields, milliseconds int) {
	s.hook("PostToolUse", s.ending(call, Fields{"tool_response": response, "duration_ms": milliseconds}), s.call.outside)
}

// Fail ends a call with an error.
func (s *Script) Fail(call Fields, text string, milliseconds int) {
	s.hook("PostToolUseFailure", s.ending(call, Fields{"error": text, "duration_ms": milliseconds}), s.call.outside)
}

// Deny ends a call that was not made.
func (s *Script) Deny(call Fields, reason string) {
	s.hook("PermissionDenied", s.ending(call, Fields{"reason": reason}), s.call.outside)
}

func (s *Script) ending(call, more Fields) Fields {
	if call == nil {
		call = s.call.fields
	}
	f := Fields{}
	for k, v := range call {
		f[k] = v
	}
	for k, v := range more {
		f[k] = v
	}
	return f
}

// Alert is what a rule found in the last record.
func (s *Script) Alert(severity string, score int, rule, title, evidence string) string {
	a := securityalert.Alert{
		Severity: severity, RiskScore: score, RuleID: "7d0c0f55-0000-4000-8000-" + fmt.Sprintf("%.12x", rule+"            "), Rule: rule, Title: title,
		Category: "test", RuleVersion: "1", Ruleset: semconv.RulesetDefault, Evidence: []string{evidence}, Attack: []string{"T1059.004"},
		Response: "Look at it.", EventID: s.last.ID, EventSeq: int64(s.seq), Session: s.Session, Project: s.Project, ProjectName: "shop",
		Time: s.last.Time,
	}
	for _, kv := range s.last.Attributes {
		switch kv.Key {
		case semconv.EventType:
			a.EventType = kv.Value.AsString()
		case semconv.ToolName:
			a.Tool = kv.Value.AsString()
		case semconv.ToolCallID:
			a.ToolCallID = kv.Value.AsString()
		case semconv.AgentID:
			a.AgentID = kv.Value.AsString()
		case semconv.CommandLine:
			a.Command = kv.Value.AsString()
		case semconv.FilePath:
			a.FilePath = kv.Value.AsString()
		case semconv.ProjectName:
			a.ProjectName = kv.Value.AsString()
		}
	}
	a.ID = securityalert.ID(a.RuleID, a.EventID, "")
	// The record itself says it, too.
	event := s.Logs[len(s.Logs)-1].ResourceLogs().At(0)
	attributes := event.ScopeLogs().At(0).LogRecords().At(0).Attributes()
	attributes.PutStr(semconv.RecordAlertSeverity, severity)
	attributes.PutEmptySlice(semconv.RecordAlerts).AppendEmpty().SetStr(rule)
	ld := plog.NewLogs()
	securityalert.Append(ld, a, securityalert.Origin{Resource: event.Resource()}, a.Time.Add(time.Millisecond))
	s.Logs = append(s.Logs, ld)
	return a.ID
}
