package auditlog

import (
	"os"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Defaults of Options.
const (
	DefaultSegmentMaxBytes = 64 << 20
	DefaultSegmentMaxAge   = 24 * time.Hour
	DefaultMaxRecordBytes  = 4 << 20
	DefaultDuplicateWindow = 100_000

	DefaultCheckpointInterval = 750 * time.Millisecond
	DefaultEpochInterval      = 24 * time.Hour
	DefaultHeartbeatInterval  = time.Minute

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
	// KeyDir is the directory of the keys that sign checkpoints, of this log alone.
	// Whoever can read it can sign: it should not lie below the log's directory.
	// By default the log's directory with "-keys" behind its name.
	KeyDir string
	// Version is told in records of kind start, stop and heartbeat.
	Version string
	// CheckpointInterval is how long a record can wait for a checkpoint that
	// covers it. Default 750 ms.
	CheckpointInterval time.Duration
	// EpochInterval is how long a key signs. Each start changes it, too. Default
	// 24 hours; below 0 only starts do.
	EpochInterval time.Duration
	// HeartbeatInterval is the time between records of kind heartbeat. Default
	// one minute; below 0 there are none.
	HeartbeatInterval time.Duration
	// RetentionMaxBytes is above what closed segments are pruned, the oldest
	// first; 0 keeps them all.
	RetentionMaxBytes int64
	// RetentionMaxAge is the age, by its last write, from which a closed segment is
	// pruned; 0 keeps them all.
	RetentionMaxAge time.Duration
	// OnCheckpoint, when set, is handed every checkpoint once it is on disk, in
	// order and one at a time, and first the one that Open found or signed. It is
	// called beside the appends and may take its time; meanwhile checkpoints that
	// come can be left out but for the newest. Close waits for the last call.
	OnCheckpoint func(Checkpoint)
	// Observer is told what happens. Its methods can be called from two goroutines
	// at once and must not block.
	Observer Observer

	// Replaced by tests.
	now   func() time.Time
	sync  func(*os.File) error
	quiet bool // no records of the log's own life, no change of keys
	at    func(point string)
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
	// Disturbed tells that somebody else changed the log.
	Disturbed(why error)
	// SetAside tells that files were moved that the log could not go on with.
	SetAside(directory string, why error)
	// Signed tells that a checkpoint is on disk.
	Signed(Checkpoint)
	// Epoch tells which epoch's key signs from now on.
	Epoch(epoch uint64)
	// Pruned tells that segments were removed.
	Pruned(segments int, bytes int64)
	// ClockStepped tells that the wall clock jumped, back when step is negative.
	ClockStepped(step time.Duration)
	// KeeperFailed tells what could not be done beside the appends. It is tried
	// again.
	KeeperFailed(what string, err error)
}

// Commit describes one group.
type Commit struct {
	Records    int           // lines written
	Duplicates int           // records left out, because their event id is in the log
	Conflicts  int           // of those written: their event id is in the log with another content
	Bytes      int           // bytes written
	Sync       time.Duration // how long fdatasync took
}

type silent struct{}

func (silent) Committed(Commit) {}
func (silent) Failed(error)     {}
func (silent) SegmentOpened()   {}
func (silent) TornTail(int64)   {}
func (silent) Disturbed(error)  {}

func (silent) SetAside(string, error)     {}
func (silent) Signed(Checkpoint)          {}
func (silent) Epoch(uint64)               {}
func (silent) Pruned(int, int64)          {}
func (silent) ClockStepped(time.Duration) {}
func (silent) KeeperFailed(string, error) {}

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
	if o.CheckpointInterval <= 0 {
		o.CheckpointInterval = DefaultCheckpointInterval
	}
	if o.EpochInterval == 0 {
		o.EpochInterval = DefaultEpochInterval
	}
	if o.HeartbeatInterval == 0 {
		o.HeartbeatInterval = DefaultHeartbeatInterval
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.sync == nil {
		o.sync = safefile.SyncData
	}
	if o.at == nil {
		o.at = func(string) {}
	}
	return o
}
