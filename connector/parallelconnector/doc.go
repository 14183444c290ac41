//go:generate mdatagen metadata.yaml

// Package parallelconnector hands log records to several pipelines at the same
// time and waits for all of them. The collector's own fan-out calls one after the
// other, so that the time of every sync to the disk adds up before a sender gets
// its answer. Syncs that a pipeline hands over (package durability) go on while
// the others are called.
package parallelconnector
