package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/lokimatch"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// RollupResult is what replay has done about roll-ups.
type RollupResult struct {
	Read      int            `json:"read"`    // roll-ups that the audit log gives
	Present   int            `json:"present"` // of these were in Loki
	Sent      int            `json:"sent"`
	Missing   int            `json:"missing"` // with a dry run: would be sent
	NotStored int            `json:"not_stored"`
	Refused   map[string]int `json:"refused"`
}

// counting makes the roll-ups of the audit log as the collector does, at whose places
// it cuts the log, and brings into Loki what of them is not there.
type counting struct {
	dir          string
	since, until time.Time
	dryRun       bool
	how          *lokiconfig.Rollups
	encoder      *lokiexporter.Encoder
	sender       *sender
	result       *RollupResult

	whole   bool // a chunk's beginning was met: the log's, or a record of its own
	cutter  auditchunk.Cutter
	counter *rollup.Counter
	log     string
	made    plog.Logs // to be sent
}

// newCounting returns what makes roll-ups; the caller closes it.
func newCounting(ctx context.Context, o *options, how *lokiconfig.Rollups) (*counting, error) {
	encoder, err := lokiexporter.NewEncoder(how.Config)
	if err != nil {
		return nil, err
	}
	c := &counting{
		dir: o.audit, since: o.filter.Since, until: o.filter.Until, dryRun: o.dryRun, how: how, encoder: encoder,
		result: &RollupResult{Refused: map[string]int{}}, made: plog.NewLogs(),
	}
	c.begin()
	if !o.dryRun {
		if c.sender, err = newSender(ctx, how.Config, o.patience); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *counting) close() error {
	if c.sender == nil {
		return nil
	}
	return c.sender.close()
}

// begin begins a chunk.
func (c *counting) begin() {
	c.cutter = auditchunk.Cutter{MaxRecords: uint64(c.how.MaxRecords)} //nolint:gosec // above 0
	c.counter = rollup.NewCounter(c.how.MaxGroups)
}

// run counts the whole log: an event can be anywhere in it. What is behind the last
// place where it is cut is left to the collector.
func (c *counting) run(ctx context.Context) error {
	err := auditlog.Read(ctx, c.dir, auditlog.Filter{}, func(e auditlog.Entry) error {
		if e.Seq == 0 || e.Kind != auditlog.KindLog {
			c.whole = true
		}
		if !c.whole {
			return nil // retention has left a part of a chunk
		}
		if e.Kind == auditlog.KindLog {
			if err := c.add(e); err != nil {
				return err
			}
		} else {
			c.cutter.Own()
		}
		if !c.cutter.Ended(e.Seq + 1) {
			return nil
		}
		return c.cut(ctx)
	})
	if errors.Is(err, auditlog.ErrCorrupt) {
		err = nil // the replay of the events has told
	}
	if err == nil {
		err = c.flush(ctx)
	}
	return err
}

func (c *counting) add(e auditlog.Entry) error {
	if _, begun := c.cutter.First(); !begun {
		line, err := auditlog.ParseLine(e.Line)
		if err != nil {
			return fmt.Errorf("read audit entry %d: %w", e.Seq, err)
		}
		c.log = line.Log
	}
	c.cutter.Add(e.Seq, int64(len(e.Line))+1)
	ld := plog.NewLogs()
	if auditotlp.Append(ld, e) == nil { // what is invalid is counted with the events
		c.counter.AddAll(ld)
	}
	return nil
}

// cut makes the roll-ups of a chunk, those of the time that is asked for.
func (c *counting) cut(ctx context.Context) error {
	first, _ := c.cutter.First()
	made := c.counter.Logs(rollup.Chunk(c.log, first))
	c.begin()
	since := c.since.Truncate(time.Minute)
	made.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().RemoveIf(func(lr plog.LogRecord) bool {
		at := lr.Timestamp().AsTime()
		return at.Before(since) || !at.Before(c.until)
	})
	made.ResourceLogs().MoveAndAppendTo(c.made.ResourceLogs())
	if c.made.LogRecordCount() < chunkEntries {
		return nil
	}
	return c.flush(ctx)
}

// flush brings what was made into Loki.
func (c *counting) flush(ctx context.Context) error {
	made := c.made
	c.made = plog.NewLogs()
	found, err := c.present(ctx, made)
	if err != nil {
		return fmt.Errorf("ask Loki what roll-ups it has: %w", err)
	}
	c.result.Read += len(found)
	missing := 0
	for _, ok := range found {
		if !ok {
			missing++
		}
	}
	c.result.Present += len(found) - missing
	switch {
	case missing == 0:
		return nil
	case c.dryRun:
		c.result.Missing += missing
		return nil
	}
	at := 0
	for _, rl := range made.ResourceLogs().All() {
		rl.ScopeLogs().At(0).LogRecords().RemoveIf(func(plog.LogRecord) bool { at++; return found[at-1] })
	}
	// What is sent is handed over and may be changed.
	sent := plog.NewLogs()
	made.CopyTo(sent)
	err = c.sender.logs.ConsumeLogs(ctx, sent)
	if refusedErr := c.sender.refused(c.result.Refused); refusedErr != nil {
		return refusedErr
	}
	if err != nil && (!consumererror.IsPermanent(err) || ctx.Err() != nil) {
		return fmt.Errorf("send roll-ups to Loki (run replay again, what has been sent is not sent twice): %w", err)
	}
	c.result.Sent += missing
	if found, err = c.present(ctx, made); err != nil {
		return fmt.Errorf("ask Loki what roll-ups it has now: %w", err)
	}
	for _, ok := range found {
		if !ok {
			c.result.NotStored++
		}
	}
	return nil
}

// present asks Loki which of the roll-ups it has.
func (c *counting) present(ctx context.Context, made plog.Logs) ([]bool, error) {
	all := c.encoder.Encode(made)
	expected := make([]lokimatch.Expected, len(all))
	for i, e := range all {
		// Lines of two projects can be alike.
		expected[i] = lokimatch.Expected{
			Key: lokimatch.KeyOf("", e.Time, e.Line), Time: e.Time,
			Selector: lokimatch.Selector{Name: semconv.LabelProject, Value: e.Labels[semconv.LabelProject]},
		}
	}
	return lokimatch.Present(ctx, c.how.Client, expected, func(q lokiquery.Query) lokiquery.Query {
		return q.Label(semconv.LabelService, semconv.RollupServiceName)
	})
}
