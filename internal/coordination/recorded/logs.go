package recorded

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Record is a record about how agents worked together: a line in Loki.
type Record struct {
	Of    Of
	Event string // semconv.EventAgentDelegation and so on
	ID    string // of several records with the same, the last counts
	Time  time.Time
	Agent agent
	Line  Line
}

// agent is whom a record is about; what it does not say is empty.
type agent struct {
	id, typ, parent, call string
	depth                 int
	placed                bool // parent and depth are said
}

// Logs makes the collector's form of records.
func Logs(records []Record) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.CoordinationServiceName)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(semconv.CoordinationScopeName)
	sl.LogRecords().EnsureCapacity(len(records))
	for i := range records {
		records[i].put(sl.LogRecords().AppendEmpty())
	}
	return ld
}

func (r *Record) put(lr plog.LogRecord) {
	at := r.Time.UTC()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(at))
	lr.SetEventName(semconv.EventNamePrefix + r.Event)
	lr.SetSeverityNumber(plog.SeverityNumberInfo)
	lr.SetSeverityText(plog.SeverityNumberInfo.String())
	lr.SetTraceID(hookevent.TraceID(r.Of.Session))
	a := lr.Attributes()
	a.EnsureCapacity(10)
	for _, kv := range []struct{ key, value string }{
		{semconv.EventType, r.Event},
		{semconv.CoordinationRecordID, r.ID},
		{semconv.CoordinationHour, at.Format("15")},
		{semconv.SessionID, r.Of.Session},
		{semconv.ProjectName, r.Of.Project},
		{semconv.AgentID, r.Agent.id},
		{semconv.AgentName, r.Agent.typ},
		{semconv.AgentParentID, r.Agent.parent},
		{semconv.ToolCallID, r.Agent.call},
	} {
		if kv.value != "" {
			a.PutStr(kv.key, kv.value)
		}
	}
	if r.Agent.placed && r.Agent.depth >= 0 {
		a.PutInt(semconv.AgentDepth, int64(r.Agent.depth))
	}
	r.Line.put(lr.Body().SetEmptyMap())
}
