package sessiongapsprocessor

import (
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
	"github.com/agent-telemetry/agent-telemetry/processor/sessiongapsprocessor/internal/metadata"
)

// maxIDBytes bounds a session id that is followed: a longer one is no real one.
const maxIDBytes = 256

// numbers adds the events of ld that have a number in their session to a list.
func numbers(events []numbered, ld plog.Logs) []numbered {
	for _, rl := range ld.ResourceLogs().All() {
		if s, ok := rl.Resource().Attributes().Get(semconv.ServiceName); !ok || s.AsString() != semconv.ServiceNameValue {
			continue
		}
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				a := lr.Attributes()
				seq, ok := a.Get(semconv.SessionSeq)
				if !ok || seq.Type() != pcommon.ValueTypeInt || seq.Int() < 1 || seq.Int() == math.MaxInt64 {
					continue
				}
				id := text(a, semconv.SessionID)
				if id == "" || len(id) > maxIDBytes {
					continue
				}
				project := text(a, semconv.ProjectName)
				restarted, ok := a.Get(semconv.SessionSeqRestarted)
				events = append(events, numbered{
					session: id, project: project[:min(len(project), maxIDBytes)], seq: uint64(seq.Int()), //nolint:gosec // above 0
					restarted: ok && restarted.Type() == pcommon.ValueTypeBool && restarted.Bool(),
				})
			}
		}
	}
	return events
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

// record makes the log record of a report.
func record(r report, now time.Time, spooled bool) (plog.Logs, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return plog.Logs{}, fmt.Errorf("make an event id: %w", err)
	}
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	for _, kv := range hostinfo.Resource() {
		rl.Resource().Attributes().PutStr(string(kv.Key), kv.Value.AsString())
	}
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(metadata.ScopeName)
	sl.Scope().SetVersion(version.Version)
	lr := sl.LogRecords().AppendEmpty()
	at := pcommon.NewTimestampFromTime(now)
	lr.SetTimestamp(at)
	lr.SetObservedTimestamp(at)
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventTelemetryGap)
	state, severity := semconv.GapOpen, plog.SeverityNumberWarn
	if r.closed {
		state, severity = semconv.GapClosed, plog.SeverityNumberInfo
	}
	lr.SetSeverityNumber(severity)
	lr.SetSeverityText(levels[severity])
	list, omitted := ranges(r.holes)
	waited := now.Sub(r.since).Milliseconds()
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventTelemetryGap)
	a.PutStr(semconv.EventID, id.String())
	a.PutStr(semconv.SessionID, r.id)
	a.PutStr(semconv.ConversationID, r.id)
	a.PutStr(semconv.GapState, state)
	a.PutInt(semconv.GapMissing, signed(r.missing))
	a.PutStr(semconv.GapRanges, list)
	a.PutInt(semconv.GapDuration, waited)
	a.PutBool(semconv.GapSpoolWaiting, spooled)
	if r.project != "" {
		a.PutStr(semconv.ProjectName, r.project)
	}
	body := lr.Body().SetEmptyMap()
	gap := body.PutEmptyMap(semconv.BodyGap)
	gap.PutInt(semconv.GapBodyMissing, signed(r.missing))
	gap.PutStr(semconv.GapBodyRanges, list)
	if omitted > 0 {
		gap.PutInt(semconv.GapBodyRangesOmitted, int64(omitted))
	}
	gap.PutBool(semconv.GapBodySpoolWaiting, spooled)
	gap.PutStr(semconv.GapBodyState, state)
	gap.PutInt(semconv.GapBodyDuration, waited)
	body.PutStr(semconv.BodyEventType, semconv.EventTelemetryGap)
	body.PutStr(semconv.BodyLevel, levels[severity])
	meta := body.PutEmptyMap(semconv.BodyMetadata)
	meta.PutStr(semconv.MetaEventID, id.String())
	meta.PutStr(semconv.MetaTelemetryVersion, version.Version)
	body.PutStr(semconv.BodyProjectName, r.project)
	body.PutInt(semconv.BodySchemaVersion, semconv.SchemaVersion)
	body.PutStr(semconv.BodySessionID, r.id)
	body.PutStr(semconv.BodyTimestamp, now.UTC().Format(time.RFC3339Nano))
	return ld, nil
}

var levels = map[plog.SeverityNumber]string{plog.SeverityNumberInfo: "INFO", plog.SeverityNumberWarn: "WARN"}

// signed is n as telemetry holds it.
func signed(n uint64) int64 { return int64(min(n, math.MaxInt64)) }
