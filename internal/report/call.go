package report

import (
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// call is a tool call that a row is made of: it writes a file, or reaches outside.
type call struct {
	mod *Modification
	out *Violation
	// ended says that its result came before its announcement, and the row is made.
	ended bool
}

// changes reports whether an event is of a tool that writes a file.
func changes(e *auditlog.Entry) bool {
	switch e.Attribute(semconv.EventType) {
	case semconv.EventFileWrite, semconv.EventFileEdit:
		return true
	case semconv.EventNotebookOperation:
		return e.Attribute(semconv.ToolName) == "NotebookEdit"
	}
	return false
}

// newCall makes what is told of a call; nil when nothing is.
func newCall(e *auditlog.Entry) *call {
	k := &call{}
	outcome := OutcomeUnknown
	if e.Attribute(semconv.EnforcementDecision) == semconv.DecisionDeny {
		outcome = OutcomeDenied
	}
	outside := flag(e, semconv.OutsideProject)
	if changes(e) {
		k.mod = &Modification{
			Time: e.When().UTC(), Seq: e.Seq, Where: where(e), Tool: bounded(e.Attribute(semconv.ToolName), maxName),
			ToolUseID: bounded(e.Attribute(semconv.ToolCallID), maxName), File: bounded(e.Attribute(semconv.FilePath), maxPath),
			Outcome: outcome, Outside: outside,
			HashBefore:  bounded(e.Attribute(semconv.FileHashBefore), maxName),
			HashSkipped: bounded(e.Attribute(semconv.FileHashSkipped), maxName),
		}
	}
	if outside {
		k.out = &Violation{
			Time: e.When().UTC(), Seq: e.Seq, Where: where(e), Event: bounded(e.Attribute(semconv.EventType), maxName),
			Tool: bounded(e.Attribute(semconv.ToolName), maxName), ToolUseID: bounded(e.Attribute(semconv.ToolCallID), maxName),
			Outcome: outcome, ScopeUnknown: flag(e, semconv.ScopeUnknown),
		}
		k.out.What, k.out.WhatBytes = what(e)
	}
	if k.mod == nil && k.out == nil {
		return nil
	}
	return k
}

// result adds how a call ended.
func (k *call) result(e *auditlog.Entry, hook string) {
	outcome := OutcomeOK
	switch hook {
	case hookFailed:
		outcome = OutcomeFailed
	case hookDenied:
		outcome = OutcomeDenied
	}
	if k.out == nil && flag(e, semconv.OutsideProject) { // a link that was made meanwhile
		if made := newCall(e); made != nil {
			k.out = made.out
		}
	}
	if k.out != nil {
		k.out.Outcome = outcome
	}
	m := k.mod
	if m == nil {
		return
	}
	seq := e.Seq
	m.Outcome, m.ResultSeq, m.Outside = outcome, &seq, m.Outside || flag(e, semconv.OutsideProject)
	m.Error = bounded(e.Attribute(semconv.ErrorType), maxName)
	m.LinesAdded, m.LinesRemoved = integer(e, semconv.FileLinesAdded), integer(e, semconv.FileLinesRemoved)
	m.HashAfter = bounded(e.Attribute(semconv.FileHashAfter), maxName)
	if m.HashBefore == "" {
		m.HashBefore = bounded(e.Attribute(semconv.FileHashBefore), maxName)
	}
	if m.HashSkipped == "" {
		m.HashSkipped = bounded(e.Attribute(semconv.FileHashSkipped), maxName)
	}
	if m.File == "" {
		m.File = bounded(e.Attribute(semconv.FilePath), maxPath)
	}
}
