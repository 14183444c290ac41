// Package auditlog is the file backup of every record that the collector takes
// in: an append-only log of JSON lines that is on disk before it is
// acknowledged, and in which nothing that was signed can be changed unseen.
// docs/audit-log.md says what that promises and what it does not.
//
// # Files
//
// A log is one directory (0700). Its parts (0600 each):
//
//   - NNNNNNNN.jsonl: the segments, 00000000.jsonl first. Each line is one JSON
//     object, {"seq":N,"log":"ID","prev":"HASH","record":{…}}, ended by a newline.
//     seq starts at 0 and goes on without a gap over segments and restarts. log is
//     a UUID made with the log. prev is the leaf hash of the line before.
//   - checkpoints: every signed checkpoint, the oldest first.
//   - epochs: the change to every key but the first, each signed by the key before.
//   - tree: what spares Open to read the whole log. It is believed only where a
//     signed checkpoint agrees with it, and can be removed.
//   - NNNNNNNN.torn-OFFSET: bytes that a crash left at the end of a segment.
//   - aside-TIME, unchained-TIME: files that the log could not go on with.
//   - lock: held by the one process that writes.
//
// The private key of the epoch (audit.key) and the verification key of epoch 0
// (audit.pub) lie in another directory, Options.KeyDir.
//
// # The chain and the tree
//
// The leaves are the exact bytes of the lines without the newline; leaf N is the
// line of seq N. Hashes are those of golang.org/x/mod/sumdb/tlog. The chain is
// hashed while a group is encoded, the tree grows by a CompactRange once the group
// is on disk, and everything else is done by the keeper, a goroutine beside the
// appends: it signs a checkpoint after CheckpointInterval and at the end of each
// segment, changes the key, writes heartbeats and prunes. A failure there is told
// to the Observer and tried again; no append waits for it.
//
// # Durability
//
// Append returns after fdatasync (F_FULLFSYNC on macOS). Appenders that come
// while a group is being written form the next group and share its write and
// its fdatasync; a lone appender waits for nobody. The directory is synced when
// a segment is made.
//
// Segments are not preallocated. Measured on ext4: fallocate with KEEP_SIZE
// leaves fdatasync as slow as it was, for the size still changes with every
// line; writing zeros ahead makes a lone fdatasync 1.4 to 1.7 times faster, but then
// every tool that reads the file meets zeros behind the last line.
//
// # After a crash
//
// A process that dies leaves at most one unacknowledged group behind. Open takes
// the place that the tree file names, or reads from the first line on, and
// follows the chain to the last line that follows. What stands behind that in the
// last segment is torn when no line there is sound, or when a NUL byte comes first
// (a block never written). The torn bytes are copied to
// NNNNNNNN.torn-OFFSET.pending and synced, then cut off the segment, then a record
// of kind torn_tail is appended that gives segment, offset, bytes, sha256 and the
// copy's name, then .pending is taken off the name. An Open that dies is finished
// by the next: it cuts what is still there and records every copy that is still
// pending. (Dying between record and rename makes a second record of the same
// copy.) So every line that a crash leaves follows from the one before, and no byte
// is lost. When a tail is torn twice at one offset, the second copy is named
// NNNNNNNN.torn-OFFSET-2.
//
// # After a failed write
//
// A write that fails (a full disk) is cut off again and its appenders get
// ErrUnavailable; the next append tries anew. After a failed fsync the page
// cache cannot be believed: the segment is closed, opened again, cut to the last
// length known to be on disk, compared with the last line written, and synced
// before anything else is appended.
//
// # When somebody else changes the log
//
// Before each group the segment's name, identity and length are compared with
// what they should be. A segment that was removed, replaced, cut or lengthened is
// left as it is; the log goes on in a new one, behind a record of kind disturbed.
// Its first line follows from the last line that the log wrote, and the tree goes
// on: what was removed is a hole in seq, and earlier checkpoints still hold. The
// same is done for what was changed while the log was closed, as far as the tree
// file and a signed checkpoint agree where it ended. The file of checkpoints is
// compared before each one; a changed one is renamed and a new one begun.
//
// A log that cannot be gone on with begins anew, with a new id and a new key: when
// its lines are of the older form without log and prev, when its private key is
// gone, or when neither the tree file nor the lines agree with the last
// checkpoint. Its files are moved to a directory of their own, and a record of
// kind set_aside names them with their hashes. Nothing of this keeps Open from
// succeeding.
//
// # Keys
//
// A key signs for an epoch: from a start to the next, and no longer than
// EpochInterval. To change it, the next key is stored, a record of kind key says
// which it is, in a note signed by the key before, a checkpoint by that key covers
// the record, and only then it is overwritten and the next one takes its name. An
// Open after a crash finishes what was recorded and forgets what was not.
//
// # Retention
//
// Closed segments beyond RetentionMaxBytes or RetentionMaxAge are removed, one at
// a time: a record of kind prune has the subtree hashes of all that will be
// missing, a signed checkpoint covers the record, then the file goes. A segment
// whose lines do not lead to the next one was changed, and is kept as evidence.
package auditlog
