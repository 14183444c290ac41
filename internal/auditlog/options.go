package auditlog

import (
	"os"
	"time"
)

// Defaults of Options.
const (
	DefaultSegmentMaxBytes = 64 << 20
	DefaultSegmentMaxAge   = 24 * time.Hour
	DefaultMaxRecordBytes  = 4 << 20
	DefaultDuplicateWindow = 100_000
	// LimitRecordBytes is the largest MaxRecordBytes: readers read no longer line.
	LimitRecordBytes = 16 << 20
)

// Options says how a log is written. Zero values stand for the defaults.
type Options struct {
	// SegmentMaxBytes is the size at which a segment is closed. A segment holds
	// at least one group of records, however large.
	SegmentMaxBytes int64
	// SegmentMaxAge is the age at which a segment is closed, by the next append.
	SegmentMaxAge time.Duration
	// MaxRecordBytes is the longest record JSON taken, at most LimitRecordBytes.
	MaxRecordBytes int
	// DuplicateWindow is how many event ids are remembered; below 0, none.
	DuplicateWindow int
	// OnCheckpoint, when set, is handed every checkpoint once it is on disk, in
	// order and one at a time. It is called beside the appends and may take its
	// time; meanwhile checkpoints that come can be left out but for the newest.
	OnCheckpoint func(Checkpoint)
	// Observer is told what happens. Its methods are called one at a time and
	// must not block.
	Observer Observer

	// Replaced by tests.
	now  func() time.Time
	sync func(*os.File) error
}

// Observer is told what a log does; for metrics.
type Observer interface {
	// Committed tells of one group that is on disk.
	Committed(Commit)
	// Failed tells of one group that is not.
	Failed(error)
	// SegmentOpened tells that a segment was made.
	SegmentOpened()
	// TornTail tells that bytes of a crash were set aside.
	TornTail(bytes int64)
	// Disturbed tells that somebody else changed the segment being written.
	Disturbed(why error)
}

// Commit describes one group.
type Commit struct {
	Records    int           // lines written
	Duplicates int           // records left out, because their event id is in the log
	Bytes      int           // bytes written
	Sync       time.Duration // how long fdatasync took
}

type silent struct{}

func (silent) Committed(Commit) {}
func (silent) Failed(error)     {}
func (silent) SegmentOpened()   {}
func (silent) TornTail(int64)   {}
func (silent) Disturbed(error)  {}

func (o Options) withDefaults() Options {
	if o.SegmentMaxBytes <= 0 {
		o.SegmentMaxBytes = DefaultSegmentMaxBytes
	}
	if o.SegmentMaxAge <= 0 {
		o.SegmentMaxAge = DefaultSegmentMaxAge
	}
	if o.MaxRecordBytes <= 0 {
		o.MaxRecordBytes = DefaultMaxRecordBytes
	}
	o.MaxRecordBytes = min(o.MaxRecordBytes, LimitRecordBytes)
	switch {
	case o.DuplicateWindow == 0:
		o.DuplicateWindow = DefaultDuplicateWindow
	case o.DuplicateWindow < 0:
		o.DuplicateWindow = 0
	}
	if o.Observer == nil {
		o.Observer = silent{}
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.sync == nil {
		o.sync = syncData
	}
	return o
}
