//go:generate mdatagen metadata.yaml

// Package agenttracesconnector makes spans of the events of agents: of sessions, their
// turns, the agents that work in them, and the calls of tools.
package agenttracesconnector
