package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/lokimatch"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// A chunk of the audit log is compared with Loki and sent at once.
const (
	chunkEntries = 4000
	chunkBytes   = 16 << 20
	maxKinds     = 20 // unknown kinds told apart
)

// notes are the kinds of records that are the audit log's own.
var notes = []string{
	auditlog.KindTornTail, auditlog.KindDisturbed, auditlog.KindStart, auditlog.KindStop,
	auditlog.KindHeartbeat, auditlog.KindKey, auditlog.KindPrune, auditlog.KindSetAside,
}

// replayer works through the audit log.
type replayer struct {
	dir      string
	filter   auditlog.Filter
	dryRun   bool
	target   *lokiconfig.Target
	encoder  *lokiexporter.Encoder
	sender   *sender
	progress func(*Result)
	result   Result

	chunk []auditlog.Entry
	bytes int
	next  uint64
}

func newReplayer(ctx context.Context, o *options, target *lokiconfig.Target) (*replayer, error) {
	encoder, err := lokiexporter.NewEncoder(target.Config)
	if err != nil {
		return nil, err
	}
	r := &replayer{
		dir: o.audit, filter: o.filter, dryRun: o.dryRun, target: target, encoder: encoder,
		result: newResult(), next: o.filter.FromSeq, progress: o.progress(),
	}
	if !o.dryRun {
		if r.sender, err = newSender(ctx, target.Config, o.patience); err != nil {
			return nil, err
		}
	}
	r.result.NextSeq = r.next
	return r, nil
}

func (r *replayer) close() error {
	if r.sender == nil {
		return nil
	}
	return r.sender.close()
}

func (r *replayer) run(ctx context.Context) error {
	err := auditlog.Read(ctx, r.dir, r.filter, func(e auditlog.Entry) error {
		r.next = e.Seq + 1
		switch {
		case e.Kind == auditlog.KindLog:
		case slices.Contains(notes, e.Kind):
			r.result.Notes[e.Kind]++
			return nil
		default:
			if _, known := r.result.Unknown[e.Kind]; !known && len(r.result.Unknown) >= maxKinds {
				e.Kind = "…"
			}
			r.result.Unknown[e.Kind]++
			return nil
		}
		r.chunk = append(r.chunk, e)
		if r.bytes += len(e.Line); len(r.chunk) >= chunkEntries || r.bytes >= chunkBytes {
			return r.flush(ctx)
		}
		return nil
	})
	if errors.Is(err, auditlog.ErrCorrupt) {
		r.result.Damaged, err = err.Error(), nil
	}
	if err == nil {
		err = r.flush(ctx)
	}
	return err
}

// flush brings the chunk's events into Loki.
func (r *replayer) flush(ctx context.Context) error {
	chunk := r.chunk
	r.chunk, r.bytes = r.chunk[:0], 0
	entries, expected := r.expect(chunk)
	found, err := lokimatch.Present(ctx, r.target.Client, expected, r.narrow())
	if err != nil {
		return fmt.Errorf("ask Loki what it has: %w", err)
	}
	var missing []int
	for i, ok := range found {
		if ok {
			r.result.Present++
		} else {
			missing = append(missing, i)
		}
	}
	switch {
	case len(missing) == 0:
	case r.dryRun:
		r.result.Missing += len(missing)
	default:
		if err := r.send(ctx, entries, expected, missing); err != nil {
			return err
		}
	}
	r.result.NextSeq = r.next
	r.progress(&r.result)
	return nil
}

// expect returns the entries that can be sent, and what Loki should have of each.
func (r *replayer) expect(chunk []auditlog.Entry) (entries []auditlog.Entry, expected []lokimatch.Expected) {
	r.result.Read += len(chunk)
	all := plog.NewLogs()
	for _, e := range chunk {
		switch err := auditotlp.Append(all, e); {
		case err != nil:
			r.result.Invalid++
		case e.When().IsZero():
			r.result.WithoutTime++
			dropLast(all)
		default:
			entries = append(entries, e)
		}
	}
	for i, made := range r.encoder.Encode(all) {
		expected = append(expected, lokimatch.Expected{
			Key:  lokimatch.KeyOf(entries[i].Attribute(semconv.EventID), made.Time, made.Line),
			Time: made.Time, Selector: lokimatch.SelectorOf(made.Labels),
		})
	}
	return entries, expected
}

func dropLast(ld plog.Logs) {
	at, last := 0, ld.ResourceLogs().Len()-1
	ld.ResourceLogs().RemoveIf(func(plog.ResourceLogs) bool { at++; return at-1 == last })
}

// narrow restricts the questions to the session that is asked for.
func (r *replayer) narrow() func(lokiquery.Query) lokiquery.Query {
	if r.filter.SessionID == "" {
		return nil
	}
	return func(q lokiquery.Query) lokiquery.Query {
		return q.LabelOrNone(semconv.LabelSession, r.filter.SessionID)
	}
}

// send sends the missing ones, oldest first, and looks whether they are there.
func (r *replayer) send(ctx context.Context, entries []auditlog.Entry, expected []lokimatch.Expected, missing []int) error {
	slices.SortStableFunc(missing, func(a, b int) int { return expected[a].Time.Compare(expected[b].Time) })
	batch := plog.NewLogs()
	sent := make([]lokimatch.Expected, 0, len(missing))
	for _, i := range missing {
		if err := auditotlp.Append(batch, entries[i]); err != nil {
			return err // it could be made a moment ago
		}
		sent = append(sent, expected[i])
	}
	err := r.sender.logs.ConsumeLogs(ctx, batch)
	if refusedErr := r.sender.refused(r.result.Refused); refusedErr != nil {
		return refusedErr
	}
	// What Loki refuses for good is counted; the rest of the batch went on.
	if err != nil && (!consumererror.IsPermanent(err) || ctx.Err() != nil) {
		return fmt.Errorf("send to Loki (run replay again, what has been sent is not sent twice): %w", err)
	}
	stored, err := lokimatch.Present(ctx, r.target.Client, sent, r.narrow())
	if err != nil {
		return fmt.Errorf("ask Loki what it has now: %w", err)
	}
	r.result.Sent += len(sent)
	for _, ok := range stored {
		if !ok {
			r.result.NotStored++
		}
	}
	return nil
}
