package story

import (
	"cmp"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// telling makes entries of events that come in order.
type telling struct {
	made  []*Entry
	calls map[string]*call
	// about has the entries by the event ids that they are made of.
	about   map[string]*Entry
	alerts  []*Entry
	acks    map[string]*Acknowledgement // by alert
	agents  agents
	doubled int
}

func newTelling() *telling {
	return &telling{calls: map[string]*call{}, about: map[string]*Entry{}, acks: map[string]*Acknowledgement{}, agents: newAgents()}
}

func (t *telling) add(e *Event) {
	t.agents.see(e)
	switch {
	case e.Type == semconv.EventTelemetryGap, e.Type == semconv.EventAgentLink:
		// Which numbers are missing is told by the numbers themselves, and who called
		// whom by the agents.
	case e.Alert != nil:
		t.alert(e)
	case e.IsCall():
		t.call(e)
	default:
		t.other(e)
	}
}

// entry makes an entry of an event.
func (t *telling) entry(kind Kind, e *Event) *Entry {
	n := &Entry{
		Kind: kind, Time: e.Time, Event: e.Type, EventID: e.ID, Seq: e.Seq, Record: e.Record,
		AgentID: e.AgentID, AgentType: e.AgentType, Severity: e.Severity,
	}
	t.made = append(t.made, n)
	if e.ID != "" {
		t.about[e.ID] = n
	}
	return n
}

// alert keeps an alert until it is known which entry it is about.
func (t *telling) alert(e *Event) {
	a := *e.Alert
	t.agents.alert(e.AgentID)
	t.alerts = append(t.alerts, &Entry{
		Kind: KindAlert, Time: e.Time, Event: e.Type, EventID: e.ID, Record: e.Record,
		AgentID: e.AgentID, AgentType: e.AgentType, Severity: a.Severity, Alert: &a,
	})
}

// other makes the entry of an event that is no part of a tool call.
func (t *telling) other(e *Event) {
	kind, text := KindNote, e.What()
	switch e.Type {
	case semconv.EventUserPrompt:
		kind, text = KindPrompt, e.Preview
	case semconv.EventSessionStart, semconv.EventSessionEnd:
		kind, text = KindSession, e.Detail
	case semconv.EventSubagentStart, semconv.EventSubagentStop:
		kind, text = KindAgent, ""
	case semconv.EventTurnEnd:
		kind = KindTurn
	case semconv.EventTurnFailure:
		kind, text = KindTurn, cmp.Or(e.Error, e.Detail)
	case semconv.EventPermissionRequest:
		kind, text = KindPermission, ""
	case semconv.EventAlertAcknowledged:
		if e.Ack != nil {
			if _, known := t.acks[e.AckOf]; !known {
				t.acks[e.AckOf] = e.Ack
			}
			text = "by " + cmp.Or(e.Ack.By, "somebody") + ": " + e.Ack.Reason
		}
	}
	n := t.entry(kind, e)
	n.Text = text
	if kind == KindPermission {
		n.Tool = newTool(e)
		n.Tool.complete(e)
		n.Tool.Outcome = ""
	}
}

// entries puts everything in its order.
func (t *telling) entries(gaps []Entry) []Entry {
	behind := map[*Entry][]*Entry{}
	alone := t.made[:len(t.made):len(t.made)]
	for _, a := range t.alerts {
		a.Alert.Acknowledged = t.acks[a.Alert.ID]
		about := t.about[a.Alert.EventID]
		if a.Alert.EventID == "" || about == nil {
			alone = append(alone, a)
			continue
		}
		behind[about] = append(behind[about], a)
		if securityalert.Rank(a.Severity) > securityalert.Rank(about.Severity) {
			about.Severity = a.Severity
		}
	}
	for i := range gaps {
		alone = append(alone, &gaps[i])
	}
	slices.SortStableFunc(alone, func(x, y *Entry) int {
		return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(order(x), order(y)))
	})
	all := make([]Entry, 0, len(alone)+len(t.alerts))
	for _, n := range alone {
		t.agents.place(n)
		all = append(all, *n)
		for _, a := range behind[n] {
			t.agents.place(a)
			all = append(all, *a)
		}
	}
	return all
}

// order is the place of an entry among those of one instant: a gap stands in front
// of the number that is there again.
func order(n *Entry) uint64 {
	if n.Gap != nil {
		return 2*n.Gap.Last + 1
	}
	return 2 * n.Seq
}
