package report

import (
	"time"
)

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
