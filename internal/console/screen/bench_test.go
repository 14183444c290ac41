package screen

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

// BenchmarkFrame is what a frame costs when everything is full.
func BenchmarkFrame(b *testing.B) {
	now := time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)
	hub := activity.NewHub(now.Add(-time.Hour), func() time.Time { return now })
	for i := range 6000 {
		hub.Apply(&activity.Event{Time: now, Type: "command_execution", Hook: "PreToolUse", Phase: activity.PhaseBefore, Tool: "Bash", Session: fmt.Sprint("session-", i%500), What: "go test ./..."})
	}
	m := newModel(b.Context(), Options{Hub: hub, Now: func() time.Time { return now }, Source: "the audit log"})
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	b.ReportAllocs()
	for b.Loop() {
		m.Update(frameMsg{})
		m.View()
	}
}
