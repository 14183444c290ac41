package auditlogreceiver

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/receiver/auditlogreceiver/internal/metadata"
)

// maxBatchBytes bounds what is read from disk into a batch, in bytes of lines.
const maxBatchBytes = 8 << 20

// errFull ends the reading of a batch.
var errFull = errors.New("the batch is full")

// batch is a part of the log.
type batch struct {
	events       events
	fields       bodyFields
	window       *window // nil: the batch ends when it is full, or has waited
	logs         plog.Logs
	done         bool   // nothing more fits: logs may be others', too
	late         bool   // it has waited for long enough
	growing      int    // records that are left to grow in the tap meanwhile
	memory, disk int    // records, by where they are from
	bytes        int    // of lines read from disk
	skipped      uint64 // records that should be there
	moved        bool   // there is something, if only records of the log's own
	next         uint64 // behind the last record
	place        auditlog.Place
}

func (b *batch) records() int { return b.memory + b.disk }

func (b *batch) full(maxRecords int, next uint64) bool {
	if b.window != nil {
		return b.window.Ended(next)
	}
	return b.done || b.records() >= maxRecords || b.bytes >= maxBatchBytes
}

func (b *batch) count(ctx context.Context, t *metadata.TelemetryBuilder) {
	for source, n := range map[string]int{"memory": b.memory, "disk": b.disk} {
		if n > 0 {
			t.ReceiverAuditLogDelivered.Add(ctx, int64(n), metric.WithAttributes(attribute.String("source", source)))
		}
	}
}

// gather waits for records and puts together those that come within the flush
// timeout. It goes on from where the reader is. The batch has no records when
// there were only some of the log's own.
func (r *auditReceiver) gather(ctx context.Context) (*batch, error) {
	b := &batch{events: r.events, fields: r.fields, logs: plog.NewLogs()}
	if r.config.Batch.Window == windowHeartbeat {
		b.window = &window{Cutter: auditchunk.Cutter{MaxRecords: uint64(r.config.Batch.MaxRecords)}} //nolint:gosec // validated
	}
	if err := r.first(ctx, b); err != nil {
		return nil, err
	}
	var err error
	if b.window != nil {
		err = r.gatherWindow(ctx, b)
	} else {
		err = r.gatherFor(ctx, b)
	}
	if err != nil {
		return nil, err
	}
	b.next, b.place = r.reader.Next()
	return b, nil
}

// gatherFor takes what comes within the flush timeout.
func (r *auditReceiver) gatherFor(ctx context.Context, b *batch) error {
	timer := time.NewTimer(r.config.Batch.FlushTimeout)
	defer timer.Stop()
	for !b.late && b.records()+b.growing > 0 && !b.full(r.config.Batch.MaxRecords, 0) {
		// Nobody need wake for each record while the timer runs.
		r.tap.Want(max(1, min(r.config.Batch.MaxRecords-b.records()-b.growing, auditlog.TapRecords/2)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			b.late = true
		case <-r.tap.Wake():
		}
		if err := r.fill(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// first waits for something to deliver, and saves the cursor meanwhile.
func (r *auditReceiver) first(ctx context.Context, b *batch) error {
	var save <-chan time.Time
	if r.unsaved {
		timer := time.NewTimer(saveEvery)
		defer timer.Stop()
		save = timer.C
	}
	// The log does not wake for what is not delivered, but the cursor passes it.
	var look <-chan time.Time
	if r.events != nil {
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		look = ticker.C
	}
	for r.tap.Want(1); ; {
		if err := r.fill(ctx, b); err != nil || b.moved || b.growing > 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-save:
			r.save()
		case <-look:
		case <-r.tap.Wake():
		}
	}
}

// fill takes what there is, until the batch is full.
func (r *auditReceiver) fill(ctx context.Context, b *batch) error {
	b.growing = 0
	for !b.full(r.config.Batch.MaxRecords, r.at()) {
		log, next, w, inMemory := r.tap.Head()
		switch {
		case log == "":
			return nil // the exporter has not opened it yet
		case r.reader == nil || r.cursor.Log != log:
			if b.moved {
				if b.window != nil {
					b.window.Own()
				}
				return nil // a new log begins: first deliver what there is of the old one
			}
			r.begin(log, next)
		}
		if b.window != nil {
			b.window.log = log
		}
		at := r.at()
		var err error
		switch {
		case inMemory && w.End() <= at:
			r.tap.Take()
		case inMemory && w.FirstSeq == at && w.Growing && !b.late:
			b.growing = w.Records
			return nil
		case inMemory && w.FirstSeq == at && (w.Own || (w.Passed || w.Growing || w.Payload != nil) && (b.window == nil || b.window.fits(w))):
			r.take(b, w)
		case inMemory && w.FirstSeq == at:
			r.tellFault(w)
			r.reader.Jump(at, w.Place)
			err = r.read(ctx, b, w.End())
		case inMemory && w.FirstSeq > at:
			err = r.read(ctx, b, w.FirstSeq)
		case inMemory:
			err = r.read(ctx, b, w.End())
		case at < next:
			err = r.read(ctx, b, next)
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// at is the record that is next.
func (r *auditReceiver) at() uint64 {
	if r.reader == nil {
		return r.cursor.NextSeq
	}
	at, _ := r.reader.Next()
	return at
}

// take adds what is next in memory, which was w a moment ago.
func (r *auditReceiver) take(b *batch, w auditlog.Written) {
	if w.Shared && !w.Own && b.records() > 0 {
		b.done = true // it is a batch by itself
		return
	}
	log, w := r.tap.Take()
	if log != r.cursor.Log || w.FirstSeq != r.at() {
		return // another log was opened: what there was of this one is read from disk
	}
	if w.Payload == nil && !w.Own && !w.Passed {
		return // it is read from disk
	}
	b.take(w, r.mutates)
	r.reader.Jump(w.End(), w.After())
}

// take adds records from memory.
func (b *batch) take(w auditlog.Written, mutates bool) {
	b.moved = true
	ld, ok := w.Payload.(plog.Logs)
	if b.window != nil {
		if w.Own {
			b.window.Own()
		} else {
			b.window.Add(w.FirstSeq, sizeOf(w))
		}
	}
	if !ok {
		return
	}
	b.memory += ld.LogRecordCount()
	switch {
	case !w.Shared:
		ld.ResourceLogs().MoveAndAppendTo(b.logs.ResourceLogs())
	case mutates:
		ld.CopyTo(b.logs)
		b.done = true
	default:
		b.logs, b.done = ld, true
	}
}

// read adds records from disk, those in front of limit.
func (r *auditReceiver) read(ctx context.Context, b *batch, limit uint64) error {
	expected, _ := r.reader.Next()
	b.moved = true
	err := r.reader.Read(ctx, limit, func(e auditlog.Entry) error {
		b.skipped += e.Seq - expected
		expected = e.Seq + 1
		if e.Kind != auditlog.KindLog {
			if b.window != nil {
				b.window.Own()
				return b.ended(e, r.config.Batch.MaxRecords)
			}
			return nil
		}
		if b.window != nil {
			b.window.Add(e.Seq, int64(len(e.Line))+1)
		}
		if !b.events.match(e) {
			return b.ended(e, r.config.Batch.MaxRecords)
		}
		e.Body = b.fields.cut(e.Body)
		if err := auditotlp.Append(b.logs, e); err != nil {
			b.skipped++ // not written by the exporter
			return b.ended(e, r.config.Batch.MaxRecords)
		}
		b.disk++
		b.bytes += len(e.Line)
		return b.ended(e, r.config.Batch.MaxRecords)
	})
	if errors.Is(err, errFull) {
		return nil
	}
	if err == nil {
		b.skipped += limit - expected
	}
	return err
}

// ended returns errFull when the batch ends behind an entry.
func (b *batch) ended(e auditlog.Entry, maxRecords int) error {
	if b.full(maxRecords, e.Seq+1) {
		return errFull
	}
	return nil
}
