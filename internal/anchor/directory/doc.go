// Package directory keeps checkpoints in another directory: a mount of another
// machine, a removable disk, a directory that something else carries away.
//
// Each log has one file a month, LOGID-YYYY-MM.checkpoints (UTC, 0600): signed
// notes, oldest first, each followed by an empty line, as in the log's own file
// and as `agent-telemetry verify --anchor` reads it. It is only ever appended to
// and synced before a checkpoint counts as anchored.
package directory
