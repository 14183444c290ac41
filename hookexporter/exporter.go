// Package hookexporter is an exporter for the OpenTelemetry Go Log SDK made for
// processes that live for milliseconds: it hands each record to a collector on
// the same host as one OTLP/HTTP JSON request over a unix socket, within a short
// deadline, and keeps it in a spool directory when the collector does not
// acknowledge. It never waits longer than its deadline plus one synced file.
//
// The SDK itself links net/http. A program that cannot afford its start-up, as
// claude-hook, uses the same encoding and delivery without the SDK.
//
// Use it with a simple processor, since a batch would outlive the process:
//
//	exporter, err := hookexporter.New(hookexporter.Config{Socket: socket, SpoolDir: spool})
//	provider := log.NewLoggerProvider(log.WithProcessor(log.NewSimpleProcessor(exporter)))
package hookexporter

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/log"

	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
	"github.com/agent-telemetry/agent-telemetry/internal/otlpjson"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Config says where records go.
type Config struct {
	// Socket is the collector's unix socket. Exactly one of Socket and Endpoint
	// must be set.
	Socket string
	// Endpoint is a standard OTLP/HTTP receiver on loopback TCP, such as
	// http://127.0.0.1:4318.
	Endpoint string
	// Token is sent as a bearer token with Endpoint; optional.
	Token string
	// SpoolDir is the directory for records that were not acknowledged; it is
	// made, with mode 0700, when it is first needed. Required.
	SpoolDir string
	// Timeout bounds the talk with the collector for each record; 0 means 100 ms.
	Timeout time.Duration
}

// ErrConfig says that a Config is incomplete or contradicts itself.
var ErrConfig = errors.New("hookexporter: bad configuration")

// Exporter implements log.Exporter.
type Exporter struct {
	courier delivery.Courier
	closed  atomic.Bool
}

var _ log.Exporter = (*Exporter)(nil)

// New returns an Exporter, or ErrConfig with every fault of the configuration.
// It opens nothing.
func New(c Config) (*Exporter, error) {
	var faults []error
	if (c.Socket == "") == (c.Endpoint == "") {
		faults = append(faults, errors.New("set either Socket or Endpoint"))
	}
	if c.SpoolDir == "" {
		faults = append(faults, errors.New("set SpoolDir"))
	}
	if c.Timeout < 0 {
		faults = append(faults, errors.New("Timeout is negative"))
	}
	target := delivery.Socket(c.Socket)
	if c.Endpoint != "" {
		var err error
		if target, err = delivery.Endpoint(c.Endpoint); err != nil {
			faults = append(faults, err)
		}
		target.Token = c.Token
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	return &Exporter{courier: delivery.Courier{Target: target, SpoolDir: c.SpoolDir, Timeout: c.Timeout}}, nil
}

// Export delivers each record on its own: a record is acknowledged by the
// collector or kept in the spool, independently of its neighbours. The error
// tells only of records that are lost, because neither worked.
func (e *Exporter) Export(ctx context.Context, records []log.Record) error {
	if e.closed.Load() {
		return errors.New("hookexporter: export after shutdown")
	}
	var lost []error
	for i := range records {
		id, body, err := encode(&records[i])
		if err != nil {
			lost = append(lost, err)
			continue
		}
		if outcome, err := e.courier.Deliver(ctx, id, body); outcome == delivery.Lost {
			lost = append(lost, err)
		}
	}
	return errors.Join(lost...)
}

// ForceFlush does nothing: Export keeps nothing back.
func (*Exporter) ForceFlush(context.Context) error { return nil }

// Shutdown makes further Export calls fail. It may be called again.
func (e *Exporter) Shutdown(context.Context) error {
	e.closed.Store(true)
	return nil
}

// encode makes a record's request. Its id is the attribute
// claude_code.event.id; a record without one gets an id here, so that every
// record can be recognised when it arrives twice.
func encode(r *log.Record) (id string, body []byte, err error) {
	attrs := make([]attribute.KeyValue, 0, r.AttributesLen()+1)
	r.WalkAttributes(func(kv attribute.KeyValue) bool {
		attrs = append(attrs, kv)
		if kv.Key == semconv.EventID {
			id = kv.Value.AsString()
		}
		return true
	})
	if id == "" {
		made, err := uuid.NewV7()
		if err != nil {
			return "", nil, fmt.Errorf("make event id: %w", err)
		}
		id = made.String()
		attrs = append(attrs, attribute.String(semconv.EventID, id))
	}
	scope := r.InstrumentationScope()
	body = otlpjson.AppendRequest(nil, r.Resource().Attributes(), otlpjson.Scope{Name: scope.Name, Version: scope.Version}, otlpjson.Record{
		Time:         r.Timestamp(),
		ObservedTime: r.ObservedTimestamp(),
		EventName:    r.EventName(),
		Severity:     r.Severity(),
		SeverityText: r.SeverityText(),
		TraceID:      r.TraceID(),
		SpanID:       r.SpanID(),
		Flags:        byte(r.TraceFlags()),
		Attributes:   attrs,
		Body:         r.Body(),
	})
	return id, body, nil
}
