// Package rfc3161 has checkpoints timestamped by a time-stamping authority
// (RFC 3161): a signed statement of a third party that the checkpoint was there
// at a time. The authority sees a hash and keeps nothing; the token is the
// receipt, and has to be kept off the host with its checkpoint to be of worth.
//
// The answer is checked as far as it can be: granted, our hash, our nonce, one
// signer whose certificate is for timestamping alone and is the one that the
// signature names, a sound signature; and with ca_file, that the certificate
// chains to a root of that file at the time of the token. Revocation is not
// looked up.
package rfc3161
