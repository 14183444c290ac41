package report

import (
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of what is remembered and told.
const (
	maxText     = 8192 // bytes of a command, file or URL
	maxPath     = 4096
	maxName     = 256 // bytes of an id or a name
	maxNames    = 100
	maxTools    = 1000
	maxProjects = 5000
	maxFiles    = 2_000_000
)

// others stands for the tools and projects above the bound.
const others = "(others)"

// Hook events.
const (
	hookPost   = "PostToolUse"
	hookFailed = "PostToolUseFailure"
	hookDenied = "PermissionDenied"
)

// entry takes one record in.
func (b *builder) entry(e *auditlog.Entry) error {
	if b.read++; b.options.Progress != nil && b.read%1000 == 0 {
		b.options.Progress(b.read)
	}
	if err := b.collector.Add(e); err != nil {
		return err
	}
	if e.Kind != auditlog.KindLog {
		b.recorder.add(e)
		return nil
	}
	if service, _ := e.Resource[semconv.ServiceName].(string); service != semconv.ServiceNameValue {
		if b.options.Project == "" && b.inWindow(e.When()) {
			b.result.Summary.NativeRecords++
			b.use(e)
		}
		return nil
	}
	switch e.Attribute(semconv.EventType) {
	case semconv.EventAlertAcknowledged: // also behind the period
		b.acknowledgement(e)
		return nil
	case semconv.EventSecurityAlert:
		if b.wanted(e) {
			return b.alert(e)
		}
		return nil
	}
	if e.Attribute(semconv.HookEvent) == "" && integer(e, semconv.SessionSeq) == nil {
		if b.wanted(e) { // a gap, for example
			b.use(e)
		}
		return nil
	}
	if b.wanted(e) {
		b.use(e)
		b.count(e)
	}
	return b.calls.add(e)
}

func (b *builder) inWindow(at time.Time) bool {
	return !at.Before(b.options.Since) && at.Before(b.options.Until)
}

// wanted reports whether a record is of the period and the project.
func (b *builder) wanted(e *auditlog.Entry) bool {
	return b.inWindow(e.When()) && b.ofProject(e.Attribute(semconv.ProjectName), e.Attribute(semconv.ProjectPath))
}

func (b *builder) ofProject(name, path string) bool {
	p := b.options.Project
	return p == "" || p == name || filepath.Clean(p) == path
}

// use notes that the report is made of a record, too.
func (b *builder) use(e *auditlog.Entry) {
	a := &b.result.Audit
	if a.Records++; a.FirstSeq == nil {
		first := e.Seq
		a.FirstSeq = &first
	}
	last := e.Seq
	a.LastSeq = &last
	b.evidence.add(e)
}

// count counts an event of a hook.
func (b *builder) count(e *auditlog.Entry) {
	host, _ := e.Resource[semconv.HostName].(string)
	user, _ := e.Resource[semconv.UserName].(string)
	b.hosts.add(host)
	b.users.add(user)
	b.activity.event(e.When())
	var c Counts
	c.Events = 1
	switch event := e.Attribute(semconv.EventType); e.Attribute(semconv.HookEvent) {
	case semconv.HookPreToolUse:
		c.ToolCalls = 1
		switch event {
		case semconv.EventCommandExecution:
			c.Commands = 1
		case semconv.EventWebFetch, semconv.EventWebSearch:
			c.Web = 1
		case semconv.EventMCPCall:
			c.MCP = 1
		}
		if e.Attribute(semconv.EnforcementDecision) == semconv.DecisionDeny {
			c.Denied = 1
		}
	case hookFailed:
		c.Failed = 1
	case hookDenied:
		c.Denied = 1
	default:
		if event == semconv.EventUserPrompt {
			c.Prompts = 1
		}
	}
	if id := e.Attribute(semconv.AgentID); id != "" && len(b.agents) < maxFiles {
		b.agents[key(e.Attribute(semconv.SessionID), id)] = struct{}{}
	}
	if t := e.Attribute(semconv.ToolName); t != "" {
		n := b.tool(t)
		n.Calls += c.ToolCalls
		n.Failed += c.Failed
		n.Denied += c.Denied
	}
	s := b.sessions.of(e, host, user)
	if p := b.project(e.Attribute(semconv.ProjectName), e.Attribute(semconv.ProjectPath)); p != nil {
		p.add(c)
		if s != nil && s.fresh {
			p.Sessions++
			s.fresh = false
		}
	}
	if s != nil {
		s.add(c)
	}
	b.result.Summary.add(c)
}

func (c *Counts) add(d Counts) {
	c.Events += d.Events
	c.Prompts += d.Prompts
	c.ToolCalls += d.ToolCalls
	c.Failed += d.Failed
	c.Denied += d.Denied
	c.Commands += d.Commands
	c.Web += d.Web
	c.MCP += d.MCP
	c.Modifications += d.Modifications
	c.Outside += d.Outside
	c.Alerts += d.Alerts
}

func (b *builder) tool(name string) *ToolCount {
	name = bounded(name, maxName)
	t := b.tools[name]
	if t == nil && len(b.tools) >= maxTools {
		name = others
		t = b.tools[name]
	}
	if t == nil {
		t = &ToolCount{Tool: name}
		b.tools[name] = t
	}
	return t
}

func (b *builder) project(name, path string) *ProjectCount {
	if name == "" && path == "" {
		return nil
	}
	name, path = bounded(name, maxName), bounded(path, maxPath)
	id := name + "\x00" + path
	p := b.projects[id]
	if p == nil && len(b.projects) >= maxProjects {
		name, path, id = others, "", others
		p = b.projects[id]
	}
	if p == nil {
		p = &ProjectCount{Project: name, Path: path}
		b.projects[id] = p
	}
	return p
}
