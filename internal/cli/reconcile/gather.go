package reconcile

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/lokimatch"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// gathering reads what is to be compared.
type gathering struct {
	options   *options
	collector *reconcile.Collector
	table     *reconcile.Table // nil without Loki
	target    *lokiconfig.Target
	encoder   *lokiexporter.Encoder
	queued    *int   // records that the collector has not brought to Loki
	next      uint64 // seq of the audit log up to which has been read
}

// prepareLoki finds the Loki and what its exporter makes of records.
func (g *gathering) prepareLoki(ctx context.Context, home statedir.Dir) error {
	config, err := stack.Current(home, nil)
	if err != nil {
		return fmt.Errorf("read the stack's settings: %w", err)
	}
	target, err := lokiconfig.Load(ctx, config, g.options.target)
	if err != nil {
		return err
	}
	if err := target.Client.Ready(ctx); err != nil {
		return err
	}
	if g.encoder, err = lokiexporter.NewEncoder(target.Config); err != nil {
		return err
	}
	if g.options.target.URL == "" {
		if g.queued, err = waiting(ctx, config, target.Name); err != nil {
			return err
		}
	}
	g.target, g.table = target, reconcile.NewTable(g.options.window.MaxEvents)
	return nil
}

// waiting tells how many records the collector has not brought to Loki: those in
// its exporter's queue, where it has one, and those that the reader of the audit
// log that is furthest behind has to deliver. It is nil when neither is there.
func waiting(ctx context.Context, config *stack.Config, exporter string) (*int, error) {
	n, known := health.Queued(ctx, config.MetricsPort, exporter)
	readers, err := health.ReadDelivery(ctx, config.Home)
	if err != nil {
		return nil, fmt.Errorf("read how far Loki has the audit log: %w", err)
	}
	var most uint64
	for _, d := range readers {
		most, known = max(most, d.Behind), true
	}
	if n += int(most); !known {
		return nil, nil //nolint:nilnil // unknown is an answer
	}
	return &n, nil
}

// read takes the audit log in. damaged says what could not be read.
func (g *gathering) read(ctx context.Context) (damaged string, err error) {
	err = auditlog.Read(ctx, g.options.audit, auditlog.Filter{SessionID: g.options.session}, func(e auditlog.Entry) error {
		g.next = e.Seq + 1
		if err := g.collector.Add(&e); err != nil {
			return err
		}
		if g.table == nil || e.Kind != auditlog.KindLog || !g.collector.InWindow(&e) {
			return nil
		}
		made, ok := g.encode(&e)
		if !ok {
			return nil
		}
		return g.table.Expect(e.Seq, e.Attribute(semconv.EventID), made.Time, made.Line, lokimatch.SelectorOf(made.Labels), e.Reduced != nil)
	})
	if errors.Is(err, auditlog.ErrCorrupt) {
		return err.Error(), nil
	}
	return "", err
}

// encode returns what Loki should have of an entry. ok is false for one that
// cannot be told: it has no time, or is no record that the exporter could send.
func (g *gathering) encode(e *auditlog.Entry) (made lokiexporter.Entry, ok bool) {
	ld := plog.NewLogs()
	if auditotlp.Append(ld, *e) != nil {
		return made, false
	}
	made = g.encoder.Encode(ld)[0]
	return made, !made.Time.IsZero()
}

func (g *gathering) compareLoki(ctx context.Context) (*reconcile.Loki, error) {
	failed := &reconcile.Loki{Status: reconcile.NotCompared, List: []reconcile.LokiEntry{}}
	var narrow func(lokiquery.Query) lokiquery.Query
	if s := g.options.session; s != "" {
		narrow = func(q lokiquery.Query) lokiquery.Query {
			return q.LabelOrNone(semconv.LabelSession, s).Metadata(semconv.MetadataSessionID, s)
		}
	}
	window := g.options.window
	if err := g.table.Compare(ctx, g.target.Client, window.Since, window.Until, narrow); err != nil {
		return failed, err
	}
	// What came in the meantime, late events from the spool, is not Loki's alone.
	filter := auditlog.Filter{SessionID: g.options.session, FromSeq: g.next, Kind: auditlog.KindLog}
	err := auditlog.Read(ctx, g.options.audit, filter, func(e auditlog.Entry) error {
		if made, ok := g.encode(&e); ok {
			g.table.Late(e.Attribute(semconv.EventID), made.Time, made.Line)
		}
		return nil
	})
	if err != nil && !errors.Is(err, auditlog.ErrCorrupt) { // which has been said
		return failed, err
	}
	r := g.table.Result()
	r.Queued = g.queued
	return r, nil
}
