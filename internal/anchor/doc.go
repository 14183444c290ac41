// Package anchor takes the audit log's checkpoints off the host, to places where
// whoever takes over the host cannot take them back. What such a place holds is
// what bounds a later forgery: no line that an anchored checkpoint covers can
// be changed or removed unseen. What came after it can: the interval of the
// best anchor is the exposure.
//
// A Stage hangs on the log's checkpoints (auditlog.Options.OnCheckpoint) and
// hands them to each Anchor by a goroutine of its own. Nothing of it is on the
// way of an acknowledgement, and an anchor that is slow, hung or down holds up
// neither the log nor another anchor. The newest checkpoint wins: it stands for
// all before it, so nothing is queued and memory is bounded.
//
// Each kind of anchor is a package below this one.
package anchor
