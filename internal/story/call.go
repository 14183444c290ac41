package story

import (
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// call is a tool call while it is put together.
type call struct {
	entry        *Entry
	begun, ended bool
}

// call puts the halves of a tool call together.
func (t *telling) call(e *Event) {
	key := e.call()
	c := t.calls[key]
	// Without an id, the next one that looks the same is another call.
	if c != nil && e.ToolUseID == "" && e.begins() {
		c = nil
	}
	switch {
	case c == nil:
		n := t.entry(KindTool, e)
		c = &call{entry: n}
		t.calls[key] = c
		n.Tool = newTool(e)
		if e.ends() && e.Duration > 0 {
			n.Time = e.Time.Add(-time.Duration(min(e.Duration, maxDuration)) * time.Millisecond)
		}
	case e.begins() && c.begun, e.ends() && c.ended && (e.Hook != hookDenied || c.entry.Tool.Outcome == OutcomeDenied):
		t.doubled++
		return
	default:
		if e.ID != "" {
			t.about[e.ID] = c.entry
		}
	}
	c.join(e)
	if e.ends() && e.ToolUseID == "" {
		delete(t.calls, key)
	}
}

// maxDuration is the longest that is believed, in milliseconds: 30 days.
const maxDuration = 30 * 24 * 3600 * 1000

// join adds what a half of the call says.
func (c *call) join(e *Event) {
	n, tool := c.entry, c.entry.Tool
	tool.complete(e)
	if securityalert.Rank(e.Severity) > securityalert.Rank(n.Severity) {
		n.Severity = e.Severity
	}
	if e.begins() {
		c.begun = true
		n.Event, n.Seq, n.Record, n.EventID, n.Time = e.Type, e.Seq, e.Record, e.ID, e.Time
		tool.Change = e.Changes()
		if tool.Decision == semconv.DecisionDeny && !c.ended {
			tool.Outcome = OutcomeDenied
		}
		return
	}
	took := e.Duration
	if took < 0 && c.begun {
		took = max(e.Time.Sub(n.Time).Milliseconds(), 0)
	}
	if took >= 0 && e.Hook != hookDenied {
		tool.Duration = took
	}
	c.ended = true
	tool.EndSeq, tool.EndID, tool.Outcome, tool.Ended = e.Seq, e.ID, outcome(e), e.Time
}

// Values of error.type that are outcomes of their own.
const (
	errorInterrupted = "interrupted"
	errorTimeout     = "timeout"
)

func outcome(e *Event) string {
	switch {
	case e.Hook == hookDenied:
		return OutcomeDenied
	case e.Error == errorInterrupted:
		return OutcomeInterrupted
	case e.Error == errorTimeout:
		return OutcomeTimeout
	case e.Failed():
		return OutcomeFailed
	}
	return OutcomeOK
}

func newTool(e *Event) *Tool {
	return &Tool{
		Name: e.Tool, ID: e.ToolUseID, Outcome: OutcomeUnknown, Duration: -1, Change: e.Changes(),
		MCPServer: e.MCPServer, MCPTool: e.MCPTool,
	}
}

// complete fills in what a half of the call says and is not known yet.
func (t *Tool) complete(e *Event) {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&t.File, e.File},
		{&t.Command, e.Command},
		{&t.URL, e.URL},
		{&t.Pattern, e.Pattern},
		{&t.SearchPath, e.SearchPath},
		{&t.Description, e.Description},
		{&t.Delegate, e.Delegate},
		{&t.DelegateID, e.DelegateID},
		{&t.HashBefore, e.HashBefore},
		{&t.HashAfter, e.HashAfter},
		{&t.Error, e.Error},
		{&t.Message, e.Message},
		{&t.Decision, e.Decision},
		{&t.Reason, e.Cause},
	} {
		fill(f.to, f.from)
	}
	if e.Hook == hookDenied {
		fill(&t.Reason, e.Detail)
	}
	t.Outside, t.Redacted = t.Outside || e.Outside, t.Redacted || e.Redacted
	t.Added, t.Removed, t.Size = max(t.Added, e.Added), max(t.Removed, e.Removed), max(t.Size, e.Size)
	if e.ExitCode != nil {
		t.ExitCode = e.ExitCode
	}
	for _, rule := range e.Rules {
		if !slices.Contains(t.Rules, rule) && len(t.Rules) < maxTexts {
			t.Rules = append(t.Rules, rule)
		}
	}
}
