//go:generate mdatagen metadata.yaml

// Package securityalertprocessor judges what agents do: it gives each event to the
// security rules and adds a record to the pipeline for what they find.
package securityalertprocessor
