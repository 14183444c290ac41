package replay

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/lokimatch"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// MadeResult is what replay has done about records that are made of the audit log.
type MadeResult struct {
	Read      int            `json:"read"`    // records that the audit log gives
	Present   int            `json:"present"` // of these were in Loki
	Sent      int            `json:"sent"`
	Missing   int            `json:"missing"` // with a dry run: would be sent
	NotStored int            `json:"not_stored"`
	Refused   map[string]int `json:"refused"`
}

// whole reports whether all of them are in Loki now.
func (r *MadeResult) whole() bool { return r == nil || r.Missing == 0 && r.NotStored == 0 }

// bringing brings records that are made of the audit log into Loki where it does not
// have them.
type bringing struct {
	service string // of the records
	what    string // they are, for a person
	dryRun  bool
	client  *lokiquery.Client
	encoder *lokiexporter.Encoder
	sender  *sender
	result  *MadeResult
	made    plog.Logs // to be sent
}

// newBringing returns what brings records; the caller closes it.
func newBringing(ctx context.Context, o *options, to *lokiconfig.Target, service, what string) (*bringing, error) {
	encoder, err := lokiexporter.NewEncoder(to.Config)
	if err != nil {
		return nil, err
	}
	b := &bringing{
		service: service, what: what, dryRun: o.dryRun, client: to.Client, encoder: encoder, result: &MadeResult{Refused: map[string]int{}}, made: plog.NewLogs(),
	}
	if !o.dryRun {
		if b.sender, err = newSender(ctx, to.Config, o.patience); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *bringing) close() error {
	if b.sender == nil {
		return nil
	}
	return b.sender.close()
}

// bring takes records, and brings them in when there are enough.
func (b *bringing) bring(ctx context.Context, made plog.Logs) error {
	made.ResourceLogs().MoveAndAppendTo(b.made.ResourceLogs())
	if b.made.LogRecordCount() < chunkEntries {
		return nil
	}
	return b.flush(ctx)
}

// flush brings what was made into Loki.
func (b *bringing) flush(ctx context.Context) error {
	made := b.made
	b.made = plog.NewLogs()
	found, err := b.present(ctx, made)
	if err != nil {
		return fmt.Errorf("ask Loki what %s it has: %w", b.what, err)
	}
	b.result.Read += len(found)
	missing := 0
	for _, ok := range found {
		if !ok {
			missing++
		}
	}
	b.result.Present += len(found) - missing
	switch {
	case missing == 0:
		return nil
	case b.dryRun:
		b.result.Missing += missing
		return nil
	}
	at := 0
	for _, rl := range made.ResourceLogs().All() {
		rl.ScopeLogs().At(0).LogRecords().RemoveIf(func(plog.LogRecord) bool { at++; return found[at-1] })
	}
	// What is sent is handed over and may be changed.
	sent := plog.NewLogs()
	made.CopyTo(sent)
	err = b.sender.logs.ConsumeLogs(ctx, sent)
	if refusedErr := b.sender.refused(b.result.Refused); refusedErr != nil {
		return refusedErr
	}
	if err != nil && (!consumererror.IsPermanent(err) || ctx.Err() != nil) {
		return fmt.Errorf("send %s to Loki (run replay again, what has been sent is not sent twice): %w", b.what, err)
	}
	b.result.Sent += missing
	if found, err = b.present(ctx, made); err != nil {
		return fmt.Errorf("ask Loki what %s it has now: %w", b.what, err)
	}
	for _, ok := range found {
		if !ok {
			b.result.NotStored++
		}
	}
	return nil
}

// present asks Loki which of the records it has.
func (b *bringing) present(ctx context.Context, made plog.Logs) ([]bool, error) {
	all := b.encoder.Encode(made)
	expected := make([]lokimatch.Expected, len(all))
	for i, e := range all {
		// Lines of two projects can be alike.
		expected[i] = lokimatch.Expected{
			Key: lokimatch.KeyOf("", e.Time, e.Line), Time: e.Time,
			Selector: lokimatch.Selector{Name: semconv.LabelProject, Value: e.Labels[semconv.LabelProject]},
		}
	}
	return lokimatch.Present(ctx, b.client, expected, func(q lokiquery.Query) lokiquery.Query {
		return q.Label(semconv.LabelService, b.service)
	})
}
