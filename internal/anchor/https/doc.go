// Package https posts checkpoints to any HTTPS endpoint: a small service of
// one's own, an append-only object store behind a gateway, a function.
//
// The body is the signed note byte for byte (text/plain; charset=utf-8). A 2xx
// answer says that the endpoint has it for good. What the answer holds is kept
// as the receipt when it is note signature lines, such as the cosignatures of a
// witness (c2sp.org/tlog-cosignature); with cosigners configured, each line that
// is needed has to be there and has to verify.
package https
