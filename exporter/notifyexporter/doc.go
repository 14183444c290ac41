//go:generate mdatagen metadata.yaml

// Package notifyexporter tells of security alerts: one instance a channel, such as
// mail or a webhook. A channel that is away holds up no other and not the pipeline,
// and gets every alert once when it is back.
package notifyexporter
