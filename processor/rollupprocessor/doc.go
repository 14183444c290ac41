//go:generate mdatagen metadata.yaml

// Package rollupprocessor counts the records of a batch, and hands on what it counted
// in their place: roll-ups, for the dashboards.
package rollupprocessor
