package story

import (
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Event is what a story needs of one record. What a record does not have is empty.
type Event struct {
	Time   time.Time
	ID     string
	Seq    uint64 // in the session
	Record uint64 // in the audit log; 0 from Loki
	// Restarted says that the session's numbers begin anew.
	Restarted bool

	Type, Hook, Level         string
	Session                   string
	Project, ProjectPath      string
	Host, User, Claude        string
	AgentID, AgentType        string // of the agent that acts; "" is the main one
	Parent, MadeBy, Link      string // of that agent: who called it (main is the main agent), by which call, and how that is known
	PromptID                  string
	Tool, ToolUseID           string
	Outside                   bool
	File, Command, URL        string
	Pattern, SearchPath       string
	Part                      string // of a file that is read, or narrows a search: such as "offset=10 limit=50"
	MCPServer, MCPTool        string
	Description               string // what the agent says that a call is for; a skill's name
	Detail                    string // what an event that is no tool call says
	Preview                   string // of a prompt
	Size                      int64
	Delegate, DelegateID      string // the agent that is called: type, and id where known
	DelegateStatus            string // how its call ended, as Claude Code says; async_launched of one in the background
	DelegateTokens            int64  // that it used, where the end of its call says; else 0
	Background                bool   // it was called to work in the background
	DelegateCalls             int64  // tool calls of it, where the end of its call says; else 0
	DelegateDuration          int64  // milliseconds, likewise
	Reports                   string // of a notification of a task: the agent that it is of
	Duration                  int64  // milliseconds; -1: not known
	ExitCode                  *int64
	Error, Message            string // kind, and first line
	Added, Removed            int64
	HashBefore, HashAfter     string
	Redacted                  bool
	Rules                     []string
	Severity, Decision, Cause string

	Tokens int64 // of a ModelRequest: all of them
	Span   bool  // of a ModelRequest: told by a span, which tells of the same request as an event may

	Alert *Alert           // of a security alert
	Ack   *Acknowledgement // of an acknowledgement, which is of the alert AckOf
	AckOf string
}

// Hook events that begin or end a tool call.
const (
	hookPre        = semconv.HookPreToolUse
	hookPost       = "PostToolUse"
	hookFailure    = "PostToolUseFailure"
	hookDenied     = "PermissionDenied"
	hookPermission = "PermissionRequest"
)

// begins reports whether the record is of a tool call that is about to be made.
func (e *Event) begins() bool { return e.Hook == hookPre }

// ends reports whether it is of one that has ended.
func (e *Event) ends() bool {
	return e.Hook == hookPost || e.Hook == hookFailure || e.Hook == hookDenied
}

// IsCall reports whether it is a part of a tool call.
func (e *Event) IsCall() bool { return e.begins() || e.ends() }

// Failed reports whether a tool call or a turn ended with an error.
func (e *Event) Failed() bool {
	return e.Hook == hookFailure || e.Type == semconv.EventTurnFailure || e.Hook == hookPost && e.Error != ""
}

// Denied reports whether a tool call was denied: by a person, a permission mode
// or a rule.
func (e *Event) Denied() bool {
	return e.Hook == hookDenied || e.begins() && e.Decision == semconv.DecisionDeny
}

// Changes reports whether it is of a tool that writes a file.
func (e *Event) Changes() bool { return changes(e.Type, e.Tool) }

func changes(typ, tool string) bool {
	switch typ {
	case semconv.EventFileWrite, semconv.EventFileEdit:
		return true
	case semconv.EventNotebookOperation:
		return tool == "NotebookEdit"
	}
	return false
}

// counted reports whether it is an event of the session and no record about one.
func (e *Event) counted() bool {
	return e.Type != semconv.EventSecurityAlert && e.Type != semconv.EventAlertAcknowledged && e.Type != semconv.EventTelemetryGap &&
		e.Type != semconv.EventAgentLink
}

// call identifies the tool call that the record is a part of: by its id, and where
// there is none by what is done.
func (e *Event) call() string {
	if e.ToolUseID != "" {
		return e.ToolUseID
	}
	return strings.Join([]string{"", e.AgentID, e.Tool, e.File, e.Command, e.URL, e.Pattern, e.Description}, "\x00")
}

// What is the one thing to know of the event.
func (e *Event) What() string {
	switch {
	case e.Alert != nil:
		return e.Alert.what()
	case e.Type == semconv.EventSubAgentDelegation && e.Delegate != "":
		return strings.TrimSuffix(e.Delegate+": "+e.Description, ": ")
	case e.Type == semconv.EventSubagentStart, e.Type == semconv.EventSubagentStop:
		return e.AgentType
	case e.MCPTool != "":
		return strings.TrimPrefix(e.MCPServer+": "+e.MCPTool, ": ")
	}
	for _, s := range []string{e.Command, e.File, e.Pattern, e.URL, e.Preview, e.Description, e.Detail} {
		if s != "" {
			return s
		}
	}
	return ""
}

// forget drops what is the same in every record of a session.
func (e *Event) forget() {
	e.Session, e.Project, e.ProjectPath, e.Host, e.User, e.Claude = "", "", "", "", "", ""
}

// text is how many bytes its texts have.
func (e *Event) text() int {
	n := 0
	for _, s := range []string{
		e.ID, e.Type, e.Hook, e.Level, e.AgentID, e.AgentType, e.Parent, e.MadeBy, e.Link, e.PromptID, e.Tool, e.ToolUseID, e.File, e.Command, e.URL, e.Pattern, e.SearchPath, e.Part, e.Reports,
		e.MCPServer, e.MCPTool, e.Description, e.Detail, e.Preview, e.Delegate, e.DelegateID, e.DelegateStatus, e.Error, e.Message, e.HashBefore, e.HashAfter,
		e.Severity, e.Decision, e.Cause, e.AckOf,
	} {
		n += len(s)
	}
	for _, s := range e.Rules {
		n += len(s)
	}
	if a := e.Alert; a != nil {
		n += len(a.ID) + len(a.Title) + len(a.Response) + len(a.Rule) + len(a.RuleID) + len(a.Category) + len(a.EventID)
		for _, list := range [][]string{a.Evidence, a.Attack, a.Atlas} {
			for _, s := range list {
				n += len(s)
			}
		}
	}
	if e.Ack != nil {
		n += len(e.Ack.By) + len(e.Ack.Reason)
	}
	return n
}

// shortText is what is left of a text when there is no room for more, in bytes.
const shortText = 120

// shorten cuts the texts that can be long. It reports whether there was one.
func (e *Event) shorten() (cut bool) {
	short := func(s *string) {
		if len(*s) > shortText {
			*s, cut = bounded([]byte(*s), shortText), true
		}
	}
	for _, s := range []*string{&e.File, &e.Command, &e.URL, &e.Pattern, &e.SearchPath, &e.Description, &e.Detail, &e.Preview, &e.Message} {
		short(s)
	}
	if e.Alert != nil {
		a := *e.Alert
		short(&a.Title)
		short(&a.Response)
		if len(a.Evidence) > 1 {
			a.Evidence, cut = a.Evidence[:1:1], true
		}
		e.Alert = &a
	}
	return cut
}
