package securityalert

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Claim returns which of our own event types a record has for any of its readers:
// semconv.EventSecurityAlert, semconv.EventAlertAcknowledged or "". It looks at all
// that a reader may take the type from: attributes, also those that stand twice, the
// event name, and the body, also where it is JSON as text.
func Claim(lr plog.LogRecord) string {
	c := claimOf(lr.EventName())
	for k, v := range lr.Attributes().All() {
		if typeKey(k) && v.Type() == pcommon.ValueTypeStr {
			c = worst(c, claimOf(v.Str()))
		}
	}
	switch body := lr.Body(); body.Type() {
	case pcommon.ValueTypeMap:
		for k, v := range body.Map().All() {
			if bodyTypeKey(k) && v.Type() == pcommon.ValueTypeStr {
				c = worst(c, claimOf(v.Str()))
			}
		}
	case pcommon.ValueTypeStr:
		c = worst(c, claimOfText(body.Str()))
	}
	return c
}

// Disown makes a record of type semconv.EventHookEvent of one that made a claim.
// Nothing of it is lost: what it claimed stands under other names.
func Disown(lr plog.LogRecord, claim string) {
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventHookEvent)
	attributes := lr.Attributes()
	claimed := pcommon.NewMap()
	attributes.RemoveIf(func(k string, v pcommon.Value) bool {
		if !typeKey(k) && !ownKeys[k] {
			return false
		}
		v.CopyTo(claimed.PutEmpty(k)) // of few names, see ownKeys
		return true
	})
	for k, v := range claimed.All() {
		v.CopyTo(attributes.PutEmpty(semconv.ClaimedPrefix + k))
	}
	attributes.PutStr(semconv.EventType, semconv.EventHookEvent)
	attributes.PutStr(semconv.EventClaimedType, claim)
	body := lr.Body()
	switch {
	case body.Type() == pcommon.ValueTypeMap:
		body.Map().RemoveIf(func(k string, _ pcommon.Value) bool { return bodyTypeKey(k) || k == semconv.BodyClaimedType })
	case body.Type() == pcommon.ValueTypeStr && claimOfText(body.Str()) != "":
		text := body.Str()
		body.SetEmptyMap().PutStr(semconv.BodyClaimed, text)
	default:
		return
	}
	body.Map().PutStr(semconv.BodyEventType, semconv.EventHookEvent)
	body.Map().PutStr(semconv.BodyClaimedType, claim)
}

// ownKeys are the attributes by which alerts and acknowledgements are found.
var ownKeys = map[string]bool{
	semconv.AlertID: true, semconv.AlertSeverity: true, semconv.AlertRiskScore: true, semconv.AlertEvidence: true,
	semconv.AlertEventID: true, semconv.AlertEventType: true, semconv.AlertEventSeq: true, semconv.AlertTechniques: true,
	semconv.AlertAtlas: true, semconv.AlertResponse: true, semconv.AlertSuppressed: true, semconv.AlertSuppression: true,
	semconv.RuleUUID: true, semconv.RuleName: true, semconv.RuleTitle: true, semconv.RuleCategory: true,
	semconv.RuleVersion: true, semconv.RuleSet: true,
	semconv.AckBy: true, semconv.AckReason: true, semconv.AckFromAgent: true,
	semconv.EventClaimedType: true,
}

// typeKey reports whether a reader may take an attribute for the record's type.
// Where the body is no map, attributes are fields of the line in Loki.
func typeKey(k string) bool {
	return k == semconv.EventType || k == semconv.NativeEventName || bodyTypeKey(k)
}

// bodyTypeKey does the same of a field: Go's JSON takes keys in any case.
func bodyTypeKey(k string) bool {
	return len(k) == len(semconv.BodyEventType) && strings.EqualFold(k, semconv.BodyEventType)
}

func claimOf(eventType string) string {
	switch eventType = strings.TrimPrefix(eventType, semconv.EventNamePrefix); eventType {
	case semconv.EventSecurityAlert, semconv.EventAlertAcknowledged:
		return eventType
	}
	return ""
}

// claimOfText is the claim of a body that is text, as a reader of JSON has it.
func claimOfText(text string) string {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return ""
	}
	d := json.NewDecoder(strings.NewReader(text))
	if _, err := d.Token(); err != nil {
		return ""
	}
	c := ""
	for d.More() { // key by key: of one that stands twice, readers take this or that
		k, err := d.Token()
		if err != nil {
			break
		}
		name, _ := k.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			break
		}
		var s string
		if bodyTypeKey(name) && json.Unmarshal(v, &s) == nil {
			c = worst(c, claimOf(s))
		}
	}
	return c
}

// worst is the claim that counts of two: an acknowledgement may be allowed, an alert
// is not.
func worst(a, b string) string {
	if a == semconv.EventSecurityAlert || b == "" {
		return a
	}
	return b
}
