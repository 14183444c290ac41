package auditverify

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// prune is what a prune record claims of the records that were removed.
type prune struct {
	seq   int64 // of the record
	at    int64 // its time, Unix nanoseconds
	first int64 // seq of the first record that was kept
	roots []tlog.Hash
}

var errPruneForm = errors.New("the prune record is not complete")

// parsePrune reads the record of a line.
func parsePrune(l *line) (*prune, error) {
	a, err := decodeAttributes(l.record)
	if err != nil {
		return nil, err
	}
	p := &prune{seq: int64(l.seq), at: l.at, first: a.number(auditlog.PruneFirstSeq)} //nolint:gosec // split takes no larger one
	list, ok := a[auditlog.PruneRange].([]any)
	if p.first <= 0 || p.first > p.seq || !ok {
		return nil, errPruneForm
	}
	for _, v := range list {
		text, _ := v.(string)
		h, ok := parseHex([]byte(text))
		if !ok {
			return nil, fmt.Errorf("%w: a subtree's hash cannot be read", errPruneForm)
		}
		p.roots = append(p.roots, h)
	}
	if _, err := treeAt(p.first, p.roots); err != nil {
		return nil, err
	}
	return p, nil
}

func handoverOf(a attributes) handover {
	return handover{Epoch: a.number(auditlog.KeyEpoch), VKey: a.text(auditlog.KeyVKey), Signature: a.text(auditlog.KeySignature)}
}

// findPrune looks for the record that says why the log begins at first: of those
// whose first kept record is first or a later one, that with the lowest.
// It reads from the newest segment on and stops at an exact match.
func findPrune(ctx context.Context, segments []*segment, first int64) (*prune, error) {
	var best *prune
	mark := []byte(`,"record":{"kind":"` + auditlog.KindPrune + `"`)
	for i := len(segments) - 1; i >= 0; i-- {
		err := scanLines(ctx, segments[i], mark, func(l *line) {
			if l.fault != nil || l.kind != kindPrune {
				return
			}
			p, err := parsePrune(l)
			if err == nil && p.first >= first && (best == nil || p.first <= best.first) {
				best = p
			}
		})
		if err != nil {
			return nil, err
		}
		if best != nil && best.first == first {
			break
		}
	}
	return best, nil
}

// scanLines calls fn for the lines of a segment that have mark in them.
func scanLines(ctx context.Context, s *segment, mark []byte, fn func(*line)) error {
	b := &batch{}
	c := cutter{
		take: func() *batch { return b },
		give: func(b *batch) error {
			for data := b.data; b.skipped == 0; {
				i := bytes.Index(data, mark)
				if i < 0 {
					return nil
				}
				start := bytes.LastIndexByte(data[:i], '\n') + 1
				end := i + bytes.IndexByte(data[i:], '\n')
				var l line
				l.parse(data[start:end])
				fn(&l)
				data = data[end+1:]
			}
			return nil
		},
	}
	return c.segment(ctx, s)
}
