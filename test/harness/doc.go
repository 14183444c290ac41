// Package harness runs the real thing for tests: the binaries of bin/, a stack
// of collector and Loki with ports and directories of its own, hook calls as
// Claude Code makes them, and what can be read back out of Loki, the audit log
// and the collector's own metrics.
package harness
