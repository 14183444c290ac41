// Package auditexport takes a part of the audit log out for an investigator,
// with what proves that it is a part of the log.
//
// An export is a directory that is made for it:
//
//   - events.jsonl: the exact lines of the log, in its order
//   - events.csv: the same for reading in a spreadsheet, one row a record
//   - proofs.jsonl: an inclusion proof for each line that has one
//   - manifest.json: what was asked for, what is there with its hash, the log's
//     id, and the signed checkpoint that the proofs are against
//
// The manifest is written last: a directory without one is no export. What it
// proves: that each line is in the log that was signed. What it does not: that
// no matching line was left out; for that, the log is exported again.
package auditexport
