//go:generate mdatagen metadata.yaml

// Package claudehookreceiver takes Claude Code hook events in: OTLP/HTTP log
// requests from claude-hook and raw payloads of HTTP hooks, on a unix socket and
// on loopback TCP, and what the hooks left in the spool. It acknowledges a record
// only after the pipeline has it safe.
package claudehookreceiver
