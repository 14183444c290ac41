package recorded

import (
	"cmp"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxTypes bounds the types in a record of a session, and the records of types.
const maxTypes = 50

// maxTitles bounds the recommendations in a record of a session.
const maxTitles = 20

// Delegation makes the record of a delegation.
func Delegation(of Of, d *coordination.Delegation) Record {
	line := map[string]any{
		"session_id": of.Session, "delegation": d.ID, "agent_id": d.AgentID, "agent_type": d.AgentType, "parent_id": d.ParentID,
		"parent_type": d.ParentType, "depth": d.Depth, "call": d.Call, "link": d.Link, "background": d.Background,
		"begin": stamp(d.Begin), "end": stamp(d.End), "outcome": d.Outcome, "status": d.Status, "stops": d.Stops,
		"duration_ms": d.Duration, "own_ms": d.Own, "waiting_ms": d.Waiting, "approval_ms": d.Approval, "tools_ms": d.Tools,
		"tool_calls": d.ToolCalls, "errors": d.Errors, "denied": d.DeniedCalls, "children": d.Children,
		"files_read": d.FilesRead, "files_changed": d.FilesChanged, "searches": d.Searches, "tokens": d.Tokens, "tokens_from": d.TokensFrom,
		"reported_tool_calls": d.ReportedToolCalls, "reported_duration_ms": d.ReportedDuration,
	}
	if d.Description != "" {
		line["description"] = d.Description
	}
	if d.Read != nil {
		line["read"] = d.Read
	}
	if d.Changed != nil {
		line["changed"] = d.Changed
	}
	return Record{
		Of: of, Event: semconv.EventAgentDelegation, ID: of.Session + "/" + d.ID, Time: d.End, Line: line,
		Agent: agent{id: d.AgentID, typ: d.AgentType, parent: d.ParentID, call: d.Call, depth: d.Depth, placed: true},
	}
}

// Conflict makes the record of a conflict.
func Conflict(of Of, c *coordination.Conflict) Record {
	line := map[string]any{"session_id": of.Session, "conflict": c.ID, "file": c.File, "kind": c.Kind, "gap_ms": c.Gap, "base": c.Base}
	touch(line, "first", c.First)
	touch(line, "second", c.Second)
	return Record{Of: of, Event: semconv.EventAgentConflict, ID: of.Session + "/" + c.ID, Time: c.Second.Time, Line: line, Agent: toucher(c.Second)}
}

// Repeat makes the record of work that was done again.
func Repeat(of Of, r *coordination.Repeat) Record {
	line := map[string]any{"session_id": of.Session, "repeat": r.ID, "kind": r.Kind, "target": r.Target, "detail": r.Detail, "times": r.Times}
	touch(line, "first", r.First)
	touch(line, "second", r.Second)
	return Record{Of: of, Event: semconv.EventAgentRepeatedWork, ID: of.Session + "/" + r.ID, Time: r.Second.Time, Line: line, Agent: toucher(r.Second)}
}

func touch(line map[string]any, who string, t coordination.Touch) {
	line[who+"_agent"], line[who+"_type"], line[who+"_call"] = cmp.Or(t.AgentID, semconv.AgentMain), t.AgentType, t.Call
	line[who+"_time"] = t.Time.UTC().Format(time.RFC3339Nano)
}

func toucher(t coordination.Touch) agent { return agent{id: t.AgentID, typ: t.AgentType, call: t.Call} }

// Session makes the records of a session as a whole: one, and one for each type.
func Session(of Of, s *coordination.Session) []Record {
	line := totals(of, s)
	part := of.Session + "/" + strconv.FormatInt(s.Start.UnixMilli(), 10)
	out := []Record{{Of: of, Event: semconv.EventSessionCoordination, ID: part, Time: s.End, Line: line}}
	for i := range s.Types[:min(len(s.Types), maxTypes)] {
		t := &s.Types[i]
		line := share(t)
		line["session_id"], line["type_share"] = of.Session, t.Type
		out = append(out, Record{Of: of, Event: semconv.EventAgentTypeShare, ID: part + "/" + t.Type, Time: s.End, Line: line, Agent: agent{typ: t.Type}})
	}
	return out
}

// share are the fields of a type's record, and of the type in that of a session.
func share(t *coordination.TypeShare) map[string]any {
	return map[string]any{
		"agent_type": t.Type, "delegations": t.Delegations, "completed": t.Completed, "failed": t.Failed, "denied": t.Denied, "running": t.Running,
		"background": t.Background, "own_ms": t.Own, "approval_ms": t.Approval, "share": t.Share, "critical_path_ms": t.Critical,
		"duration_ms": t.Duration, "duration_max_ms": t.DurationMax, "duration_p50_ms": t.DurationP50,
		"tool_calls": t.ToolCalls, "errors": t.Errors, "tokens": t.Tokens,
	}
}

// totals are the fields of a session's record.
func totals(of Of, s *coordination.Session) map[string]any {
	e, p := s.Efficiency, s.CriticalPath
	line := map[string]any{
		"session_id": of.Session, "begin": stamp(s.Start), "end": stamp(s.End), "ended": s.Ended, "left_out": s.LeftOut,
		"wall_ms": e.Wall, "active_ms": e.Active, "work_ms": e.Work, "approval_ms": e.Approval, "peak": e.Peak,
		"parallelism": e.Parallelism, "parallel_efficiency": e.Efficiency, "overlap": e.Overlap, "delegated_share": e.Delegated,
		"critical_path_ms": p.Length, "critical_delegated_ms": p.Delegated,
		"conflicts": s.ConflictCount, "recommendations": len(s.Recommendations),
	}
	count(line, s)
	var types []any
	for i := range s.Types[:min(len(s.Types), maxTypes)] {
		types = append(types, share(&s.Types[i]))
	}
	line["types"] = types
	var titles []string
	for _, r := range s.Recommendations[:min(len(s.Recommendations), maxTitles)] {
		titles = append(titles, r.Title)
	}
	line["recommended"] = titles
	return line
}

// count adds what is counted of delegations and types.
func count(line map[string]any, s *coordination.Session) {
	agents, depth, fan := 0, 0, 0
	byParent := map[string]int{}
	for i := range s.Delegations {
		d := &s.Delegations[i]
		if d.AgentID != "" {
			agents++
		}
		depth = max(depth, d.Depth)
		if d.ParentID != "" && d.Outcome != coordination.OutcomeDenied {
			byParent[d.ParentID]++
			fan = max(fan, byParent[d.ParentID])
		}
	}
	var sum coordination.TypeShare
	calls, errors := 0, 0
	for i := range s.Types {
		t := &s.Types[i]
		calls, errors = calls+t.ToolCalls, errors+t.Errors
		if t.Type == semconv.AgentMain {
			continue
		}
		sum.Delegations += t.Delegations
		sum.Completed += t.Completed
		sum.Failed += t.Failed
		sum.Denied += t.Denied
		sum.Running += t.Running
		sum.Background += t.Background
		sum.ToolCalls += t.ToolCalls
		sum.Errors += t.Errors
		sum.Tokens += t.Tokens
	}
	for k, n := range map[string]int{
		"agents": agents, "depth": depth, "fan_out": fan, "delegations": sum.Delegations, "completed": sum.Completed, "failed": sum.Failed,
		"denied": sum.Denied, "running": sum.Running, "background": sum.Background, "tool_calls": calls, "errors": errors,
		"delegated_tool_calls": sum.ToolCalls, "delegated_errors": sum.Errors,
	} {
		line[k] = n
	}
	line["tokens"] = sum.Tokens
	concurrent := 0
	for _, c := range s.Conflicts {
		if c.Kind == coordination.ConflictConcurrent {
			concurrent++
		}
	}
	reads := 0
	for _, r := range s.Repeated {
		if r.Kind == coordination.RepeatRead {
			reads++
		}
	}
	line["concurrent_conflicts"], line["repeated_reads"], line["repeated_searches"] = concurrent, reads, len(s.Repeated)-reads
	line["repeated"] = s.RepeatCount
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
