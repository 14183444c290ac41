package hookevent

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"

	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

// Context is what an event needs beyond its payload.
type Context struct {
	Time       time.Time
	ID         string // UUIDv7
	Seq        uint64 // 0: none could be given
	SeqRestart bool   // the session's earlier state was lost
	Transport  string // semconv.TransportCommand or TransportHTTP
	Project    string // absolute path, or ""
	Outside    bool   // the file or directory acted on is outside the project
	// ScopeUnknown says that Outside is a guess: the file system did not answer.
	ScopeUnknown bool
	Enabled      bool // the marker or the installation activates the project now
	Preview      bool // a prompt's start may be kept
	SuperClaude  superclaude.Context

	ClaudeVersion    string
	TelemetryVersion string
	User             string

	File         filehash.Result // the file acted on, when it is being changed
	PayloadBytes int64           // of the raw payload
	PayloadHash  string          // SHA-256, hex
}

// Build makes the event of a payload.
func Build(p Payload, c Context) Event {
	b := builder{p: p, c: c, typ: p.eventType()}
	b.said = b.clean()
	b.act = b.action()
	b.change = b.fileChange()
	severity := b.severity()
	e := Event{
		Time:       c.Time,
		ID:         c.ID,
		Name:       semconv.EventNamePrefix + b.typ,
		Severity:   severity,
		Attributes: b.attributes(),
		Body:       b.body(severity),
	}
	if s := p.SessionID(); s != "" {
		e.TraceID = TraceID(s)
	}
	if id := p.ToolUseID(); id != "" {
		e.SpanID = SpanID(id)
	}
	return e
}

// TraceID is the trace of a session: the first 16 bytes of SHA-256(session_id).
func TraceID(session string) (id [16]byte) {
	sum := sha256.Sum256([]byte(session))
	copy(id[:], sum[:])
	return id
}

// SpanID is the span of a tool call: the first 8 bytes of SHA-256(tool_use_id).
func SpanID(toolUse string) (id [8]byte) {
	sum := sha256.Sum256([]byte(toolUse))
	copy(id[:], sum[:])
	return id
}

// builder holds what attributes and body share.
type builder struct {
	p      Payload
	c      Context
	typ    string
	said   said
	act    action
	change change
}

// said is what attributes and body say in the same words: cleaned once.
type said struct {
	hook, session, tool      string
	projectPath, projectName string
	preview                  string // of the prompt
}

func (b *builder) clean() said {
	return said{
		hook:        cleanName(b.p.HookEvent()),
		session:     cleanName(b.p.SessionID()),
		tool:        cleanName(b.p.ToolName()),
		projectPath: cleanPath(b.c.Project),
		projectName: b.projectName(),
		preview:     b.preview(),
	}
}

// maxName bounds names and ids that Claude Code or an agent chooses.
const maxName = 256

// cleanName cleans an identifier: bounded, on one line, valid UTF-8, redacted.
func cleanName(s string) string {
	if s == "" {
		return ""
	}
	clean, _ := redact.Text(oneLine(cut(s, 4*maxName), maxName))
	return clean
}

// maxPath is the longest path that Linux has.
const maxPath = 4096

// cleanPath cleans a path: on one line, whole up to the longest there is.
func cleanPath(s string) string {
	if s == "" {
		return ""
	}
	clean, _ := redact.Path(cut(s, 2*maxPath))
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || isReordering(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(cut(clean, maxPath), "\ufffd"))
}

func (b *builder) severity() log.Severity {
	if b.p.Err != nil || b.c.Outside || b.p.errorType() != "" {
		return log.SeverityWarn
	}
	return log.SeverityInfo
}

func (b *builder) scope() string {
	if b.c.Outside {
		return semconv.ScopeOutside
	}
	return semconv.ScopeProject
}

func (b *builder) projectName() string {
	if b.c.Project == "" {
		return ""
	}
	return cleanName(filepath.Base(b.c.Project))
}

func (b *builder) attributes() []attribute.KeyValue {
	f := make(fieldset, 0, 28)
	f.str(semconv.EventType, b.typ)
	f.str(semconv.EventID, b.c.ID)
	f.num(semconv.SessionSeq, int64(min(b.c.Seq, 1<<62)), b.c.Seq > 0)
	f.flag(semconv.SessionSeqRestarted, true, b.c.SeqRestart)
	f.str(semconv.HookEvent, b.said.hook)
	f.str(semconv.CaptureTransport, b.c.Transport)
	f.str(semconv.SessionID, b.said.session)
	f.str(semconv.ConversationID, b.said.session)
	f.str(semconv.PromptID, cleanName(b.p.Text("prompt_id")))
	f.str(semconv.PermissionMode, cleanName(b.p.Text("permission_mode")))
	f.str(semconv.ProviderName, semconv.ProviderAnthropic)
	f.str(semconv.OperationName, b.operation())
	f.str(semconv.ToolName, b.said.tool)
	f.str(semconv.ToolCallID, cleanName(b.p.ToolUseID()))
	f.str(semconv.AgentName, cleanName(b.agentType()))
	f.str(semconv.AgentID, cleanName(b.p.Text("agent_id")))
	f.str(semconv.ProjectPath, b.said.projectPath)
	f.str(semconv.ProjectName, b.said.projectName)
	f.str(semconv.Scope, b.scope())
	f.str(semconv.FilePath, b.act.filePath)
	f.flag(semconv.OutsideProject, b.c.Outside, b.act.scoped || b.c.Outside)
	f.flag(semconv.ScopeUnknown, true, b.c.ScopeUnknown)
	f.str(semconv.CommandLine, b.act.command)
	f.num(semconv.ExitCode, b.act.exitCode, b.act.hasExitCode)
	f.str(semconv.URLFull, b.act.url)
	f.str(semconv.ServerAddress, b.act.host)
	f.str(semconv.MCPServerName, b.act.mcpServer)
	duration, timed := integer(b.p.fields, "duration_ms")
	f.num(semconv.ToolDurationMillis, duration, timed)
	f.str(semconv.ErrorType, b.p.errorType())
	f = append(f, b.change.attributes()...)
	f.str(semconv.PromptPreview, b.said.preview)
	s := b.superClaude()
	f.strs(semconv.SuperCommands, s.Commands)
	f.strs(semconv.SuperPersonas, s.Personas)
	f.str(semconv.SuperReasoning, s.Reasoning)
	f.strs(semconv.SuperMCPServers, s.MCPServers)
	f.strs(semconv.SuperFlags, s.Flags)
	f.str(semconv.SuperWorkflow, s.Workflow)
	if b.p.Err != nil {
		f.str(semconv.DecodeError, oneLine(b.p.Err.Error(), maxName))
		f.num(semconv.PayloadBytes, b.c.PayloadBytes, true)
		f.str(semconv.PayloadSHA256, b.c.PayloadHash)
	}
	f.flag(semconv.PayloadInvalidUTF8, true, b.p.InvalidUTF8)
	return f
}

// operation is gen_ai.operation.name of a tool call or an agent's life.
func (b *builder) operation() string {
	switch {
	case b.typ == semconv.EventSubAgentDelegation, b.typ == semconv.EventSubagentStart, b.typ == semconv.EventSubagentStop:
		return semconv.OperationInvokeAgent
	case b.p.Err == nil && b.p.isToolCall():
		return semconv.OperationExecuteTool
	}
	return ""
}

// superClaude is the session's context, and for a delegation to one of the
// framework's agents that agent besides.
func (b *builder) superClaude() superclaude.Context {
	s := b.c.SuperClaude
	if agent := b.act.delegate; superclaude.IsAgent(agent) {
		s.Personas = appendOnce(s.Personas, agent)
	}
	return s
}

func appendOnce(names []string, n string) []string {
	for _, have := range names {
		if have == n {
			return names
		}
	}
	return append(append([]string(nil), names...), n)
}

// previewWindow is how much of a prompt is looked at for its preview: more than
// is shown, so that a secret is not cut in half before it is recognised.
const previewWindow = 4 << 10

func (b *builder) preview() string {
	if !b.c.Preview {
		return ""
	}
	prompt := b.p.HumanPrompt()
	if prompt == "" {
		return ""
	}
	clean, _ := redact.Text(cut(prompt, previewWindow))
	return oneLine(clean, semconv.PromptPreviewMaxRunes)
}

// Digest returns the SHA-256 of a payload, in hex.
func Digest(payload []byte) string {
	sum := sha256.Sum256(payload)
	return hex.EncodeToString(sum[:])
}
