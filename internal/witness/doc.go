// Package witness is a witness of audit logs (c2sp.org/tlog-witness): it runs on
// another machine, remembers the newest checkpoint of each log that it knows,
// and cosigns (c2sp.org/tlog-cosignature, Ed25519) a newer one only with proof
// that it continues the one before. So two versions of a log cannot both be
// cosigned, and no log can be rolled back behind what was cosigned.
//
// # Keys of a log
//
// An audit log changes its key at every start and every day, and a witness cannot
// read the key records in it. So the log sends along the notes by which each key
// named the next (auditlog.KeyChange), to add-key, a call of our own beside those
// of the specification. The witness starts from the key it was configured with,
// follows change by change, and then takes signatures of the newest key alone:
// the one of an epoch, once taken, is never exchanged, and a key that was given
// up is of no more use to whoever finds it.
//
// # Files
//
// In the witness's directory (0700, files 0600): key (its private key), lock,
// logs/HASH.json (state of the log whose origin has that SHA-256), checkpoints/HASH
// (what it cosigned, oldest first, for `agent-telemetry verify --anchor`; the
// older half in HASH.1), evidence/HASH (signed checkpoints that it refused because
// they contradict what it cosigned).
//
// The state is on disk before an answer is given. A witness whose directory was
// lost or was restored from a copy must not go on under its old key: it could
// cosign a second version of the same log.
package witness
