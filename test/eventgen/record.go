package eventgen

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/eventlogs"
	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

const (
	claudeVersion = "2.1.42"
	user          = "dev"
	host          = "devbox"
	payloadLimit  = 1 << 20
)

// resource is that of hook events. It does not depend on the machine.
var resource = []attribute.KeyValue{
	attribute.String(semconv.ServiceName, semconv.ServiceNameValue), attribute.String(semconv.ServiceVersion, version.Version),
	attribute.String(semconv.HostName, host), attribute.String(semconv.OSType, "linux"), attribute.String(semconv.UserName, user),
}

// writer makes records of items.
type writer struct {
	rules   *detection.Ruleset
	ld      plog.Logs
	list    plog.LogRecordSlice // of the last resource
	kind    kind                // what that is
	records int
}

type kind int

const (
	kindNone kind = iota
	kindHook
	kindNative
)

func newWriter() writer {
	rules, err := detection.Load(detection.Defaults())
	if err != nil {
		panic(err) // they come with the program
	}
	return writer{rules: rules}
}

func (w *writer) begin(ld plog.Logs) { w.ld, w.kind, w.records = ld, kindNone, 0 }

func (w *writer) write(s *session, it item) {
	if it.native {
		w.native(it)
		return
	}
	if w.kind != kindHook {
		w.list, w.kind = eventlogs.Append(w.ld, resource), kindHook
	}
	lr := w.list.AppendEmpty()
	eventlogs.Put(lr, s.event(it))
	w.records++
	if it.risky {
		w.judge(lr)
	}
}

// event is the event of a payload.
func (s *session) event(it item) hookevent.Event {
	raw, err := json.Marshal(it.payload)
	if err != nil {
		panic(fmt.Errorf("encode a payload: %w", err)) // it is of our own making
	}
	s.seq++
	c := hookevent.Context{
		Time: it.at, ID: s.uuidV7(it.at), Seq: s.seq, Transport: semconv.TransportCommand, Project: s.project.path, Outside: it.outside,
		Enabled: true, Preview: true, SuperClaude: it.super, ClaudeVersion: claudeVersion, TelemetryVersion: version.Version, User: user,
		PayloadBytes: int64(len(raw)),
	}
	if it.hash != "" {
		c.File = filehash.Result{SHA256: it.hash, Size: it.size, Exists: true}
	}
	return hookevent.Build(hookevent.Decode(raw, payloadLimit), c)
}

// judge adds the alert of what the rules find in the record, the worst only.
func (w *writer) judge(lr plog.LogRecord) {
	from := pcommon.NewMap()
	for _, kv := range resource {
		from.PutStr(string(kv.Key), kv.Value.AsString())
	}
	f := facts.FromRecord(from, lr, facts.Context{Home: "/home/dev"})
	matches := w.rules.Judge(f, detection.Session{})
	if len(matches) == 0 {
		return // a rule was changed: TestRulesFindEveryRiskyCall says which
	}
	slices.SortStableFunc(matches, func(a, b detection.Match) int {
		return securityalert.Rank(b.Severity) - securityalert.Rank(a.Severity)
	})
	names := lr.Attributes().PutEmptySlice(semconv.RecordAlerts)
	for i := range matches {
		names.AppendEmpty().SetStr(matches[i].Rule.Slug)
	}
	m, e := &matches[0], &f.Event
	lr.Attributes().PutStr(semconv.RecordAlertSeverity, m.Severity)
	at := func(key string) string {
		v, _ := lr.Attributes().Get(key)
		return v.AsString()
	}
	seq, _ := lr.Attributes().Get(semconv.SessionSeq)
	r := m.Rule
	a := securityalert.Alert{
		ID: securityalert.ID(r.ID, e.ID, m.SuppressionKey), Time: lr.Timestamp().AsTime(), Severity: m.Severity, RiskScore: m.Risk,
		RuleID: r.ID, Rule: r.Slug, Title: r.Title, Category: r.Category, RuleVersion: fmt.Sprint(r.Version), Ruleset: r.Ruleset,
		Evidence: m.Evidence, Attack: r.Attack, Atlas: r.Atlas, Response: r.Response,
		EventID: e.ID, EventType: e.Type, EventSeq: seq.Int(), Session: e.Session, Project: e.Project, ProjectName: e.ProjectName,
		Tool: e.Tool, ToolCallID: e.ToolCallID, AgentID: e.AgentID, AgentType: e.AgentType, Command: e.Command,
		Host: host, User: user, SuppressionKey: m.SuppressionKey,
	}
	if _, ok := lr.Attributes().Get(semconv.FilePath); ok {
		a.FilePath = at(semconv.FilePath)
	}
	res := pcommon.NewResource()
	from.CopyTo(res.Attributes())
	securityalert.Append(w.ld, a, securityalert.Origin{Resource: res, TraceID: lr.TraceID(), SpanID: lr.SpanID()}, a.Time)
	w.kind = kindNone // what follows comes behind it
	w.records++
}

// native writes an event of Claude Code's own.
func (w *writer) native(it item) {
	if w.kind != kindNative {
		rl := w.ld.ResourceLogs().AppendEmpty()
		a := rl.Resource().Attributes()
		a.PutStr(semconv.ServiceName, "claude-code")
		a.PutStr(semconv.ServiceVersion, claudeVersion)
		a.PutStr(semconv.OSType, "linux")
		sl := rl.ScopeLogs().AppendEmpty()
		sl.Scope().SetName("com.anthropic.claude_code.events")
		sl.Scope().SetVersion(claudeVersion)
		w.list, w.kind = sl.LogRecords(), kindNative
	}
	lr := w.list.AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(it.at))
	lr.SetObservedTimestamp(lr.Timestamp())
	name, _ := it.payload[semconv.NativeEventName].(string)
	lr.Body().SetStr("claude_code." + name)
	for _, k := range slices.Sorted(maps.Keys(it.payload)) {
		v, _ := it.payload[k].(string)
		lr.Attributes().PutStr(k, v)
	}
	w.records++
}
