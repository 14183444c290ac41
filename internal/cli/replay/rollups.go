package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// counting makes the roll-ups of the audit log as the collector does, at whose places
// it cuts the log, and brings into Loki what of them is not there.
type counting struct {
	dir          string
	since, until time.Time
	how          *lokiconfig.Rollups
	*bringing

	whole   bool // a chunk's beginning was met: the log's, or a record of its own
	cutter  auditchunk.Cutter
	counter *rollup.Counter
	log     string
}

// newCounting returns what makes roll-ups; the caller closes it.
func newCounting(ctx context.Context, o *options, how *lokiconfig.Rollups) (*counting, error) {
	b, err := newBringing(ctx, o, how.Target, semconv.RollupServiceName, "roll-ups")
	if err != nil {
		return nil, err
	}
	c := &counting{dir: o.audit, since: o.filter.Since, until: o.filter.Until, how: how, bringing: b}
	c.begin()
	return c, nil
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
	return c.bring(ctx, made)
}
