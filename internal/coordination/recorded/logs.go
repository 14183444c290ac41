package recorded

import (
	"fmt"
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
	Line  map[string]any // of texts, numbers, true, maps, and lists of them
}

// agent is whom a record is about; what it does not say is empty.
type agent struct {
	id, typ, parent, call string
	depth                 int
	placed                bool // parent and depth are said
}

// Logs makes the collector's form of records.
func Logs(records []Record) (plog.Logs, error) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.CoordinationServiceName)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(semconv.CoordinationScopeName)
	for i := range records {
		if err := records[i].put(sl.LogRecords().AppendEmpty()); err != nil {
			return ld, err
		}
	}
	return ld, nil
}

func (r *Record) put(lr plog.LogRecord) error {
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
	if err := putMap(lr.Body().SetEmptyMap(), r.Line); err != nil {
		return fmt.Errorf("make a record of %s: %w", r.Event, err)
	}
	return nil
}

func putMap(to pcommon.Map, from map[string]any) error {
	to.EnsureCapacity(len(from))
	for k, v := range from {
		if err := putValue(to.PutEmpty(k), v); err != nil {
			return err
		}
	}
	return nil
}

func putValue(to pcommon.Value, from any) error {
	switch v := from.(type) {
	case string:
		to.SetStr(v)
	case bool:
		to.SetBool(v)
	case int:
		to.SetInt(int64(v))
	case int64:
		to.SetInt(v)
	case float64:
		to.SetDouble(v)
	case map[string]any:
		return putMap(to.SetEmptyMap(), v)
	case []any:
		s := to.SetEmptySlice()
		s.EnsureCapacity(len(v))
		for _, one := range v {
			if err := putValue(s.AppendEmpty(), one); err != nil {
				return err
			}
		}
	case []string:
		s := to.SetEmptySlice()
		for _, one := range v {
			s.AppendEmpty().SetStr(one)
		}
	case nil:
	default:
		return fmt.Errorf("a %T cannot be recorded", from)
	}
	return nil
}
