package facts

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// FromRecord gives the facts of a record, whatever its type. Directories that the
// context does not have are taken from the record.
func FromRecord(resource pcommon.Map, lr plog.LogRecord, c Context) *Facts {
	f := &Facts{}
	at := lr.Attributes()
	e := &f.Event
	at.Range(func(k string, v pcommon.Value) bool {
		e.attribute(k, v)
		return true
	})
	if e.UnixNano = int64(lr.Timestamp()); e.UnixNano <= 0 { //nolint:gosec // nanoseconds since 1970 fit
		e.UnixNano = int64(lr.ObservedTimestamp()) //nolint:gosec // nanoseconds since 1970 fit
	}
	if e.HookEvent == "PostToolUseFailure" {
		e.Failed = true
	}
	e.Denied = e.HookEvent == "PermissionDenied" || e.Type == semconv.EventPermissionDenied
	if c.Project == "" {
		c.Project = e.Project
	}
	if c.Home == "" {
		c.Home = homeOf(e.Project, resource)
	}
	var body, raw, input pcommon.Map
	hasInput := false
	if lr.Body().Type() == pcommon.ValueTypeMap {
		body = lr.Body().Map()
		if v, ok := body.Get(semconv.BodyRawInput); ok && v.Type() == pcommon.ValueTypeMap {
			raw = v.Map()
			if cwd := str(raw, "cwd"); c.Dir == "" && strings.HasPrefix(cwd, "/") {
				c.Dir = cwd
			}
			if v, ok := raw.Get("tool_input"); ok && v.Type() == pcommon.ValueTypeMap {
				input, hasInput = v.Map(), true
			}
		}
	}
	if c.Dir == "" {
		c.Dir = c.Project
	}
	b := newBuilder(f, c)
	r := recordFacts{b: b, e: e, file: str(at, semconv.FilePath), url: str(at, semconv.URLFull)}
	r.add(lr, input, hasInput)
	b.derive()
	b.release()
	return f
}

// attribute takes one of the record's attributes.
func (e *Event) attribute(k string, v pcommon.Value) {
	if v.Type() == pcommon.ValueTypeBool {
		if k == semconv.OutsideProject {
			e.OutsideProject = v.Bool()
		}
		return
	}
	if v.Type() != pcommon.ValueTypeStr {
		return
	}
	switch k {
	case semconv.EventID:
		e.ID = cut(v.Str(), maxDetail)
	case semconv.EventType:
		e.Type = cut(v.Str(), maxDetail)
	case semconv.HookEvent:
		e.HookEvent = cut(v.Str(), maxDetail)
	case semconv.ToolName:
		e.Tool = cut(v.Str(), maxDetail)
	case semconv.ToolCallID:
		e.ToolCallID = cut(v.Str(), maxDetail)
	case semconv.SessionID:
		e.Session = cut(v.Str(), maxDetail)
	case semconv.ProjectPath:
		e.Project = cut(v.Str(), maxText)
	case semconv.ProjectName:
		e.ProjectName = cut(v.Str(), maxDetail)
	case semconv.AgentID:
		e.AgentID = cut(v.Str(), maxDetail)
	case semconv.AgentName:
		e.AgentType = cut(v.Str(), maxDetail)
	case semconv.PermissionMode:
		e.PermissionMode = cut(v.Str(), maxDetail)
	case semconv.CaptureTransport:
		e.Transport = cut(v.Str(), maxDetail)
	case semconv.CommandLine:
		e.Command = cut(v.Str(), 64<<10)
	case semconv.MCPServerName:
		e.MCPServer = cut(v.Str(), maxDetail)
	case semconv.ErrorType:
		e.Failed = true
	}
}

// homeOf tells the user's home directory from where the project is.
func homeOf(project string, resource pcommon.Map) string {
	for _, dir := range [...]string{"/home/", "/Users/"} {
		if rest, ok := strings.CutPrefix(project, dir); ok {
			if name := cutAt(rest, "/"); name != "" {
				return dir + name
			}
		}
	}
	if within(project, "/root") {
		return "/root"
	}
	if name := str(resource, semconv.UserName); name != "" && !strings.ContainsAny(name, "/\\ ") {
		if str(resource, semconv.OSType) == "darwin" {
			return "/Users/" + name
		}
		if name == "root" {
			return "/root"
		}
		return "/home/" + name
	}
	return ""
}

func str(m pcommon.Map, key string) string {
	if m == (pcommon.Map{}) {
		return ""
	}
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

// recordFacts makes facts of what a record says beside its names.
type recordFacts struct {
	b         *builder
	e         *Event
	file, url string
}

func (r *recordFacts) add(lr plog.LogRecord, input pcommon.Map, hasInput bool) {
	b := r.b
	switch r.e.Type {
	case semconv.EventFileRead:
		r.path(r.file, AccessRead)
	case semconv.EventFileWrite, semconv.EventFileEdit:
		r.path(r.file, AccessWrite)
	case semconv.EventNotebookOperation:
		if r.e.Tool == "NotebookRead" {
			r.path(r.file, AccessRead)
		} else {
			r.path(r.file, AccessWrite)
		}
	case semconv.EventCodeSearch, semconv.EventFileSearch, semconv.EventDirectoryList:
		details, _ := get(lr.Body(), semconv.BodyActionDetails)
		access := AccessList
		if r.e.Type == semconv.EventCodeSearch {
			access = AccessRead
		}
		p := str(details, semconv.ActionSearchPath)
		if p == "" && r.file != "" {
			p = r.file
		}
		pattern := str(details, semconv.ActionSearchPattern)
		if access == AccessRead && p == "" {
			break
		}
		if access == AccessList && pattern != "" && (pattern[0] == '/' || pattern[0] == '~') {
			p = pattern
		}
		r.path(p, access)
	case semconv.EventCommandExecution:
		r.command(r.e.Command)
	case semconv.EventWebFetch:
		r.web(r.url, "WebFetch")
	case semconv.EventMCPCall, semconv.EventToolUse, semconv.EventSkillInvocation:
		r.path(r.file, mcpAccess(toolVerb(r.e.Tool)))
		r.web(r.url, r.e.Tool)
		if hasInput {
			r.arguments(input, toolVerb(r.e.Tool), 0)
		}
	case semconv.EventConfigChange:
		r.path(r.file, AccessWrite)
		b.actOf(ActAgentConfig, "", "ConfigChange "+r.file)
	case semconv.EventPermissionRequest, semconv.EventPermissionDenied:
		r.permission(input, hasInput)
	case semconv.EventAgentNotification, semconv.EventSubAgentDelegation:
		if details, ok := get(lr.Body(), semconv.BodyActionDetails); ok {
			if ctx, ok := details.Get(semconv.ActionToolContext); ok && ctx.Type() == pcommon.ValueTypeMap {
				b.promptText(str(ctx.Map(), "description"))
			}
		}
	case semconv.EventHookEvent:
		if r.file != "" && r.e.HookEvent == "FileChanged" {
			r.path(r.file, AccessWrite)
		}
	}
	if r.e.PermissionMode == "bypassPermissions" && r.e.Type == semconv.EventSessionStart {
		b.actOf(ActAgentBypass, "", r.e.PermissionMode)
	}
}

func (r *recordFacts) permission(input pcommon.Map, hasInput bool) {
	switch r.e.Tool {
	case "Bash", "PowerShell", "Monitor":
		r.command(r.e.Command)
	case "Read", "NotebookRead":
		r.path(r.file, AccessRead)
	case "Write", "Edit", "MultiEdit", "NotebookEdit":
		r.path(r.file, AccessWrite)
	case "WebFetch":
		r.web(r.url, "WebFetch")
	default:
		if hasInput && strings.HasPrefix(r.e.Tool, "mcp__") {
			r.arguments(input, toolVerb(r.e.Tool), 0)
		}
	}
}

func get(body pcommon.Value, key string) (pcommon.Map, bool) {
	if body.Type() == pcommon.ValueTypeMap {
		if v, ok := body.Map().Get(key); ok && v.Type() == pcommon.ValueTypeMap {
			return v.Map(), true
		}
	}
	return pcommon.Map{}, false
}

// path adds a file that a tool used.
func (r *recordFacts) path(p, access string) {
	if p == "" || strings.Contains(p, "://") {
		return
	}
	glob := strings.ContainsAny(p, "*?[")
	r.b.put(r.b.place(cut(p, maxText), r.b.c.Dir), access, "", glob, false)
}

func (r *recordFacts) web(u, program string) {
	if u == "" {
		return
	}
	if p, ok := strings.CutPrefix(u, "file://"); ok {
		r.path(p, AccessRead)
		return
	}
	_, host, port, _ := splitURL(u)
	r.b.addNet(Net{Host: host, Port: port, URL: u, Direction: DirectionDownload, Program: program, Method: "GET"})
}
