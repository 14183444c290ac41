package auditlog

import (
	"bytes"
	"io"
	"time"
)

// startOf guesses when a segment was made: the log cannot ask the file system
// everywhere. The first record's observed time stands for it; one that is
// missing or lies in the future counts as now.
func startOf(f io.ReaderAt, now time.Time) time.Time {
	head := make([]byte, 1<<16)
	n, _ := f.ReadAt(head, 0)
	line, _, whole := bytes.Cut(head[:n], []byte("\n"))
	if !whole {
		return now
	}
	e, err := parseEntry(line)
	if err != nil || e.ObservedTime.IsZero() || e.ObservedTime.After(now) {
		return now
	}
	return e.ObservedTime
}
