// Package recorded has sessions for tests: what Claude Code would send in them goes
// through internal/hookevent, and from there into an audit log by the real exporter,
// and from the audit log into a real Loki. Ids and times are the same every time.
package recorded
