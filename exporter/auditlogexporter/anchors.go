package auditlogexporter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/directory"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/https"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/otlp"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/rfc3161"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/witness"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// startAnchors makes the anchors and a stage that serves them; nil without any.
func (e *auditExporter) startAnchors(ctx context.Context, host component.Host) (*anchor.Stage, error) {
	if len(e.cfg.Anchors) == 0 {
		return nil, nil
	}
	settings := anchor.Settings{
		Dir: e.cfg.Directory, Host: host, Telemetry: e.settings.TelemetrySettings,
		UserAgent: e.settings.BuildInfo.Command + "/" + e.settings.BuildInfo.Version,
	}
	var targets []anchor.Target
	for _, name := range slices.Sorted(maps.Keys(e.cfg.Anchors)) {
		c := e.cfg.Anchors[name]
		a, err := newAnchor(ctx, &c, settings)
		if err != nil {
			err = fmt.Errorf("anchors::%s: %w", name, err)
			for _, t := range targets {
				err = errors.Join(err, t.Anchor.Close())
			}
			return nil, err
		}
		targets = append(targets, anchor.Target{Name: name, Anchor: a, Interval: c.Interval})
	}
	o := &anchorObserver{TelemetryBuilder: e.telemetry, logger: e.logger, since: time.Now(), last: make(map[string]time.Time)}
	for _, t := range targets {
		o.last[t.Name] = time.Time{}
	}
	if err := e.telemetry.RegisterExporterAuditLogAnchorAgeCallback(o.ages); err != nil {
		return nil, err
	}
	return anchor.Start(targets, anchor.NewReceipts(e.cfg.Directory, 0), o), nil
}

// newAnchor makes the anchor of a configuration.
func newAnchor(ctx context.Context, c *AnchorConfig, s anchor.Settings) (anchor.Anchor, error) {
	switch {
	case c.Directory.HasValue():
		return directory.New(c.Directory.Get(), s), nil
	case c.HTTPS.HasValue():
		return https.New(ctx, c.HTTPS.Get(), s)
	case c.OTLP.HasValue():
		return otlp.New(ctx, c.OTLP.Get(), s)
	case c.RFC3161.HasValue():
		return rfc3161.New(ctx, c.RFC3161.Get(), s)
	case c.Witness.HasValue():
		return witness.New(ctx, c.Witness.Get(), s)
	}
	return nil, errors.New("has no kind") // Validate has said so
}

// anchorObserver turns what anchors do into metrics, and a change into a log line.
type anchorObserver struct {
	*metadata.TelemetryBuilder
	logger *zap.Logger
	since  time.Time

	mu   sync.Mutex
	last map[string]time.Time // when an anchor took one last; zero for not yet
}

func nameOf(name string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String("anchor", name)))
}

func (o *anchorObserver) Anchored(name string, c auditlog.Checkpoint, _ time.Duration) {
	o.ExporterAuditLogAnchoredCheckpoints.Add(context.Background(), 1, nameOf(name))
	o.ExporterAuditLogAnchoredRecords.Record(context.Background(), c.Size, nameOf(name))
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last[name] = time.Now()
}

func (o *anchorObserver) Failed(name string, retry bool, _ error) {
	outcome := "refused"
	if retry {
		outcome = "failed"
	}
	o.ExporterAuditLogAnchorErrors.Add(context.Background(), 1, metric.WithAttributes(
		attribute.String("anchor", name), attribute.String("outcome", outcome)))
}

func (o *anchorObserver) Changed(name string, retry bool, err error) {
	switch {
	case err == nil:
		o.logger.Info("The audit log's checkpoints are anchored.", zap.String("anchor", name))
	case retry:
		o.logger.Warn("The audit log's checkpoints cannot be anchored. It is tried again.", zap.String("anchor", name), zap.Error(err))
	default:
		o.logger.Error("An anchor refused the audit log's checkpoint. Look at it: the log may have been changed.", zap.String("anchor", name), zap.Error(err))
	}
}

func (o *anchorObserver) ReceiptLost(name string, err error) {
	o.ExporterAuditLogReceiptErrors.Add(context.Background(), 1)
	o.logger.Warn("The receipt of an anchored checkpoint could not be written.", zap.String("anchor", name), zap.Error(err))
}

// ages reports how old what each anchor has is.
func (o *anchorObserver) ages(_ context.Context, out metric.Float64Observer) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for name, at := range o.last {
		if at.IsZero() {
			at = o.since
		}
		out.Observe(time.Since(at).Seconds(), nameOf(name))
	}
	return nil
}
