package auditverify

import (
	"golang.org/x/mod/sumdb/tlog"
)

// batch takes the next lines of the log.
func (r *run) batch(b *batch) error {
	if b.segment != r.segment {
		r.segment = b.segment
		r.plant()
		if h, ok := r.root(); ok {
			r.roots[r.size] = h
		}
	}
	for i := range b.lines {
		if err := r.line(b, &b.lines[i]); err != nil {
			return err
		}
	}
	if b.last && b.tail > 0 {
		r.tailEnd(b)
	}
	if r.opts.Progress != nil {
		r.opts.Progress(r.rep.Records)
	}
	return nil
}

// tailEnd looks at bytes behind a segment's last newline.
func (r *run) tailEnd(b *batch) {
	end := b.segment.name
	at := place{seq: r.chain.next, segment: end, offset: b.offset + int64(len(b.data)) + b.skipped}
	if end != r.files.segments[len(r.files.segments)-1].name {
		r.res.fail(CheckTornTails, at.finding("", "", "%d bytes behind the last line of %s are recorded nowhere", b.tail, end))
		return
	}
	r.tailSize, r.tailName = b.tail, end
	if r.stopped {
		r.res.fail(CheckTornTails, at.finding("", "", "%d bytes stand behind the last line, and that is a stop: no crash left them", b.tail))
		return
	}
	r.res.warn(CheckTornTails, at.finding("", "", "%d bytes behind the last line are no record: a crash, or it is being written", b.tail))
}

func (r *run) line(b *batch, l *line) error {
	at := r.chain.line(b.segment, l)
	if r.rep.Records++; r.rep.Records == 1 {
		r.rep.FirstSeq = at.seq
	}
	r.rep.LastSeq = at.seq
	r.plant()
	if r.tree != nil {
		r.tree.append(l.leaf)
	}
	if r.tailAt == 0 && l.fault == nil {
		r.tailAt = l.seen
		if l.seen == 0 {
			r.tailAt = l.at
		}
	}
	r.size++
	r.stopped = false
	if l.fault == nil {
		if r.lastAt = max(l.seen, l.at); r.unstamped == 0 {
			r.unstamped = r.lastAt
		}
		r.stopped = l.kind == kindStop
		r.clock.line(at, l)
		r.sess.line(at, l)
		if r.loki != nil {
			r.loki.line(l)
		}
		if err := r.own(at, l); err != nil {
			return err
		}
	}
	return r.reached()
}

// plant begins the tree where the pruned part ends.
func (r *run) plant() {
	if r.tree != nil || r.prune == nil || r.size != r.prune.first {
		return
	}
	r.tree, _ = treeAt(r.prune.first, append([]tlog.Hash(nil), r.prune.roots...)) // parsePrune tried
}

// root returns the tree's root, if it can be computed.
func (r *run) root() (tlog.Hash, bool) {
	if r.tree == nil {
		return tlog.Hash{}, false
	}
	return r.tree.root(), true
}

// reached takes the checkpoints and anchors of the size that the log has now.
func (r *run) reached() error {
	r.plant()
	if c := r.ledger.ahead; c != nil && c.size <= r.size {
		if c.size == r.size {
			r.tailAt = 0
		}
		if err := r.ledger.reached(r.size, r.lastAt, r.root); err != nil {
			return err
		}
	}
	for ; r.anchor < len(r.anchors.list) && r.anchors.list[r.anchor].size <= r.size; r.anchor++ {
		r.checkAnchor(r.anchors.list[r.anchor])
	}
	return nil
}

// own looks at records of the log's own.
func (r *run) own(at place, l *line) error {
	switch l.kind {
	case kindKey:
		return r.newKey(at, l)
	case kindTornTail:
		a, err := decodeAttributes(l.record)
		if err != nil {
			r.res.fail(CheckTornTails, at.finding("", "", "record %d: %v", at.seq, err))
			return nil
		}
		return r.torn.record(at, a)
	case kindPrune:
		r.pruneRecord(at, l)
	case kindDisturbed:
		r.res.warn(CheckDisturbed, at.finding("", "", "record %d tells that somebody changed the log while it was written", at.seq))
	case kindSetAside:
		r.res.warn(CheckDisturbed, at.finding("", "", "record %d tells that the log could not go on with files that it found, and moved them", at.seq))
	}
	return nil
}

// newKey takes the key of a key record in.
func (r *run) newKey(at place, l *line) error {
	r.ledger.flush() // who signed last decides who may hand over
	a, err := decodeAttributes(l.record)
	if err != nil {
		r.res.fail(CheckEpochs, at.finding("", "", "key record %d: %v", at.seq, err))
		return nil
	}
	k, err := r.keys.add(handoverOf(a), at.seq)
	switch {
	case err != nil:
		r.res.fail(CheckEpochs, at.finding("", "", "key record %d: %v", at.seq, err))
	case k.seq == at.seq && k.used && k.from <= at.seq: // known from the file of epochs, so it could
		r.res.fail(CheckEpochs, at.finding("", "", "the key that record %d brings had signed a checkpoint of size %d", at.seq, k.from))
	case r.ledger.lastKey != nil && k.signer != nil && k.signer.epoch < r.ledger.lastKey.epoch:
		r.res.fail(CheckEpochs, at.finding("", "", "key record %d is signed by the key of epoch %d, which epoch %d had replaced", at.seq, k.signer.epoch, r.ledger.lastKey.epoch))
	}
	return nil
}

// pruneRecord checks what a prune record says against what is (still) there.
func (r *run) pruneRecord(at place, l *line) {
	p, err := parsePrune(l)
	if err != nil {
		r.res.fail(CheckPrune, at.finding("", "", "prune record %d: %v", at.seq, err))
		return
	}
	want, ok := r.roots[p.first]
	if !ok {
		return // its prefix is gone: the signed roots tell
	}
	t, _ := treeAt(p.first, p.roots)
	if got := t.root(); got != want {
		r.res.fail(CheckPrune, at.finding(hexOf(want), hexOf(got), "prune record %d gives other hashes than the records before %d have", at.seq, p.first))
	}
}
