package auditlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// maxPrunes is how many segments one turn of the keeper prunes.
const maxPrunes = 16

// pruneHold is how long nothing is pruned after a damaged segment was met.
const pruneHold = 10 * time.Minute

// errEvidence says why a segment is kept although its time has come.
var errEvidence = errors.New("the oldest segment was changed; it is kept as evidence, and what follows it: move it elsewhere by hand once it was looked at")

// prune removes closed segments that are beyond the limits, the oldest first. It
// removes one at a time, and each only once a record that says so and lets the
// rest be proven is covered by a checkpoint: whenever that breaks off, the
// first line that is there follows from a prune record, or is the log's first.
func (l *Log) prune() error {
	if (l.opts.RetentionMaxBytes <= 0 && l.opts.RetentionMaxAge <= 0) || time.Now().Before(l.holdPrune) {
		return nil
	}
	segments, err := Segments(l.dir)
	if err != nil {
		return err
	}
	if segments, err = l.finishPrune(segments); err != nil {
		return err
	}
	var roots map[int64]tlog.Hash
	for range maxPrunes {
		reason := l.beyond(segments)
		if reason == "" {
			return nil
		}
		if roots == nil {
			if roots, err = l.rootsAt(segments[:min(len(segments), maxPrunes+1)]); err != nil {
				return err
			}
		}
		if err := l.pruneOldest(segments, reason, roots); err != nil {
			l.holdPrune = time.Now().Add(pruneHold)
			return err
		}
		segments = segments[1:]
	}
	return nil
}

// finishPrune removes a segment whose removal is on record and was broken off.
func (l *Log) finishPrune(segments []Segment) ([]Segment, error) {
	if l.pruned == nil || len(segments) < 2 {
		return segments, nil
	}
	kept, ok, err := firstLine(segments[1])
	if err != nil || !ok || kept.Seq > uint64(l.pruned.size) { //nolint:gosec // never negative
		return segments, err
	}
	return segments[1:], l.removeSegment(segments[0])
}

// rootsAt returns the roots of the checkpoints that were signed where the
// segments begin.
func (l *Log) rootsAt(segments []Segment) (map[int64]tlog.Hash, error) {
	begins := make(map[int64]bool)
	for _, s := range segments {
		first, ok, err := firstLine(s)
		if err != nil {
			return nil, err
		}
		if ok {
			begins[int64(first.Seq)] = true //nolint:gosec // a seq that the log wrote, or of no use
		}
	}
	roots := make(map[int64]tlog.Hash)
	_, err := eachNote(l.checkpoints.path(), func(note []byte, _ int64) error {
		if c, err := ParseCheckpoint(note); err == nil && begins[c.Size] {
			roots[c.Size] = c.Root
		}
		return nil
	})
	return roots, err
}

// beyond says by which limit the oldest segment is to go; "" when it is not.
func (l *Log) beyond(segments []Segment) string {
	l.writing.Lock()
	current := l.index
	l.writing.Unlock()
	if len(segments) < 2 || segments[0].Index >= current {
		return ""
	}
	var total int64
	for _, s := range segments {
		total += s.Size
	}
	switch {
	case l.opts.RetentionMaxBytes > 0 && total > l.opts.RetentionMaxBytes:
		return "size"
	case l.opts.RetentionMaxAge > 0 && l.opts.now().Sub(segments[0].Modified) > l.opts.RetentionMaxAge:
		return "age"
	}
	return ""
}

// pruneOldest announces the removal of the oldest segment, then removes it.
func (l *Log) pruneOldest(segments []Segment, reason string, roots map[int64]tlog.Hash) error {
	oldest := segments[0]
	end, err := l.throughOldest(segments, roots)
	if err != nil {
		return err
	}
	sum, size, err := hashOfFile(oldest.Path)
	if err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	first := uint64(0)
	if l.pruned != nil {
		first = uint64(l.pruned.size) //nolint:gosec // never negative
	}
	err = l.own(func() Record {
		return Record{Kind: KindPrune, Attributes: map[string]any{
			PruneFirstSeq: end.next(), PruneRange: hexHashes(end.tree.hashes), PruneReason: reason,
			PruneSegments: []fileOf{{Name: filepath.Base(oldest.Path), Bytes: size, SHA256: sum, FirstSeq: &first}},
		}}
	})
	if err != nil {
		return fmt.Errorf("announce a prune: %w", err)
	}
	l.opts.at("prune recorded")
	l.pruned = end.tree.Clone()
	if err := l.checkpoint(); err != nil {
		return err
	}
	l.opts.at("prune covered")
	return l.removeSegment(oldest)
}

// throughOldest walks through the oldest segment, and returns the place behind
// it. Its lines must lead to the first line of the next one, and to the
// checkpoint of that size if there is one: the place is all that will be known
// of them.
func (l *Log) throughOldest(segments []Segment, roots map[int64]tlog.Hash) (chain, error) {
	first, ok, err := firstLine(segments[0])
	if err != nil {
		return chain{}, err
	}
	start := chain{prev: first.Prev}
	if l.pruned != nil {
		start.tree = *l.pruned.Clone()
	}
	next, nextOK, err := firstLine(segments[1])
	if err != nil {
		return chain{}, err
	}
	w := &walk{logID: l.id, chain: start}
	if !ok || !nextOK || first.Seq != start.next() {
		return chain{}, errEvidence
	}
	if err := w.segment(segments[0], 0); err != nil {
		return chain{}, err
	}
	if !w.chain.follows(next, l.id) {
		return chain{}, errEvidence
	}
	if root, ok := roots[w.chain.tree.size]; ok && root != w.chain.tree.Root() {
		return chain{}, errEvidence
	}
	return w.chain, nil
}

// removeSegment removes a segment whose removal is on record.
func (l *Log) removeSegment(s Segment) error {
	if err := os.Remove(s.Path); err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	if err := safefile.SyncDir(l.dir); err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	l.opts.at("segment removed")
	l.opts.Observer.Pruned(1, s.Size)
	return nil
}
