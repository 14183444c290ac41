package recorded

import (
	"bytes"
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// FromAudit makes an event of an entry of the audit log; ok is false when it tells
// nothing that counts, or cannot be read.
func FromAudit(entry auditlog.Entry) (e coordination.Event, of Of, ok bool) {
	ld := plog.NewLogs()
	if entry.Kind != auditlog.KindLog || auditotlp.Append(ld, entry) != nil || ld.LogRecordCount() == 0 {
		return e, of, false
	}
	rl := ld.ResourceLogs().At(0)
	of, ok = FromRecord(rl.Resource().Attributes(), rl.ScopeLogs().At(0).LogRecords().At(0), &e)
	return e, of, ok
}

// byMetadata are the attributes that stand in structured metadata, and byLabel those
// that are labels.
var (
	byMetadata = map[string]string{
		semconv.MetadataEventID: semconv.EventID, semconv.MetadataSeq: semconv.SessionSeq, semconv.MetadataToolUseID: semconv.ToolCallID,
		semconv.MetadataAgentID: semconv.AgentID, semconv.MetadataAgentType: semconv.AgentName, semconv.MetadataHookEvent: semconv.HookEvent,
		semconv.MetadataSessionID: semconv.SessionID, semconv.MetadataAgentParent: semconv.AgentParentID,
	}
	byLabel = map[string]string{semconv.LabelEvent: semconv.EventType, semconv.LabelTool: semconv.ToolName, semconv.LabelProject: semconv.ProjectName}
)

// maxLine is the longest line that is read, in bytes: the collector cuts longer ones.
const maxLine = 1 << 20

// FromLoki makes an event of an entry in Loki, of {service="claude-telemetry"} or of
// Claude Code's own telemetry.
func FromLoki(entry lokiquery.Entry) (e coordination.Event, of Of, ok bool) {
	resource, lr := pcommon.NewMap(), plog.NewLogRecord()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(entry.Time))
	service := entry.Labels[semconv.LabelService]
	resource.PutStr(semconv.ServiceName, service)
	line := fields(entry.Line)
	a := lr.Attributes()
	if service == semconv.ServiceNameValue {
		body := lr.Body().SetEmptyMap()
		for _, key := range []string{semconv.BodyActionDetails, semconv.BodyAgent, semconv.BodyFileChanges} {
			if v, ok := line[key].(map[string]any); ok {
				_ = body.PutEmptyMap(key).FromRaw(v) // what JSON gives can be taken
			}
		}
	} else {
		_ = a.FromRaw(line) // see above
		if n, ok := line[semconv.LineEventName].(string); ok {
			lr.SetEventName(n)
		}
	}
	put(a, byLabel, entry.Labels)
	put(a, byMetadata, entry.Metadata)
	of, ok = FromRecord(resource, lr, &e)
	return e, of, ok
}

func put(a pcommon.Map, names, values map[string]string) {
	for from, to := range names {
		if v := values[from]; v != "" {
			a.PutStr(to, v)
		}
	}
}

// fields are those of a line; none of one that is no object.
func fields(line string) map[string]any {
	if len(line) > maxLine {
		return nil
	}
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader([]byte(line)))
	if d.Decode(&m) != nil {
		return nil // such as a line that was cut
	}
	return m
}
