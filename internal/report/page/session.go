package page

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// sessionView is what the template of a case file is given.
type sessionView struct {
	document
	*report.CaseFile
	Notices  []notice
	Figures  []figure
	Chart    *chartView
	Lanes    []laneView
	LanesX   []string
	Agents   *agentsView
	Together *coordinationView
	Alerts   rowsOf[story.Entry]
	Files    rowsOf[fileRow]
	Timeline rowsOf[timelineRow]
	Proof    []proofRow
	Evidence integrityView
}

// fileRow is a file that the session wrote.
type fileRow struct {
	Name, Path     string
	Edits, Failed  int
	Added, Removed int64
	First, Last    time.Time
	Before, After  string
	Outside        bool
}

// proofRow is a proof that can be saved.
type proofRow struct {
	Of, Name string
	Seq      int64
	Link     template.URL
	Bytes    int
}

// timelineFactor is how many times as many rows a timeline has as other tables.
const timelineFactor = 5

// WriteSession writes the case file of a session.
func WriteSession(out io.Writer, c *report.CaseFile, o Options) error {
	d, err := newDocument("Session "+text(c.Session.ID), "Session "+prefix(c.Session.ID, 36), o)
	if err != nil {
		return err
	}
	v := &sessionView{
		document: d, CaseFile: c, Notices: caseNotices(c), Figures: caseFigures(c), Evidence: integrity(&c.Integrity),
	}
	v.Chart, v.Lanes, v.LanesX = lanes(c)
	v.Agents, v.Together = agents(c), together(c)
	limit := o.rows()
	v.Alerts = rowsOf[story.Entry]{alertRows(c.Entries, limit), c.Session.Alerts.Total(), "the most severe first"}
	v.Files = files(c, limit)
	v.Timeline = timeline(c, limit*timelineFactor)
	if v.Proof, err = proofs(c); err != nil {
		return err
	}
	return execute(out, "session.html", v)
}

func caseNotices(c *report.CaseFile) []notice {
	list := []notice{verdict(&c.Integrity)}
	if c.Audit.Damaged != "" {
		list = append(list, notice{"bad", "A part of the audit log cannot be read", []string{sentence(c.Audit.Damaged), "What it holds may be missing from this report."}})
	}
	if n := c.Missing; n > 0 {
		list = append(list, notice{"warn", "The record of this session is not whole", []string{
			fmt.Sprintf("%s of the session have a number and no record. The timeline says where.", plural(n, "event")),
		}})
	}
	if c.LeftOut > 0 {
		list = append(list, notice{"warn", "This session is longer than one report holds", []string{
			fmt.Sprintf("The newest %s are not told of, but counted. agent-telemetry export takes all of them out.", plural(c.LeftOut, "record")),
		}})
	}
	return list
}

func caseFigures(c *report.CaseFile) []figure {
	s := &c.Session
	risk := figure{"", "Risk", number(s.Risk), "of 100"}
	switch {
	case s.Risk >= 70:
		risk.Class = "bad"
	case s.Risk >= 30:
		risk.Class = "warn"
	}
	outside := figure{"", "Outside scope", number(s.Outside), "tool calls"}
	if s.Outside > 0 {
		outside.Class = "warn"
	}
	alerts := figure{"", "Alerts", number(s.Alerts.Total()), "none"}
	if w := s.Alerts.Worst(); w != "" {
		alerts.Note = "the worst is " + w
		alerts.Class = "warn"
		if securityalert.Rank(w) >= 3 {
			alerts.Class = "bad"
		}
	}
	return []figure{
		{"", "Prompts", number(s.Prompts), plural(s.Events, "event")},
		{"", "Tool calls", number(s.ToolCalls), number(s.Errors) + " failed, " + number(s.Denied) + " denied"},
		{"", "Files edited", number(s.FilesEdited), "+" + number(s.LinesAdded) + " −" + number(s.LinesRemoved) + " lines"},
		{"", "Commands", number(s.Commands), number(s.Web) + " web, " + number(s.MCP) + " MCP"},
		{"", "Sub-agents", number(s.Agents), "in " + span(time.Duration(s.Duration)*time.Millisecond)},
		outside, alerts, risk,
	}
}

// alertRows are the session's alerts, the worst first.
func alertRows(entries []story.Entry, limit int) []story.Entry {
	list := []story.Entry{}
	for i := range entries {
		if entries[i].Kind == story.KindAlert && entries[i].Alert != nil {
			list = append(list, entries[i])
		}
	}
	slices.SortStableFunc(list, func(a, b story.Entry) int {
		return securityalert.Rank(b.Alert.Severity) - securityalert.Rank(a.Alert.Severity)
	})
	return list[:min(len(list), limit)]
}

// files sums up what was written to each file.
func files(c *report.CaseFile, limit int) rowsOf[fileRow] {
	at := map[string]int{}
	all := []fileRow{}
	for i := range c.Entries {
		t := c.Entries[i].Tool
		if c.Entries[i].Kind != story.KindTool || t == nil || !t.Change || t.File == "" {
			continue
		}
		n, known := at[t.File]
		if !known {
			n = len(all)
			at[t.File] = n
			all = append(all, fileRow{Name: file(t.File, c.Session.ProjectPath), Path: text(t.File), First: c.Entries[i].Time, Before: t.HashBefore})
		}
		f := &all[n]
		f.Outside = f.Outside || t.Outside
		if t.Outcome != story.OutcomeOK {
			f.Failed++
			continue
		}
		f.Edits++
		f.Added, f.Removed, f.Last = f.Added+t.Added, f.Removed+t.Removed, c.Entries[i].Time
		if t.HashAfter != "" {
			f.After = t.HashAfter
		}
	}
	return rowsOf[fileRow]{all[:min(len(all), limit)], len(all), "those that were written first"}
}

// proofs makes files of the proofs, which a browser saves without a network.
func proofs(c *report.CaseFile) ([]proofRow, error) {
	var list []proofRow
	for _, p := range c.Proofs {
		b, err := json.MarshalIndent(p.Proof, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("write a proof: %w", err)
		}
		list = append(list, proofRow{
			Of: text(p.Of), Seq: p.Seq, Name: fmt.Sprintf("proof-%d.json", p.Seq), Bytes: len(b),
			Link: template.URL("data:application/json;base64," + base64.StdEncoding.EncodeToString(b)), //nolint:gosec // base64 only
		})
	}
	return list, nil
}
