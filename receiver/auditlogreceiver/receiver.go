package auditlogreceiver

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/auditcursor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/receiver/auditlogreceiver/internal/metadata"
)

type auditReceiver struct {
	config    *Config
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	obsreport *receiverhelper.ObsReport
	next      consumer.Logs
	feed      *auditlog.Feed
	name      string
	file      string // of the cursor
	events    events
	fields    bodyFields
	mutates   bool // the pipeline may change what it gets

	stop    context.CancelFunc // nil when not running
	running sync.WaitGroup

	tap    *auditlog.Tap
	reader *auditlog.Reader
	cursor auditcursor.Cursor
	// Where the log ended at Start, "" when none was open: what comes from then on is
	// delivered, however late the receiver gets to look.
	startLog  string
	startNext uint64

	unsaved       bool // the cursor has moved since it was saved
	saved, warned time.Time

	// What the metrics tell.
	position atomic.Uint64 // cursor.NextSeq, or Taken
	caughtUp atomic.Int64  // cursor.CaughtUp, in Unix nanoseconds; 0 when never
}

func newReceiver(set receiver.Settings, cfg *Config, next consumer.Logs) (*auditReceiver, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	obsreport, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, Transport: "file", ReceiverCreateSettings: set})
	if err != nil {
		return nil, err
	}
	return &auditReceiver{
		config: cfg, logger: set.Logger, telemetry: telemetry, obsreport: obsreport, next: next,
		name: set.ID.String(), feed: auditlog.FeedOf(cfg.Directory), file: auditcursor.File(cfg.cursorDirectory(), set.ID.String()),
		events: newEvents(cfg.Events), fields: newBodyFields(cfg.BodyFields),
		mutates: next.Capabilities().MutatesData,
	}, nil
}

// Start implements component.Component. The exporter may open the log later.
func (r *auditReceiver) Start(context.Context, component.Host) error {
	if r.stop != nil {
		return nil
	}
	cursor, err := auditcursor.Read(r.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, auditcursor.ErrInvalid):
		r.logger.Warn("The cursor cannot be read; the audit log is delivered from its beginning", zap.Error(err))
	case err != nil:
		return err
	}
	cursor.Taken = 0 // it is to be taken in again
	r.cursor = cursor
	r.tell()
	if err := r.observe(); err != nil {
		return err
	}
	r.tap = r.listen()
	r.startLog, r.startNext = r.feed.Written()
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	r.running.Go(func() { r.run(ctx) })
	return nil
}

// Shutdown implements component.Component. What was not delivered is the next
// time.
func (r *auditReceiver) Shutdown(context.Context) error {
	var err error
	if r.stop != nil {
		r.stop()
		r.running.Wait()
		r.tap.Close()
		r.stop = nil
		if r.cursor.Log != "" {
			err = auditcursor.Write(r.file, r.cursor)
		}
	}
	r.telemetry.Shutdown()
	return err
}

// tell lets the metrics know of the cursor.
func (r *auditReceiver) tell() {
	r.position.Store(max(r.cursor.NextSeq, r.cursor.Taken))
	if !r.cursor.CaughtUp.IsZero() {
		r.caughtUp.Store(r.cursor.CaughtUp.UnixNano())
	}
}

func (r *auditReceiver) observe() error {
	name := metric.WithAttributes(attribute.String("receiver", r.name))
	behind := func() uint64 {
		if _, next := r.feed.Written(); next > r.position.Load() {
			return next - r.position.Load()
		}
		return 0
	}
	return errors.Join(
		r.telemetry.RegisterReceiverAuditLogBehindCallback(func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(int64(behind()), name) //nolint:gosec // no log has so many
			return nil
		}),
		r.telemetry.RegisterReceiverAuditLogWaitingCallback(func(_ context.Context, o metric.Float64Observer) error {
			waiting := 0.0
			if at := r.caughtUp.Load(); at != 0 && behind() > 0 {
				waiting = max(0, time.Since(time.Unix(0, at)).Seconds())
			}
			o.Observe(waiting, name)
			return nil
		}),
	)
}
