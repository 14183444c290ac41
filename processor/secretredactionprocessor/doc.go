//go:generate mdatagen metadata.yaml

// Package secretredactionprocessor takes secrets out of log records before
// anything behind it can write them to a disk or send them on.
package secretredactionprocessor
