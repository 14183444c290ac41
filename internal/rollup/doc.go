// Package rollup counts records of the audit log: a minute, a project and a tool, a
// session, a rule at a time. What it counted becomes records of its own, roll-ups,
// from which dashboards read what would take seconds to count in Loki.
//
// The result depends on nothing but the records and their part of the log: counting a
// part again gives the same roll-ups, which Loki stores once. docs/rollups.md describes
// them, semconv names what is in them.
package rollup
