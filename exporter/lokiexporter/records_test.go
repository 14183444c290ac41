package lokiexporter

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var testTime = time.Date(2026, 3, 4, 5, 6, 7, 891011123, time.UTC)

// newLogs returns logs with one resource and scope, and the records to append to.
func newLogs(service string) (plog.Logs, plog.LogRecordSlice) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, service)
	rl.Resource().Attributes().PutStr(semconv.HostName, "workstation")
	return ld, rl.ScopeLogs().AppendEmpty().LogRecords()
}

// addHookRecord appends a record as a hook event makes it.
func addHookRecord(records plog.LogRecordSlice, session string, seq int, at time.Time) plog.LogRecord {
	lr := records.AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.SetSeverityNumber(plog.SeverityNumberInfo)
	lr.SetSeverityText("INFO")
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventFileRead)
	lr.SetTraceID(pcommon.TraceID{1, 2, 3, 15: 16})
	lr.SetSpanID(pcommon.SpanID{4, 5, 7: 8})
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventFileRead)
	a.PutStr(semconv.EventID, fmt.Sprintf("0195f0c0-0000-7000-8000-%012d", seq))
	a.PutInt(semconv.SessionSeq, int64(seq))
	a.PutStr(semconv.HookEvent, "PostToolUse")
	a.PutStr(semconv.SessionID, session)
	a.PutStr(semconv.ToolName, "Read")
	a.PutStr(semconv.ToolCallID, fmt.Sprintf("toolu_%d", seq))
	a.PutStr(semconv.ProjectName, "demo")
	a.PutStr(semconv.Scope, semconv.ScopeProject)
	body := lr.Body().SetEmptyMap()
	details := body.PutEmptyMap(semconv.BodyActionDetails)
	details.PutStr(semconv.ActionFilePath, "/home/dev/demo/a<b>.go")
	details.PutInt(semconv.ActionSizeBytes, 0)
	details.PutBool(semconv.ActionOutsideScope, false)
	details.PutStr(semconv.ActionCommand, "")
	body.PutEmptyMap(semconv.BodyAgent)
	body.PutStr(semconv.BodyEventType, semconv.EventFileRead)
	body.PutEmptyMap(semconv.BodyMetadata).PutInt(semconv.MetaSeq, int64(seq))
	body.PutEmptyMap(semconv.BodyRawInput).PutStr("tool_name", "Read")
	body.PutStr(semconv.BodySessionID, session)
	superclaude := body.PutEmptyMap(semconv.BodySuperClaude)
	superclaude.PutEmptySlice(semconv.SuperBodyCommands)
	superclaude.PutEmpty(semconv.SuperBodyReasoning)
	body.PutBool(semconv.BodyTelemetryEnabled, true)
	return lr
}

// addNativeRecord appends a record as Claude Code's own telemetry has it.
func addNativeRecord(records plog.LogRecordSlice, session string, at time.Time) plog.LogRecord {
	lr := records.AppendEmpty()
	lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(at))
	lr.Body().SetStr("claude_code.tool_result")
	a := lr.Attributes()
	a.PutStr(semconv.NativeEventName, "tool_result")
	a.PutStr(semconv.SessionID, session)
	a.PutStr(semconv.NativeToolName, "Bash")
	a.PutStr(semconv.NativePromptID, "prompt-1")
	a.PutBool("success", false)
	a.PutDouble("cost_usd", 0.0125)
	return lr
}
