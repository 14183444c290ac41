package report

import (
	"context"
	"errors"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Bounds of the entries that are read ahead: batches, and entries and bytes of one.
const (
	aheadBatches = 4
	aheadEntries = 256
	aheadBytes   = 1 << 20
)

// readAhead is auditlog.Read on two processors: lines are decoded while those before
// them are counted. fn is called in order, and by one goroutine.
func readAhead(ctx context.Context, dir string, filter auditlog.Filter, fn func(*auditlog.Entry) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan []auditlog.Entry, aheadBatches)
	var readErr error
	go func() {
		defer close(batches)
		var batch []auditlog.Entry
		size := 0
		send := func() error {
			select {
			case batches <- batch:
			case <-ctx.Done():
				return ctx.Err()
			}
			batch, size = make([]auditlog.Entry, 0, aheadEntries), 0
			return nil
		}
		err := auditlog.Read(ctx, dir, filter, func(e auditlog.Entry) error {
			batch = append(batch, e)
			if size += len(e.Line); len(batch) < aheadEntries && size < aheadBytes {
				return nil
			}
			return send()
		})
		if err == nil || errors.Is(err, auditlog.ErrCorrupt) {
			err = errors.Join(err, send())
		}
		readErr = err
	}()
	var fnErr error
	for batch := range batches {
		for i := range batch {
			if fnErr == nil {
				fnErr = fn(&batch[i])
			}
		}
		if fnErr != nil {
			cancel() // and wait for the reader to end
		}
	}
	if fnErr != nil {
		return fnErr
	}
	return readErr
}
