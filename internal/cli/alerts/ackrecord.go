package alerts

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/otlpjson"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// scopeName is the instrumentation scope of acknowledgements.
const scopeName = "github.com/agent-telemetry/agent-telemetry/internal/cli/alerts"

// ackRecord is an acknowledgement on its way.
type ackRecord struct {
	id         string
	at         time.Time
	alert      *Alert
	by, reason string
	fromAgent  bool
}

func newAcknowledgement(a *Alert, by, reason string, fromAgent bool, now time.Time) (ackRecord, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return ackRecord{}, fmt.Errorf("make an event id: %w", err)
	}
	return ackRecord{id: id.String(), at: now, alert: a, by: by, reason: reason, fromAgent: fromAgent}, nil
}

// request is the OTLP/HTTP JSON request that holds it.
func (k ackRecord) request() []byte {
	r := otlpjson.Record{
		Time: k.at, ObservedTime: k.at, EventName: semconv.EventNamePrefix + semconv.EventAlertAcknowledged, Severity: log.SeverityInfo,
		Attributes: k.attributes(), Body: k.body(),
	}
	if k.alert.SessionID != "" {
		r.TraceID = hookevent.TraceID(k.alert.SessionID)
	}
	return otlpjson.AppendRequest(nil, hostinfo.Resource(), otlpjson.Scope{Name: scopeName, Version: version.Version}, r)
}

func (k ackRecord) attributes() []attribute.KeyValue {
	attrs := []attribute.KeyValue{
		attribute.String(semconv.EventType, semconv.EventAlertAcknowledged),
		attribute.String(semconv.EventID, k.id),
		attribute.String(semconv.AlertID, k.alert.ID),
	}
	for _, kv := range []struct{ key, value string }{
		{semconv.RuleName, k.alert.Rule},
		{semconv.AlertSeverity, k.alert.Severity},
		{semconv.AckBy, k.by},
		{semconv.AckReason, k.reason},
		{semconv.SessionID, k.alert.SessionID},
		{semconv.ConversationID, k.alert.SessionID},
		{semconv.ProjectName, k.alert.Project},
		{semconv.ProjectPath, k.alert.ProjectPath},
	} {
		if kv.value != "" {
			attrs = append(attrs, attribute.String(kv.key, kv.value))
		}
	}
	if k.fromAgent {
		attrs = append(attrs, attribute.Bool(semconv.AckFromAgent, true))
	}
	return attrs
}

func (k ackRecord) body() attribute.Value {
	text := attribute.String
	return attribute.MapValue(
		attribute.Key(semconv.BodyAck).Map(
			text(semconv.AckBodyAlertID, k.alert.ID), text(semconv.AckBodyBy, k.by),
			attribute.Bool(semconv.AckBodyFromAgent, k.fromAgent), text(semconv.AckBodyReason, k.reason),
			text(semconv.AckBodyRule, k.alert.Rule), text(semconv.AckBodySeverity, k.alert.Severity)),
		text(semconv.BodyEventType, semconv.EventAlertAcknowledged),
		text(semconv.BodyLevel, "INFO"),
		attribute.Key(semconv.BodyMetadata).Map(text(semconv.MetaEventID, k.id), text(semconv.MetaTelemetryVersion, version.Version)),
		text(semconv.BodyProjectName, k.alert.Project), text(semconv.BodyProjectPath, k.alert.ProjectPath),
		attribute.Int(semconv.BodySchemaVersion, semconv.SchemaVersion),
		text(semconv.BodySessionID, k.alert.SessionID),
		text(semconv.BodyTimestamp, k.at.UTC().Format(time.RFC3339Nano)),
	)
}
