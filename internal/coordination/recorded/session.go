package recorded

import (
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of a session's records.
const (
	maxTypes  = 50 // in a record of a session, and records of types
	maxTitles = 20 // of recommendations
)

// Session makes the records of a session as a whole: one, and one for each type.
func Session(of Of, s *coordination.Session) []Record {
	part := of.Session + "/" + strconv.FormatInt(s.Start.UnixMilli(), 10)
	out := []Record{{Of: of, Event: semconv.EventSessionCoordination, ID: part, Time: s.End, Line: totals(of, s)}}
	for i := range s.Types[:min(len(s.Types), maxTypes)] {
		t := &s.Types[i]
		l := share(t)
		l.text("session_id", of.Session)
		l.text("type_share", t.Type)
		out = append(out, Record{Of: of, Event: semconv.EventAgentTypeShare, ID: part + "/" + t.Type, Time: s.End, Line: l, Agent: agent{typ: t.Type}})
	}
	return out
}

// share are the fields of a type's record, and of the type in that of a session.
func share(t *coordination.TypeShare) Line {
	l := make(Line, 0, 20)
	l.text("agent_type", t.Type)
	l.count("delegations", t.Delegations)
	l.count("completed", t.Completed)
	l.count("failed", t.Failed)
	l.count("denied", t.Denied)
	l.count("running", t.Running)
	l.count("background", t.Background)
	l.whole("own_ms", t.Own)
	l.whole("approval_ms", t.Approval)
	l.fraction("share", t.Share)
	l.whole("critical_path_ms", t.Critical)
	l.whole("duration_ms", t.Duration)
	l.whole("duration_max_ms", t.DurationMax)
	l.whole("duration_p50_ms", t.DurationP50)
	l.count("tool_calls", t.ToolCalls)
	l.count("errors", t.Errors)
	l.whole("tokens", t.Tokens)
	return l
}

// totals are the fields of a session's record.
func totals(of Of, s *coordination.Session) Line {
	e, p := s.Efficiency, s.CriticalPath
	l := make(Line, 0, 44)
	l.text("session_id", of.Session)
	l.text("begin", stamp(s.Start))
	l.text("end", stamp(s.End))
	l.truth("ended", s.Ended)
	l.count("left_out", s.LeftOut)
	l.whole("wall_ms", e.Wall)
	l.whole("active_ms", e.Active)
	l.whole("work_ms", e.Work)
	l.whole("approval_ms", e.Approval)
	l.count("peak", e.Peak)
	l.fraction("parallelism", e.Parallelism)
	l.fraction("parallel_efficiency", e.Efficiency)
	l.fraction("overlap", e.Overlap)
	l.fraction("delegated_share", e.Delegated)
	l.whole("critical_path_ms", p.Length)
	l.whole("critical_delegated_ms", p.Delegated)
	l.agents(s.Delegations)
	l.calls(s.Types)
	l.found(s)
	var types []Line
	for i := range s.Types[:min(len(s.Types), maxTypes)] {
		types = append(types, share(&s.Types[i]))
	}
	l.lines("types", types)
	var titles []string
	for i := range s.Recommendations[:min(len(s.Recommendations), maxTitles)] {
		titles = append(titles, s.Recommendations[i].Title)
	}
	l.count("recommendations", len(s.Recommendations))
	l.texts("recommended", titles)
	return l
}

// agents adds what is counted of delegations.
func (l *Line) agents(list []coordination.Delegation) {
	agents, depth, fan := 0, 0, 0
	byParent := map[string]int{}
	for i := range list {
		d := &list[i]
		if d.AgentID != "" {
			agents++
		}
		depth = max(depth, d.Depth)
		if d.ParentID != "" && d.Outcome != coordination.OutcomeDenied {
			byParent[d.ParentID]++
			fan = max(fan, byParent[d.ParentID])
		}
	}
	l.count("agents", agents)
	l.count("depth", depth)
	l.count("fan_out", fan)
}

// calls adds what is counted of types.
func (l *Line) calls(list []coordination.TypeShare) {
	var sum coordination.TypeShare
	calls, errors := 0, 0
	for i := range list {
		t := &list[i]
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
	l.count("delegations", sum.Delegations)
	l.count("completed", sum.Completed)
	l.count("failed", sum.Failed)
	l.count("denied", sum.Denied)
	l.count("running", sum.Running)
	l.count("background", sum.Background)
	l.count("tool_calls", calls)
	l.count("errors", errors)
	l.count("delegated_tool_calls", sum.ToolCalls)
	l.count("delegated_errors", sum.Errors)
	l.whole("tokens", sum.Tokens)
}

// found adds conflicts and repeated work.
func (l *Line) found(s *coordination.Session) {
	concurrent, reads := 0, 0
	for i := range s.Conflicts {
		if s.Conflicts[i].Kind == coordination.ConflictConcurrent {
			concurrent++
		}
	}
	for i := range s.Repeated {
		if s.Repeated[i].Kind == coordination.RepeatRead {
			reads++
		}
	}
	l.count("conflicts", s.ConflictCount)
	l.count("concurrent_conflicts", concurrent)
	l.count("repeated", s.RepeatCount)
	l.count("repeated_reads", reads)
	l.count("repeated_searches", len(s.Repeated)-reads)
}
