package story

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// telling makes entries of events that come in order.
type telling struct {
	made  []*Entry
	calls map[string]*call
	// about has the entries by the event ids that they are made of.
	about   map[string]*Entry
	alerts  []*Entry
	acks    map[string]*Acknowledgement // by alert
	agents  agents
	doubled int
}

// call is a tool call while it is put together.
type call struct {
	entry        *Entry
	begun, ended bool
}

func newTelling() *telling {
	return &telling{calls: map[string]*call{}, about: map[string]*Entry{}, acks: map[string]*Acknowledgement{}, agents: newAgents()}
}

func (t *telling) add(e *Event) {
	t.agents.see(e)
	switch {
	case e.Type == semconv.EventTelemetryGap:
		// Which numbers are missing is told by the numbers themselves.
	case e.Alert != nil:
		t.alert(e)
	case e.IsCall():
		t.call(e)
	default:
		t.other(e)
	}
}

// entry makes an entry of an event.
func (t *telling) entry(kind Kind, e *Event) *Entry {
	n := &Entry{
		Kind: kind, Time: e.Time, Event: e.Type, EventID: e.ID, Seq: e.Seq, Record: e.Record,
		AgentID: e.AgentID, AgentType: e.AgentType, Severity: e.Severity,
	}
	t.made = append(t.made, n)
	if e.ID != "" {
		t.about[e.ID] = n
	}
	return n
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
	tool.EndSeq, tool.EndID, tool.Outcome = e.Seq, e.ID, outcome(e)
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

// alert keeps an alert until it is known which entry it is about.
func (t *telling) alert(e *Event) {
	a := *e.Alert
	t.agents.alert(e.AgentID)
	t.alerts = append(t.alerts, &Entry{
		Kind: KindAlert, Time: e.Time, Event: e.Type, EventID: e.ID, Record: e.Record,
		AgentID: e.AgentID, AgentType: e.AgentType, Severity: a.Severity, Alert: &a,
	})
}

// other makes the entry of an event that is no part of a tool call.
func (t *telling) other(e *Event) {
	kind, text := KindNote, e.What()
	switch e.Type {
	case semconv.EventUserPrompt:
		kind, text = KindPrompt, e.Preview
	case semconv.EventSessionStart, semconv.EventSessionEnd:
		kind, text = KindSession, e.Detail
	case semconv.EventSubagentStart, semconv.EventSubagentStop:
		kind, text = KindAgent, ""
	case semconv.EventTurnEnd:
		kind = KindTurn
	case semconv.EventTurnFailure:
		kind, text = KindTurn, cmp.Or(e.Error, e.Detail)
	case semconv.EventPermissionRequest:
		kind, text = KindPermission, ""
	case semconv.EventAlertAcknowledged:
		if e.Ack != nil {
			if _, known := t.acks[e.AckOf]; !known {
				t.acks[e.AckOf] = e.Ack
			}
			text = "by " + cmp.Or(e.Ack.By, "somebody") + ": " + e.Ack.Reason
		}
	}
	n := t.entry(kind, e)
	n.Text = text
	if kind == KindPermission {
		n.Tool = newTool(e)
		n.Tool.complete(e)
		n.Tool.Outcome = ""
	}
}

// entries puts everything in its order.
func (t *telling) entries(gaps []Entry) []Entry {
	behind := map[*Entry][]*Entry{}
	alone := t.made[:len(t.made):len(t.made)]
	for _, a := range t.alerts {
		a.Alert.Acknowledged = t.acks[a.Alert.ID]
		about := t.about[a.Alert.EventID]
		if a.Alert.EventID == "" || about == nil {
			alone = append(alone, a)
			continue
		}
		behind[about] = append(behind[about], a)
		if securityalert.Rank(a.Severity) > securityalert.Rank(about.Severity) {
			about.Severity = a.Severity
		}
	}
	for i := range gaps {
		alone = append(alone, &gaps[i])
	}
	slices.SortStableFunc(alone, func(x, y *Entry) int {
		return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(order(x), order(y)))
	})
	all := make([]Entry, 0, len(alone)+len(t.alerts))
	for _, n := range alone {
		t.agents.place(n)
		all = append(all, *n)
		for _, a := range behind[n] {
			t.agents.place(a)
			all = append(all, *a)
		}
	}
	return all
}

// order is the place of an entry among those of one instant: a gap stands in front
// of the number that is there again.
func order(n *Entry) uint64 {
	if n.Gap != nil {
		return 2*n.Gap.Last + 1
	}
	return 2 * n.Seq
}

// What is the one thing to know of the entry, without what it was done to. project
// is the path that is left out at the beginning of others.
func (n *Entry) What(project string) string {
	switch {
	case n.Tool != nil:
		return n.Tool.what(project)
	case n.Alert != nil:
		return n.Alert.what()
	}
	return n.Text
}

func (a *Alert) what() string {
	found := cmp.Or(a.Title, a.Rule, a.RuleID)
	if len(a.Evidence) > 0 {
		found += ": " + a.Evidence[0]
	}
	return found
}

func (t *Tool) what(project string) string {
	switch {
	case t.Command != "":
		return t.Command
	case t.Name == "Agent" || t.Name == "Task":
		return strings.TrimPrefix(t.Delegate+": "+t.Description, ": ")
	case t.MCPTool != "":
		return strings.TrimSpace(strings.TrimPrefix(t.MCPServer+": "+t.MCPTool, ": ") + " " + Inside(t.File, project))
	case t.Pattern != "" && t.SearchPath != "":
		return t.Pattern + " in " + Inside(t.SearchPath, project)
	case t.Pattern != "":
		return t.Pattern
	case t.File != "":
		return Inside(t.File, project)
	case t.URL != "":
		return t.URL
	}
	return t.Description
}

// Inside returns a path as seen from the project's directory, when it is below it;
// the directory itself is ".".
func Inside(path, project string) string {
	project = strings.TrimRight(project, "/")
	switch {
	case project == "":
		return path
	case strings.TrimRight(path, "/") == project:
		return "."
	}
	return strings.TrimPrefix(path, project+"/")
}
