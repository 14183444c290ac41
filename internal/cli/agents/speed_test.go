package agents

import (
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// BenchmarkCommands runs each command once over an audit log of 100,000 events, of
// 200 sessions of a day.
func BenchmarkCommands(b *testing.B) {
	var all []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Seed: 1, Events: 100_000, Start: noon.Add(-24 * time.Hour)}).All() {
		all = append(all, ld)
	}
	s := newStage(b, all...)
	for name, args := range map[string][]string{
		"tree":          {"tree", "--json"},
		"stats":         {"stats", "--since", "30d", "--json"},
		"compare-types": {"compare", "--types", "general-purpose", "main", "--json"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.ok(b, args...)
			}
		})
	}
}
