package rollup

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// DefaultMaxGroups is how many groups of a kind are told apart in a batch.
const DefaultMaxGroups = 2_000

// Counter counts the records of a batch. It is not safe for concurrent use.
type Counter struct {
	tables  [6]table
	event   event
	records int
	untimed int
}

// NewCounter returns a Counter that tells so many groups of each kind apart.
func NewCounter(maxGroups int) *Counter {
	c := &Counter{}
	for i, k := range []*kind{toolKind, agentKind, sessionKind, alertKind, workflowKind, usageKind} {
		c.tables[i] = table{kind: k, limit: maxGroups, groups: make(map[key]*group)}
	}
	return c
}

// Places of the kinds in Counter.tables.
const (
	tools = iota
	agents
	sessions
	alerts
	workflows
	usages
)

// AddAll counts all records of ld.
func (c *Counter) AddAll(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				c.Add(rl.Resource(), lr)
			}
		}
	}
}

// Add counts a record. It keeps nothing of it.
func (c *Counter) Add(resource pcommon.Resource, lr plog.LogRecord) {
	e := &c.event
	if !e.read(resource.Attributes(), lr) {
		c.untimed++
		return
	}
	c.records++
	if e.ours {
		c.tool(e)
		c.agent(e)
	}
	if e.ours || e.eventType == semconv.EventSecurityAlert {
		c.session(e)
		c.workflow(e)
	}
	c.alert(e)
	c.usage(e)
}

// Untimed is how many records were not counted, because they do not say when they
// happened.
func (c *Counter) Untimed() int { return c.untimed }

func (c *Counter) group(of int, e *event, texts ...string) *group {
	k := key{minute: e.minute, project: e.project}
	copy(k.texts[:], texts)
	return c.tables[of].at(k)
}

func (c *Counter) tool(e *event) {
	if e.tool == "" || e.typ == semconv.EventSecurityAlert || e.typ == semconv.EventAlertAcknowledged {
		return // it is the alert's cause that used the tool
	}
	g := c.group(tools, e, e.tool, hookevent.EventOfTool(e.tool))
	call(g, e)
	if e.ended() {
		g.add(semconv.RollupBytes, e.bytes)
	}
}

func (c *Counter) agent(e *event) { call(c.group(agents, e, e.agent()), e) }

// call counts what tools, agents and sessions have in common.
func call(g *group, e *event) {
	g.add(semconv.RollupN, 1)
	g.one(semconv.RollupStarted, e.hook == semconv.HookPreToolUse)
	g.one(semconv.RollupDenied, e.typ == semconv.EventPermissionDenied || e.decision == semconv.DecisionDeny)
	g.one(semconv.RollupAsked, e.typ == semconv.EventPermissionRequest)
	g.one(semconv.RollupOutside, e.outside)
	if !e.ended() {
		return
	}
	g.add(semconv.RollupCalls, 1)
	g.one(semconv.RollupErrors, e.failed())
	g.add(semconv.RollupLinesAdded, e.added)
	g.add(semconv.RollupLinesRemoved, e.removed)
	if e.timed {
		g.took(e.duration)
	}
}

// did says by which number a session's call is counted.
var did = map[string]string{
	semconv.EventFileRead:         semconv.RollupReads,
	semconv.EventFileWrite:        semconv.RollupEdits,
	semconv.EventFileEdit:         semconv.RollupEdits,
	semconv.EventCommandExecution: semconv.RollupCommands,
	semconv.EventCodeSearch:       semconv.RollupSearches,
	semconv.EventFileSearch:       semconv.RollupSearches,
	semconv.EventDirectoryList:    semconv.RollupSearches,
	semconv.EventWebFetch:         semconv.RollupWeb,
	semconv.EventWebSearch:        semconv.RollupWeb,
	semconv.EventMCPCall:          semconv.RollupMCP,
}

// happened says by which number an event that is no tool call is counted.
var happened = map[string]string{
	semconv.EventUserPrompt:    semconv.RollupPrompts,
	semconv.EventTurnEnd:       semconv.RollupTurns,
	semconv.EventTurnFailure:   semconv.RollupTurnFailures,
	semconv.EventSubagentStart: semconv.RollupAgents,
	semconv.EventSessionStart:  semconv.RollupSessionStarts,
	semconv.EventSessionEnd:    semconv.RollupSessionEnds,
}

func (c *Counter) session(e *event) {
	if e.session == "" {
		return
	}
	g := c.group(sessions, e, e.session)
	call(g, e)
	if name := happened[e.typ]; name != "" {
		g.add(name, 1)
	}
	if e.ended() {
		name := did[e.typ]
		if e.typ == semconv.EventNotebookOperation {
			name = semconv.RollupReads
			if e.tool == "NotebookEdit" {
				name = semconv.RollupEdits
			}
		}
		if name != "" && (name != semconv.RollupEdits || !e.failed()) {
			g.add(name, 1)
		}
		g.one(semconv.RollupTasksDone, e.taskStatus() == taskCompleted)
	}
	g.one(semconv.RollupCompactions, e.typ == semconv.EventContextCompaction && e.hook == hookPreCompact)
	switch e.typ {
	case semconv.EventTelemetryGap:
		if e.gapState == semconv.GapClosed {
			e.missing = -e.missing
		}
		g.add(semconv.RollupMissing, e.missing)
	case semconv.EventSecurityAlert:
		if name := semconv.RollupAlertsPrefix + e.severity; hasNumber(sessionKind, name) {
			g.add(name, 1)
		}
		g.add(semconv.RollupRisk, e.risk)
	}
}

func hasNumber(k *kind, name string) bool {
	_, ok := k.place[name]
	return ok
}

func (c *Counter) alert(e *event) {
	acknowledged := e.eventType == semconv.EventAlertAcknowledged
	if e.eventType != semconv.EventSecurityAlert && !acknowledged {
		return
	}
	g := c.group(alerts, e, e.session, e.rule, e.severity, e.category, strings.Join(e.attack, ","))
	if acknowledged {
		g.add(semconv.RollupAcknowledged, 1)
		return
	}
	g.add(semconv.RollupN, 1)
	g.add(semconv.RollupRisk, e.risk)
	g.add(semconv.RollupSuppressed, e.suppressed)
}

// Status of a task.
const (
	taskCreated   = "created"
	taskCompleted = "completed"
)

// taskStatus is the status that a call gave a task; "" when it did not.
func (e *event) taskStatus() string {
	switch {
	case e.typ != semconv.EventTaskManagement || !e.ended() || e.failed():
		return ""
	case e.tool == "TaskCreate":
		return taskCreated
	case e.tool == "TaskUpdate":
		return e.status
	}
	return ""
}

func (c *Counter) workflow(e *event) {
	count := func(what string, values ...string) {
		for _, v := range values {
			if v != "" {
				c.group(workflows, e, e.session, what, v).add(semconv.RollupN, 1)
			}
		}
	}
	switch e.typ {
	case semconv.EventUserPrompt:
		count(semconv.RollupWhatCommand, e.commands...)
		count(semconv.RollupWhatPersona, e.personas...)
		count(semconv.RollupWhatFlag, e.flags...)
		count(semconv.RollupWhatMCPServer, e.servers...)
		count(semconv.RollupWhatReasoning, e.reasoning)
		count(semconv.RollupWhatWorkflow, e.workflow)
	case semconv.EventTaskManagement:
		count(semconv.RollupWhatTask, e.taskStatus())
	case semconv.EventSkillInvocation:
		if e.ended() {
			count(semconv.RollupWhatSkill, e.skill)
		}
	case semconv.EventSubagentStart:
		count(semconv.RollupWhatAgent, e.agentType)
	}
}

func (c *Counter) usage(e *event) {
	name := e.native()
	if name != semconv.NativeAPIRequest && name != semconv.NativeAPIError {
		return
	}
	g := c.group(usages, e, e.session, e.model)
	g.add(semconv.RollupN, 1)
	g.add(semconv.RollupRequests, 1)
	g.one(semconv.RollupErrors, name == semconv.NativeAPIError)
	g.add(semconv.RollupCost, e.costs)
	g.add(semconv.RollupTokensIn, e.in)
	g.add(semconv.RollupTokensOut, e.out)
	g.add(semconv.RollupTokensRead, e.cacheRead)
	g.add(semconv.RollupTokensWritten, e.cacheMade)
	if e.nativeTimed {
		g.took(e.nativeDuration)
	}
}
