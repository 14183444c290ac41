//go:generate mdatagen metadata.yaml

// Package signallogsconnector makes log records of metrics and spans: one of
// each data point and one of each span, so that they reach backends that take
// only logs.
package signallogsconnector
