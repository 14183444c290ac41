package events

import (
	"context"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// newestAudit returns the newest rows that match, and the sequence number from
// which nothing has been looked at. With auditlog.ErrCorrupt the rows are those
// that could be read.
func newestAudit(ctx context.Context, dir string, f filter, limit int) (rows []Row, next uint64, err error) {
	err = auditlog.Read(ctx, dir, f.auditFilter(), func(e auditlog.Entry) error {
		next = e.Seq + 1
		if r, ok := f.fromAudit(e); ok {
			if rows = append(rows, r); len(rows) > limit {
				rows = rows[1:]
			}
		}
		return nil
	})
	return rows, next, err
}

func (f filter) fromAudit(e auditlog.Entry) (Row, bool) {
	if s, _ := e.Resource[semconv.ServiceName].(string); s != semconv.ServiceNameValue {
		return Row{}, false
	}
	r := fromAudit(e)
	return r, f.matches(&r)
}

// followAudit shows what is written from seq on, until ctx is done.
func followAudit(ctx context.Context, dir string, f filter, seq uint64, show func(Row) error) error {
	af := f.auditFilter()
	af.FromSeq = seq
	af.Until = af.Until.AddDate(100, 0, 0) // what comes has no end
	return auditlog.Follow(ctx, dir, af, func(e auditlog.Entry) error {
		if r, ok := f.fromAudit(e); ok {
			return show(r)
		}
		return nil
	})
}
