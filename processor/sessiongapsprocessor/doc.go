//go:generate mdatagen metadata.yaml

// Package sessiongapsprocessor notices when events of a session are missing: it
// watches the numbers that the sessions' events have, and adds a record to the
// pipeline when a number does not come.
package sessiongapsprocessor
