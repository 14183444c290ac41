package lineageprocessor

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
	"github.com/agent-telemetry/agent-telemetry/processor/lineageprocessor/internal/metadata"
)

// stamp writes where an agent stands into the record of an event in which it acts.
func stamp(lr plog.LogRecord, p lineage.Place) {
	attributes(lr.Attributes(), p)
	if lr.Body().Type() != pcommon.ValueTypeMap {
		return
	}
	if v, ok := lr.Body().Map().Get(semconv.BodyAgent); ok && v.Type() == pcommon.ValueTypeMap {
		v.Map().RemoveIf(func(k string, _ pcommon.Value) bool {
			switch k {
			case semconv.AgentBodyParent, semconv.AgentBodyRoot, semconv.AgentBodyDepth, semconv.AgentBodyDelegation, semconv.AgentBodyLink:
				return true
			}
			return false
		})
		if p.ID != "" {
			fields(v.Map(), p)
		}
	}
}

// disown takes away what a record came with of what only this processor says. One that
// came as a correction becomes a record that says so.
func disown(lr plog.LogRecord, correction bool) {
	a := lr.Attributes()
	a.RemoveIf(func(k string, _ pcommon.Value) bool { return own(k) })
	if !correction {
		return
	}
	a.PutStr(semconv.EventType, semconv.EventHookEvent)
	a.PutStr(semconv.EventClaimedType, semconv.EventAgentLink)
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventHookEvent)
	if lr.Body().Type() == pcommon.ValueTypeMap {
		lr.Body().Map().PutStr(semconv.BodyEventType, semconv.EventHookEvent)
		lr.Body().Map().PutStr(semconv.BodyClaimedType, semconv.EventAgentLink)
	}
}

// attributes adds what is known of a place, which must not be there yet.
func attributes(a pcommon.Map, p lineage.Place) {
	put := func(key, value string) {
		if value != "" {
			a.PutStr(key, value)
		}
	}
	put(semconv.GenAIAgentID, p.ID)
	put(semconv.AgentParentID, p.Parent)
	put(semconv.AgentRootID, p.Root)
	if p.Depth >= 0 {
		a.PutInt(semconv.AgentDepth, int64(p.Depth))
	}
	put(semconv.AgentDelegationID, p.Call)
	put(semconv.AgentLink, p.Link)
}

// fields does the same in body.agent.
func fields(m pcommon.Map, p lineage.Place) {
	put := func(key, value string) {
		if value != "" {
			m.PutStr(key, value)
		}
	}
	put(semconv.AgentBodyParent, p.Parent)
	put(semconv.AgentBodyRoot, p.Root)
	if p.Depth >= 0 {
		m.PutInt(semconv.AgentBodyDepth, int64(p.Depth))
	}
	put(semconv.AgentBodyDelegation, p.Call)
	put(semconv.AgentBodyLink, p.Link)
}

// records makes the records of corrections.
func records(list []lineage.Correction) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	for _, kv := range hostinfo.Resource() {
		rl.Resource().Attributes().PutStr(string(kv.Key), kv.Value.AsString())
	}
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(metadata.ScopeName)
	sl.Scope().SetVersion(version.Version)
	for i := range list {
		record(sl.LogRecords().AppendEmpty(), &list[i])
	}
	return ld
}

const level = "INFO"

func record(lr plog.LogRecord, c *lineage.Correction) {
	at, id := pcommon.NewTimestampFromTime(c.At), correctionID(c)
	lr.SetTimestamp(at)
	lr.SetObservedTimestamp(at)
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventAgentLink)
	lr.SetSeverityNumber(plog.SeverityNumberInfo)
	lr.SetSeverityText(level)
	lr.SetTraceID(hookevent.TraceID(c.Session))
	put := func(m pcommon.Map, key, value string) {
		if value != "" {
			m.PutStr(key, value)
		}
	}
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventAgentLink)
	a.PutStr(semconv.EventID, id)
	a.PutStr(semconv.SessionID, c.Session)
	a.PutStr(semconv.ConversationID, c.Session)
	a.PutStr(semconv.AgentID, c.Agent.ID)
	put(a, semconv.AgentName, c.Agent.Type)
	put(a, semconv.ProjectName, c.Project)
	attributes(a, c.Agent)
	put(a, semconv.AgentPreviousParentID, c.Before.Parent)
	put(a, semconv.AgentPreviousDelegationID, c.Before.Call)
	put(a, semconv.AgentPreviousLink, c.Before.How)

	body := lr.Body().SetEmptyMap()
	agent := body.PutEmptyMap(semconv.BodyAgent)
	agent.PutStr(semconv.AgentBodyID, c.Agent.ID)
	put(agent, semconv.AgentBodyType, c.Agent.Type)
	fields(agent, c.Agent)
	before := agent.PutEmptyMap(semconv.AgentBodyPrevious)
	put(before, semconv.AgentBodyDelegation, c.Before.Call)
	put(before, semconv.AgentBodyLink, c.Before.How)
	put(before, semconv.AgentBodyParent, c.Before.Parent)
	body.PutStr(semconv.BodyEventType, semconv.EventAgentLink)
	body.PutStr(semconv.BodyLevel, level)
	meta := body.PutEmptyMap(semconv.BodyMetadata)
	meta.PutStr(semconv.MetaEventID, id)
	meta.PutStr(semconv.MetaTelemetryVersion, version.Version)
	put(body, semconv.BodyProjectName, c.Project)
	body.PutInt(semconv.BodySchemaVersion, semconv.SchemaVersion)
	body.PutStr(semconv.BodySessionID, c.Session)
	body.PutStr(semconv.BodyTimestamp, c.At.UTC().Format(time.RFC3339Nano))
}

// correctionID is the same when a correction is sent again.
func correctionID(c *lineage.Correction) string {
	h := sha256.New()
	for _, s := range []string{"agent-telemetry agent link", c.Session, c.Agent.ID, c.Agent.Parent, c.Agent.Call} {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s)))) // a hash takes everything
		_, _ = h.Write([]byte(s))
	}
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(c.Number))) //nolint:gosec // above 0
	id := uuid.UUID(h.Sum(nil)[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
