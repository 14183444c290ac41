package lokiexporter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
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

// delivery is the state of one batch on its way.
type delivery struct {
	logs   plog.Logs
	done   []bool  // by the index of the record: stored, or refused for good
	errors []error // of what was refused for good
}

// pushLogs sends a batch. An error says that all of it, or the part of it that
// it carries, is to be sent again; a permanent one that something is lost.
func (e *lokiExporter) pushLogs(ctx context.Context, ld plog.Logs) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.aborted, cancel)()
	now := time.Now()
	e.mu.Lock()
	b := e.converter.convert(ctx, ld, now)
	pushes := plan(b.streams, e.pushBytes, now)
	e.mu.Unlock()

	d := &delivery{logs: ld, done: make([]bool, b.records)}
	overflowing, err := e.pushAll(ctx, d, pushes)
	if err != nil {
		return d.remaining(err)
	}
	if len(overflowing) > 0 {
		if err := e.pushOverflowing(ctx, d, overflowing); err != nil {
			return d.remaining(err)
		}
	}
	if len(d.errors) > 0 {
		return consumererror.NewPermanent(errors.Join(d.errors...))
	}
	return nil
}

// pushOverflowing sends what the stream limit refused to the overflow streams,
// once. What is refused there is lost to Loki: waiting for a place could block
// the queue for hours.
func (e *lokiExporter) pushOverflowing(ctx context.Context, d *delivery, parts []part) error {
	now := time.Now()
	e.mu.Lock()
	b, hopeless := e.converter.reroute(ctx, parts, now)
	pushes := plan(b.streams, e.pushBytes, now)
	e.mu.Unlock()
	again, err := e.pushAll(ctx, d, pushes)
	lost := 0
	for _, p := range append(hopeless, again...) {
		d.finish(p)
		lost += len(p.entries)
	}
	if lost > 0 {
		refusals := []refusal{{reasonStreamLimit, lost}}
		e.count(ctx, refusals)
		limitErr := errors.New("push to Loki: the limit of active streams is reached: " +
			"raise limits_config.max_global_streams_per_user, or leave labels with many values out")
		e.warn(limitErr, refusals)
		d.errors = append(d.errors, limitErr)
	}
	return err
}

// pushAll sends pushes one after the other and returns what the stream limit
// refused. It stops at the first error that a retry may cure.
func (e *lokiExporter) pushAll(ctx context.Context, d *delivery, pushes []*plannedPush) (overflowing []part, err error) {
	for len(pushes) > 0 {
		p := pushes[0]
		pushes = pushes[1:]
		a := e.push(ctx, p)
		switch a.verdict {
		case tooLarge:
			if p.entryCount() > 1 {
				pushes = append(p.halves(), pushes...)
				continue
			}
			a.refusals = []refusal{{reasonTooLarge, 1}}
			e.refuse(ctx, d, p, a)
		case unreadable:
			if len(p.parts) > 1 {
				pushes = append(p.halves(), pushes...)
				continue
			}
			e.refuse(ctx, d, p, a)
		case accepted, refusedPartly:
			e.count(ctx, a.refusals)
			e.warn(a.err, a.refusals)
			e.remember(p)
			d.finishAll(p)
		case refused:
			e.refuse(ctx, d, p, a)
		case refusedStream:
			if !p.watched {
				e.forget(p) // one of them is gone from Loki; next time each is watched
				return overflowing, a.err
			}
			overflowing = append(overflowing, p.last())
			p.parts = p.parts[:len(p.parts)-1]
			e.remember(p)
			d.finishAll(p)
		case retry:
			if a.slower {
				e.slowDown()
			}
			if a.retryAfter > 0 {
				return overflowing, exporterhelper.NewThrottleRetry(a.err, a.retryAfter)
			}
			return overflowing, a.err
		}
	}
	return overflowing, nil
}

// refuse gives a push up.
func (e *lokiExporter) refuse(ctx context.Context, d *delivery, p *plannedPush, a answer) {
	e.count(ctx, a.refusals)
	e.warn(a.err, a.refusals)
	d.finishAll(p)
	d.errors = append(d.errors, a.err)
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

func (d *delivery) finish(p part) {
	for i := range p.entries {
		d.done[p.entries[i].record] = true
	}
}

func (d *delivery) finishAll(p *plannedPush) {
	for _, q := range p.parts {
		d.finish(q)
	}
}

// remaining makes err carry the records that are not done. A mixture of lost
// and remaining records is retried: what is lost is counted already.
func (d *delivery) remaining(err error) error {
	left := 0
	for _, done := range d.done {
		if !done {
			left++
		}
	}
	if left == len(d.done) {
		return err
	}
	rest := plog.NewLogs()
	d.logs.CopyTo(rest)
	record := -1
	rest.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			sl.LogRecords().RemoveIf(func(plog.LogRecord) bool {
				record++
				return d.done[record]
			})
			return sl.LogRecords().Len() == 0
		})
		return rl.ScopeLogs().Len() == 0
	})
	return consumererror.NewLogs(err, rest)
}
