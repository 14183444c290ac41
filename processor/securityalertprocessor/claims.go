package securityalertprocessor

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Rules for records that come as what only we make, or only a person should.
var (
	ruleForged = &detection.Rule{
		ID: "7c2f0f0c-6a53-4b1e-9f51-5b1d6f0a8e27", Slug: "alert-forged", Title: "A record pretends to be an alert, or somebody's acknowledgement of one",
		Category: "configuration_tampering", Severity: semconv.SeverityHigh, RiskScore: 80, Version: 1, Ruleset: semconv.RulesetDefault,
		Attack: []string{"T1565.001"}, Atlas: []string{"AML.T0081"},
		Response: "Find out which program of this machine sends it: see what the agents did just before. Nobody was told of it as an alert. A collector whose own alerts come here must leave them out: only one of a chain judges.",
	}
	ruleAckByAgent = &detection.Rule{
		ID: "e1a9d0f6-2b7c-4d8e-8a1b-93c5e7f4b602", Slug: "alert-acknowledged-by-agent", Title: "An agent acknowledged an alert",
		Category: "configuration_tampering", Severity: semconv.SeverityMedium, RiskScore: 60, Version: 1, Ruleset: semconv.RulesetDefault,
		Attack: []string{"T1685"}, Atlas: []string{"AML.T0081"},
		Response: "Look at the alert yourself, and acknowledge it from a terminal of your own: for `agent-telemetry alerts` it is still open.",
	}
)

// claimed reports whether a record comes as an alert or an acknowledgement, which
// are not judged. One that is neither becomes a record that says what it claimed.
func (p *alertProcessor) claimed(ctx context.Context, resource pcommon.Resource, lr plog.LogRecord, r *raised) bool {
	claim := securityalert.Claim(lr)
	if claim == "" {
		return false
	}
	a := lr.Attributes()
	m := detection.Match{Rule: ruleForged, SuppressionKey: claim, Evidence: []string{"a record came as " + claim}}
	if claim == semconv.EventAlertAcknowledged && provenance.IsOwner(ctx) {
		if by, ok := a.Get(semconv.AckFromAgent); !ok || by.AsString() != "true" {
			return true
		}
		session := text(a, semconv.SessionID)
		m = detection.Match{Rule: ruleAckByAgent, SuppressionKey: session, Evidence: []string{"acknowledged: alert " + text(a, semconv.AlertID)}}
	}
	for _, of := range []struct{ what, key string }{{"rule", semconv.RuleName}, {"of event", semconv.AlertEventID}, {"by", semconv.AckBy}} {
		if s := text(a, of.key); s != "" {
			m.Evidence = append(m.Evidence, of.what+": "+securityalert.Escape(s, securityalert.MaxEvidenceBytes/2))
		}
	}
	m.Severity, m.Risk = m.Rule.Severity, m.Rule.RiskScore
	if m.Rule == ruleForged {
		securityalert.Disown(lr, claim)
		annotate(lr, []detection.Match{m})
		p.telemetry.ProcessorSecurityAlertForged.Add(ctx, 1, metric.WithAttributes(attribute.String("claimed", claim)))
	}
	e := eventOf(lr)
	// By whatever way it came, it is one alert, whose id is no other rule's.
	p.tell(provenance.OfOwner(ctx), &m, &e, resource, lr, r)
	return true
}
