//go:generate mdatagen metadata.yaml

// Package coordinationprocessor follows sessions, and hands on records of how their
// agents worked together in the place of the events.
package coordinationprocessor
