package auditverify

import (
	"fmt"
	"math"
	"time"
)

// finish answers what can be said only at the end.
func (r *run) finish() {
	r.clock.end(r.now)
	r.sess.finish()
	r.torn.unrecorded(r.files.torn)
	rep, l := r.rep, r.ledger
	if root, ok := r.root(); ok {
		rep.Root = hexOf(root)
	} else if l.count > 0 {
		r.res.skip(CheckCheckpointRoot, "the beginning of the log is missing: no root can be computed")
	}
	rep.Checkpoints = l.count
	if l.good != nil {
		rep.LastGoodCheckpoint, rep.Epoch = l.good.ref(), l.good.key.epoch
	}
	r.length()
	r.coverage()
	r.prunesSigned()
	r.finishAnchors()
	if n := r.clock.delayed; n > 0 && r.res.by[CheckTimestamps].Status == Pass {
		r.res.by[CheckTimestamps].Summary = fmt.Sprintf("%d events came late, up to %s: they had waited in the spool", n, short(r.clock.longest))
	}
	if l.unproven > 0 && r.res.by[CheckCheckpointRoot].Status == Pass {
		r.res.by[CheckCheckpointRoot].Summary = fmt.Sprintf("%d checkpoints are older than the first record that was kept: their roots cannot be computed", l.unproven)
	}
}

// length compares the log's length with the largest checkpoint. The key that
// signed it may have been lost with the records that are missing.
func (r *run) length() {
	want := r.ledger.claimed
	if last := r.ledger.last; last != nil {
		want = max(want, last.size)
	}
	if want <= r.size {
		return
	}
	r.res.fail(CheckLength, Finding{
		Seq: r.size, Offset: -1, Before: want, Expected: fmt.Sprint(want), Found: fmt.Sprint(r.size),
		Message: fmt.Sprintf("a checkpoint was made for %d records, and the log has %d: its end is missing", want, r.size),
	})
}

// coverage tells of the records behind the last good checkpoint.
func (r *run) coverage() {
	good := r.ledger.goodSize()
	r.rep.Tail = Tail{Records: max(0, r.size-max(good, r.firstSeq())), Bytes: r.tailSize}
	if r.rep.Tail.Records == 0 {
		return
	}
	age := time.Duration(math.MaxInt64)
	if r.tailAt != 0 {
		age = r.now.Sub(time.Unix(0, r.tailAt))
		r.rep.Tail.AgeSeconds = age.Seconds()
	}
	f := Finding{Seq: good, Offset: -1, Before: r.size}
	if age > r.opts.MaxTailAge {
		f.Message = fmt.Sprintf("no checkpoint covers the last %d records, since %s: they could be forged", r.rep.Tail.Records, short(age))
		if r.tailAt == 0 {
			f.Message = fmt.Sprintf("no checkpoint covers the last %d records: they could be forged", r.rep.Tail.Records)
		}
		r.res.warn(CheckCoverage, f)
		return
	}
	r.res.by[CheckCoverage].Summary = fmt.Sprintf("the last %d records are younger than %s and wait for a checkpoint", r.rep.Tail.Records, short(r.opts.MaxTailAge))
}

func (r *run) firstSeq() int64 { return r.chain.first }

// prunesSigned checks that a checkpoint covers the prune record on which the
// beginning of the log rests.
func (r *run) prunesSigned() {
	if r.prune == nil {
		return
	}
	switch {
	case r.res.failed(CheckPrune):
	case r.prune.seq >= r.ledger.goodSize():
		r.res.fail(CheckPrune, Finding{Seq: r.prune.seq, Offset: -1, Message: fmt.Sprintf("no good checkpoint covers prune record %d, which says why the records before %d are missing", r.prune.seq, r.prune.first)})
	case r.prune.first > r.firstSeq():
		r.res.warn(CheckPrune, Finding{Seq: r.prune.seq, Offset: -1, Message: fmt.Sprintf("the records %d to %d are there, though prune record %d removed them", r.firstSeq(), r.prune.first-1, r.prune.seq)})
	default:
		r.res.by[CheckPrune].Summary = fmt.Sprintf("the records before %d were pruned, says record %d", r.prune.first, r.prune.seq)
	}
}

// verdict sums up.
func (r *run) verdict(err error) {
	rep := r.rep
	rep.Verdict, rep.Reason = r.judge(err)
	rep.ExitCode = rep.Verdict.ExitCode()
}

func (r *run) judge(err error) (Verdict, string) {
	rep := r.rep
	// What was found before reading failed stays found.
	var failures, warnings int
	for _, c := range rep.Checks {
		switch c.Status {
		case Fail:
			failures++
		case Warn:
			warnings++
		}
	}
	switch {
	case failures > 0 && rep.FirstBad != nil:
		return Tampered, rep.FirstBad.Message
	case err != nil:
		return CannotTell, err.Error()
	case r.opts.Strict && warnings > 0:
		return Tampered, fmt.Sprintf("%d checks have warnings, and --strict counts them", warnings)
	case r.ledger.good == nil && r.good.newest == nil:
		return CannotTell, "no checkpoint is signed by the log's key: nothing vouches for the records"
	case !r.opts.asked():
		return NotAnchored, "no anchor was given: whoever has root on this host could have rewritten all of it"
	case len(r.anchors.list) == 0:
		return NotAnchored, "there is no cosignature of the witnesses given, and no timestamp of the authority: whoever has root on this host could have rewritten all of it"
	case r.good.newest == nil:
		return NotAnchored, "no anchor covers a record that is still there"
	case r.res.by[CheckCoverage].Status != Pass:
		return NotAnchored, r.res.by[CheckCoverage].Findings[0].Message
	case r.res.by[CheckAnchorAge].Status != Pass:
		return NotAnchored, r.res.by[CheckAnchorAge].Findings[0].Message
	case r.late != "" && r.good.onlyStamped():
		return NotAnchored, r.late
	}
	return Verified, fmt.Sprintf("the records up to %d are those that were %s", r.good.newest.size-1, r.good.newest.proof.done())
}
