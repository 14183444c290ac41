// Package witness has checkpoints cosigned by a witness on another machine
// (c2sp.org/tlog-witness), such as `agent-telemetry witness`: it checks that each
// one continues the one before, and so cannot be shown a second version of the
// log. The cosignature is the receipt.
//
// # Consistency proofs
//
// A proof needs hashes of the tree, of which the log itself keeps but a few. The
// proof from size m, which the witness has, to size n is made of subtrees of the
// first m leaves, which are those of m's compact range, and of subtrees of the
// leaves from m to n. So this package keeps two spans of subtree hashes, some
// sixty at most, and reads each line of the log once, when a checkpoint covers
// it. The span of the first m leaves is kept in a file beside the log and not
// trusted: a wrong one makes a proof that does not fit the checkpoint. Without it
// the log is read from its beginning, once.
package witness
