package report

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
)

// MaxProven is how many records of a report are proven; it bounds the memory to
// some 150 MB.
const MaxProven = 1_000_000

// evidence is what the records are, as they were read.
type evidence struct {
	seqs   []int64
	leaves []tlog.Hash
	used   int
}

func (v *evidence) add(e *auditlog.Entry) {
	if v.used++; len(v.seqs) < MaxProven {
		v.seqs = append(v.seqs, int64(e.Seq)) //nolint:gosec // a log has not so many records
		v.leaves = append(v.leaves, auditlog.LeafHash(e.Line))
	}
}

// integrity verifies the log, and that the records that were read are in it: what is
// reported is what was signed, also when somebody changed files in between.
func (b *builder) integrity(ctx context.Context) error {
	i := &b.result.Integrity
	o := b.options.Verify
	o.Dir = b.options.Audit
	if err := i.verify(ctx, o, b.options.NoKey, &b.evidence); err != nil {
		return err
	}
	return i.prove(ctx, o, &b.evidence, func(auditverify.Inclusion) {})
}

// verify answers whether the log is as it was written.
func (i *Integrity) verify(ctx context.Context, o auditverify.Options, noKey string, v *evidence) error {
	i.Used, i.KeyFile, i.KeyLocal = v.used, o.KeyFile, o.KeyLocal
	r, err := auditverify.Verify(ctx, o)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	i.Verify = r
	if err != nil {
		i.Error = err.Error()
	}
	if noKey != "" {
		i.Error = noKey
	}
	return nil
}

// prove shows that the records, as they were read, are in the log that was signed.
func (i *Integrity) prove(ctx context.Context, o auditverify.Options, v *evidence, each func(auditverify.Inclusion)) error {
	switch {
	case v.used == 0:
		i.Reason = "there is no record"
		return nil
	case o.VKey == "":
		i.Reason = i.Error
		return nil
	case !slices.IsSorted(v.seqs):
		i.Reason = "the log is out of order"
		return nil
	}
	at := 0
	pack, err := auditverify.ProveMany(ctx, auditverify.Options{Dir: o.Dir, VKey: o.VKey, KeyFile: o.KeyFile, Origin: o.Origin}, v.seqs,
		func(seq int64) tlog.Hash {
			for v.seqs[at] != seq {
				at++
			}
			return v.leaves[at]
		},
		func(in auditverify.Inclusion) error {
			i.Proven++
			each(in)
			return nil
		})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, auditverify.ErrMismatch):
		i.Proven, i.Mismatch, i.Reason = 0, true, "what was read is not what was signed: "+err.Error()
		return nil
	case err != nil:
		i.Proven, i.Reason = 0, err.Error()
		return nil //nolint:nilerr // what cannot be proven is an answer
	}
	i.Against = pack
	switch {
	case v.used > len(v.seqs):
		i.Reason = fmt.Sprintf("of one report at most %d records are proven", MaxProven)
	case i.Proven < v.used:
		i.Reason = fmt.Sprintf("the newest checkpoint covers %d records, and what came later is not signed yet", pack.TreeSize)
	}
	return nil
}
