//go:generate mdatagen metadata.yaml

// Package auditlogexporter keeps every log record in an append-only log of JSON
// lines on the local disk, and acknowledges it only once it is on disk.
package auditlogexporter
