package hookevent

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// body makes the structured body, schema version 3.
func (b *builder) body(severity log.Severity) attribute.Value {
	f := make(fieldset, 0, 18)
	f.num(semconv.BodySchemaVersion, semconv.SchemaVersion, true)
	f.str(semconv.BodyTimestamp, b.c.Time.UTC().Format(time.RFC3339Nano))
	f.str(semconv.BodyLevel, severity.String())
	f.str(semconv.BodyEventType, b.typ)
	f.str(semconv.BodyHookEvent, b.said.hook)
	f.str(semconv.BodySessionID, b.said.session)
	f.str(semconv.BodyProjectPath, b.said.projectPath)
	f.str(semconv.BodyProjectName, b.said.projectName)
	f.str(semconv.BodyToolName, b.said.tool)
	f.flag(semconv.BodyTelemetryEnabled, b.c.Enabled, true)
	f.obj(semconv.BodyActionDetails, b.act.body(b.c.Outside))
	f.obj(semconv.BodySuperClaude, b.superClaudeBody())
	f.obj(semconv.BodyFileChanges, b.change.body())
	f.obj(semconv.BodyAgent, b.agent())
	f.obj(semconv.BodyMetadata, b.metadata())
	f.obj(semconv.BodyRawInput, b.p.rawInput(b.act))
	return attribute.MapValue(f...)
}

func (b *builder) superClaudeBody() []attribute.KeyValue {
	s := b.superClaude()
	var f fieldset
	f.strs(semconv.SuperBodyCommands, s.Commands)
	f.strs(semconv.SuperBodyPersonas, s.Personas)
	f.str(semconv.SuperBodyReasoning, s.Reasoning)
	f.strs(semconv.SuperBodyMCPServers, s.MCPServers)
	f.strs(semconv.SuperBodyFlags, s.Flags)
	f.str(semconv.SuperBodyWorkflow, s.Workflow)
	return f
}

func (b *builder) metadata() []attribute.KeyValue {
	f := make(fieldset, 0, 8)
	f.str(semconv.MetaClaudeVersion, cleanName(b.c.ClaudeVersion))
	f.str(semconv.MetaTelemetryVersion, b.c.TelemetryVersion)
	f.str(semconv.MetaUserID, cleanName(b.c.User))
	f.str(semconv.MetaScope, b.scope())
	f.str(semconv.MetaPromptPreview, b.said.preview)
	f.str(semconv.MetaEventID, b.c.ID)
	f.num(semconv.MetaSeq, int64(min(b.c.Seq, 1<<62)), b.c.Seq > 0)
	if b.p.Err != nil {
		var d fieldset
		d.str("error", oneLine(b.p.Err.Error(), maxName))
		d.num(fieldBytes, b.c.PayloadBytes, true)
		d.str(fieldSHA256, b.c.PayloadHash)
		f.obj("undecodable_payload", d)
	}
	return f
}
