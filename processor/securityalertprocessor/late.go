package securityalertprocessor

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// Bounds of what waits to be judged.
const (
	maxLate      = 2_000
	maxLateBytes = 16 << 20
)

// lateQueue holds copies of records that were handed on before they were judged.
type lateQueue struct {
	mu      sync.Mutex
	records []lateRecord
	bytes   int
	lost    int64 // since it was last asked
}

type lateRecord struct {
	resource pcommon.Resource
	record   plog.LogRecord
	owner    bool // see provenance
	bytes    int
}

func newLateQueue() *lateQueue { return &lateQueue{} }

// put adds a copy; false when there is no room.
func (q *lateQueue) put(ctx context.Context, resource pcommon.Resource, lr plog.LogRecord) bool {
	var sizer plog.ProtoMarshaler
	l := lateRecord{resource: pcommon.NewResource(), record: plog.NewLogRecord(), owner: provenance.IsOwner(ctx), bytes: sizer.LogRecordSize(lr)}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.records) >= maxLate || q.bytes+l.bytes > maxLateBytes {
		q.lost++
		return false
	}
	securityalert.CopyResource(l.resource, resource)
	lr.CopyTo(l.record)
	q.records = append(q.records, l)
	q.bytes += l.bytes
	return true
}

// take returns everything that waits, and how many found no room.
func (q *lateQueue) take() (records []lateRecord, lost int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	records, lost = q.records, q.lost
	q.records, q.bytes, q.lost = nil, 0, 0
	return records, lost
}
