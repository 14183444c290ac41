package story

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxLine is the longest line that is read.
const maxLine = auditlog.LimitRecordBytes + 1024

type audit struct{ dir string }

// Audit is the audit log in dir as a source. It may be read while it is written.
func Audit(dir string) Source { return audit{dir} }

// Name implements Source.
func (audit) Name() string { return "audit" }

// Events implements Source.
func (a audit) Events(ctx context.Context, q Query, fn func(*Event) error) error {
	segments, err := a.segments(q)
	if err != nil {
		return err
	}
	var bad DamageError
	d := &decoder{requests: q.Requests}
	for _, s := range segments {
		if err := eachEvent(ctx, s, d, q, &bad, fn); err != nil {
			return err
		}
	}
	return bad.orNil()
}

func (e *DamageError) orNil() error {
	if e.Lines == 0 {
		return nil
	}
	return e
}

func (e *DamageError) add(s auditlog.Segment) {
	if e.Lines++; e.Lines == 1 {
		e.First = filepath.Base(s.Path)
	}
}

// stillWritten is how far a segment's records can be newer than its last write, by
// clocks.
const stillWritten = time.Hour

// segments leaves out those that were finished before what is asked for. When that
// was is told by the file's time and by its last record, the later of the two.
func (a audit) segments(q Query) ([]auditlog.Segment, error) {
	all, err := auditlog.Segments(a.dir)
	if err != nil || q.From.IsZero() {
		return all, err
	}
	d := &decoder{brief: true}
	for i, s := range all {
		if i+1 == len(all) || !s.Modified.Add(stillWritten).Before(q.From) {
			return all[i:], nil
		}
		last, ok := lastTime(s, d)
		if !ok || !last.Add(stillWritten).Before(q.From) {
			return all[i:], nil
		}
	}
	return all, nil
}

// tailBytes is how much of a segment's end is looked at for its last record.
const tailBytes = 64 << 10

// lastTime returns the latest time of the records at the end of a segment.
func lastTime(s auditlog.Segment, d *decoder) (last time.Time, ok bool) {
	f, err := open(s)
	if err != nil {
		return last, false
	}
	defer f.Close() //nolint:errcheck // only read
	tail := make([]byte, min(s.Size, tailBytes))
	if _, err := f.ReadAt(tail, s.Size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return last, false
	}
	for line := range bytes.SplitSeq(tail, []byte("\n")) {
		var e Event
		if _, err := d.audit(line, &e); err == nil && e.Time.After(last) {
			last, ok = e.Time, true
		}
	}
	return last, ok
}

func open(s auditlog.Segment) (*os.File, error) {
	return safefile.Open(s.Path, os.O_RDONLY)
}

// eachEvent gives the events of a segment that q chooses.
func eachEvent(ctx context.Context, s auditlog.Segment, d *decoder, q Query, bad *DamageError, fn func(*Event) error) error {
	var wanted []byte
	if plain(q.Session) {
		wanted = []byte(q.Session)
	}
	var e Event
	return eachLine(ctx, s, func(line []byte) error {
		if line == nil {
			bad.add(s)
			return nil
		}
		if len(wanted) > 0 && !bytes.Contains(line, wanted) {
			return nil
		}
		switch ok, err := d.audit(line, &e); {
		case err != nil:
			bad.add(s)
		case ok && q.matches(&e):
			return fn(&e)
		}
		return nil
	})
}

// plain reports whether JSON writes s as it is, whoever encodes it.
func plain(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == ""
}

// tally implements Source. Segments are counted side by side.
func (a audit) tally(ctx context.Context, q Query, all *tallies) error {
	return a.parallel(ctx, q, func(ctx context.Context, s auditlog.Segment, bad *DamageError) (func(), error) {
		part := newTallies(all.limit)
		err := eachEvent(ctx, s, &decoder{brief: true}, q, bad, func(e *Event) error { part.add(e); return nil })
		return func() { all.merge(part) }, err
	})
}

// newest is how many records are looked at first for the last session: mostly it is
// among them.
const newest = 16

// last implements Source. What is among the newest records, of whatever kind, of other
// projects, and however long, it is found behind them.
func (a audit) last(ctx context.Context, q Query) (id string, err error) {
	found, err := auditlog.Last(ctx, a.dir, newest, auditlog.Filter{Kind: auditlog.KindLog, Since: q.From, Until: q.To})
	for i := len(found) - 1; i >= 0; i-- {
		if e, ok := FromAudit(found[i]); ok && q.matches(&e) && e.counted() {
			return e.Session, nil
		}
	}
	if err != nil && !errors.Is(err, auditlog.ErrCorrupt) {
		return "", err
	}
	if len(found) < newest {
		return "", nil
	}
	segments, err := a.segments(q)
	if err != nil {
		return "", err
	}
	d := &decoder{brief: true}
	for _, s := range slices.Backward(segments) {
		err := eachEvent(ctx, s, d, q, &DamageError{}, func(e *Event) error {
			if e.counted() {
				id = e.Session
			}
			return nil
		})
		if err != nil || id != "" {
			return id, err
		}
	}
	return "", nil
}

// starting implements Source.
func (a audit) starting(ctx context.Context, q Query, prefix string) ([]string, error) {
	var found []string
	var mark []byte
	if plain(prefix) {
		mark = []byte(`"` + semconv.SessionID + `":"` + prefix)
	}
	err := a.parallel(ctx, q, func(ctx context.Context, s auditlog.Segment, _ *DamageError) (func(), error) {
		ids := map[string]struct{}{}
		d, e := &decoder{brief: true}, Event{}
		err := eachLine(ctx, s, func(line []byte) error {
			if line == nil || mark != nil && !bytes.Contains(line, mark) {
				return nil
			}
			if ok, err := d.audit(line, &e); err == nil && ok && q.matches(&e) && strings.HasPrefix(e.Session, prefix) && (len(ids) < maxFound || e.Session == prefix) {
				ids[e.Session] = struct{}{}
			}
			return nil
		})
		return func() { found = with(found, ids, prefix) }, err
	})
	_, err = damaged(err)
	return found, err
}
