package auditlog

import (
	"context"
	"time"
)

// followEvery is how often Follow looks for new lines. The log is local and a
// look costs one directory listing.
const followEvery = 150 * time.Millisecond

// Follow calls fn for every entry from filter.FromSeq on that the filter
// chooses, first those in the log, then new ones as they come, until ctx ends
// (then it returns nil) or fn returns an error. A log that is not there yet is
// waited for. A line can be seen a moment before it is acknowledged.
func Follow(ctx context.Context, dir string, filter Filter, fn func(Entry) error) error {
	var at position
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		if err := at.advance(ctx, dir, &filter, fn); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// position is how far a reader has come.
type position struct {
	segment uint64
	offset  int64
}

// advance delivers the lines that are new.
func (p *position) advance(ctx context.Context, dir string, filter *Filter, fn func(Entry) error) error {
	segments, err := Segments(dir)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if s.Index < p.segment {
			continue
		}
		if s.Index > p.segment {
			p.segment, p.offset = s.Index, 0
		}
		if s.Size < p.offset {
			p.offset = 0 // cut after a failed write: FromSeq leaves out what was seen
		}
		if s.Size == p.offset {
			continue
		}
		var passed damage // a follower shows what it can
		p.offset, err = readFrom(ctx, s, p.offset, *filter, func(e Entry) error {
			filter.FromSeq = e.Seq + 1
			return fn(e)
		}, &passed)
		if err != nil {
			return err
		}
	}
	return nil
}
