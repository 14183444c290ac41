// Package auditlog is the file backup of every record that the collector takes
// in: an append-only log of JSON lines that is on disk before it is
// acknowledged. Nothing in it is tamper evident yet.
//
// # Files
//
// A log is one directory (0700). Its parts (0600 each):
//
//   - NNNNNNNN.jsonl: the segments, 00000000.jsonl first. Each line is one JSON
//     object, {"seq":N,"record":{…}}, ended by a newline. seq starts at 0 and
//     goes on without a gap over segments and restarts.
//   - NNNNNNNN.torn-OFFSET: bytes that a crash left at the end of a segment.
//   - lock: held by the one process that writes.
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
// A process that dies leaves at most one unacknowledged group behind. Open looks
// at the last segment's end: the tail is torn from the first line there that
// is broken (no end, no JSON, a seq that was there before) and has only broken
// ones behind it, or that has a NUL byte (a block never written). A broken line
// in front of sound ones is no work of a crash and stays. The torn bytes
// are copied to NNNNNNNN.torn-OFFSET.pending and synced, then cut off the
// segment, then a record of kind torn_tail is appended that gives segment,
// offset, bytes, sha256 and the copy's name, then .pending is taken off the name.
// An Open that dies is finished by the next: it cuts what is still there and
// records every copy that is still pending. (Dying between record and rename
// makes a second record of the same copy.) So every line that a crash leaves
// parses, and no byte is lost. When a tail is torn twice at one offset, the
// second copy is named NNNNNNNN.torn-OFFSET-2.
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
// left as it is; the log goes on in a new one, with the next seq, behind a record
// of kind disturbed. What was removed is lost, and the hole in seq shows it.
package auditlog
