package activity

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var t0 = time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)

// event is one of a session, s seconds after t0.
func event(s int, session, kind, tool string, phase Phase) *Event {
	return (&Event{Time: t0.Add(time.Duration(s) * time.Second), Session: session, Project: "shop", Type: kind, Tool: tool, Phase: phase, What: "something"}).finish()
}

func alert(s int, session, id, severity string) *Event {
	e := event(s, session, semconv.EventSecurityAlert, "Bash", PhaseNone)
	e.Alert = &Alert{ID: id, Severity: severity, Rule: "remote-code"}
	return e
}

func ack(s int, session, id string) *Event {
	e := event(s, session, semconv.EventAlertAcknowledged, "", PhaseDone)
	e.Ack = &Ack{Time: e.Time, AlertID: id, By: "ana"}
	return e
}

// play applies events as they would come, and returns the time of the last.
func play(s *State, events ...*Event) time.Time {
	now := t0
	for _, e := range events {
		if e.Time.After(now) {
			now = e.Time
		}
		s.Apply(e, now)
	}
	return now
}

func TestASessionFromItsEvents(t *testing.T) {
	s := NewState(t0)
	begin := event(0, "a", semconv.EventSessionStart, "", PhaseNone)
	begin.What = "startup"
	now := play(s, begin,
		event(1, "a", "command_execution", "Bash", PhaseBefore), event(2, "a", "command_execution", "Bash", PhaseDone),
		event(3, "a", "file_edit", "Edit", PhaseBefore), event(4, "a", "file_edit", "Edit", PhaseFailed),
		event(5, "b", "file_read", "Read", PhaseDone), // its start and what came before are older than the view
		alert(6, "a", "1", "critical"), alert(6, "a", "2", "low"), alert(6, "a", "2", "low"))
	got := s.Sessions(now)
	require.Len(t, got, 2)
	b, a := got[0], got[1]
	require.Equal(t, []string{"b", "a"}, []string{b.ID, a.ID}, "the one that began last stands first")
	require.True(t, a.Begun)
	require.False(t, b.Begun)
	require.Equal(t, 2, a.Calls())
	require.Equal(t, 1, b.Calls())
	require.Equal(t, 1, a.Errors)
	require.Equal(t, 5, a.Events, "alerts are no actions")
	require.Equal(t, "Edit", a.Action.Tool)
	require.Equal(t, 4, a.WorstAlert())
	require.Equal(t, 2, a.OpenAlerts(), "an alert that is told twice is one")
	require.Equal(t, 5, a.Recent.PerMinute(now))

	total := s.Totals(now)
	require.Equal(t, [5]int{0, 1, 0, 0, 1}, total.Open)
	require.Equal(t, 2, total.Calls)
	require.Equal(t, 1, total.Errors)
	require.Equal(t, 8, total.Events)

	now = play(s, ack(7, "a", "1"), ack(8, "a", "1"), ack(8, "a", "unknown"), event(9, "b", semconv.EventSessionEnd, "", PhaseNone))
	got = s.Sessions(now)
	require.Equal(t, "a", got[0].ID, "sessions that ended stand behind")
	require.Equal(t, 1, got[0].WorstAlert())
	require.Equal(t, 1, got[0].Acked)
	require.Equal(t, "Edit", got[0].Action.Tool, "an acknowledgement is nothing that the session did")
	require.False(t, got[1].Active(now))
	require.Equal(t, "ana", s.AckOf("1").By)
	require.Len(t, s.Alerts(nil, false), 2)
	require.Len(t, s.Alerts(nil, true), 1)
	require.False(t, got[0].Active(now.Add(ActiveFor)), "a session that is silent is not at work")
	require.True(t, play(s, event(10, "b", "file_read", "Read", PhaseDone)).After(now))
	require.True(t, s.Sessions(now)[0].Active(now), "one that goes on has not ended")
}

func TestToolsAndRates(t *testing.T) {
	s := NewState(t0)
	var events []*Event
	for i := range 20 {
		done := event(i, "a", "command_execution", "Bash", PhaseDone)
		done.Duration = time.Second
		events = append(events, event(i, "a", "command_execution", "Bash", PhaseBefore), done)
	}
	now := play(s, append(events, event(19, "a", "file_read", "Read", PhaseFailed))...)
	tools := s.Tools()
	require.Equal(t, []string{"Bash", "Read"}, []string{tools[0].Name, tools[1].Name})
	require.Equal(t, 20, tools[0].Calls())
	require.Equal(t, time.Second, tools[0].Average())
	require.Equal(t, 1, tools[1].Errors)
	total := s.Totals(now.Add(time.Second))
	require.InDelta(t, 2.1, total.EventsPerSec, 0.01)
	require.InDelta(t, 1, total.CallsPerSec, 0.01)
	require.Zero(t, s.Totals(now.Add(time.Minute)).EventsPerSec)
}

// TestNothingGrows sends what a hostile agent would: new names in every event.
func TestNothingGrows(t *testing.T) {
	s := NewState(t0)
	body := make([]byte, MaxBody)
	for i := range 3 * maxEvents {
		name := fmt.Sprint("name-", i)
		e := event(i/1000, name, name, name, PhaseBefore)
		if i%2 == 0 {
			e.Body = body
		}
		s.Apply(e, e.Time)
		s.Apply(alert(i/1000, name, name, name), e.Time)
	}
	require.LessOrEqual(t, len(s.Events(nil)), maxEvents)
	require.LessOrEqual(t, s.ring.bytes, maxEventBytes)
	require.LessOrEqual(t, cap(s.ring.events), 4*maxEvents)
	require.Len(t, s.sessions.byID, maxSessions)
	require.Len(t, s.Alerts(nil, false), maxAlerts)
	require.Len(t, s.alerts.byID, maxAlerts)
	require.LessOrEqual(t, len(s.tools), maxTools+1)
	total := s.Totals(t0)
	require.Equal(t, 3*maxEvents-maxSessions, total.LostSessions)
	require.Equal(t, 3*maxEvents-maxAlerts, total.LostAlerts)
	require.Equal(t, 6*maxEvents, total.Events, "what is forgotten was counted")
}

// TestClocks: times of events are the sender's claim.
func TestClocks(t *testing.T) {
	s := NewState(t0)
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Unix(-1<<60, 0), t0.AddDate(5000, 0, 0), time.Unix(1<<60, 0), t0.Add(-time.Hour)} {
		e := event(0, "a", "file_read", "Read", PhaseBefore)
		e.Time = at
		s.Apply(e, t0)
	}
	got := s.Sessions(t0)
	require.Len(t, got, 1)
	require.False(t, got[0].Last.After(t0), "no clock that is ahead keeps a session at work")
	require.False(t, got[0].Active(t0.Add(time.Hour)))
	require.NotPanics(t, func() { s.Totals(t0.Add(-24 * time.Hour)) }, "nor does ours, set back")
	require.Equal(t, 6, s.Totals(t0).Events)
}

func TestSeries(t *testing.T) {
	s := Series{Step: RecentStep}
	s.Add(t0, t0, 2)
	s.Add(t0.Add(-5*time.Minute), t0, 3)
	s.Add(t0.Add(-time.Hour), t0, 100)
	s.Add(t0.Add(time.Hour), t0, 1)
	require.Equal(t, 3, s.PerMinute(t0))
	bars := s.Bars(10, t0)
	require.Equal(t, uint32(3), bars[9])
	require.Equal(t, uint32(3), bars[4])
	require.Zero(t, s.PerMinute(t0.Add(2*time.Minute)))
	s.Add(t0.Add(-48*time.Hour), t0.Add(-48*time.Hour), 7)
	require.Equal(t, 7, s.PerMinute(t0.Add(-48*time.Hour)), "a clock that was set back begins anew")
}
