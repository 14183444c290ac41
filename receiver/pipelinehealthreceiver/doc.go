//go:generate mdatagen metadata.yaml

// Package pipelinehealthreceiver tells every minute how the collector itself is: what
// waits in the spool and before each backend, how large the audit log is, what was
// refused. So whoever has only Loki can see it.
package pipelinehealthreceiver
