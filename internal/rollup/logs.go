package rollup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Chunk names a part of the audit log by the log's id and its first record.
func Chunk(log string, firstSeq uint64) string {
	// The end of a UUIDv7 is random; its beginning is the time.
	return log[max(0, len(log)-8):] + "-" + strconv.FormatUint(firstSeq, 10)
}

// Of returns the roll-ups of a part of the audit log.
func Of(ld plog.Logs, chunk string) plog.Logs {
	c := NewCounter(DefaultMaxGroups)
	c.AddAll(ld)
	return c.Logs(chunk)
}

// Logs returns the roll-ups of what was counted, in an order that depends on nothing
// else. chunk is that of Chunk.
func (c *Counter) Logs(chunk string) plog.Logs {
	out := NewLogs()
	for i := range c.tables {
		t := &c.tables[i]
		for _, g := range t.sorted() {
			g.finish()
			out.Append(t.kind.name, g.key.project, time.Unix(g.key.minute, 0), g.line(chunk))
		}
	}
	return out.Logs
}

// Logs collects roll-ups.
type Logs struct {
	plog.Logs
	records plog.LogRecordSlice
}

// NewLogs returns a Logs without roll-ups.
func NewLogs() Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.RollupServiceName)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(semconv.RollupScopeName)
	return Logs{Logs: ld, records: sl.LogRecords()}
}

// Append adds a roll-up of a minute. It may be of no project.
func (l Logs) Append(kind, project string, minute time.Time, line string) {
	at := minute.UTC().Truncate(time.Minute)
	lr := l.records.AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.SetEventName(semconv.RollupEventPrefix + kind)
	lr.SetSeverityNumber(plog.SeverityNumberInfo)
	a := lr.Attributes()
	a.EnsureCapacity(3)
	a.PutStr(semconv.RollupKind, kind)
	if project != "" {
		a.PutStr(semconv.ProjectName, project)
	}
	a.PutStr(semconv.RollupHour, at.Format("15"))
	lr.Body().SetStr(line)
}

// Digest names a batch that is no part of an audit log by when its records happened
// and by their ids.
func Digest(ld plog.Logs) string {
	h := sha256.New()
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				var at [16]byte
				binary.BigEndian.PutUint64(at[:], uint64(lr.Timestamp()))
				binary.BigEndian.PutUint64(at[8:], uint64(lr.ObservedTimestamp()))
				h.Write(at[:])
				if id, ok := lr.Attributes().Get(semconv.EventID); ok {
					h.Write([]byte(id.AsString()))
				}
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
