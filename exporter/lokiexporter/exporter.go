package lokiexporter

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

const (
	pushPath = "/loki/api/v1/push"
	// warnEvery bounds the log lines about refusals; the metrics have them all.
	warnEvery = 10 * time.Second
	// minPushBytes is how small pushes become where Loki limits the rate.
	minPushBytes = 64 << 10
)

// lokiExporter sends batches of log records to Loki.
type lokiExporter struct {
	config    *Config
	url       string
	settings  component.TelemetrySettings
	userAgent string
	telemetry *metadata.TelemetryBuilder
	client    *http.Client
	room      encodeRoom

	aborted context.Context // done when pushes on their way are to be given up
	abort   context.CancelFunc
	grace   time.Duration

	mu        sync.Mutex // of what follows
	converter *converter
	pushBytes int // MaxPushBytes, or less after Loki limited the rate
	warned    time.Time
}

func newExporter(cfg *Config, set exporter.Settings) (*lokiExporter, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the exporter's metrics: %w", err)
	}
	aborted, abort := context.WithCancel(context.Background())
	return &lokiExporter{
		aborted:   aborted,
		abort:     abort,
		grace:     shutdownGrace,
		config:    cfg,
		url:       strings.TrimSuffix(strings.TrimSuffix(cfg.ClientConfig.Endpoint, "/"), pushPath) + pushPath,
		settings:  set.TelemetrySettings,
		userAgent: set.BuildInfo.Command + "/" + set.BuildInfo.Version,
		telemetry: telemetry,
		converter: newConverter(cfg, telemetry),
		pushBytes: cfg.Limits.MaxPushBytes,
	}, nil
}

func (e *lokiExporter) start(ctx context.Context, host component.Host) error {
	client, err := e.config.ClientConfig.ToClient(ctx, host.GetExtensions(), e.settings)
	if err != nil {
		return fmt.Errorf("make the HTTP client: %w", err)
	}
	// A redirect is followed with GET, which would look like success.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	e.client = client
	return nil
}

func (e *lokiExporter) shutdown(context.Context) error {
	e.abort()
	if e.client != nil {
		e.client.CloseIdleConnections()
	}
	e.telemetry.Shutdown()
	return nil
}

func (e *lokiExporter) count(ctx context.Context, refusals []refusal) {
	for _, r := range refusals {
		e.telemetry.ExporterLokiRefusedEntries.Add(ctx, int64(r.entries),
			metric.WithAttributeSet(attribute.NewSet(attribute.String("reason", r.reason))))
	}
}

func (e *lokiExporter) warn(err error, refusals []refusal) {
	e.mu.Lock()
	quiet := len(refusals) == 0 || time.Since(e.warned) < warnEvery
	if !quiet {
		e.warned = time.Now()
	}
	e.mu.Unlock()
	if quiet {
		return
	}
	e.settings.Logger.Warn("Loki refused entries",
		zap.String("reason", refusals[0].reason), zap.Int("entries", refusals[0].entries), zap.Error(err))
}

// remember notes that Loki holds the streams of a push.
func (e *lokiExporter) remember(p *plannedPush) {
	now := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, q := range p.parts {
		q.stream.state.accepted = now
		if newest := q.entries[len(q.entries)-1].Timestamp; newest.After(q.stream.state.newest) {
			q.stream.state.newest = newest
		}
	}
	e.pushBytes = min(e.config.Limits.MaxPushBytes, e.pushBytes+e.pushBytes/16)
}

func (e *lokiExporter) forget(p *plannedPush) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, q := range p.parts {
		q.stream.state.accepted = time.Time{}
	}
}

// slowDown halves the size of pushes: one above the burst that Loki allows
// would be refused for ever.
func (e *lokiExporter) slowDown() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pushBytes = max(minPushBytes, e.pushBytes/2)
}
