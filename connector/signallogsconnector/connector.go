package signallogsconnector

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/connector/signallogsconnector/internal/metadata"
)

// signalLogs hands on, in the call in which it gets them, metrics and spans as
// log records: the sender's acknowledgement waits for the records to be safe.
type signalLogs struct {
	component.StartFunc
	component.ShutdownFunc

	config    *Config
	next      consumer.Logs
	telemetry *metadata.TelemetryBuilder
}

func newConnector(cfg *Config, set connector.Settings, next consumer.Logs) (*signalLogs, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make own metrics: %w", err)
	}
	return &signalLogs{config: cfg, next: next, telemetry: telemetry}, nil
}

// Capabilities says that what comes in stays as it is: it may be shared.
func (*signalLogs) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// ConsumeMetrics hands on one log record for each data point.
func (c *signalLogs) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	cv := c.newConversion()
	for _, rm := range md.ResourceMetrics().All() {
		out := cv.resource(rm.Resource(), rm.SchemaUrl())
		for _, sm := range rm.ScopeMetrics().All() {
			scope := newScope(out, sm.Scope(), sm.SchemaUrl())
			for _, m := range sm.Metrics().All() {
				cv.metric(m, scope)
			}
		}
	}
	return c.hand(ctx, cv, signalMetrics)
}

// ConsumeTraces hands on one log record for each span.
func (c *signalLogs) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	cv := c.newConversion()
	for _, rs := range td.ResourceSpans().All() {
		out := cv.resource(rs.Resource(), rs.SchemaUrl())
		for _, ss := range rs.ScopeSpans().All() {
			scope := newScope(out, ss.Scope(), ss.SchemaUrl())
			for _, s := range ss.Spans().All() {
				cv.span(s, scope)
			}
		}
	}
	return c.hand(ctx, cv, signalTraces)
}

// hand gives the records to the next component. Its error goes back as it is:
// the kind (permanent or not) decides whether the sender comes again.
func (c *signalLogs) hand(ctx context.Context, cv *conversion, from signal) error {
	n := cv.logs.LogRecordCount()
	if n == 0 {
		return nil
	}
	if err := c.next.ConsumeLogs(ctx, cv.logs); err != nil {
		return err
	}
	c.telemetry.ConnectorSignalLogsRecords.Add(ctx, int64(n), option("signal", string(from)))
	for p, count := range cv.cut {
		c.telemetry.ConnectorSignalLogsCut.Add(ctx, count, option("part", string(p)))
	}
	return nil
}

func option(key, value string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String(key, value)))
}

// conversion is what one call makes.
type conversion struct {
	config   *Config
	logs     plog.Logs
	observed pcommon.Timestamp
	cut      map[part]int64
}

func (c *signalLogs) newConversion() *conversion {
	return &conversion{
		config:   c.config,
		logs:     plog.NewLogs(),
		observed: pcommon.NewTimestampFromTime(time.Now()),
		cut:      map[part]int64{},
	}
}

func (cv *conversion) resource(r pcommon.Resource, schemaURL string) plog.ResourceLogs {
	out := cv.logs.ResourceLogs().AppendEmpty()
	r.CopyTo(out.Resource())
	out.SetSchemaUrl(schemaURL)
	return out
}

func newScope(rl plog.ResourceLogs, scope pcommon.InstrumentationScope, schemaURL string) plog.LogRecordSlice {
	out := rl.ScopeLogs().AppendEmpty()
	scope.CopyTo(out.Scope())
	out.SetSchemaUrl(schemaURL)
	return out.LogRecords()
}

// record appends a record of severity INFO.
func (cv *conversion) record(records plog.LogRecordSlice, eventName string, at pcommon.Timestamp, attributes pcommon.Map) plog.LogRecord {
	r := records.AppendEmpty()
	r.SetEventName(eventName)
	r.SetTimestamp(at)
	r.SetObservedTimestamp(cv.observed)
	setSeverity(r, plog.SeverityNumberInfo)
	attributes.CopyTo(r.Attributes())
	return r
}

func setSeverity(r plog.LogRecord, n plog.SeverityNumber) {
	r.SetSeverityNumber(n)
	if n == plog.SeverityNumberWarn {
		r.SetSeverityText("WARN")
		return
	}
	r.SetSeverityText("INFO")
}

func putTime(m pcommon.Map, key string, t pcommon.Timestamp) {
	if t != 0 {
		m.PutStr(key, t.AsTime().UTC().Format(time.RFC3339Nano))
	}
}

func putText(m pcommon.Map, key, value string) {
	if value != "" {
		m.PutStr(key, value)
	}
}
