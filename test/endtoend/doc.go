// Package endtoend proves the product with its real binaries and a real Loki:
// what Claude Code hands over arrives, whole and once, in Loki and in the audit
// log, and nothing arrives that must not. It needs `make build`; -short skips it.
package endtoend
