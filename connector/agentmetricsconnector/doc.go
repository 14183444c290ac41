//go:generate mdatagen metadata.yaml

// Package agentmetricsconnector counts the events of agents: it makes metrics of
// their log records.
package agentmetricsconnector
