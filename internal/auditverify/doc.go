// Package auditverify answers an auditor's questions about an audit log: was
// anything in it changed, added, moved or removed since it was written?
//
// It reads the log once, in constant memory, hashing on all processors, and
// trusts nothing that lies in the log's directory: the key and the anchors come
// from elsewhere. What it believes is what a signature covers.
//
// # What is checked against what
//
//   - Each line names the hash of the line before it (chain.go). That finds where
//     a log was changed, but whoever changes it can hash anew.
//   - The lines are the leaves of a Merkle tree (tree.go), and the signed
//     checkpoints (checkpoints.go) say what its root was at many sizes. Each
//     root is computed again. Whoever changes a line cannot sign.
//   - A key signs its successor's (keys.go). The private half of the old one is
//     erased, so that whoever takes over the host cannot sign the past.
//   - Anchors are checkpoints that were kept where this host cannot change them
//     (anchors.go). They find the log that was cut, replaced by an older copy of
//     itself, or written anew with a stolen key.
//   - Times, heartbeats and the numbers of each session (times.go, sessions.go)
//     show what never got into the log.
//
// The parser and the tree are the verifier's own and share no code with what
// writes the log, so that a fault of one is not hidden by the same fault of the
// other.
//
// ParseProof, Prove and Proof.Check are for one record: a proof that it is in the
// log, which a third party checks without having the log.
package auditverify
