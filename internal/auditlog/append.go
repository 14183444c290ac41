package auditlog

import (
	"bytes"
	"context"
	"fmt"
)

// maxGroupBytes bounds what one write holds, and so what a crash can tear. One
// Append is never split, so a group can be larger when a single call is.
const maxGroupBytes = 8 << 20

// Pending is a record on its way into the log.
type Pending struct {
	// JSON is the record: an object, on one line. The log reads it until Append
	// returns and never changes it.
	JSON []byte
	// EventID, when set, marks records that are one and the same.
	EventID string
	// Content, of ContentHash, tells records of one EventID apart that differ: such
	// a record is kept, with a mark. 0 says nothing about the content.
	Content uint64
}

// Receipt says what became of an Append.
type Receipt struct {
	FirstSeq   uint64 // of the first record written; the others follow it
	Written    int
	Duplicates int // records whose event id is in the log already
	Conflicts  int // of those written: their event id is in the log with another content
}

// group is what shares one write and one fdatasync.
type group struct {
	members []member
	first   [2]member // what members lie in while they are few
	bytes   int
	done    chan struct{} // closed when the group's fate is known; nil when only its leader waits
	// Set before done is closed.
	ended    bool
	receipts []Receipt
	err      error
}

// wait returns a channel that is closed when the group's fate is known. The caller
// holds Log.mu, and the group takes members.
func (g *group) wait() <-chan struct{} {
	if g.done == nil {
		g.done = make(chan struct{})
	}
	return g.done
}

// end decides the group's fate and wakes its members. What is said later does not count.
func (g *group) end(receipts []Receipt, err error) {
	if g.ended {
		return
	}
	g.ended, g.receipts, g.err = true, receipts, err
	if g.done != nil {
		close(g.done)
	}
}

// member is what one Append brings into a group.
type member struct {
	records []Pending
	payload any
}

// Append writes the records, in order and next to each other, and returns when
// they are on disk. ctx counts only until the records joined a group: to leave
// it then would leave the outcome unknown. Errors are ErrRecordTooLarge and
// ErrInvalidRecord (nothing written, no use in trying again), ErrUnavailable
// (nothing written, try again), ErrClosed or the context's.
func (l *Log) Append(ctx context.Context, records ...Pending) (Receipt, error) {
	return l.AppendFor(ctx, nil, records...)
}

// AppendFor is Append with what the Feed's readers are to be given: the same
// records in the form that the caller has. They own it when AppendFor returns
// without an error.
func (l *Log) AppendFor(ctx context.Context, payload any, records ...Pending) (Receipt, error) {
	size := 0
	for i, r := range records {
		if len(r.JSON) > l.opts.MaxRecordBytes {
			return Receipt{}, fmt.Errorf("append record %d of %d: %w: %d bytes, at most %d", i+1, len(records), ErrRecordTooLarge, len(r.JSON), l.opts.MaxRecordBytes)
		}
		if !oneObject(r.JSON) {
			return Receipt{}, fmt.Errorf("append record %d of %d: %w", i+1, len(records), ErrInvalidRecord)
		}
		size += len(r.JSON) + lineOverhead
	}
	if err := ctx.Err(); err != nil {
		return Receipt{}, fmt.Errorf("append to audit log: %w", err)
	}
	if len(records) == 0 {
		return Receipt{}, nil
	}
	g, place, leads, err := l.join(ctx, member{records, payload}, size)
	if err != nil {
		return Receipt{}, err
	}
	if leads {
		l.lead(g)
	} else {
		<-g.done
	}
	if g.err != nil {
		return Receipt{}, g.err
	}
	return g.receipts[place], nil
}

// oneObject is a cheap guard: the caller promises JSON, and a newline inside
// would break the line in two.
func oneObject(record []byte) bool {
	n := len(record)
	return n >= 2 && record[0] == '{' && record[n-1] == '}' && bytes.IndexByte(record, '\n') < 0
}

// join makes m a member of the group that is forming. Whoever makes the group
// leads it.
func (l *Log) join(ctx context.Context, m member, size int) (g *group, place int, leads bool, err error) {
	for {
		l.mu.Lock()
		g = l.open
		if g == nil {
			g, leads = new(group), true
			g.members = g.first[:0]
			l.open = g
		}
		var done <-chan struct{}
		if !leads {
			done = g.wait()
		}
		if leads || g.bytes+size <= maxGroupBytes {
			g.members = append(g.members, m)
			g.bytes += size
			place = len(g.members) - 1
			l.mu.Unlock()
			return g, place, leads, nil
		}
		l.mu.Unlock()
		select { // the group is full: wait for the next one
		case <-done:
		case <-ctx.Done():
			return nil, 0, false, fmt.Errorf("append to audit log: %w", ctx.Err())
		}
	}
}

// lead waits for the group before, closes g to new members and commits it.
func (l *Log) lead(g *group) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	l.open = nil
	l.mu.Unlock()
	defer g.end(nil, ErrUnavailable) // a panic leaves none of its members waiting
	g.end(l.commit(g))
}
