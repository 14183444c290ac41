package boards

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// lives are the records of a chosen session that say where its agents stand, each of
// them two or three times: as it begins, as it stops, and when it turns out otherwise.
var lives = ofSession(is(semconv.LabelEvent, semconv.EventSubagentStart, semconv.EventSubagentStop, semconv.EventAgentLink)) +
	" | " + semconv.MetadataAgentID + "!=``"

// hasParent leaves those that say who called the agent.
const hasParent = " | " + semconv.MetadataAgentParent + "!=``"

// moment is the time of a record in milliseconds, as a number.
const moment = " | label_format at=`{{ __timestamp__ | unixEpochMillis }}` | unwrap at"

// labelled gives labels, in pairs of a name and a template or, without braces, another
// label, which stays as well.
func labelled(pairs ...string) string {
	var parts []string
	for pair := range slices.Chunk(pairs, 2) {
		name, value := pair[0], pair[1]
		if !strings.Contains(value, "{{") {
			value = "{{ ." + value + " }}"
		}
		parts = append(parts, name+"=`"+value+"`")
	}
	return " | label_format " + strings.Join(parts, ", ")
}

// Templates of agents.
const (
	mainTitle  = "main agent"
	agentTitle = "{{ if ." + semconv.MetadataAgentID + " }}{{ or ." + semconv.MetadataAgentType + " \"agent\" }}{{ else }}" + mainTitle + "{{ end }}"
	// Who acts: a call of the main agent names whom it calls.
	actingType = "{{ if ." + semconv.MetadataAgentID + " }}{{ ." + semconv.MetadataAgentType + " }}{{ end }}"
	actingID   = "{{ or ." + semconv.MetadataAgentID + " \"" + semconv.AgentMain + "\" }}"
)

// callEnded and callFailed are conditions of templates.
const (
	callFailed = "eq .hook_event \"PostToolUseFailure\""
	callEnded  = "or (eq .hook_event \"PostToolUse\") (" + callFailed + ")"
)

// where is 1 for a record for which the condition holds and 0 for the others: those
// who did nothing of the kind are there, too.
func where(condition string) string {
	return " | label_format n=`{{ if " + condition + " }}1{{ else }}0{{ end }}` | unwrap n"
}

// lastWord has a series with these labels for each agent, as the last record says that
// there is of it. Its value is that record's time in milliseconds. key is the label
// that tells agents apart.
func lastWord(lines, key string, labels ...string) string {
	by := " by (" + strings.Join(labels, ", ") + ")"
	return "topk(1, max" + by + " (max_over_time(" + lines + moment + " [" + whole + "])" + by + ")) by (" + key + ")"
}

// lived is for how many seconds each agent has been seen, by the label key.
func lived(lines, key string) string {
	by := " by (" + key + ")"
	end := func(which string) string {
		return which + by + " (" + which + "_over_time(" + lines + moment + " [" + whole + "])" + by + ")"
	}
	return "(" + end("max") + " - " + end("min") + ") / 1000"
}

// give gives the series of named the numbers of another expression that has the same key.
func give(named, key, numbers string) string {
	return "0 * " + named + " + on (" + key + ") group_left() (" + numbers + ")"
}

// Labels of nodes; all queries of nodes have all of them.
var nodeLabels = []string{style.NodeID, style.NodeTitle, style.NodeSubtitle, detailType}

const detailType = style.DetailPrefix + "type"

// acting are records with the labels of the node of the agent that acts.
func acting(lines string) string {
	return lines + labelled(style.NodeID, actingID, style.NodeTitle, agentTitle, style.NodeSubtitle, "{{ trunc 9 ."+semconv.MetadataAgentID+" }}", detailType, actingType)
}

// calling are records about the lives of agents with the labels of the node of the agent
// that called the one they are about.
func calling(lines string) string {
	const ofMain = "eq ." + semconv.MetadataAgentParent + " \"" + semconv.AgentMain + "\""
	return lines + labelled(style.NodeID, semconv.MetadataAgentParent,
		style.NodeTitle, "{{ if "+ofMain+" }}"+mainTitle+"{{ else }}not seen in this time{{ end }}",
		style.NodeSubtitle, "{{ if "+ofMain+" }}{{ else }}{{ trunc 9 ."+semconv.MetadataAgentParent+" }}{{ end }}",
		detailType, "{{ printf \"\" }}")
}

func sumOfNodes(lines string) string {
	return "sum" + by(nodeLabels) + "(sum_over_time(" + lines + " [" + whole + "]))"
}

func countOfNodes(lines string) string {
	return "sum" + by(nodeLabels) + "(count_over_time(" + lines + " [" + whole + "]))"
}

// orNodes adds nodes that the first expression has not, with 0.
func orNodes(expr, more string) string { return expr + " or on (" + style.NodeID + ") 0 * " + more }

func agentGraph() style.Panel {
	edges := lives + labelled(style.NodeID, semconv.MetadataAgentID, style.EdgeSource, semconv.MetadataAgentParent, style.EdgeTarget, semconv.MetadataAgentID)
	ofEdge := []string{style.NodeID, style.EdgeSource, style.EdgeTarget}
	return style.Graph(style.Spec{
		Title: "Who called whom", Unit: "short", Empty: noAgents,
		About: "Agents of the session. In a circle: tool calls that ended, and below it how many of them failed; the circle is green and red by the share of these. " +
			"On an arrow: for how many seconds the agent that it leads to has been seen. An agent without an arrow: it is not known who called it. Click one for what it did.",
		Overrides: []style.Override{style.Field(detailType, style.Nothing(), style.LinksTo(toAgentsStory(detailType)))},
		Targets: []style.Target{
			// Agents that only others name as their callers are there as well: an edge needs both of its nodes.
			style.Now(orNodes(sumOfNodes(acting(ofSession())+where(callEnded)), countOfNodes(calling(lives+hasParent)))),
			// A failed call is always WARN.
			style.Now(countOfNodes(acting(ofSession(is(semconv.LabelLevel, "WARN")) + " | hook_event=`PostToolUseFailure`"))),
			// What was taken back has no caller any more: the last word of all has to be one with a caller.
			style.Now(give("("+lastWord(edges, style.NodeID, ofEdge...)+" and on ("+strings.Join(ofEdge, ", ")+") "+lastWord(edges+hasParent, style.NodeID, ofEdge...)+")", style.NodeID, lived(edges, style.NodeID))),
		},
	}, "s")
}

const noAgents = "Choose a session above in which sub-agents worked"

// agentTree is a table of the session's agents, those further down set in.
func agentTree() style.Panel {
	const (
		id, kind, caller, depth = "id", "kind", "caller", "depth"
		setIn                   = "{{ repeat (int (max 0 (sub (int ." + semconv.MetadataAgentDepth + ") 1))) \"· \" }}{{ or ." + semconv.MetadataAgentDepth + " \"?\" }}"
	)
	named := lives + labelled(id, semconv.MetadataAgentID, kind, semconv.MetadataAgentType, caller, "{{ or ."+semconv.MetadataAgentParent+" \"not known\" }}", depth, setIn)
	each := lastWord(named, id, id, kind, caller, depth)
	acted := ofSession() + " | " + semconv.MetadataAgentID + "!=``" + labelled(id, semconv.MetadataAgentID)
	count := func(condition string) style.Target {
		return style.Now(give(each, id, "sum by ("+id+") (sum_over_time("+acted+where(condition)+" ["+whole+"]))"))
	}
	byID := " by (" + id + ")"
	return style.Ordered(style.Spec{
		Title: "Agents in the order in which they began", Unit: "short", Empty: noAgents,
		About: "Sub-agents of the session, how deep they are, and what each did. Seen for: from its first to its last record about its life; " +
			"one that has not stopped has lived longer. Who called it is the last word on it.",
		Targets: []style.Target{
			style.Now(give(each, id, "min"+byID+" (min_over_time("+named+moment+" ["+whole+"])"+byID+")")),
			style.Now(give(each, id, lived(named, id))), count(callEnded), count(callFailed),
		},
	}, style.Value(0),
		style.Column{Field: style.Value(0), Name: "Began", Unit: "dateTimeAsLocal", Width: 170},
		style.Column{Field: depth, Name: "Depth", Width: 80},
		style.Column{Field: kind, Name: "Agent", Links: []style.Link{toAgentsStory(kind)}},
		style.Column{Field: caller, Name: "Called by", Width: 170},
		style.Column{Field: id, Name: "Id", Width: 170},
		style.Column{Field: style.Value(1), Name: "Seen for", Unit: "s", Bar: true},
		style.Column{Field: style.Value(2), Name: "Calls", Width: 80},
		style.Column{Field: style.Value(3), Name: "Failed", Width: 80, Steps: style.FromZero(style.Warn)},
	)
}

// toAgentsStory leads to what agents of the type in a field did in the chosen session.
func toAgentsStory(field string) style.Link {
	return style.Link{
		Title: "What did agents of this type do?", UID: style.UIDSessions,
		Vars: []style.Var{{Name: style.VarAgent, Value: style.FromField(field)}}, Keep: []string{style.VarSession},
	}
}
