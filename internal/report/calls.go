package report

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxOpen is how many calls without a result are remembered.
const maxOpen = 100_000

// call is a tool call that a row is made of: it writes a file, or reaches outside.
type call struct {
	mod *Modification
	out *Violation
	// ended says that its result came before its announcement, and the row is made.
	ended bool
}

// calls joins announcements of tool calls with their results, in bounded memory.
type calls struct {
	open   map[uint64]*call
	order  []uint64 // the oldest first, with some that are not open any more
	files  map[uint64]left
	finish func(*call) error
}

// left is what the last modification of a file left.
type left struct {
	hash string
	at   time.Time
}

func newCalls() *calls { return &calls{open: map[uint64]*call{}, files: map[uint64]left{}} }

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

// add takes an event in.
func (c *calls) add(e *auditlog.Entry) error {
	hook := e.Attribute(semconv.HookEvent)
	switch hook {
	case semconv.HookPreToolUse, hookPost, hookFailed, hookDenied:
	default:
		return nil // only calls reach anything
	}
	id := uint64(0)
	if use := e.Attribute(semconv.ToolCallID); use != "" {
		id = key(e.Attribute(semconv.SessionID), use)
	}
	known := c.open[id]
	if id == 0 {
		known = nil
	}
	if hook == semconv.HookPreToolUse {
		return c.announced(e, id, known)
	}
	switch {
	case known != nil && known.ended:
		return nil // a second result
	case known != nil:
		delete(c.open, id)
	default:
		if known = newCall(e); known == nil {
			return nil
		}
		if id != 0 {
			if err := c.remember(id, &call{ended: true}); err != nil {
				return err
			}
		}
	}
	known.result(e, hook)
	return c.done(known)
}

func (c *calls) announced(e *auditlog.Entry, id uint64, known *call) error {
	if known != nil { // its result came first, or it was announced before
		if known.ended {
			delete(c.open, id)
		}
		return nil
	}
	made := newCall(e)
	switch {
	case made == nil:
		return nil
	case id == 0: // nothing will tell how it ended
		return c.done(made)
	}
	return c.remember(id, made)
}

func (c *calls) remember(id uint64, k *call) error {
	c.open[id] = k
	c.order = append(c.order, id)
	for len(c.open) > maxOpen || len(c.order) > 4*maxOpen {
		oldest := c.order[0]
		c.order = c.order[1:]
		if gone := c.open[oldest]; gone != nil {
			delete(c.open, oldest)
			if err := c.done(gone); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest ends the calls that had no result.
func (c *calls) rest() error {
	for _, id := range c.order {
		if k := c.open[id]; k != nil {
			delete(c.open, id)
			if err := c.done(k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *calls) done(k *call) error {
	if k.mod == nil && k.out == nil {
		return nil
	}
	if k.mod != nil {
		c.custody(k.mod)
	}
	return c.finish(k)
}

// custody compares what a modification found with what the one before had left.
func (c *calls) custody(m *Modification) {
	if m.File == "" {
		return
	}
	id := key(m.File)
	before, known := c.files[id]
	if known && m.Time.Before(before.at) {
		return // recorded late
	}
	m.ChangedBetween = known && before.hash != "" && m.HashBefore != "" && m.HashBefore != before.hash
	switch {
	case m.HashAfter != "":
		if known || len(c.files) < maxFiles {
			c.files[id] = left{hash: m.HashAfter, at: m.Time}
		}
	case known && (m.Outcome == OutcomeOK || m.Outcome == OutcomeUnknown):
		delete(c.files, id) // nobody knows
	}
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

// row writes what is told of a call, and counts it.
func (b *builder) row(k *call) error {
	var c Counts
	var w *Where
	var at time.Time
	if m := k.mod; m != nil && b.inWindow(m.Time) && b.ofProject(m.Project, m.ProjectPath) {
		if err := b.result.modifications.add(m); err != nil {
			return err
		}
		c.Modifications, w, at = 1, &m.Where, m.Time
		b.modified(m)
	}
	if v := k.out; v != nil && b.inWindow(v.Time) && b.ofProject(v.Project, v.ProjectPath) {
		if err := b.result.violations.add(v); err != nil {
			return err
		}
		c.Outside, w, at = 1, &v.Where, v.Time
	}
	if w == nil {
		return nil
	}
	b.activity.add(at, c)
	b.result.Summary.add(c)
	if s := b.sessions.get(w.SessionID); s != nil {
		s.add(c)
	}
	if p := b.project(w.Project, w.ProjectPath); p != nil {
		p.add(c)
	}
	return nil
}

// modified counts a modification that was made.
func (b *builder) modified(m *Modification) {
	if m.Outcome != OutcomeOK {
		return
	}
	if len(b.files) < maxFiles {
		b.files[key(m.File)] = struct{}{}
	}
	s := &b.result.Summary
	if m.LinesAdded != nil {
		s.LinesAdded += max(*m.LinesAdded, 0)
	}
	if m.LinesRemoved != nil {
		s.LinesRemoved += max(*m.LinesRemoved, 0)
	}
}
