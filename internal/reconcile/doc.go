// Package reconcile finds out what of the agents' events is missing, by
// comparing the audit log with itself and with what others recorded of the same
// work.
//
//   - Every hook event of a session has a number, from 1, without holes.
//   - A tool call that was announced has a result, or a reason why it has none.
//   - Loki has what the audit log has, and nothing else.
//   - Claude Code's own transcript of a session names every tool call, and so
//     does its own telemetry where that is on: each must have a hook event.
//
// Nothing that an agent can write is believed further than it says itself: the
// transcript lies in a directory that the agent can write to, so it can show a
// loss but cannot disprove one.
package reconcile
