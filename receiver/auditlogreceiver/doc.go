//go:generate mdatagen metadata.yaml

// Package auditlogreceiver reads what the audit_log exporter of the same
// collector writes, and passes it on, from where it was the last time. The audit
// log so is the queue of the pipelines behind: what is acknowledged need be on
// disk once, and a backend that is away costs no more room.
package auditlogreceiver
