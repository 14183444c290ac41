// Package queuestorageextension is a collector storage extension made for the
// persistent sending queue of exporters: what was offered is on disk before
// Offer returns, at the price of one fdatasync.
//
// # Layout
//
// Every client has a directory of its own under Config.Directory, locked with
// flock. In it an append-only journal of segment files: one Batch is one
// record (length, sequence number, CRC32C, operations) and therefore atomic.
// In memory there is an index from key to place; small values and the queue's
// own metadata are kept in memory themselves. A value is read back with pread
// and checked against the CRC that the index remembers.
//
// A segment file is named after its number and a random salt. The salt is the
// record marker and part of every CRC, so nothing that an agent can put into
// an item looks like a record to the search for the next good one.
//
// # What is synced, and why the rest need not be
//
// A Batch that sets anything but the queue's metadata is on disk when it
// returns; callers that come together share one fdatasync. The reader's and
// the deleter's bookkeeping is appended at once and synced later: with the
// next item, at the change of segments, every SyncInterval, and at Close.
//
// That is safe because a sync covers all that was appended before it: what a
// power cut leaves is the journal up to some record that is not older than the
// last item acknowledged. It is therefore a state the queue really was in, in
// which some items that have been sent since are still queued. They are sent
// again, which at-least-once delivery allows and Loki stores once. A process
// that is killed loses nothing, because the kernel has what was appended.
//
// # Deletes without anything else
//
// At its start the persistent queue reads the items that were being sent,
// deletes them all in one Batch, and only then puts them back one by one. A
// crash in between would lose them. A Batch of nothing but deletes of items is
// therefore only remembered, and recorded together with the next bookkeeping
// that sets something (or at Close), which the queue does when all are back.
package queuestorageextension

//go:generate mdatagen metadata.yaml
