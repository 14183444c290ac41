package auditverify

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// goodAnchors are the anchors that agree with the records.
type goodAnchors struct {
	newest *checkpoint // of the largest size
	by     map[[2]string]*goodAnchor
}

type goodAnchor struct {
	*checkpoint
	covers int64 // time of the last record that it covers
}

func (g *goodAnchors) add(a *checkpoint, covers int64) {
	if g.newest == nil || a.size > g.newest.size {
		g.newest = a
	}
	id := [2]string{string(a.proof.kind), a.proof.by}
	if g.by == nil {
		g.by = make(map[[2]string]*goodAnchor)
	}
	// Of several about the same records the one that was signed last says most.
	if old := g.by[id]; old == nil || a.size > old.size || a.proof.at.After(old.proof.at) {
		g.by[id] = &goodAnchor{checkpoint: a, covers: covers}
	}
}

// list returns the newest of each kind and each that signed, the largest first.
func (g *goodAnchors) list() []*goodAnchor {
	list := make([]*goodAnchor, 0, len(g.by))
	for _, a := range g.by {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *goodAnchor) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.proof.kind, b.proof.kind), cmp.Compare(a.proof.by, b.proof.by))
	})
	return list
}

// done says what was done to an anchor's checkpoint.
func (p *proof) done() string {
	switch p.kind {
	case Cosignature:
		return fmt.Sprintf("cosigned by %s at %s", p.by, p.at.Format(time.RFC3339))
	case Timestamp:
		return fmt.Sprintf("timestamped by %s at %s", p.by, p.at.Format(time.RFC3339))
	}
	return "anchored"
}

// checkAnchor compares an anchor with the records up to it.
func (r *run) checkAnchor(a *checkpoint) {
	if !r.authentic(a) {
		return
	}
	root, known := r.root()
	switch {
	case a.size != r.size || !known: // pruned: only the log's own checkpoint can tell
	case root != a.root:
		f := anchorFinding(a, "the records up to %d are not those that the anchor %s was made for", a.size-1, a.file)
		f.Seq, f.Before = 0, a.size
		if r.good.newest != nil {
			f.Seq = r.good.newest.size
		}
		f.Expected, f.Found = hexOf(a.root), hexOf(root)
		r.res.fail(CheckAnchorConsistency, f)
	default:
		r.good.add(a, r.lastAt)
		r.anchorTime(a)
		r.stamped(a)
	}
}

// anchorTime compares the time at which others signed with those of the records.
func (r *run) anchorTime(a *checkpoint) {
	if a.proof.kind == Copy {
		return
	}
	check := CheckCosignatures
	if a.proof.kind == Timestamp {
		check = CheckTokens
	}
	ahead := time.Unix(0, r.lastAt).Sub(a.proof.at.Add(time.Second)) // its fraction may have been cut
	if ahead > r.opts.Tolerance {
		r.res.warn(check, anchorFinding(a, "the records up to %d were %s, which is %s before the last of them says it was", a.size-1, a.proof.done(), short(ahead)))
	}
	if ahead = a.proof.at.Sub(r.now); ahead > r.opts.Tolerance {
		r.res.warn(check, anchorFinding(a, "the records up to %d were %s, which is %s ahead of the clock here", a.size-1, a.proof.done(), short(ahead)))
	}
	if ends := a.proof.ends; !ends.IsZero() && r.now.After(ends) {
		r.res.warn(check, anchorFinding(a, "the certificate of %s ended at %s, after it timestamped the records up to %d", a.proof.by, ends.UTC().Format(time.RFC3339), a.size-1))
	}
}

// stamped looks at how long after its records a timestamp was made. Unlike a
// witness, an authority signs every history: whoever has the log's key can write the
// end anew and have that timestamped, too. They cannot do so in the past.
func (r *run) stamped(a *checkpoint) {
	if a.proof.kind != Timestamp || r.unstamped == 0 {
		return
	}
	late := a.proof.at.Sub(time.Unix(0, r.unstamped))
	r.unstamped = 0
	if late <= r.opts.MaxAnchorAge {
		return
	}
	f := anchorFinding(a, "the records up to %d were timestamped only %s after the first of them: until then they could be written anew", a.size-1, short(late))
	if r.res.warn(CheckTokens, f); r.late == "" {
		r.late = f.Message
	}
}

// onlyStamped reports whether the good anchors are timestamps.
func (g *goodAnchors) onlyStamped() bool {
	for id := range g.by {
		if id[0] != string(Timestamp) {
			return false
		}
	}
	return true
}

// authentic reports whether an anchor is signed by a key of the log.
func (r *run) authentic(a *checkpoint) bool {
	k := r.keys.signerOf(a.note)
	if k == nil || !k.verify(a.note) {
		r.res.fail(CheckAnchorAuthentic, anchorFinding(a, "the anchor of size %d in %s is not signed by a key of this log", a.size, a.file))
		return false
	}
	return true
}

func anchorFinding(a *checkpoint, format string, args ...any) Finding {
	return Finding{Seq: -1, Segment: a.file, Offset: a.offset, Message: fmt.Sprintf(format, args...)}
}

// finishAnchors answers the checks of the anchors.
func (r *run) finishAnchors() {
	r.finishEvidence()
	checks := []Check{CheckAnchorAuthentic, CheckAnchorConsistency, CheckAnchorLength, CheckAnchorKnown, CheckAnchorAge}
	skip := func(why string) {
		for _, c := range checks {
			r.res.skip(c, why)
		}
	}
	if !r.opts.asked() {
		skip("no anchor was given: --anchor, --witness, --tsa-ca")
		return
	}
	r.rep.Anchors = len(r.anchors.list)
	for _, f := range r.anchors.broken {
		f.Seq = -1
		r.res.warn(CheckAnchorAuthentic, f)
	}
	if len(r.anchors.list) == 0 && r.anchors.foreign > 0 {
		r.res.fail(CheckAnchorAuthentic, Finding{
			Seq: -1, Offset: -1, Expected: r.keys.origin, Found: r.anchors.example,
			Message: fmt.Sprintf("the anchors are of another log: %s", r.anchors.example),
		})
	}
	if len(r.anchors.list) == 0 {
		skip("there is none")
		return
	}
	for _, a := range r.anchors.from(r.size + 1) {
		if !r.authentic(a) && r.keys.signerOf(a.note) != nil {
			continue // forged, and not only signed by a key whose record is missing
		}
		f := anchorFinding(a, "the anchor %s was made for %d records, and the log has %d: its end is missing, or it is an old copy", a.file, a.size, r.size)
		f.Seq, f.Before, f.Expected, f.Found = r.size, a.size, fmt.Sprint(a.size), fmt.Sprint(r.size)
		r.res.fail(CheckAnchorLength, f)
	}
	for _, a := range r.anchors.list {
		if k := r.keys.signerOf(a.note); !a.known && k != nil && k.verify(a.note) {
			r.res.fail(CheckAnchorKnown, anchorFinding(a, "the anchor of size %d in %s is not among the log's own checkpoints: those were cut or replaced", a.size, a.file))
		}
	}
	r.anchorAge()
}

// finishEvidence answers what witnesses and authorities signed.
func (r *run) finishEvidence() {
	e, rep := &r.evid, &r.rep.Evidence
	rep.Receipts, rep.Tokens, rep.Newest = e.receipts, e.sound, []CheckpointRef{}
	for _, n := range e.cosigned {
		rep.Cosignatures += n
	}
	for _, a := range r.anchors.list {
		if a.proof.kind == Copy {
			rep.Copies++
		}
	}
	for _, f := range e.forged {
		r.res.fail(f.Check, f)
	}
	for _, f := range e.findings {
		r.res.warn(f.Check, f)
	}
	if len(e.witnesses) == 0 {
		r.res.skip(CheckCosignatures, "no witness was given: --witness")
	}
	for i, w := range e.witnesses {
		if e.cosigned[i] == 0 {
			r.res.warn(CheckCosignatures, Finding{Seq: -1, Offset: -1, Expected: w.name, Message: fmt.Sprintf("there is no cosignature by %s with key %x", w.name, w.id)})
		}
	}
	switch {
	case e.roots == nil:
		r.res.skip(CheckTokens, "no authority was given: --tsa-ca")
	case e.tokens == 0:
		r.res.warn(CheckTokens, Finding{Seq: -1, Offset: -1, Message: "there is no timestamp token"})
	}
	if e.unread > 0 {
		check := CheckCosignatures
		if len(e.witnesses) == 0 {
			check = CheckTokens
		}
		r.res.warn(check, Finding{Seq: -1, Offset: -1, Message: fmt.Sprintf("%d lines of the receipts cannot be read", e.unread)})
	}
}

// anchorAge tells how much the newest good anchor leaves open.
func (r *run) anchorAge() {
	list := r.good.list()
	if len(list) == 0 {
		return
	}
	for _, a := range list {
		r.rep.Evidence.Newest = append(r.rep.Evidence.Newest, a.ref())
	}
	newest := list[0].ref()
	r.rep.LastGoodAnchor = &newest
	r.rep.AfterAnchor = r.size - newest.Size
	var first *Finding
	for _, a := range list {
		f := r.tooOld(a)
		if f == nil {
			return
		}
		if first == nil {
			first = f
		}
	}
	r.res.warn(CheckAnchorAge, *first)
}

// tooOld says why an anchor leaves too much open; nil when it does not.
func (r *run) tooOld(a *goodAnchor) *Finding {
	if behind := time.Duration(r.lastAt - a.covers); r.size > a.size && behind > r.opts.MaxAnchorAge {
		f := anchorFinding(a.checkpoint, "%d records, of the last %s, are newer than the newest anchor: only this host's key vouches for them", r.size-a.size, short(behind))
		f.Seq = a.size
		return &f
	}
	if age := r.now.Sub(a.proof.at); a.proof.host && age > r.opts.MaxAnchorAge {
		f := anchorFinding(a.checkpoint, "the newest anchor was kept by this host, and is %s old: whoever has root here could have cut the log back to it. Fetch what the witness has", short(age))
		return &f
	}
	return nil
}

func (a *goodAnchor) ref() CheckpointRef {
	ref := CheckpointRef{Size: a.size, Root: hexOf(a.root), File: a.file, Covers: timeOf(a.covers), Kind: a.proof.kind, By: a.proof.by}
	if !a.proof.at.IsZero() {
		ref.Time = &a.proof.at
	}
	return ref
}
