// Package eventgen makes the telemetry of many coding sessions: what a day of
// Claude Code agents looks like, in any number of events, the same for the same
// seed. The records are real ones: payloads as Claude Code sends them go through
// internal/hookevent, and alerts are what the default rules find in them.
//
//	g := eventgen.New(eventgen.Options{Seed: 1, Events: 20_000})
//	for ld := range g.All() {
//		// ld is a plog.Logs of at most Options.Batch records, in the order of time
//	}
//
// What it has: prompts with and without SuperClaude's commands and flags, calls of
// some twenty tools before and after, with durations, failures, denials and calls
// without an end, files with lines and hashes, sub-agents, turns, actions outside
// of the project, alerts, and Claude Code's own api_request events with tokens and
// cost. Nothing touches the file system, and all names are invented.
package eventgen
